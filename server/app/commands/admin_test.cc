// gatehouse admin and the commands beside it, called as from a shell, on a data folder.

#include "server/app/commands/admin.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "server/app/cli.h"
#include "server/app/commands/serve.h"
#include "server/app/data_folder.h"
#include "server/app/key_policy.h"
#include "server/keys/rotate.h"
#include "server/sessions/session.h"
#include "server/storage/sqlite/scratch_folder.h"
#include "server/storage/sqlite/sqlite_database.h"
#include "tests/world/seeded_random.h"
#include "tests/world/test_keys.h"

namespace gatehouse::app::commands {
namespace {

using storage::Transaction;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

struct Outcome {
  int status;
  std::string out;
  std::string err;

  [[nodiscard]] Json json() const {
    auto parsed = Json::parse(out);
    REQUIRE(parsed.ok());
    return std::move(parsed).value();
  }
};

struct Shell {
  storage::ScratchFolder folder = storage::ScratchFolder::make().value();
  OsRandom random;
  SystemClock clock;

  Shell() {
    const auto opened = DataFolder::open(data()).value();
    REQUIRE(opened.master_key(random).ok());
    REQUIRE(open() != nullptr);
  }
  [[nodiscard]] std::string data() const { return folder.path() + "/data"; }
  [[nodiscard]] std::unique_ptr<storage::SqliteDatabase> open() const {
    return storage::SqliteDatabase::open({.path = data() + "/gatehouse.db", .now = clock.now()})
        .value();
  }

  Outcome run(std::vector<std::string> arguments, const std::string& typed = {},
              Console::Person person = Console::Person::absent) {
    std::ostringstream out;
    std::ostringstream err;
    std::istringstream in(typed);
    Console console{.out = out, .err = err, .in = in, .person = person};
    const int status = run_command_line(arguments, console);
    return {status, out.str(), err.str()};
  }
  Outcome admin(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"admin", "--data", data()});
    return run(std::move(arguments));
  }
  // The document of an admin command that must work.
  Json done(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--json", "--yes"});
    const Outcome outcome = admin(std::move(arguments));
    CAPTURE(outcome.err);
    REQUIRE(outcome.status == 0);
    return outcome.json();
  }
  void make_environment() {
    done({"environments", "create", "--name", "Test", "--base-url", "http://localhost:8080",
          "--kind", "development"});
  }
};

std::string text(const Json& json, std::string_view key) {
  REQUIRE(json.string(key).has_value());
  return std::string(*json.string(key));
}

TEST_CASE("an environment is made with its default application, and the secret is shown once") {
  Shell shell;
  CHECK(contains(shell.admin({"environments", "list"}).out, "environments create"));
  const Outcome none = shell.admin({"users", "list"});
  CHECK(none.status == 1);
  CHECK(contains(none.err, "environments create"));

  const Outcome made = shell.admin(
      {"environments", "create", "--name", "Production", "--base-url", "https://id.acme.test"});
  CHECK(made.status == 0);
  CHECK(contains(made.out, "Client id      skc_"));
  CHECK(contains(made.out, "Client secret  prod_"));
  CHECK(contains(made.out, "shown this once"));
  const Json applications = shell.done({"applications", "list"});
  REQUIRE(applications.array()->size() == 1);
  CHECK(text(applications.array()->front(), "type") == "ENV");
  CHECK(!contains(shell.admin({"applications", "list", "--json"}).out, "prod_"));
}

TEST_CASE("with several environments one must be named, and --environment finds it") {
  Shell shell;
  shell.make_environment();
  CHECK(shell.admin({"users", "list"}).status == 0);
  shell.done({"environments", "create", "--name", "Second", "--base-url", "https://two.test"});
  const Outcome unclear = shell.admin({"users", "list"});
  CHECK(unclear.status == 1);
  CHECK(contains(unclear.err, "'Test', 'Second'"));
  CHECK(shell.admin({"--environment", "Second", "users", "list"}).status == 0);
  CHECK(shell.admin({"users", "list", "--environment", "Second"}).status == 0);
  CHECK(shell.admin({"--environment", "Third", "users", "list"}).status == 1);
}

