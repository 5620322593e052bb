#include "server/environments/environment.h"

#include <doctest/doctest.h>

#include "server/audit/query.h"
#include "server/environments/invariants.h"
#include "server/environments/settings.h"
#include "tests/world/seeded_random.h"
#include "tests/world/test_database.h"

namespace gatehouse::environments {
namespace {

using storage::Sql;
using storage::Transaction;
using world::test_start;

struct Fixture {
  world::TestDatabase test_database;
  storage::Database& database = test_database.database();
  world::SeededRandom random;
  Context context = world::make_context(EnvironmentId(1));

  Result<Environment, Error> try_create(const NewEnvironment& wanted) {
    return storage::write(database, context, [&](Transaction& transaction) {
      return create(transaction, context, random, wanted);
    });
  }
  Environment make(std::string name, std::string base_url, Kind kind = Kind::production) {
    return try_create({.name = std::move(name), .kind = kind, .base_url = std::move(base_url)})
        .value();
  }
  Result<Unit, Error> try_base_url(EnvironmentId environment, std::string_view base_url) {
    return storage::write(database, context, [&](Transaction& transaction) {
      return set_base_url(transaction, environment, context, random, base_url);
    });
  }
  Result<Unit, Error> try_settings(EnvironmentId environment, const Settings& settings) {
    return storage::write(database, context, [&](Transaction& transaction) {
      return set_settings(transaction, environment, context, random, settings);
    });
  }
  Environment load(EnvironmentId environment) {
    return storage::read(
               database, context,
               [&](Transaction& transaction) { return find_environment(transaction, environment); })
        .value()
        .value();
  }
  std::int64_t version() {
    return storage::read(
               database, context,
               [&](Transaction& transaction) { return configuration_version(transaction); })
        .value();
  }
  std::vector<std::string> findings() {
    return storage::read(database, context,
                         [&](Transaction& transaction) { return check_invariants(transaction); })
        .value();
  }
  std::vector<audit::StoredRecord> audited(EnvironmentId environment) {
    return storage::read(
               database, context,
               [&](Transaction& transaction) { return audit::list(transaction, environment, {}); })
        .value();
  }
  void change(const Sql& sql, storage::Params params) {
    REQUIRE(storage::write(database, context, [&](Transaction& transaction) {
              return transaction.execute(sql, params);
            }).value() == 1);
  }
};

TEST_CASE_FIXTURE(Fixture, "environment: what is created is found as it was made, and recorded") {
  Settings settings;
  settings.access_token_lifetime = minutes(5);
  settings.sign_up = Settings::SignUp::closed;
  settings.passwordless = Settings::Passwordless::link;
  settings.product_name = "Acme \"ID\" \xe2\x9c\x93";
  settings.support_email = "help@acme.test";
  settings.custom_claims = {{"plan", "user.metadata.plan ?? \"free\""}, {"unit", "1"}};
  const std::int64_t before = version();
  const Environment made = try_create({.name = "  Production  ",
                                       .kind = Kind::production,
                                       .base_url = "https://ID.acme.test:443/",
                                       .settings = settings})
                               .value();
  CHECK_EQ(made.base_url, "https://id.acme.test");
  CHECK_EQ(made.name, "Production");
  CHECK(version() > before);

  const Environment found = load(made.id);
  CHECK_EQ(found.name, "Production");
  CHECK(found.kind == Kind::production);
  CHECK_EQ(found.base_url, "https://id.acme.test");
  CHECK_EQ(found.authority(), "id.acme.test");
  CHECK(found.is_https());
  CHECK_FALSE(found.is_development());
  CHECK(found.settings == settings);
  CHECK(found.created_at == test_start);

  const auto records = audited(made.id);
  REQUIRE(records.size() == 1);
  CHECK_EQ(records[0].event, "environment.created");
  CHECK_EQ(records[0].subject_id, made.id.text());
  CHECK(findings().empty());
}

TEST_CASE_FIXTURE(Fixture, "environment: neither a name nor a base URL is taken twice") {
  make("One", "https://one.test");
  const std::int64_t before = version();
  const auto same_name =
      try_create({.name = "One", .kind = Kind::production, .base_url = "https://two.test"});
  CHECK(same_name.error().code == ErrorCode::already_exists);
  const auto same_url =
      try_create({.name = "Two", .kind = Kind::production, .base_url = "https://ONE.test:443"});
  CHECK(same_url.error().code == ErrorCode::already_exists);
  CHECK_EQ(version(), before);
}

TEST_CASE_FIXTURE(Fixture, "environment: bad names, base URLs and settings are refused") {
  const auto code_of = [&](const NewEnvironment& wanted) {
    return try_create(wanted).error().code;
  };
  NewEnvironment wanted{.name = "A", .kind = Kind::production, .base_url = "https://a.test"};
  wanted.name = " \n ";
  CHECK(code_of(wanted) == ErrorCode::invalid_argument);
  wanted.name = std::string(201, 'a');
  CHECK(code_of(wanted) == ErrorCode::invalid_argument);
  wanted.name = "A";
  wanted.base_url = "http://a.test";
  CHECK(code_of(wanted) == ErrorCode::invalid_argument);
  wanted.base_url = "https://a.test";
  wanted.settings.session_idle_lifetime = wanted.settings.session_absolute_lifetime;
  CHECK(code_of(wanted) == ErrorCode::invalid_argument);
  CHECK(storage::read(database, context,
                      [](Transaction& transaction) { return list_environments(transaction); })
            .value()
            .empty());
}

TEST_CASE_FIXTURE(Fixture, "environment: the base URL can be moved, by the rules of its kind") {
  const Environment one = make("One", "https://one.test");
  make("Two", "https://two.test");
  context.now = test_start + hours(1);
  const std::int64_t before = version();
  CHECK(try_base_url(one.id, "https://three.test").ok());
  CHECK_EQ(load(one.id).base_url, "https://three.test");
  CHECK(load(one.id).updated_at == context.now);
  CHECK_EQ(version(), before + 1);
  CHECK_EQ(audited(one.id)[0].detail, "base URL https://three.test, before https://one.test");

  CHECK(try_base_url(one.id, "https://TWO.test").error().code == ErrorCode::already_exists);
  CHECK(try_base_url(one.id, "http://one.test").error().code == ErrorCode::invalid_argument);
  CHECK(try_base_url(one.id, "https://localhost").error().code == ErrorCode::invalid_argument);
  CHECK(try_base_url(EnvironmentId(5), "https://four.test").error().code == ErrorCode::not_found);
  CHECK(try_base_url(one.id, "https://three.test/").ok());  // as it is already
  CHECK_EQ(version(), before + 1);
  CHECK_EQ(audited(one.id).size(), 2);
}

TEST_CASE_FIXTURE(Fixture, "environment: settings change as a whole, and the record names which") {
  const Environment one = make("One", "https://one.test");
  Settings settings = one.settings;
  settings.access_token_lifetime = seconds(90);
  settings.support_email = "a@b.test";
  context.now = test_start + hours(1);
  CHECK(try_settings(one.id, settings).ok());
  CHECK(load(one.id).settings == settings);
  CHECK_EQ(audited(one.id)[0].event, "environment.updated");
  CHECK_EQ(audited(one.id)[0].detail, "access_token_lifetime, support_email");

  const std::int64_t before = version();
  CHECK(try_settings(one.id, settings).ok());  // as they are already
  settings.product_name = "";
  CHECK(try_settings(one.id, settings).error().code == ErrorCode::invalid_argument);
  CHECK(try_settings(EnvironmentId(5), Settings()).error().code == ErrorCode::not_found);
  CHECK_EQ(version(), before);
}

TEST_CASE_FIXTURE(Fixture,
                  "environment: a change that is rolled back leaves version and log alone") {
  const Environment one = make("One", "https://one.test");
  const std::int64_t before = version();
  const auto outcome =
      storage::write(database, context, [&](Transaction& transaction) -> Result<Unit, Error> {
        TRY(set_base_url(transaction, one.id, context, random, "https://new.test"));
        return Error(ErrorCode::aborted, "no");
      });
  CHECK_FALSE(outcome.ok());
  CHECK_EQ(load(one.id).base_url, "https://one.test");
  CHECK_EQ(version(), before);
  CHECK_EQ(audited(one.id).size(), 1);
}

TEST_CASE("environment: the names of kinds are read as they are written, and nothing else") {
  CHECK(parse_kind(kind_name(Kind::development)) == Kind::development);
  CHECK(parse_kind(kind_name(Kind::production)) == Kind::production);
  CHECK_FALSE(parse_kind("Production").has_value());
  CHECK_FALSE(parse_kind("").has_value());
}

TEST_CASE("settings: the product's defaults are allowed") {
  CHECK(Settings().problem() == std::nullopt);
}

TEST_CASE("settings: bounds, order and forms are checked, and the problem names the setting") {
  const auto problem_with = [](auto change) {
    Settings settings;
    change(settings);
    return settings.problem().value_or("none");
  };
  CHECK_EQ(problem_with([](Settings& s) { s.access_token_lifetime = seconds(0); }),
           "access_token_lifetime must be at least 1 s");
  CHECK_EQ(problem_with([](Settings& s) { s.access_token_lifetime = days(2); }),
           "access_token_lifetime must be at most 86400 s");
  CHECK_EQ(problem_with([](Settings& s) { s.access_token_lifetime = milliseconds(1500); }),
           "access_token_lifetime must be whole seconds");
  CHECK_EQ(problem_with([](Settings& s) { s.authorization_code_lifetime = minutes(11); }),
           "authorization_code_lifetime must be at most 600 s");
  CHECK_EQ(problem_with([](Settings& s) { s.id_token_lifetime = Duration(-1000); }),
           "id_token_lifetime must be at least 1 s");
  CHECK_EQ(problem_with([](Settings& s) { s.m2m_token_lifetime = days(31); }),
           "m2m_token_lifetime must be at most 2592000 s");
  CHECK_EQ(problem_with([](Settings& s) { s.session_idle_lifetime = days(30); }),
           "session_idle_lifetime must be shorter than session_absolute_lifetime");
  CHECK_EQ(problem_with([](Settings& s) { s.session_idle_lifetime = minutes(15); }),
           "access_token_lifetime must be shorter than session_idle_lifetime");
  CHECK_EQ(problem_with([](Settings& s) { s.invitation_lifetime = days(91); }),
           "invitation_lifetime must be at most 7776000 s");
  CHECK_EQ(problem_with([](Settings& s) {
             s.custom_claims = {{"roles", "1"}};
           }),
           "'roles' is a claim that tokens have already");
  CHECK_EQ(problem_with([](Settings& s) {
             s.custom_claims = {{"plan", "user.metadata."}};
           }),
           "custom claim 'plan': character 15: the name of a member is missing");
  for (const char* name : {"", " Acme", "Ac\nme", "Ac\xff", "Acme\xe2\x80\xae"}) {
    CAPTURE(name);
    CHECK_EQ(problem_with([&](Settings& s) { s.product_name = name; }),
             "product_name must be 1 to 200 bytes of plain text");
  }
  for (const char* address : {"@", "a@", "@b", "a b@c.test", "a@b@c", "<a@b.test>", "a@b.test?x"}) {
    CAPTURE(address);
    CHECK_EQ(problem_with([&](Settings& s) { s.support_email = address; }),
             "support_email is not an e-mail address");
  }
}

TEST_CASE("settings: the stored form is read back as it was, and absent members take defaults") {
  Settings settings;
  settings.session_idle_lifetime = days(3);
  settings.product_name = "\"Quoted\" \\ \xf0\x9f\x94\x91";
  CHECK(settings_from_json(settings_to_json(settings)).value() == settings);
  CHECK(settings_from_json("{}").value() == Settings());
  CHECK(settings_from_json(R"({"from_a_later_version":[1]})").value() == Settings());
  CHECK(settings_from_json(R"({"access_token_lifetime_s":60})").value().access_token_lifetime ==
        minutes(1));
}

TEST_CASE("settings: a document that cannot be understood is refused as a whole") {
  for (const char* text : {
           "",
           "[]",
           "null",
           "{",
           R"({"access_token_lifetime_s":"60"})",
           R"({"access_token_lifetime_s":1.5})",
           R"({"access_token_lifetime_s":-1})",
           R"({"access_token_lifetime_s":9223372036854775807})",
           R"({"sign_up":"maybe"})",
           R"({"sign_up":true})",
           R"({"passwordless":"password"})",
           R"({"passwordless":1})",
           R"({"product_name":null})",
           R"({"support_email":3})",
           R"({"custom_claims":{}})",
           R"({"custom_claims":[{"name":"a"}]})",
           R"({"custom_claims":[1]})",
       }) {
    CAPTURE(text);
    CHECK(settings_from_json(text).error().code == ErrorCode::invalid_argument);
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "environment: damage is an internal error when read, and fsck names it") {
  const Environment one = make("One", "https://one.test");
  constexpr Sql damage{"test.damage", "UPDATE environments SET settings = $2 WHERE id = $1"};
  change(damage, {one.id, "{\"sign_up\":1}"});
  const auto read = storage::read(database, context, [&](Transaction& transaction) {
    return find_environment(transaction, one.id);
  });
  CHECK(read.error().code == ErrorCode::internal);
  REQUIRE(findings().size() == 1);
  CHECK_EQ(findings()[0], one.id.text() + ": settings: sign_up cannot be read");

  change(damage, {one.id, "{\"access_token_lifetime_s\":0}"});
  REQUIRE(findings().size() == 1);
  CHECK_EQ(findings()[0], one.id.text() + ": access_token_lifetime must be at least 1 s");

  change(damage, {one.id, "{}"});
  constexpr Sql move{"test.move", "UPDATE environments SET base_url = $2 WHERE id = $1"};
  change(move, {one.id, "https://ONE.test"});
  REQUIRE(findings().size() == 1);
  CHECK_EQ(findings()[0], one.id.text() + ": base URL: it should read https://one.test");
  change(move, {one.id, "http://one.test"});
  REQUIRE(findings().size() == 1);

  change(move, {one.id, "https://one.test"});
  CHECK(findings().empty());
  constexpr Sql forget{"test.forget", "DELETE FROM configuration_version"};
  change(forget, {});
  REQUIRE(findings().size() == 1);
  CHECK_EQ(findings()[0], "the configuration version is gone");
}

}  // namespace
}  // namespace gatehouse::environments
