// gatehouse admin connection test: tries a connection out, and says how every check went.

#include <iostream>
#include <thread>

#include "server/app/commands/connection_view.h"
#include "server/app/commands/connections.h"
#include "server/app/commands/lookup.h"
#include "server/connections/test_run.h"
#include "server/sso/diagnosis.h"

namespace gatehouse::app::commands {
namespace {

using connections::Connection;
using connections::TestRun;
using connections::TestStatus;
using storage::Transaction;

constexpr int wait_seconds_default = 300;
constexpr int wait_seconds_max = 3600;
constexpr auto poll_interval = std::chrono::seconds(1);

struct Begun {
  Connection connection;
  TestRun run;
};

Result<Begun, Error> begin(Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  return act.write([&](Transaction& transaction) -> Result<Begun, Error> {
    auto connection = TRY(connection_named(transaction, environment, values.text("id")));
    if (values.has("--run")) {
      const auto id = TRY(parse_id<ConnectionTestId>(values.text("--run"), "a test"));
      auto run = TRY(connections::get_test(transaction, environment, connection.id, id));
      return Begun{std::move(connection), std::move(run)};
    }
    auto run = TRY(
        connections::begin_test(transaction, environment, act.context, act.random, connection.id));
    return Begun{std::move(connection), std::move(run)};
  });
}

// As JSON if it is that.
Json document_of(const std::optional<std::string>& text) {
  if (!text.has_value()) return Json();
  auto parsed = Json::parse(*text);
  return parsed.ok() ? std::move(parsed).value() : Json(*text);
}

Json describe_run(const Begun& begun, const std::string& url) {
  const auto& outcome = begun.run.outcome;
  return Json(Json::Object{{"id", text_json(begun.run.id.text())},
                           {"connection", text_json(begun.connection.id.text())},
                           {"url", text_json(url)},
                           {"status", text_json(connections::test_statuses.name(outcome.status))},
                           {"diagnosis", optional_json(outcome.error)},
                           {"explanation", optional_json(outcome.error_description)},
                           {"checks", document_of(outcome.error_details)},
                           {"user", document_of(outcome.user_info)}});
}

std::string checks_text(const Json* checks) {
  if (checks == nullptr || checks->array() == nullptr) return {};
  std::string text;
  for (const Json& check : *checks->array()) {
    const bool is_passed = check.boolean("passed").value_or(false);
    text +=
        (is_passed ? "\n  ok    " : "\n  FAIL  ") + printable(check.string("check").value_or(""));
    const auto detail = check.string("detail").value_or("");
    if (!detail.empty()) text += "\n        " + printable(detail);
  }
  return text;
}

std::string result_text(const Begun& begun, const Json& document) {
  const auto& outcome = begun.run.outcome;
  if (outcome.status == TestStatus::pending) return "Nobody has finished the test yet.";
  std::string text = outcome.status == TestStatus::success ? "The test sign-in succeeded."
                                                           : "The test sign-in failed";
  if (outcome.error.has_value()) text += ": " + printable(*outcome.error) + ".";
  if (outcome.error_description.has_value()) text += "\n" + printable(*outcome.error_description);
  const auto diagnosis = sso::parse_diagnosis(outcome.error.value_or(""));
  if (diagnosis.has_value()) {
    text += "\n\nWhat to change\n  " +
            std::string(sso::remedy_for(*diagnosis, begun.connection.provider));
  }
  const std::string checks = checks_text(document.find("checks"));
  if (!checks.empty()) text += "\n\nChecks" + checks;
  const Json* user = document.find("user");
  if (user == nullptr || user->object() == nullptr) return text;
  text += "\n\nWho it was";
  for (const Json::Member& member : *user->object()) {
    const auto value = member.value.string();
    text += "\n  " + printable(member.key) + "  " +
            printable(value.has_value() ? std::string(*value) : member.value.text());
  }
  return text;
}

Result<std::int64_t, Error> wait_seconds(const Values& values) {
  if (!values.has("--timeout")) return wait_seconds_default;
  const auto wanted = TRY(parse_count(values.text("--timeout"), "--timeout"));
  if (wanted > wait_seconds_max) {
    return Error(ErrorCode::invalid_argument, "--timeout is at most 3600 seconds");
  }
  return wanted;
}

Result<Unit, Error> wait_for_end(Act& act, Begun& begun, std::int64_t seconds_max) {
  const EnvironmentId environment = act.environment().id;
  for (std::int64_t waited = 0; waited < seconds_max; ++waited) {
    if (begun.run.outcome.status != TestStatus::pending) return Unit{};
    std::this_thread::sleep_for(poll_interval);
    act.context.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    begun.run = TRY(act.read([&](Transaction& transaction) {
      return connections::get_test(transaction, environment, begun.connection.id, begun.run.id);
    }));
  }
  return Unit{};
}

Result<Answer, Error> test(Act& act, const Values& values) {
  Begun begun = TRY(begin(act, values));
  const std::int64_t seconds_max = TRY(wait_seconds(values));
  const std::string url =
      test_url(act.environment(), begun.connection) + "?test=" + begun.run.id.text();
  if (values.has("--wait")) {
    if (begun.run.outcome.status == TestStatus::pending) {
      std::cerr << "Sign in here: " << url << "\nWaiting for it to end …\n" << std::flush;
    }
    TRY(wait_for_end(act, begun, seconds_max));
  }
  Json document = describe_run(begun, url);
  const bool is_shown = values.has("--wait") || values.has("--run");
  std::string sentence = "Sign in here to try it out; nobody is signed in by it:\n  " + url +
                         "\n\nThe result: gatehouse admin connection test " +
                         begun.connection.id.text() + " --run " + begun.run.id.text();
  if (is_shown) sentence = result_text(begun, document);
  const bool has_failed = is_shown && begun.run.outcome.status != TestStatus::success;
  return Answer{.document = std::move(document),
                .sentence = std::move(sentence),
                .exit_status = has_failed ? 1 : 0};
}

}  // namespace

std::vector<Verb> connection_test_verbs() {
  return {{"connection",
           "test",
           "Try a connection out: prints where to sign in, and how every check went",
           {operand("id", "The connection's id: conn_…"),
            flag("--wait", "Wait until somebody has signed in there, and show the result"),
            option("--timeout", "How many seconds to wait; 300 unless said"),
            option("--run", "Show the result of this test: test_…")},
           test}};
}

}  // namespace gatehouse::app::commands