TEST_CASE("every setting of an environment can be shown and set by its name") {
  Shell shell;
  shell.make_environment();
  const Json before = shell.done({"environments", "show"});
  for (const auto& member : *before.object("settings")) {
    CAPTURE(member.key);
    const auto number = member.value.integer();
    if (!number.has_value() && !member.value.string().has_value()) {
      // A list has verbs of its own.
      CHECK(shell.admin({"environments", "set", member.key + "=x"}).status == 1);
      continue;
    }
    const std::string value =
        number.has_value() ? std::to_string(*number) : std::string(*member.value.string());
    CHECK(shell.admin({"environments", "set", member.key + "=" + value}).status == 0);
  }
  const Json after = shell.done({"environments", "set", "access_token_lifetime=600",
                                 "sign_up=closed", "base_url=http://localhost:9090"});
  CHECK(after.find("settings")->integer("access_token_lifetime") == 600);
  CHECK(after.find("settings")->string("sign_up") == "closed");
  CHECK(after.string("base_url") == "http://localhost:9090");
  for (const char* wrong :
       {"access_token_lifetime=0", "access_token_lifetime=soon", "sign_up=maybe", "nonsense=1",
        "product_name", "base_url=ftp://x", "=1"}) {
    CAPTURE(wrong);
    const Outcome refused = shell.admin({"environments", "set", "product_name=X", wrong});
    CHECK(refused.status == 1);
    CHECK(!refused.err.empty());
  }
  CHECK(shell.done({"environments", "show"}).find("settings")->string("product_name") != "X");
}

TEST_CASE("the commands that error pages print work as printed") {
  Shell shell;
  shell.make_environment();
  const Json made = shell.done({"--environment", "Test", "applications", "create", "--type",
                                "WEB_APP", "--name", "My application"});
  const std::string client_id = text(made, "client_id");
  CHECK(text(made, "client_secret").starts_with("test_"));
  CHECK(made.integer("active_secrets") == 1);
  CHECK(shell
            .admin({"--environment", "Test", "applications", "add-redirect", client_id,
                    "http://localhost:4321/cb"})
            .status == 0);
  CHECK(shell
            .admin({"--environment", "Test", "applications", "add-redirect", client_id,
                    "http://localhost:4321", "--kind", "post-logout"})
            .status == 0);
  const Json shown = shell.done({"applications", "show", client_id});
  CHECK(*shown.array("redirect_uris") ==
        Json::Array{Json(std::string("http://localhost:4321/cb"))});
  CHECK(shown.array("post_logout_redirect_uris")->size() == 1);
  CHECK(shell.admin({"applications", "add-redirect", client_id, "not a uri"}).status == 1);
  CHECK(shell.admin({"applications", "add-redirect", "webc_1", "https://a.test/"}).status == 1);
  CHECK(shell.admin({"applications", "add-redirect", client_id}).status == 2);
}

TEST_CASE("an application is created, changed and deleted") {
  Shell shell;
  shell.make_environment();
  const Json made = shell.done({"applications", "create", "--type", "M2M", "--name", "Robot",
                                "--scope", "a", "--scope", "b", "--audience", "https://api.test",
                                "--access-token-lifetime", "60", "--signing-algorithm", "ES256"});
  const std::string id = text(made, "client_id");
  CHECK(made.array("scopes")->size() == 2);
  CHECK(made.integer("access_token_lifetime") == 60);
  const Json set = shell.done({"applications", "set", id, "name=Android", "scopes=c d,e",
                               "access_token_lifetime=", "enforce_pkce=true"});
  CHECK(set.string("name") == "Android");
  CHECK(set.array("scopes")->size() == 3);
  CHECK(set.find("access_token_lifetime")->is_null());
  CHECK(set.boolean("enforce_pkce") == true);
  CHECK(shell.admin({"applications", "set", id, "signing_algorithm=none"}).status == 1);
  CHECK(shell.admin({"applications", "set", id, "name="}).status == 1);
  CHECK(shell.admin({"applications", "set", id, "type=SPA"}).status == 1);
  CHECK(shell.done({"applications", "show", id}).string("signing_algorithm") == "ES256");

  const Json spa = shell.done({"applications", "create", "--type", "SPA", "--name", "Docs"});
  CHECK(spa.find("client_secret") == nullptr);
  CHECK(shell.admin({"applications", "set", text(spa, "client_id"), "enforce_pkce=false"}).status ==
        1);
  shell.done({"applications", "delete", id});
  CHECK(shell.admin({"applications", "show", id}).status == 1);
}

