#include "server/sso/try_out.h"

#include "server/encoding/json.h"
#include "server/login/brand.h"
#include "server/login/route.h"
#include "server/sso/attempt.h"
#include "server/sso/departure.h"
#include "server/sso/endpoints.h"
#include "server/sso/sign_on.h"

namespace gatehouse::sso {
namespace {

using connections::Connection;
using connections::TestOutcome;
using connections::TestStatus;
using login::OutsideIdentity;
using storage::Transaction;
using Attribute = pages::TriedOut::Attribute;

std::vector<Attribute> profile_of(const OutsideIdentity& identity) {
  std::vector<Attribute> all = {{"subject", identity.subject}, {"issuer", identity.issuer}};
  const auto add = [&](std::string name, const std::string& value) {
    if (!value.empty()) all.push_back({std::move(name), value});
  };
  if (identity.email.has_value()) add("email", identity.email->text());
  add("given_name", identity.given_name);
  add("family_name", identity.family_name);
  add("name", identity.name);
  add("picture", identity.picture);
  add("locale", identity.locale);
  add("phone_number", identity.phone_number);
  for (const std::string& group : identity.groups) add("group", group);
  for (const auto& [name, value] : identity.custom_attributes) add(name, value);
  return all;
}

std::vector<Attribute> received_in(const OutsideIdentity& identity) {
  std::vector<Attribute> all;
  const auto document = Json::parse(identity.raw_attributes);
  if (!document.ok() || document.value().object() == nullptr) return all;
  for (const Json::Member& member : *document.value().object()) {
    const auto text = member.value.string();
    all.push_back({member.key, text.has_value() ? std::string(*text) : member.value.text()});
  }
  return all;
}

std::string user_info(const OutsideIdentity& identity) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  for (const Attribute& attribute : profile_of(identity)) {
    if (attribute.name != "group") writer.field(attribute.name, attribute.value);
  }
  if (!identity.groups.empty()) {
    writer.key("groups").begin_array();
    for (const std::string& group : identity.groups) writer.value(group);
    writer.end_array();
  }
  writer.key("attributes").raw(identity.raw_attributes);
  writer.end_object();
  return out;
}

TestOutcome outcome_of(const TriedOut& run) {
  TestOutcome outcome{.status = run.outcome.ok() ? TestStatus::success : TestStatus::failure};
  outcome.error_details = run.checks.json();
  if (run.outcome.ok()) {
    outcome.user_info = user_info(run.outcome.value());
    return outcome;
  }
  const DiagnosisText& text = text_of(run.outcome.error().diagnosis);
  outcome.error = std::string(text.name);
  outcome.error_description = std::string(text.explanation);
  return outcome;
}

Result<SsoAttemptId, Error> store(const Deps& deps, const Context& context, const TriedOut& run) {
  return storage::write(
      deps.login.database, context, [&](Transaction& transaction) -> Result<SsoAttemptId, Error> {
        NewAttempt attempt = attempt_of(run.connection);
        if (!run.outcome.ok()) attempt.failure = run.outcome.error();
        attempt.checks = run.checks;
        const auto id = TRY(
            record_attempt(transaction, context.environment, context, deps.login.random, attempt));
        const auto finished =
            connections::finish_test(transaction, context.environment, run.test, outcome_of(run));
        // Shown all the same where the run is over already: the page was asked for twice.
        if (!finished.ok() && finished.error().code != ErrorCode::not_found) {
          return finished.error();
        }
        return id;
      });
}

std::string title_of(const Connection& connection) {
  return connection.ui_button_title.empty()
             ? std::string(login::provider_title(connection.provider, connection.provider_key))
             : connection.ui_button_title;
}

// The run that was asked for, or a new one; nullopt: too many from there.
Result<std::optional<ConnectionTestId>, Error> begin(const Deps& deps, const Context& context,
                                                     ConnectionId connection,
                                                     std::optional<ConnectionTestId> asked) {
  using Begun = std::optional<ConnectionTestId>;
  return storage::write(
      deps.login.database, context, [&](Transaction& transaction) -> Result<Begun, Error> {
        const EnvironmentId environment = context.environment;
        const auto allowed = TRY(
            login::count_sign_on_record(transaction, environment, context, deps.login.throttle));
        if (allowed == login::Allowed::no) return Begun();
        if (asked.has_value()) {
          TRY(connections::get_test(transaction, environment, connection, *asked));
          return asked;
        }
        const auto run = TRY(connections::begin_test(transaction, environment, context,
                                                     deps.login.random, connection));
        return Begun(run.id);
      });
}

}  // namespace

http::Response tried_out(const Deps& deps, const Context& context, const TriedOut& run) {
  const auto entry = deps.login.catalog.current()->by_id(context.environment);
  // What a sign-in would stumble over next.
  if (run.outcome.ok() && !run.outcome.value().email.has_value()) {
    return tried_out(deps, context,
                     {.connection = run.connection,
                      .test = run.test,
                      .outcome = Failure(Diagnosis::email_missing, "an e-mail address", "none"),
                      .checks = run.checks});
  }
  const auto stored = store(deps, context, run);
  if (!stored.ok()) return broken(deps, context, stored.error());
  const Failure* failure = run.outcome.ok() ? nullptr : &run.outcome.error();
  pages::TriedOut page{.connection = title_of(run.connection),
                       .checks = checks_for_page(run.checks, failure),
                       .reference = stored.value().text()};
  if (failure != nullptr) {
    page.diagnosis = diagnosis_for_page(*failure, &run.connection);
  } else {
    page.profile = profile_of(run.outcome.value());
    page.received = received_in(run.outcome.value());
  }
  return deps.login.pages.page(200, pages::screen(page), login::brand_of(entry->environment));
}

http::Response Endpoints::test(const Context& context, const http::Request& request,
                               std::string_view connection_id) const {
  const auto connection = load_connection(deps_, context, connection_id);
  if (!connection.ok()) return broken(deps_, context, connection.error());
  const CheckLog none;
  if (!connection.value().has_value()) {
    return failed(deps_, context,
                  {.failure = Failure(Diagnosis::connection_unknown), .checks = none});
  }
  const auto query = Form::parse(request.query);
  std::optional<ConnectionTestId> test;
  if (query.ok()) test = ConnectionTestId::parse(query.value().get("test").value_or(""));
  const auto begun = begin(deps_, context, connection.value()->id, test);
  if (!begun.ok()) return broken(deps_, context, begun.error());
  if (!begun.value().has_value()) {
    return http::plain_text(429, "too many trials; wait an hour\n");
  }
  const auto entry = deps_.login.catalog.current()->by_id(context.environment);
  const auto way =
      depart(deps_, context,
             {.environment = entry->environment,
              .connection = *connection.value(),
              .request = {.connection = connection.value()->id, .test = *begun.value()}});
  if (!way.ok()) return broken(deps_, context, way.error());
  if (!way.value().ok()) {
    return tried_out(deps_, context,
                     {.connection = *connection.value(),
                      .test = *begun.value(),
                      .outcome = way.value().error(),
                      .checks = none});
  }
  return to_response(deps_, entry->environment, way.value().value());
}

}  // namespace gatehouse::sso
