#include "server/app/commands/doctor_sso.h"

#include "server/app/commands/connection_settings.h"
#include "server/app/commands/connection_view.h"
#include "server/app/commands/lookup.h"
#include "server/connections/connection_store.h"

namespace gatehouse::app::commands {
namespace {

using connections::ConnectionType;
using connections::Provider;
using environments::Environment;
using sso::Attempt;
using storage::Transaction;

constexpr std::size_t line_columns = 92;
constexpr int listed_max = 50;
constexpr int explained_max = 20;

// The text in lines that begin with `indent`, broken between words.
std::string wrapped(std::string_view text, std::string_view indent) {
  std::string out;
  std::string line(indent);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (line.size() > indent.size() && line.size() + 1 + word.size() > line_columns) {
      out += line + "\n";
      line = indent;
    }
    if (line.size() > indent.size()) line += ' ';
    line += word;
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return out + line + "\n";
}

std::string value_line(std::string_view label, const std::string& value) {
  if (value.empty()) return {};
  std::string text = "  " + std::string(label);
  text.resize(12, ' ');
  return text + printable(value) + "\n";
}

std::string subject_line(const Attempt& attempt) {
  std::string text = attempt.id.text() + "  " + to_rfc3339(attempt.created_at);
  if (attempt.type.has_value()) {
    text += "  " + std::string(connections::connection_types.name(*attempt.type));
  }
  if (attempt.provider.has_value()) {
    text += "  " + std::string(connections::provider_names.name(*attempt.provider));
  }
  if (attempt.connection.has_value()) text += "  " + attempt.connection->text();
  if (attempt.organization.has_value()) text += "  " + attempt.organization->text();
  return text + "\n";
}

std::string checks_text(const Attempt& attempt) {
  if (attempt.checks.empty()) return {};
  std::string text = "\nChecks\n";
  for (const auto& check : attempt.checks) {
    const bool is_passed = check.outcome == sso::CheckLog::Entry::Outcome::passed;
    constexpr std::string_view indent = "        ";
    std::string lines = wrapped(printable(check.check), indent);
    lines.replace(0, indent.size(), is_passed ? "  ok    " : "  FAIL  ");
    text += lines;
    if (!check.detail.empty()) text += "        " + printable(check.detail) + "\n";
  }
  return text;
}

std::string guide_for(const Attempt& attempt, std::string_view provider_key) {
  if (!attempt.provider.has_value() || !attempt.type.has_value()) return "docs/sso/README.md";
  return guide_of(*attempt.provider, provider_key, *attempt.type);
}

std::string_view remedy_of(const Attempt& attempt) {
  return attempt.provider.has_value()
             ? sso::remedy_for(attempt.failure->diagnosis, *attempt.provider)
             : sso::text_of(attempt.failure->diagnosis).remedy;
}

std::string text_about(const Attempt& attempt, std::string_view provider_key) {
  std::string text = subject_line(attempt);
  if (!attempt.failure.has_value()) {
    return text + "\nThis was a test sign-in, and it succeeded.\n" + checks_text(attempt);
  }
  const auto& failure = *attempt.failure;
  const auto& about = sso::text_of(failure.diagnosis);
  text += "\n" + std::string(about.name) + "\n" + wrapped(about.explanation, "  ");
  text += value_line("Expected", failure.expected) + value_line("Received", failure.received);
  text += "\nWhat to change\n" + wrapped(remedy_of(attempt), "  ");
  text += checks_text(attempt);
  text += "\nThe person read   " + std::string(about.title) + "\n";
  text += "The application   error=" + std::string(about.code) + "\n";
  return text + "Guide             " + guide_for(attempt, provider_key) + "\n";
}

Json document_about(const Attempt& attempt, std::string_view provider_key) {
  const auto id_json = [](const auto& id) {
    return id.has_value() ? text_json(id->text()) : Json();
  };
  Json::Array checks;
  for (const auto& check : attempt.checks) {
    const bool is_passed = check.outcome == sso::CheckLog::Entry::Outcome::passed;
    checks.push_back(Json(Json::Object{{"check", text_json(check.check)},
                                       {"detail", text_json(check.detail)},
                                       {"passed", Json(is_passed)}}));
  }
  Json::Object document = {
      {"reference", text_json(attempt.id.text())},
      {"at", time_json(attempt.created_at)},
      {"type", attempt.type.has_value()
                   ? text_json(connections::connection_types.name(*attempt.type))
                   : Json()},
      {"provider", attempt.provider.has_value()
                       ? text_json(connections::provider_names.name(*attempt.provider))
                       : Json()},
      {"connection", id_json(attempt.connection)},
      {"organization", id_json(attempt.organization)},
      {"succeeded", Json(!attempt.failure.has_value())},
      {"result", attempt.failure.has_value()
                     ? text_json(sso::text_of(attempt.failure->diagnosis).name)
                     : text_json("a test that succeeded")}};
  if (attempt.failure.has_value()) {
    const auto& about = sso::text_of(attempt.failure->diagnosis);
    document.push_back({"diagnosis", text_json(about.name)});
    document.push_back({"code", text_json(about.code)});
    document.push_back({"title", text_json(about.title)});
    document.push_back({"explanation", text_json(about.explanation)});
    document.push_back({"expected", text_json(attempt.failure->expected)});
    document.push_back({"received", text_json(attempt.failure->received)});
    document.push_back({"remedy", text_json(remedy_of(attempt))});
  }
  document.push_back({"checks", Json(std::move(checks))});
  document.push_back({"guide", text_json(guide_for(attempt, provider_key))});
  document.push_back({"client_address", text_json(attempt.client_address)});
  document.push_back({"user_agent", text_json(attempt.user_agent)});
  return Json(std::move(document));
}

std::string key_of(const std::optional<connections::Connection>& connection) {
  return connection.has_value() ? connection->provider_key : std::string();
}

// Whatever `find` finds, in the first environment that has it.
template <class Find>
auto in_any_environment(storage::Database& database, const Context& context, Find find)
    -> decltype(find(std::declval<Transaction&>(), std::declval<const Environment&>())) {
  return storage::read(
      database, context,
      [&](Transaction& transaction) -> decltype(find(transaction,
                                                     std::declval<const Environment&>())) {
        for (const Environment& environment : TRY(environments::list_environments(transaction))) {
          auto found = TRY(find(transaction, environment));
          if (found.has_value()) return found;
        }
        return decltype(find(transaction, std::declval<const Environment&>()))(std::nullopt);
      });
}

struct Stored {
  Attempt attempt;
  std::string provider_key;
};
using FoundAttempt = Result<std::optional<Stored>, Error>;

FoundAttempt find_stored(Transaction& transaction, const Environment& environment,
                         SsoAttemptId id) {
  auto attempt = TRY(sso::find_attempt(transaction, environment.id, id));
  if (!attempt.has_value()) return std::optional<Stored>();
  std::optional<connections::Connection> connection;
  if (attempt->connection.has_value()) {
    connection = TRY(connections::find_by_id(transaction, environment.id, *attempt->connection));
  }
  return std::optional(Stored{*std::move(attempt), key_of(connection)});
}

Result<Answer, Error> explain_reference(storage::Database& database, const Context& context,
                                        const std::string& reference) {
  const auto id = TRY(parse_id<SsoAttemptId>(reference, "a failed sign-on"));
  const auto found = TRY(in_any_environment(
      database, context, [&](Transaction& transaction, const Environment& environment) {
        return find_stored(transaction, environment, id);
      }));
  if (!found.has_value()) {
    return Error(ErrorCode::not_found,
                 "there is no failed sign-on " + reference + "; they are kept for seven days");
  }
  Explained explained = explain(found->attempt, found->provider_key);
  explained.text.pop_back();
  return Answer{.document = std::move(explained.document), .sentence = std::move(explained.text)};
}

struct Home {
  Environment environment;
  connections::Connection connection;
};

Result<Home, Error> find_home(storage::Database& database, const Context& context,
                              const std::string& text) {
  const auto id = TRY(parse_id<ConnectionId>(text, "a connection"));
  auto found = TRY(in_any_environment(
      database, context,
      [&](Transaction& transaction,
          const Environment& environment) -> Result<std::optional<Home>, Error> {
        auto connection = TRY(connections::find_by_id(transaction, environment.id, id));
        if (!connection.has_value()) return std::optional<Home>();
        return std::optional(Home{environment, *std::move(connection)});
      }));
  if (!found.has_value()) {
    return Error(ErrorCode::not_found, "there is no connection " + text +
                                           "; `gatehouse admin connection list` shows which"
                                           " there are");
  }
  return *std::move(found);
}

Result<Answer, Error> explain_last(storage::Database& database, const Context& context,
                                   const Home& home, int last) {
  const auto page = TRY(storage::read(database, context, [&](Transaction& transaction) {
    return sso::list_attempts(transaction, home.environment.id, {.connection = home.connection.id},
                              {.limit = last});
  }));
  Answer answer;
  Json::Array items;
  for (const Attempt& attempt : page.items) {
    Explained explained = explain(attempt, home.connection.provider_key);
    answer.sentence += (answer.sentence.empty() ? "" : "\n") + explained.text;
    items.push_back(std::move(explained.document));
  }
  if (!answer.sentence.empty()) answer.sentence.pop_back();
  answer.document = Json(std::move(items));
  answer.nothing =
      "No sign-on by this connection failed in the last seven days. Look at it: "
      "gatehouse doctor sso --connection " +
      home.connection.id.text() + " --check";
  return answer;
}

Result<Answer, Error> list_newest(storage::Database& database, const Context& context) {
  auto items = TRY(
      storage::read(database, context, [&](Transaction& transaction) -> Result<Json::Array, Error> {
        Json::Array all;
        for (const auto& environment : TRY(environments::list_environments(transaction))) {
          const auto page =
              TRY(sso::list_attempts(transaction, environment.id, {}, {.limit = listed_max}));
          for (const Attempt& attempt : page.items) all.push_back(document_about(attempt, {}));
        }
        return all;
      }));
  return Answer{.document = Json(std::move(items)),
                .columns = {{"at", "AT"},
                            {"reference", "REFERENCE"},
                            {"connection", "CONNECTION"},
                            {"provider", "PROVIDER"},
                            {"result", "RESULT"}},
                .nothing = "No single sign-on failed in the last seven days."};
}

}  // namespace

Explained explain(const Attempt& attempt, std::string_view provider_key) {
  return {.text = text_about(attempt, provider_key),
          .document = document_about(attempt, provider_key)};
}

Result<Answer, Error> run_sso_doctor(const SsoDoctorOptions& options) {
  const SystemClock clock;
  OsRandom random;
  if (!options.reference.empty() && !options.connection.empty()) {
    return Error(ErrorCode::invalid_argument, "name a reference or --connection, not both");
  }
  const bool is_checkup = options.subject == SsoDoctorOptions::Subject::connection;
  if (is_checkup && options.connection.empty()) {
    return Error(ErrorCode::invalid_argument, "--check needs --connection conn_…");
  }
  if (options.last < 1 || options.last > explained_max) {
    return Error(ErrorCode::invalid_argument, "--last is a number from 1 to 20");
  }
  const Place place = TRY(find_place(options.place));
  const Context context = operator_context(clock, random);
  const auto database = TRY(open_existing(place, context.now));
  if (!options.reference.empty()) return explain_reference(*database, context, options.reference);
  if (options.connection.empty()) return list_newest(*database, context);
  const Home home = TRY(find_home(*database, context, options.connection));
  if (!is_checkup) return explain_last(*database, context, home, options.last);
  const auto checks = TRY(check_connection(
      {*database, context, home.environment, read_master_key(place.master_key_file)},
      home.connection.id));
  return answer_of(checks);
}

}  // namespace gatehouse::app::commands