TEST_CASE("what cannot be undone is asked about, and not done where nobody can answer") {
  Shell shell;
  shell.make_environment();
  shell.done({"users", "create", "--email", "ada@acme.test"});
  const std::vector<std::string> command = {"admin", "--data", shell.data(),
                                            "users", "delete", "ada@acme.test"};
  const Outcome alone = shell.run(command);
  CHECK(alone.status == 1);
  CHECK(contains(alone.err, "--yes"));
  const Outcome no = shell.run(command, "n\n", Console::Person::present);
  CHECK(no.status == 1);
  CHECK(contains(no.err, "[y/N]"));
  CHECK(shell.run(command, "", Console::Person::present).status == 1);
  CHECK(shell.admin({"users", "show", "ada@acme.test"}).status == 0);
  CHECK(shell.run(command, "y\n", Console::Person::present).status == 0);
  CHECK(shell.admin({"users", "show", "ada@acme.test"}).status == 1);
}

TEST_CASE("secrets come and go, two active at most") {
  Shell shell;
  shell.make_environment();
  const std::string client_id =
      text(shell.done({"applications", "list"}).array()->front(), "client_id");
  const Json second = shell.done({"secrets", "create", client_id});
  CHECK(text(second, "client_secret").starts_with("test_"));
  CHECK(shell.admin({"secrets", "create", client_id}).status == 1);
  shell.done({"secrets", "deactivate", client_id, text(second, "id")});
  shell.done({"secrets", "create", client_id});
  CHECK(shell.done({"secrets", "list", client_id}).array()->size() == 3);
  shell.done({"secrets", "delete", client_id, text(second, "id")});
  CHECK(shell.done({"secrets", "list", client_id}).array()->size() == 2);
  CHECK(shell.admin({"secrets", "delete", client_id, "sks_x", "--yes"}).status == 1);
  CHECK(!contains(shell.admin({"secrets", "list", client_id}).out, "test_"));
}

TEST_CASE("a secret that was deactivated can be activated again") {
  Shell shell;
  shell.make_environment();
  const std::string client_id =
      text(shell.done({"applications", "list"}).array()->front(), "client_id");
  const std::string secret =
      text(shell.done({"secrets", "list", client_id}).array()->front(), "id");
  shell.done({"secrets", "deactivate", client_id, secret});
  shell.done({"secrets", "activate", client_id, secret});
  CHECK(text(shell.done({"secrets", "list", client_id}).array()->front(), "state") == "active");
  CHECK(shell.admin({"secrets", "activate", client_id, "sks_1"}).status == 1);
}

TEST_CASE("clients of an organization are made, listed and deleted") {
  Shell shell;
  shell.make_environment();
  const std::string org = text(shell.done({"organizations", "create", "--name", "Acme"}), "id");
  const Json made = shell.done({"clients", "create", org, "--name", "Sync", "--scope", "read",
                                "--audience", "api", "--token-lifetime", "600"});
  const std::string client_id = text(made, "client_id");
  CHECK(client_id.starts_with("m2morg_"));
  CHECK(text(made, "client_secret").starts_with("test_"));
  CHECK(made.integer("token_lifetime") == 600);
  const Json all = shell.done({"clients", "list", org});
  REQUIRE(all.array()->size() == 1);
  CHECK(text(all.array()->front(), "client_id") == client_id);
  CHECK(!contains(shell.admin({"clients", "list", org}).out, "test_"));
  CHECK(shell.admin({"clients", "create", org, "--token-lifetime", "10"}).status == 1);
  CHECK(shell.admin({"clients", "list", "org_1"}).status == 1);
  shell.done({"clients", "delete", client_id});
  CHECK(shell.admin({"clients", "delete", client_id, "--yes"}).status == 1);
  CHECK(shell.done({"clients", "list", org}).array()->empty());
}

