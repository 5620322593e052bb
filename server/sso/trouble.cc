#include "server/sso/trouble.h"

#include "server/login/auth_log.h"
#include "server/login/brand.h"
#include "server/login/pages.h"
#include "server/login/start.h"
#include "server/pages/sign_on_screens.h"
#include "server/sso/attempt.h"

namespace gatehouse::sso {
namespace {

using storage::Transaction;

constexpr int refused_status = 403;

NewAttempt attempt_of_trouble(const Trouble& trouble, const CheckLog& checks) {
  NewAttempt attempt;
  if (trouble.connection != nullptr) attempt = attempt_of(*trouble.connection);
  attempt.flow = trouble.flow;
  attempt.failure = trouble.failure;
  attempt.checks = checks;
  return attempt;
}

Result<Unit, Error> note_in_log(Transaction& transaction, const Deps& deps, const Context& context,
                                const Trouble& trouble, SsoAttemptId id) {
  if (!trouble.flow.has_value()) return Unit{};
  login::AttemptStep step{
      .status = login::AttemptStatus::failed,
      .flow = trouble.flow,
      .detail = std::string(text_of(trouble.failure.diagnosis).name) + " " + id.text()};
  if (trouble.connection != nullptr) {
    step.organization = trouble.connection->organization;
    step.connection = trouble.connection->id;
    step.connection_type = connections::connection_types.name(trouble.connection->type);
    step.connection_provider = connections::provider_names.name(trouble.connection->provider);
  }
  return login::note_attempt(transaction, context.environment, context, deps.login.random, step);
}

// Where it is read later: the attempt for the doctor, the state of the sign-in for the log of
// authentication. Nothing of who sends too many.
using Reference = std::optional<SsoAttemptId>;
Result<Reference, Error> store(const Deps& deps, const Context& context, const Trouble& trouble,
                               const CheckLog& checks) {
  return storage::write(
      deps.login.database, context, [&](Transaction& transaction) -> Result<Reference, Error> {
        const auto allowed = TRY(login::count_sign_on_record(transaction, context.environment,
                                                             context, deps.login.throttle));
        if (allowed == login::Allowed::no) return Reference();
        const auto id = TRY(record_attempt(transaction, context.environment, context,
                                           deps.login.random, attempt_of_trouble(trouble, checks)));
        TRY(note_in_log(transaction, deps, context, trouble, id));
        return Reference(id);
      });
}

// A sentence as a heading.
std::string heading_of(std::string_view title) {
  if (title.ends_with('.')) title.remove_suffix(1);
  return std::string(title);
}

std::vector<pages::SignOnCheck> shown(const CheckLog& checks) {
  std::vector<pages::SignOnCheck> all;
  for (const CheckLog::Entry& entry : checks.entries()) {
    const bool is_passed = entry.outcome == CheckLog::Entry::Outcome::passed;
    using Outcome = pages::SignOnCheck::Outcome;
    all.push_back({entry.check, entry.detail, is_passed ? Outcome::passed : Outcome::failed});
  }
  return all;
}

CheckLog with_failure(const CheckLog& checks, const Failure& failure) {
  CheckLog all = checks;
  const bool is_noted =
      !all.entries().empty() && all.entries().back().outcome == CheckLog::Entry::Outcome::failed;
  if (!is_noted) all.failed(failure);
  return all;
}

}  // namespace

pages::SignOnDiagnosis diagnosis_for_page(const Failure& failure,
                                          const connections::Connection* connection) {
  const DiagnosisText& text = text_of(failure.diagnosis);
  const std::string_view remedy =
      connection == nullptr ? text.remedy : remedy_for(failure.diagnosis, connection->provider);
  return {.name = std::string(text.name),
          .explanation = std::string(text.explanation),
          .remedy = std::string(remedy),
          .expected = failure.expected,
          .received = failure.received};
}

std::vector<pages::SignOnCheck> checks_for_page(const CheckLog& checks, const Failure* failure) {
  return shown(failure == nullptr ? checks : with_failure(checks, *failure));
}

http::Response failed(const Deps& deps, const Context& context, const Trouble& trouble) {
  const DiagnosisText& text = text_of(trouble.failure.diagnosis);
  const auto entry = deps.login.catalog.current()->by_id(context.environment);
  const CheckLog checks = with_failure(trouble.checks, trouble.failure);
  const auto stored = store(deps, context, trouble, checks);
  const Reference reference = stored.ok() ? stored.value() : Reference();
  deps.login.refusals.note(
      context,
      {.event = audit::Event::sso_refused,
       .outcome = audit::Outcome::refused,
       .subject_type = "connection",
       .subject_id = trouble.connection == nullptr ? std::string() : trouble.connection->id.text(),
       .organization =
           trouble.connection == nullptr ? std::nullopt : trouble.connection->organization,
       .detail = std::string(text.name)});
  pages::SignOnFailed page{
      .heading = heading_of(text.title),
      .advice =
          "Try again. If it goes on, give the reference below to the "
          "administrator of your organization.",
      .code = std::string(text.code),
      .reference = reference.has_value() ? reference->text() : context.request.text(),
      .at = context.now};
  if (trouble.flow.has_value()) {
    page.retry_url = login::flow_path(*trouble.flow);
    page.back_url = login::give_up_path(*trouble.flow, text.code);
  }
  if (entry->environment.is_development()) {
    page.diagnosis = diagnosis_for_page(trouble.failure, trouble.connection);
    page.diagnosis->checks = shown(checks);
    if (reference.has_value()) page.diagnosis->command = deps.doctor_command + " " + page.reference;
  }
  return deps.login.pages.page(refused_status, pages::screen(page),
                               login::brand_of(entry->environment));
}

http::Response broken(const Deps& deps, const Context& context, const Error& error) {
  const auto entry = deps.login.catalog.current()->by_id(context.environment);
  return login::trouble_page(deps.login.pages, context, entry->environment, error);
}

}  // namespace gatehouse::sso
