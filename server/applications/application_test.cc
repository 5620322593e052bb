#include "server/applications/application.h"

#include "server/applications/test_fixture.h"

namespace gatehouse::applications {
namespace {

using storage::Sql;
using storage::Transaction;

TEST_CASE("application: names of types are read as they are written, with their own prefixes") {
  std::vector<std::string_view> prefixes;
  for (const Type type : {Type::env, Type::web_app, Type::spa, Type::native, Type::m2m}) {
    CHECK(parse_type(type_name(type)) == type);
    prefixes.push_back(client_id_prefix(type));
  }
  CHECK(prefixes == std::vector<std::string_view>{"skc_", "webc_", "spac_", "ntvc_", "m2m_"});
  CHECK_FALSE(parse_type("env").has_value());
  CHECK_FALSE(parse_type("").has_value());
}

TEST_CASE_FIXTURE(Fixture, "application: what is created is found as it was made, and recorded") {
  const std::int64_t before = version();
  const Application made =
      try_create(production, {.type = Type::web_app,
                              .name = "  Acme\tShop ",
                              .signing_algorithm = "ES256",
                              .pkce = NewApplication::Pkce::enforced,
                              .api_access = NewApplication::ApiAccess::allowed,
                              .callback_uris = {"https://b.acme.test/cb", "https://a.acme.test/cb",
                                                "https://b.acme.test/cb"},
                              .post_logout_uris = {"https://a.acme.test"},
                              .back_channel_logout_uris = {"https://a.acme.test/bcl"},
                              .initiate_login_uri = "https://a.acme.test/start",
                              .scopes = {"read:things", "write:things"},
                              .audience = {"https://api.acme.test"},
                              .access_token_lifetime = minutes(10)})
          .value();
  CHECK_EQ(made.client_id, "webc_" + std::to_string(made.id.number()));
  CHECK_EQ(version(), before + 1);

  const auto by_client_id = read([&](Transaction& transaction) {
    return find_application(transaction, production.id, made.client_id);
  });
  const Application found = by_client_id.value().value();
  CHECK(found.id == made.id);
  CHECK(found.environment == production.id);
  CHECK(found.type == Type::web_app);
  CHECK_EQ(found.name, "Acme Shop");
  CHECK_EQ(found.signing_algorithm, "ES256");
  CHECK(found.enforce_pkce);
  CHECK(found.allow_api_access);
  CHECK(found.initiate_login_uri == "https://a.acme.test/start");
  CHECK(found.access_token_lifetime == minutes(10));
  CHECK(found.scopes == std::vector<std::string>{"read:things", "write:things"});
  CHECK(found.audience == std::vector<std::string>{"https://api.acme.test"});
  CHECK(found.callback_uris ==
        std::vector<std::string>{"https://b.acme.test/cb", "https://a.acme.test/cb"});
  CHECK(found.post_logout_uris == std::vector<std::string>{"https://a.acme.test"});
  CHECK(found.back_channel_logout_uris == std::vector<std::string>{"https://a.acme.test/bcl"});
  CHECK(found.created_at == world::test_start);

  const auto record = last_record(production.id, "application.created");
  CHECK_EQ(record.subject_id, made.client_id);
  CHECK_EQ(record.detail, "WEB_APP Acme Shop");
}

TEST_CASE_FIXTURE(Fixture, "application: it exists in its own environment only") {
  const Application made = make(production, Type::web_app);
  const auto elsewhere = [&](auto key) {
    return read([&](Transaction& transaction) {
             return find_application(transaction, development.id, key);
           })
        .value()
        .has_value();
  };
  CHECK_FALSE(elsewhere(std::string_view(made.client_id)));
  CHECK_FALSE(elsewhere(made.id));
  CHECK(try_add(development, made, RedirectKind::callback, "http://localhost:1/cb").error().code ==
        ErrorCode::not_found);
  CHECK(try_secret(development, made).error().code == ErrorCode::not_found);
  CHECK(write([&](Transaction& transaction) {
          return delete_application(transaction, development.id, context, random, made.id);
        })
            .error()
            .code == ErrorCode::not_found);
  CHECK_EQ(load(made).client_id, made.client_id);
}

TEST_CASE_FIXTURE(Fixture, "application: an environment has one default application, for ever") {
  const Application first = make(production, Type::env);
  CHECK(first.client_id.starts_with("skc_"));
  CHECK(first.allow_api_access);
  CHECK(try_create(production, {.type = Type::env, .name = "Second"}).error().code ==
        ErrorCode::already_exists);
  CHECK(try_create(development, {.type = Type::env, .name = "Other"}).ok());
  CHECK(write([&](Transaction& transaction) {
          return delete_application(transaction, production.id, context, random, first.id);
        })
            .error()
            .code == ErrorCode::failed_precondition);
  CHECK_EQ(load(first).client_id, first.client_id);
}

TEST_CASE_FIXTURE(Fixture, "application: public clients have PKCE whatever is asked for") {
  for (const Type type : {Type::spa, Type::native}) {
    const Application made = make(production, type);
    CHECK(made.enforce_pkce);
    CHECK_FALSE(made.is_confidential());
    CHECK(try_create(production,
                     {.type = type, .name = "x", .api_access = NewApplication::ApiAccess::allowed})
              .error()
              .code == ErrorCode::invalid_argument);
    CHECK(try_create(production, {.type = type, .name = "x", .scopes = {"a"}}).error().code ==
          ErrorCode::invalid_argument);
  }
  CHECK_FALSE(make(production, Type::web_app).enforce_pkce);
  CHECK_FALSE(make(production, Type::web_app).allow_api_access);
}

TEST_CASE_FIXTURE(Fixture, "application: what cannot be is refused, and nothing is left of it") {
  const auto code_of = [&](auto change) {
    NewApplication wanted{.type = Type::web_app, .name = "Name"};
    change(wanted);
    return try_create(production, wanted).error().code;
  };
  const std::int64_t before = version();
  constexpr auto invalid = ErrorCode::invalid_argument;
  CHECK(code_of([](auto& w) { w.name = " "; }) == invalid);
  CHECK(code_of([](auto& w) { w.name = std::string(129, 'n'); }) == invalid);
  CHECK(code_of([](auto& w) { w.name = "\xff"; }) == invalid);
  CHECK(code_of([](auto& w) { w.signing_algorithm = "none"; }) == invalid);
  CHECK(code_of([](auto& w) { w.signing_algorithm = "HS256"; }) == invalid);
  CHECK(code_of([](auto& w) { w.scopes = {""}; }) == invalid);
  CHECK(code_of([](auto& w) { w.scopes = {"a b"}; }) == invalid);
  CHECK(code_of([](auto& w) { w.scopes = {"a\"b"}; }) == invalid);
  CHECK(code_of([](auto& w) { w.scopes = {"a", "b", "a"}; }) == invalid);
  CHECK(code_of([](auto& w) { w.scopes = {std::string(1024, 's')}; }) == invalid);
  CHECK(code_of([](auto& w) { w.audience = {"a b"}; }) == invalid);
  CHECK(code_of([](auto& w) { w.audience = {std::string(257, 'a')}; }) == invalid);
  CHECK(code_of([](auto& w) { w.access_token_lifetime = Duration(0); }) == invalid);
  CHECK(code_of([](auto& w) { w.access_token_lifetime = milliseconds(1500); }) == invalid);
  CHECK(code_of([](auto& w) { w.access_token_lifetime = days(2); }) == invalid);
  CHECK(code_of([](auto& w) { w.callback_uris = {"http://a.test/cb"}; }) == invalid);
  CHECK(code_of([](auto& w) { w.post_logout_uris = {"https://a.test?x"}; }) == invalid);
  CHECK(code_of([](auto& w) { w.initiate_login_uri = "https://a.test/#x"; }) == invalid);
  CHECK(code_of([](auto& w) { w.client_id = "webc_"; }) == invalid);
  CHECK(code_of([](auto& w) { w.client_id = "skc_1"; }) == invalid);
  CHECK(code_of([](auto& w) { w.client_id = "webc_a b"; }) == invalid);
  CHECK(code_of([](auto& w) { w.client_id = "webc_" + std::string(76, 'x'); }) == invalid);
  CHECK(code_of([](auto& w) {
          w.callback_uris.assign(redirects_per_kind_max + 1, "https://a.test/cb");
        }) == ErrorCode::resource_exhausted);
  CHECK_EQ(version(), before);
  CHECK(
      read([&](Transaction& transaction) { return list_applications(transaction, production.id); })
          .value()
          .empty());
}

TEST_CASE_FIXTURE(Fixture, "application: a name has 128 characters, however many bytes they take") {
  std::string name;
  for (int i = 0; i < 128; ++i) name += "\xc3\xa4";
  CHECK_EQ(try_create(production, {.type = Type::m2m, .name = name}).value().name, name);
  CHECK_FALSE(try_create(production, {.type = Type::m2m, .name = name + "a"}).ok());
}

TEST_CASE_FIXTURE(Fixture,
                  "application: the access token of a person ends before an idle session") {
  environments::Environment strict = production;
  strict.settings.session_idle_lifetime = minutes(20);
  NewApplication wanted{.type = Type::web_app, .name = "x", .access_token_lifetime = minutes(20)};
  CHECK(try_create(strict, wanted).error().code == ErrorCode::invalid_argument);
  wanted.access_token_lifetime = minutes(19);
  CHECK(try_create(strict, wanted).ok());
  wanted.type = Type::m2m;  // no session
  wanted.access_token_lifetime = days(7);
  CHECK(try_create(strict, wanted).ok());
}

TEST_CASE_FIXTURE(Fixture, "application: a chosen client_id is taken once per environment") {
  const NewApplication wanted{.type = Type::web_app, .name = "Dev", .client_id = "webc_dev-client"};
  CHECK_EQ(try_create(development, wanted).value().client_id, "webc_dev-client");
  CHECK(try_create(development, wanted).error().code == ErrorCode::already_exists);
  CHECK(try_create(production, wanted).ok());
}

TEST_CASE_FIXTURE(Fixture,
                  "application: deletion takes redirects and secrets along, and no others") {
  const Application kept = make(production, Type::web_app);
  const Application gone = make(production, Type::web_app);
  for (const Application& each : {kept, gone}) {
    CHECK(try_add(production, each, RedirectKind::callback, "https://a.test/cb").ok());
    CHECK(try_secret(production, each).ok());
  }
  const std::int64_t before = version();
  CHECK(write([&](Transaction& transaction) {
          return delete_application(transaction, production.id, context, random, gone.id);
        }).ok());
  CHECK_EQ(version(), before + 1);
  CHECK_EQ(last_record(production.id, "application.deleted").subject_id, gone.client_id);
  static constexpr Sql leftovers{
      "test.leftovers",
      "SELECT (SELECT count(*) FROM application_redirects), (SELECT count(*) FROM"
      " application_secrets)"};
  const auto counts = read([&](Transaction& transaction) {
                        return transaction.find(leftovers, {}, [](const storage::Row& row) {
                          return std::pair(row.integer(0), row.integer(1));
                        });
                      })
                          .value()
                          .value();
  CHECK(counts == std::pair<std::int64_t, std::int64_t>(1, 1));
  CHECK_EQ(load(kept).secrets.size(), 1);
  CHECK(write([&](Transaction& transaction) {
          return delete_application(transaction, production.id, context, random, gone.id);
        })
            .error()
            .code == ErrorCode::not_found);
}

TEST_CASE_FIXTURE(Fixture, "application: a change leaves alone what it does not name") {
  const Application before =
      try_create(development, {.type = Type::web_app,
                               .name = "Before",
                               .callback_uris = {"http://localhost:1/cb"},
                               .initiate_login_uri = "http://localhost:1/login",
                               .scopes = {"a"},
                               .access_token_lifetime = minutes(5)})
          .value();
  const auto change = [&](const ApplicationChange& wanted) {
    return write([&](storage::Transaction& transaction) {
      return update(transaction, development, context, random, before.id, wanted);
    });
  };
  const std::int64_t version_before = version();
  REQUIRE(change({.name = " After "}).ok());
  const Application after = load(before);
  CHECK(after.name == "After");
  CHECK(after.initiate_login_uri == before.initiate_login_uri);
  CHECK(after.access_token_lifetime == before.access_token_lifetime);
  CHECK(after.scopes == before.scopes);
  CHECK(after.callback_uris == before.callback_uris);
  CHECK(after.enforce_pkce == before.enforce_pkce);
  CHECK(version() == version_before + 1);
  CHECK(last_record(development.id, "application.updated").detail == "name");

  REQUIRE(change({.name = "After"}).ok());
  CHECK(version() == version_before + 1);
  context.now += seconds(1);
  REQUIRE(change({.pkce = NewApplication::Pkce::enforced,
                  .initiate_login_uri = std::optional<std::string>(),
                  .access_token_lifetime = std::optional<Duration>()})
              .ok());
  CHECK(load(before).enforce_pkce);
  CHECK_FALSE(load(before).initiate_login_uri.has_value());
  CHECK_FALSE(load(before).access_token_lifetime.has_value());
  CHECK(last_record(development.id, "application.updated").detail ==
        "enforce_pkce, initiate_login_uri, access_token_lifetime");
  CHECK(findings().size() == 2);  // the environments have no default application here
}

TEST_CASE_FIXTURE(Fixture, "application: a change follows the rules of making one") {
  const Application web = make(development, Type::web_app);
  const Application spa = make(development, Type::spa);
  const Application env = make(development, Type::env);
  const auto change = [&](const Application& which, const ApplicationChange& wanted) {
    return write([&](storage::Transaction& transaction) {
             return update(transaction, development, context, random, which.id, wanted);
           })
        .ok();
  };
  CHECK_FALSE(change(web, {.name = ""}));
  CHECK_FALSE(change(web, {.signing_algorithm = "none"}));
  CHECK_FALSE(change(web, {.initiate_login_uri = std::optional<std::string>("javascript:1")}));
  CHECK_FALSE(change(web, {.scopes = std::vector<std::string>{"a", "a"}}));
  CHECK_FALSE(change(web, {.access_token_lifetime = std::optional<Duration>(days(400))}));
  CHECK_FALSE(change(spa, {.pkce = NewApplication::Pkce::optional}));
  CHECK_FALSE(change(spa, {.api_access = NewApplication::ApiAccess::allowed}));
  CHECK_FALSE(change(spa, {.scopes = std::vector<std::string>{"a"}}));
  CHECK_FALSE(change(env, {.api_access = NewApplication::ApiAccess::refused}));
  CHECK(load(web).updated_at == web.updated_at);
  const auto foreign = write([&](storage::Transaction& transaction) {
    return update(transaction, production, context, random, web.id, {.name = "Mine"});
  });
  REQUIRE_FALSE(foreign.ok());
  CHECK(foreign.error().code == ErrorCode::not_found);
}

TEST_CASE_FIXTURE(Fixture, "application: lists of URIs are replaced as a whole, in their order") {
  const Application made =
      try_create(development, {.type = Type::web_app,
                               .name = "Web",
                               .callback_uris = {"https://b.test/cb", "https://a.test/cb"},
                               .post_logout_uris = {"https://a.test"},
                               .back_channel_logout_uris = {"https://a.test/bcl"}})
          .value();
  const auto change = [&](const ApplicationChange& wanted) {
    return write([&](storage::Transaction& transaction) {
      return update(transaction, development, context, random, made.id, wanted);
    });
  };
  using Texts = std::vector<std::string>;
  const Texts wanted{"https://z.test/cb", "https://a.test/cb", "https://m.test/cb"};
  const auto changed =
      change({.callback_uris = Texts{wanted[0], wanted[1], wanted[0], wanted[2]}}).value();
  CHECK(changed.callback_uris == wanted);
  CHECK(load(made).callback_uris == wanted);
  CHECK(load(made).post_logout_uris == made.post_logout_uris);
  CHECK(last_record(development.id, "application.updated").detail == "callback URIs");
  CHECK(try_add(development, made, RedirectKind::callback, "https://c.test/cb").ok());
  CHECK(load(made).callback_uris.back() == "https://c.test/cb");
  REQUIRE(change({.back_channel_logout_uris = Texts{}}).ok());
  CHECK(load(made).back_channel_logout_uris.empty());

  const std::int64_t before = version();
  REQUIRE(change({.post_logout_uris = Texts{"https://a.test"}}).ok());
  CHECK(version() == before);
  const auto refused = change({.name = "New", .callback_uris = Texts{"javascript:1"}});
  CHECK(refused.error().field == "post_login_uris");
  CHECK(load(made).name == "Web");
  const Application spa = make(development, Type::spa);
  const auto no_server = write([&](storage::Transaction& transaction) {
    return update(transaction, development, context, random, spa.id,
                  {.back_channel_logout_uris = Texts{"https://a.test/bcl"}});
  });
  CHECK(no_server.error().field == "back_channel_logout_uris");
}

TEST_CASE_FIXTURE(Fixture, "application: it uses the grants of its type, or those it keeps to") {
  const Application web = make(production, Type::web_app);
  const Application spa = make(production, Type::spa);
  const Application machine = make(production, Type::m2m);
  CHECK(web.may_use_grant("authorization_code"));
  CHECK(web.may_use_grant("client_credentials"));
  CHECK(spa.may_use_grant("refresh_token"));
  CHECK_FALSE(spa.may_use_grant("client_credentials"));
  CHECK(machine.may_use_grant("client_credentials"));
  CHECK_FALSE(machine.may_use_grant("authorization_code"));
  CHECK_FALSE(web.may_use_grant("password"));

  const auto kept =
      try_create(production,
                 {.type = Type::web_app, .name = "x", .grant_types = {"client_credentials"}})
          .value();
  CHECK(load(kept).may_use_grant("client_credentials"));
  CHECK_FALSE(load(kept).may_use_grant("authorization_code"));
  for (const auto& grants :
       {std::vector<std::string>{"password"}, {"client_credentials", "client_credentials"}}) {
    CHECK(try_create(production, {.type = Type::web_app, .name = "x", .grant_types = grants})
              .error()
              .field == "grant_types");
  }
  CHECK(try_create(production,
                   {.type = Type::spa, .name = "x", .grant_types = {"client_credentials"}})
            .error()
            .field == "grant_types");
}

TEST_CASE_FIXTURE(Fixture, "application: custom claims are kept as they were given") {
  const std::vector<CustomClaim> claims{{"tenant", "7"}, {"a", "b"}};
  const Application made =
      try_create(production, {.type = Type::m2m, .name = "x", .custom_claims = claims}).value();
  CHECK(load(made).custom_claims == claims);
  CHECK(try_create(production, {.type = Type::spa, .name = "x", .custom_claims = claims})
            .error()
            .code == ErrorCode::invalid_argument);
  REQUIRE(write([&](storage::Transaction& transaction) {
            return update(transaction, production, context, random, made.id,
                          {.custom_claims = std::vector<CustomClaim>{}});
          }).ok());
  CHECK(load(made).custom_claims.empty());
}

TEST_CASE_FIXTURE(Fixture, "application: pages are newest first, of the types that are asked for") {
  std::vector<ApplicationId> made;
  for (const Type type : {Type::web_app, Type::spa, Type::web_app, Type::m2m, Type::web_app}) {
    context.now += milliseconds(1);
    made.push_back(make(production, type).id);
  }
  make(development, Type::web_app);
  const auto list = [&](std::vector<Type> types, const PageQuery& query) {
    return read([&](storage::Transaction& transaction) {
             return list_applications(transaction, production.id, types, query);
           })
        .value();
  };
  const auto all = list({}, {.limit = 3});
  CHECK(all.total == 5);
  REQUIRE(all.items.size() == 3);
  CHECK(all.items[0].id == made[4]);
  const auto rest = list({}, {.from = all.older, .limit = 3});
  REQUIRE(rest.items.size() == 2);
  CHECK(rest.items[1].id == made[0]);
  CHECK_FALSE(rest.older.has_value());
  const auto back =
      list({}, {.direction = PageQuery::Direction::newer, .from = rest.newer, .limit = 2});
  CHECK(back.items[0].id == made[3]);
  CHECK(back.items[1].id == made[2]);
  const auto web = list({Type::web_app, Type::spa}, {.limit = 1});
  CHECK(web.total == 4);
  CHECK(web.items[0].id == made[4]);
  CHECK(list({Type::native}, {}).items.empty());
}

TEST_CASE_FIXTURE(Fixture, "application: the list has each with its own redirects and secrets") {
  const Application one = make(production, Type::web_app);
  context.now += seconds(1);
  const Application two = make(production, Type::web_app);
  make(development, Type::web_app);
  CHECK(try_add(production, one, RedirectKind::callback, "https://one.test/cb").ok());
  CHECK(try_add(production, two, RedirectKind::post_logout, "https://two.test").ok());
  CHECK(try_secret(production, two).ok());
  const auto all = read([&](Transaction& transaction) {
                     return list_applications(transaction, production.id);
                   }).value();
  REQUIRE(all.size() == 2);
  CHECK(all[0].id == one.id);
  CHECK(all[0].callback_uris == std::vector<std::string>{"https://one.test/cb"});
  CHECK(all[0].secrets.empty());
  CHECK(all[1].callback_uris.empty());
  CHECK(all[1].post_logout_uris == std::vector<std::string>{"https://two.test"});
  CHECK_EQ(all[1].secrets.size(), 1);
}

TEST_CASE_FIXTURE(Fixture, "application: fsck is content with what the acts make") {
  for (const auto& environment : {development, production}) {
    const Application made = make(environment, Type::env);
    CHECK(try_add(environment, made, RedirectKind::callback, "https://a.test/cb").ok());
    CHECK(try_secret(environment, made).ok());
    CHECK(try_secret(environment, made).ok());
    make(environment, Type::spa);
    make(environment, Type::m2m);
  }
  CHECK(findings().empty());
}

struct Damage {
  Sql sql;
  const char* finding;
};
constexpr Damage damages[] = {
    {{"test.retype", "UPDATE applications SET type = 'WEB_APP' WHERE type = 'ENV'"},
     "an environment has no default application, or several: env_"},
    {{"test.third",
      "INSERT INTO application_secrets (id, environment_id, application_id, hash, suffix, state,"
      " created_at_ms) SELECT id + 1, environment_id, application_id, hash, suffix, state,"
      " created_at_ms FROM application_secrets ORDER BY id DESC LIMIT 1"},
     "an application has more than two active secrets: skc_"},
    {{"test.move_secrets",
      "UPDATE application_secrets SET application_id = (SELECT id FROM"
      " applications WHERE type = 'SPA')"},
     "a public client has a secret: spac_"},
    {{"test.cut_hash",
      "UPDATE application_secrets SET hash = substr(hash, 1, 5) WHERE id IN (SELECT"
      " min(id) FROM application_secrets)"},
     "a client secret is not stored as a SHA-256 and four characters: sks_"},
    {{"test.pkce", "UPDATE applications SET enforce_pkce = 0 WHERE type = 'SPA'"},
     "a public client may go without PKCE: spac_"},
    {{"test.move_uri", "UPDATE application_redirects SET environment_id = 5"},
     "a redirect URI names another environment than its application: skc_"},
    {{"test.move_secret", "UPDATE application_secrets SET environment_id = 5"},
     "a client secret names another environment than its application: skc_"},
    {{"test.uri", "UPDATE application_redirects SET uri = 'http://a.test/cb'"}, "skc_"},
    {{"test.kind",
      "UPDATE application_redirects SET kind = 'back_channel_logout',"
      " application_id = (SELECT id FROM applications WHERE type = 'SPA')"},
     "spac_"},
    {{"test.start",
      "UPDATE applications SET initiate_login_uri = 'javascript:1'"
      " WHERE type = 'SPA'"},
     "spac_"},
};

TEST_CASE("application: fsck finds whatever is not as the acts make it") {
  for (const Damage& damage : damages) {
    CAPTURE(damage.sql.text());
    Fixture fixture;
    fixture.make(fixture.development, Type::env);
    const Application made = fixture.make(fixture.production, Type::env);
    fixture.make(fixture.production, Type::spa);
    REQUIRE(fixture.try_add(fixture.production, made, RedirectKind::callback, "https://a.test/cb")
                .ok());
    REQUIRE(fixture.try_secret(fixture.production, made).ok());
    REQUIRE(fixture.try_secret(fixture.production, made).ok());
    REQUIRE(fixture.findings().empty());
    fixture.change(damage.sql, {});
    const auto found = fixture.findings();
    REQUIRE_FALSE(found.empty());
    CAPTURE(found[0]);
    CHECK(found[0].starts_with(damage.finding));
  }
}

}  // namespace
}  // namespace gatehouse::applications