TEST_CASE("organizations, members and roles") {
  Shell shell;
  shell.make_environment();
  shell.done({"users", "create", "--email", "ada@acme.test", "--given-name", "Ada"});
  const std::string org =
      text(shell.done({"organizations", "create", "--name", "Acme", "--external-id", "a-1"}), "id");
  shell.done({"organizations", "add-member", org, "ada@acme.test"});
  CHECK(shell.admin({"organizations", "add-member", org, "ada@acme.test"}).status == 1);
  const Json members = shell.done({"organizations", "members", org});
  REQUIRE(members.array()->size() == 1);
  CHECK(*members.array()->front().array("roles") == Json::Array{Json(std::string("member"))});
  CHECK(shell.done({"roles", "assign", org, "ada@acme.test", "admin"}).array("roles")->size() == 2);
  CHECK(shell.done({"roles", "remove", org, "ada@acme.test", "member"}).array("roles")->size() ==
        1);
  CHECK(shell.admin({"roles", "assign", org, "ada@acme.test", "king"}).status == 1);
  const Json shown = shell.done({"users", "show", "ada@acme.test"});
  CHECK(shown.array("memberships")->size() == 1);
  shell.done({"organizations", "rename", org, "Acme Inc"});
  CHECK(contains(shell.admin({"organizations", "list"}).out, "Acme Inc"));
  shell.done({"organizations", "remove-member", org, "ada@acme.test"});
  CHECK(shell.done({"organizations", "members", org}).array()->empty());
  shell.done({"organizations", "delete", org});
  CHECK(shell.done({"organizations", "list"}).array()->empty());
}

// Signs the user in, behind the command line's back.
SessionId sign_in(Shell& shell, const std::string& user) {
  const auto database = shell.open();
  Context context = operator_context(shell.clock, shell.random);
  return storage::write(
             *database, context,
             [&](Transaction& transaction) -> Result<SessionId, Error> {
               const auto all = TRY(environments::list_environments(transaction));
               return TRY(sessions::create(transaction, all.front().id, context, shell.random,
                                           {.user = *UserId::parse(user),
                                            .organization = std::nullopt,
                                            .method = sessions::Method::email_code,
                                            .absolute_lifetime = days(30),
                                            .idle_lifetime = days(7)}))
                   .session.id;
             })
      .value();
}

TEST_CASE("disabling a user ends the sessions in the same step, and names who did it") {
  Shell shell;
  shell.make_environment();
  const std::string user = text(shell.done({"users", "create", "--email", "ada@acme.test"}), "id");
  const SessionId first = sign_in(shell, user);
  sign_in(shell, user);
  CHECK(shell.done({"sessions", "list", user}).array()->size() == 2);
  shell.done({"sessions", "end", first.text()});
  CHECK(shell.admin({"sessions", "end", first.text(), "--yes"}).status == 1);
  const Json disabled = shell.done({"users", "disable", "ada@acme.test"});
  CHECK(disabled.string("state") == "disabled");
  CHECK(disabled.integer("sessions_ended") == 1);
  CHECK(shell.done({"sessions", "list", user}).array()->empty());
  CHECK(shell.done({"users", "enable", user}).string("state") == "active");
  sign_in(shell, user);
  CHECK(shell.done({"sessions", "end-all", user}).integer("sessions_ended") == 1);

  const Json records = shell.done({"audit", "list", "--event", "user.disabled"});
  REQUIRE(records.array()->size() == 1);
  const Json& record = records.array()->front();
  CHECK(record.string("actor_type") == "operator");
  CHECK(text(record, "actor_id") == operator_context(shell.clock, shell.random).actor.id);
  CHECK(shell.admin({"audit", "list", "--event", "no.such"}).status == 2);
  CHECK(shell.done({"audit", "verify"}).boolean("intact") == true);
}

TEST_CASE("stored texts cannot speak to the terminal") {
  const Answer answer{
      .document =
          Json(Json::Array{Json(Json::Object{{"name", text_json("a\x1b[31mb\xc2\x9b\nc\xe2\x80\xae"
                                                                "d")}})}),
      .columns = {{"name", "NAME"}}};
  CHECK(render(answer, Console::Colour::plain) == "NAME\na?[31mb??c?d\n");
  CHECK(contains(render(answer, Console::Colour::shown), "\x1b[32mNAME\x1b[0m"));
}

