#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "server/app/cli.h"
#include "server/app/commands/import_line.h"
#include "server/app/data_folder.h"
#include "server/storage/sqlite/scratch_folder.h"
#include "server/storage/sqlite/sqlite_database.h"

namespace gatehouse::app::commands {
namespace {

std::string problem_of(std::string_view line) {
  const auto parsed = parse_imported_user(line, 1);
  return parsed.ok() ? "" : parsed.error().detail;
}

struct Outcome {
  int status;
  std::string out;
};

// A shell on a data folder with one environment.
struct Shell {
  storage::ScratchFolder folder = storage::ScratchFolder::make().value();

  Shell() {
    OsRandom random;
    const auto opened = DataFolder::open(data()).value();
    REQUIRE(opened.master_key(random).ok());
    REQUIRE(storage::SqliteDatabase::open(
                {.path = data() + "/gatehouse.db", .now = SystemClock().now()})
                .ok());
    REQUIRE(run({"environments", "create", "--name", "Test", "--base-url", "http://localhost:1",
                 "--kind", "development"})
                .status == 0);
  }
  [[nodiscard]] std::string data() const { return folder.path() + "/data"; }
  [[nodiscard]] std::string file(std::string_view content) const {
    std::string path = folder.path() + "/users.jsonl";
    std::ofstream(path) << content;
    return path;
  }
  Outcome run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"admin", "--data", data(), "--json", "--yes"});
    std::ostringstream out;
    std::ostringstream err;
    std::istringstream in;
    Console console{.out = out, .err = err, .in = in, .person = Console::Person::absent};
    const int status = run_command_line(arguments, console);
    return {status, status == 0 || err.str().empty() ? out.str() : out.str() + err.str()};
  }
};

}  // namespace

TEST_CASE("import: a line is taken with all its members") {
  const auto parsed = parse_imported_user(
      R"({"email":"Ada@acme.test","given_name":"Ada","family_name":"Lovelace","name":null,)"
      R"("external_id":"7","email_verified":false,"locale":"en","picture":"p","phone_number":"1",)"
      R"("metadata":{"plan":"gold"},"organization_external_id":"acme","roles":["admin"]})",
      3);
  REQUIRE(parsed.ok());
  const members::ImportedUser& line = parsed.value();
  CHECK(line.line == 3);
  CHECK(line.user.email.text() == "ada@acme.test");
  CHECK(line.user.email_verified == users::NewUser::Verified::no);
  CHECK(line.user.given_name == "Ada");
  CHECK(line.user.family_name == "Lovelace");
  CHECK(line.user.external_id == "7");
  CHECK(line.user.locale == "en");
  CHECK(line.user.picture == "p");
  CHECK(line.user.profile.phone_number == "1");
  CHECK(line.user.metadata == Metadata{{"plan", "gold"}});
  CHECK(line.organization_external_id == "acme");
  CHECK(line.roles == std::vector<std::string>{"admin"});
  const auto least = parse_imported_user(R"({"email":"ada@acme.test"})", 1);
  REQUIRE(least.ok());
  CHECK(least.value().user.email_verified == users::NewUser::Verified::yes);
}

TEST_CASE("import: a line that is none says why") {
  CHECK_FALSE(problem_of("").empty());
  CHECK_FALSE(problem_of("{").empty());
  CHECK_FALSE(problem_of(R"({"email":"a@b.test"} x)").empty());
  CHECK(problem_of("[]") == "not a JSON object");
  CHECK(problem_of("{}") == "'email' must be there, and a string");
  CHECK(problem_of(R"({"email":7})") == "'email' must be there, and a string");
  CHECK(problem_of(R"({"email":"ada"})") == "'email' must be an e-mail address that we accept");
  const auto with = [](std::string_view members) {
    return problem_of(R"({"email":"ada@acme.test",)" + std::string(members) + "}");
  };
  CHECK(with(R"("given_nam":"Ada")") == "unknown member 'given_nam'");
  CHECK(with(R"("given_name":7)") == "'given_name' must be a string");
  CHECK(with(R"("email_verified":"yes")") == "'email_verified' must be true or false");
  CHECK(with(R"("metadata":["x"])") == "'metadata' must be an object of strings");
  CHECK(with(R"("metadata":{"x":1})") == "'metadata' must be an object of strings");
  CHECK(with(R"("roles":"admin")") == "'roles' must be an array of strings");
  CHECK(with(R"("roles":[""])") == "'roles' must be an array of strings");
  CHECK(with(R"("organization":"acme")") == "'organization' must be an organization's id");
  CHECK(with(R"("organization":"org_1","organization_external_id":"a")").starts_with("either"));
}

TEST_CASE("import: a file goes in but for its bad lines, and goes in again without a change") {
  Shell shell;
  REQUIRE(
      shell.run({"organizations", "create", "--name", "Acme", "--external-id", "acme"}).status ==
      0);
  const std::string path = shell.file(
      "{\"email\":\"ada@acme.test\",\"organization_external_id\":\"acme\"}\n"
      "\n"
      "nonsense\n"
      "{\"email\":\"bob@acme.test\",\"organization_external_id\":\"globex\"}\r\n"
      "{\"email\":\"eve@acme.test\"}");
  const Outcome first = shell.run({"import", "users", "--jsonl", path});
  CHECK(first.status == 1);
  const auto document = Json::parse(first.out);
  REQUIRE(document.ok());
  CHECK(document.value().integer("created") == 2);
  CHECK(document.value().integer("memberships") == 1);
  CHECK(document.value().integer("refused") == 2);
  const Json::Array* problems = document.value().array("problems");
  REQUIRE(problems != nullptr);
  REQUIRE(problems->size() == 2);
  CHECK(problems->at(0).integer("line") == 3);
  CHECK(problems->at(1).integer("line") == 4);
  CHECK(problems->at(1).string("reason") ==
        "there is no organization with the external id 'globex'");
  const auto again = Json::parse(shell.run({"import", "users", "--jsonl", path}).out);
  CHECK(again.value().integer("created") == 0);
  CHECK(again.value().integer("existing") == 2);
  CHECK(shell.run({"import", "users", "--jsonl", path + ".no"}).status == 1);
  CHECK(shell.run({"import", "users", "--jsonl", path, "--organization", "org_77"}).status == 1);
}

}  // namespace gatehouse::app::commands