TEST_CASE("wrong usage has status 2, a failure 1 with its reason, as JSON where asked") {
  Shell shell;
  CHECK(shell.run({}).status == 2);
  CHECK(shell.run({"nonsense"}).status == 2);
  CHECK(shell.admin({"users", "nonsense"}).status == 2);
  CHECK(shell.run({"serve"}).status == 2);
  CHECK(shell.run({"admin", "--data", "a", "--config", "b", "users", "list"}).status == 2);
  CHECK(shell.run({"--help"}).status == 0);
  const Outcome lost =
      shell.run({"admin", "--data", shell.folder.path(), "users", "list", "--json"});
  CHECK(lost.status == 1);
  CHECK(lost.out.empty());
  CHECK(Json::parse(lost.err).value().string("error") == "not_found");
  std::ifstream not_made(shell.folder.path() + "/gatehouse.db");
  CHECK(!not_made);
}

// Signing keys as the server makes them, with test keys for their making.
void make_keys(Shell& shell) {
  const auto database = shell.open();
  const auto master_key = read_master_key(shell.data() + "/master.key").value();
  const auto seal = master_key.sealing_key(key_seal_label);
  world::TestKeys source;
  Context context = operator_context(shell.clock, shell.random);
  const auto all = storage::read(*database, context, environments::list_environments).value();
  context.environment = all.front().id;
  REQUIRE(keys::ensure_keys(context, {*database, shell.random, source, seal}, {}).ok());
}

TEST_CASE("fsck finds nothing in a good database, and damage in a broken one") {
  Shell shell;
  shell.make_environment();
  make_keys(shell);
  CHECK(shell.done({"keys", "list"}).array()->size() == 2);
  CHECK(shell.run({"keys", "list", "--data", shell.data(), "--json"}).json().array()->size() == 2);
  const Outcome good = shell.run({"fsck", "--data", shell.data(), "--json"});
  CAPTURE(good.out);
  CHECK(good.status == 0);
  CHECK(good.json().array()->empty());
  {
    constexpr storage::Sql damage{"test.damage",
                                  "UPDATE application_secrets SET hash = CAST('short' AS BLOB)"};
    const auto database = shell.open();
    REQUIRE(
        storage::write(*database, operator_context(shell.clock, shell.random),
                       [&](Transaction& transaction) { return transaction.execute(damage, {}); })
            .ok());
  }
  const Outcome bad = shell.run({"fsck", "--data", shell.data(), "--json"});
  CHECK(bad.status == 1);
  REQUIRE(bad.json().array()->size() == 1);
  CHECK(bad.json().array()->front().string("area") == "applications");
  CHECK(contains(shell.run({"fsck", "--data", shell.data()}).out, "FINDING"));
}

TEST_CASE("fsck says so where another master key lies beside the database") {
  Shell shell;
  shell.make_environment();
  make_keys(shell);
  REQUIRE(write_secret_file(shell.data() + "/master.key",
                            "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")
              .ok());
  const Outcome bad = shell.run({"fsck", "--data", shell.data(), "--json"});
  CHECK(bad.status == 1);
  CHECK(bad.json().array()->front().string("area") == "keys");
}

TEST_CASE("an emergency asks first; a rotation that is not due does nothing") {
  Shell shell;
  shell.make_environment();
  make_keys(shell);
  const Json before = shell.done({"keys", "list"});
  CHECK(contains(shell.admin({"keys", "rotate"}).out, "Nothing is due"));
  CHECK(shell.admin({"keys", "rotate", "--emergency"}).status == 1);
  CHECK(shell.done({"keys", "list"}) == before);
}

TEST_CASE("migrate says that there is nothing to do, or what it did") {
  Shell shell;
  CHECK(contains(shell.run({"migrate", "--data", shell.data()}).out, "up to date"));
  CHECK(shell.run({"migrate", "--data", shell.folder.path()}).status == 1);
}

Config config_for(const std::string& base_url) {
  Config config;
  config.environment = {
      .name = "Production", .base_url = base_url, .product_name = "Acme", .support_email = {}};
  return config;
}

TEST_CASE("serve makes its environment once, and starts on no other") {
  Shell shell;
  const auto database = shell.open();
  const Context context = operator_context(shell.clock, shell.random);
  const auto ensure = [&](const Config& config) {
    return storage::write(*database, context, [&](Transaction& transaction) {
      return ensure_first_environment(transaction, context, shell.random, config);
    });
  };
  const auto first = ensure(config_for("https://id.acme.test"));
  REQUIRE(first.ok());
  REQUIRE(first.value().has_value());
  CHECK(first.value()->environment.kind == environments::Kind::production);
  CHECK(first.value()->secret.plain.reveal().starts_with("prod_"));
  const auto again = ensure(config_for("https://id.acme.test"));
  REQUIRE(again.ok());
  CHECK(!again.value().has_value());
  CHECK(contains(ensure(config_for("https://other.test")).error().detail, "environment.base_url"));
  Config renamed = config_for("https://id.acme.test");
  renamed.environment.name = "Other";
  CHECK(contains(ensure(renamed).error().detail, "environment.name"));
}

TEST_CASE("custom claims are added, tried on a person, replaced and removed") {
  Shell shell;
  shell.make_environment();
  CHECK(shell.done({"claims", "list"}).array()->empty());
  const Json org = shell.done({"organizations", "create", "--name", "Acme"});
  shell.done({"users", "create", "--email", "ada@acme.test", "--given-name", "Ada"});
  shell.done({"organizations", "add-member", std::string(*org.string("id")), "ada@acme.test"});

  shell.done({"claims", "add", "plan", "user.metadata.plan ?? \"free\""});
  shell.done({"claims", "add", "company", "organization?.name"});
  shell.done({"claims", "add", "broken", "organization.metadata.a.b"});
  CHECK(shell.done({"claims", "list"}).array()->size() == 3);
  CHECK(contains(shell.admin({"claims", "add", "plan", "1"}).err, "--replace"));
  CHECK(contains(shell.admin({"claims", "add", "roles", "1"}).err, "tokens have already"));
  CHECK(contains(shell.admin({"claims", "add", "odd", "user.emial"}).err, "character 6"));
  CHECK(contains(shell.admin({"environments", "set", "custom_claims=1"}).err, "admin claims"));

  const Outcome shown = shell.admin({"claims", "preview", "ada@acme.test"});
  CHECK(shown.status == 0);
  CHECK(contains(shown.out, "ada@acme.test, as a member of Acme:"));
  CHECK(contains(shown.out, "\"free\""));
  CHECK(contains(shown.out, "left out, character 24: what stands before this is null"));
  const Json tried = shell.done(
      {"claims", "preview", "ada@acme.test", "--expression", "split(user.email, \"@\")[1]"});
  CHECK(tried.array()->front().string("value") == "acme.test");
  CHECK(shell.admin({"claims", "preview", "nobody@acme.test"}).status != 0);

  shell.done({"claims", "add", "plan", "\"pro\"", "--replace"});
  CHECK(shell.done({"claims", "preview", "ada@acme.test"}).array()->front().string("value") ==
        "pro");
  shell.done({"claims", "remove", "plan"});
  CHECK(shell.done({"claims", "list"}).array()->size() == 2);
  CHECK(shell.admin({"claims", "remove", "plan", "--yes"}).status != 0);
}

TEST_CASE("serve does not start on a development environment") {
  Shell shell;
  shell.make_environment();
  const auto database = shell.open();
  const Context context = operator_context(shell.clock, shell.random);
  Config config = config_for("https://id.acme.test");
  config.environment.name = "Test";
  const auto refused = storage::write(*database, context, [&](Transaction& transaction) {
    return ensure_first_environment(transaction, context, shell.random, config);
  });
  REQUIRE(!refused.ok());
  CHECK(contains(refused.error().detail, "environment.name"));
}

TEST_CASE("the documentation of the commands is what the command line knows") {
  std::ifstream file("docs/reference/cli.md");
  std::ostringstream text;
  text << file.rdbuf();
  CHECK(text.str() == command_reference());
}

}  // namespace
}  // namespace gatehouse::app::commands
