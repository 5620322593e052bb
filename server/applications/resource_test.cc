#include "server/applications/resource.h"

#include "server/applications/consent.h"
#include "server/applications/test_fixture.h"

namespace gatehouse::applications {
namespace {

using storage::Sql;
using storage::Transaction;

constexpr Sql insert_user{
    "test.insert_user",
    "INSERT INTO users (id, environment_id, email, email_verified, given_name, family_name, name,"
    " external_id, metadata, state, created_at_ms, updated_at_ms)"
    " VALUES ($2, $1, $3, 1, '', '', '', $4, '{}', 'active', 0, 0)"};

struct ResourceFixture : Fixture {
  Result<Resource, Error> try_create(const ResourceSettings& wanted,
                                     Resource::Type type = Resource::Type::mcp_server) {
    context.now += milliseconds(1);
    return write([&](Transaction& transaction) {
      return create_resource(transaction, production.id, context, random, type, wanted);
    });
  }
  Resource make_resource(std::string name = "Server", std::vector<std::string> scopes = {}) {
    return try_create({.name = std::move(name), .scopes = std::move(scopes)}).value();
  }
  Result<Resource, Error> try_update(ResourceId resource, const ResourceSettings& change) {
    return write([&](Transaction& transaction) {
      return update_resource(transaction, production.id, context, random, resource, change);
    });
  }
  Result<Resource, Error> try_load(ResourceId resource, EnvironmentId environment) {
    return read([&](Transaction& transaction) {
      return load_resource(transaction, environment, resource);
    });
  }
  Resource load_one(ResourceId resource) { return try_load(resource, production.id).value(); }
  Result<IssuedMachineClient, Error> try_client(ResourceId resource,
                                                const NewMachineClient& wanted) {
    context.now += milliseconds(1);
    return write([&](Transaction& transaction) {
      return create_machine_client(transaction, production, context, random, resource, wanted);
    });
  }
  UserId make_user(const environments::Environment& environment, std::int64_t number,
                   std::string_view email, std::optional<std::string> external_id = {}) {
    REQUIRE(write([&](Transaction& transaction) {
              return transaction.execute(insert_user, {environment.id, number, email, external_id});
            }).ok());
    return UserId(number);
  }
  Result<ConsentId, Error> try_consent(const NewConsent& wanted) {
    context.now += milliseconds(1);
    return write([&](Transaction& transaction) {
      return record_consent(transaction, production.id, context, random, wanted);
    });
  }
  Result<Unit, Error> try_revoke(const ConsentKey& key) {
    return write([&](Transaction& transaction) {
      return revoke_consent(transaction, production.id, context, random, key);
    });
  }
  Page<Consent> consents(ResourceId resource, std::string_view search, const PageQuery& query) {
    return read([&](Transaction& transaction) {
             return list_resource_consents(transaction, production.id, resource, search, query);
           })
        .value();
  }
};

std::vector<std::string> names(const std::vector<Scope>& scopes) {
  std::vector<std::string> texts;
  for (const Scope& scope : scopes) texts.push_back(scope.name);
  return texts;
}

TEST_CASE_FIXTURE(ResourceFixture, "resources: one is found as it was made, in its environment") {
  const Resource made = try_create({.name = "Todo",
                                    .description = "Lists",
                                    .uri = "https://mcp.acme.test/todo",
                                    .identifier = "todo-server",
                                    .logo_uri = "https://acme.test/logo.svg",
                                    .provider = "acme",
                                    .access_token_lifetime = std::optional<Duration>(minutes(10)),
                                    .allow_registration = false,
                                    .limit_to_permissions = true,
                                    .scopes = std::vector<std::string>{"todo:write", "todo:read"}})
                            .value();
  const Resource found = load_one(made.id);
  CHECK(found.type == Resource::Type::mcp_server);
  CHECK(found.name == "Todo");
  CHECK(found.uri == "https://mcp.acme.test/todo");
  CHECK(found.identifier == "todo-server");
  CHECK(found.access_token_lifetime == minutes(10));
  CHECK_FALSE(found.refresh_token_lifetime.has_value());
  CHECK_FALSE(found.allow_registration);
  CHECK(found.limit_to_permissions);
  CHECK_FALSE(found.allow_cross_app_access);
  CHECK(names(found.scopes) == std::vector<std::string>{"todo:write", "todo:read"});
  CHECK(last_record(production.id, "resource.created").subject_id == made.id.text());
  CHECK(last_record(production.id, "scope.created").detail == "todo:read");
  CHECK(try_load(made.id, development.id).error().message == "resource not found");
  CHECK(make_resource().allow_registration);
  for (const auto type : {Resource::Type::web, Resource::Type::mobile, Resource::Type::desktop,
                          Resource::Type::server, Resource::Type::mcp_server}) {
    CHECK(parse_resource_type(resource_type_name(type)) == type);
  }
}

TEST_CASE_FIXTURE(ResourceFixture, "resources: what cannot be is refused, naming its field") {
  const auto field_of = [&](ResourceSettings wanted) {
    if (!wanted.name.has_value()) wanted.name = "Name";
    const auto refused = try_create(wanted);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::invalid_argument);
    return refused.error().field;
  };
  CHECK(field_of({.name = ""}) == "name");
  CHECK(field_of({.name = std::string(129, 'n')}) == "name");
  CHECK(field_of({.description = std::string(513, 'd')}) == "description");
  CHECK(field_of({.uri = "javascript:alert(1)"}) == "resource_uri");
  CHECK(field_of({.uri = "https://a.test/#x"}) == "resource_uri");
  CHECK(field_of({.uri = "https://me@a.test/"}) == "resource_uri");
  CHECK(field_of({.identifier = "a b"}) == "resource_id");
  CHECK(field_of({.logo_uri = "data:image/png;base64,"}) == "logo_uri");
  CHECK(field_of({.access_token_lifetime = std::optional<Duration>(seconds(299))}) ==
        "access_token_expiry");
  CHECK(field_of({.refresh_token_lifetime = std::optional<Duration>(days(366))}) ==
        "refresh_token_expiry");
  CHECK(field_of({.scopes = std::vector<std::string>{"a b"}}) == "scopes");
  CHECK(field_of({.scopes = std::vector<std::string>{"a", "a"}}) == "scopes");
  CHECK(try_create({}).error().field == "name");

  REQUIRE(try_create({.name = "A", .uri = "https://a.test/"}).ok());
  CHECK(try_create({.name = "B", .uri = "https://a.test/"}).error().code ==
        ErrorCode::already_exists);
  const Resource other = try_create({.name = "C", .identifier = "c"}).value();
  CHECK(try_create({.name = "D", .identifier = "c"}).error().code == ErrorCode::already_exists);
  const auto taken = try_update(other.id, {.uri = "https://a.test/"});
  CHECK(taken.error().code == ErrorCode::already_exists);
  CHECK(taken.error().field == "resource_uri");
  CHECK(try_update(other.id, {.identifier = "c"}).ok());  // its own
}

TEST_CASE_FIXTURE(ResourceFixture, "resources: a change leaves alone what it does not name") {
  const Resource made = try_create({.name = "Before",
                                    .uri = "https://a.test/",
                                    .access_token_lifetime = std::optional<Duration>(hours(1)),
                                    .scopes = std::vector<std::string>{"a", "b"}})
                            .value();
  REQUIRE(try_update(made.id, {.name = "After"}).ok());
  Resource after = load_one(made.id);
  CHECK(after.name == "After");
  CHECK(after.uri == "https://a.test/");
  CHECK(after.access_token_lifetime == hours(1));
  CHECK(names(after.scopes) == std::vector<std::string>{"a", "b"});
  REQUIRE(try_update(made.id, {.uri = "",
                               .access_token_lifetime = std::optional<Duration>(),
                               .allow_registration = false,
                               .scopes = std::vector<std::string>{"c", "a"}})
              .ok());
  after = load_one(made.id);
  CHECK_FALSE(after.uri.has_value());
  CHECK_FALSE(after.access_token_lifetime.has_value());
  CHECK_FALSE(after.allow_registration);
  CHECK(names(after.scopes) == std::vector<std::string>{"c", "a"});
  CHECK(try_update(ResourceId(7), {.name = "x"}).error().code == ErrorCode::not_found);
}

TEST_CASE_FIXTURE(ResourceFixture, "resources: pages are of one type, newest first") {
  const Resource one = make_resource("one");
  const Resource two = make_resource("two", {"a"});
  REQUIRE(try_create({.name = "web"}, Resource::Type::web).ok());
  const auto list = [&](const PageQuery& query) {
    return read([&](Transaction& transaction) {
             return list_resources(transaction, production.id, Resource::Type::mcp_server, query);
           })
        .value();
  };
  const auto first = list({.limit = 1});
  CHECK(first.total == 2);
  CHECK(first.items[0].id == two.id);
  CHECK(names(first.items[0].scopes) == std::vector<std::string>{"a"});
  const auto second = list({.from = first.older, .limit = 1});
  CHECK(second.items[0].id == one.id);
  CHECK(list({.direction = PageQuery::Direction::newer, .from = second.newer, .limit = 1})
            .items[0]
            .id == two.id);
}

TEST_CASE_FIXTURE(ResourceFixture, "scopes: made once a name, described, disabled, deleted") {
  const auto create = [&](const NewScope& wanted) {
    context.now += milliseconds(1);
    return write([&](Transaction& transaction) {
      return create_scope(transaction, production.id, context, random, wanted);
    });
  };
  const auto change = [&](ScopeId scope, const ScopeChange& wanted) {
    return write([&](Transaction& transaction) {
      return update_scope(transaction, production.id, context, random, scope, wanted);
    });
  };
  const Scope made = create({.name = "todo:read", .description = "See lists"}).value();
  CHECK(made.is_enabled);
  CHECK(create({.name = "todo:read"}).error().code == ErrorCode::already_exists);
  for (const std::string& name :
       {std::string(), std::string("a b"), std::string("a_b"), std::string(65, 'a')}) {
    CHECK(create({.name = name}).error().code == ErrorCode::invalid_argument);
  }
  CHECK(create({.name = "x", .description = std::string(2001, 'd')}).error().field ==
        "description");
  const Resource resource = make_resource("r", {"todo:read"});
  CHECK(resource.scopes[0].id == made.id);
  const auto enabled = [&] {
    return read([&](Transaction& transaction) {
             return enabled_scopes(transaction, production.id, resource.id);
           })
        .value();
  };
  CHECK(enabled() == std::vector<std::string>{"todo:read"});
  REQUIRE(change(made.id, {.state = ScopeChange::State::disabled}).ok());
  CHECK(enabled().empty());
  CHECK(load_one(resource.id).scopes[0].description == "See lists");
  CHECK(last_record(production.id, "scope.updated").detail == "todo:read disabled");
  CHECK(change(ScopeId(1), {}).error().message == "scope not found");
  const auto remove = [&](EnvironmentId environment) {
    return write([&](Transaction& transaction) {
      return delete_scope(transaction, environment, context, random, made.id);
    });
  };
  CHECK(remove(development.id).error().code == ErrorCode::not_found);
  CHECK(remove(production.id).ok());
  CHECK(remove(production.id).error().code == ErrorCode::not_found);
  CHECK(load_one(resource.id).scopes.empty());
}

TEST_CASE_FIXTURE(ResourceFixture, "resource clients: scopes of the resource, tokens for it") {
  const Resource resource =
      try_create({.name = "Todo",
                  .uri = "https://mcp.acme.test/",
                  .access_token_lifetime = std::optional<Duration>(minutes(7)),
                  .scopes = std::vector<std::string>{"read", "write"}})
          .value();
  CHECK(try_client(resource.id, {.scopes = {"read", "admin"}}).error().field == "scopes");
  CHECK(try_client(ResourceId(5), {}).error().message == "resource not found");
  const IssuedMachineClient made =
      try_client(resource.id, {.scopes = {"write", "read"}, .audience = {"https://x.test"}})
          .value();
  CHECK(made.client.client_id() == "m2m_" + std::to_string(made.client.id.number()));
  CHECK(made.client.token_lifetime == minutes(7));
  const auto find = [&] {
    return read([&](Transaction& transaction) {
             return find_machine_client(transaction, production.id, made.client.client_id());
           })
        .value()
        .value();
  };
  CHECK(find().scopes == std::vector<std::string>{"write", "read"});
  const Application application = as_application(find(), "ES256");
  CHECK(application.audience ==
        std::vector<std::string>{"https://mcp.acme.test/", resource.id.text(), "https://x.test"});
  CHECK(application.type == Type::m2m);
  CHECK_FALSE(application.allow_api_access);
  CHECK(application.access_token_lifetime == minutes(7));

  REQUIRE(try_update(resource.id, {.scopes = std::vector<std::string>{"read"}}).ok());
  CHECK(find().scopes == std::vector<std::string>{"read"});
}

TEST_CASE_FIXTURE(ResourceFixture, "resource clients: redirect URIs make one for people") {
  const Resource resource = make_resource();
  const auto made =
      try_client(resource.id, {.redirect_uris = {"https://app.test/cb", "http://127.0.0.1/cb"}});
  CHECK_FALSE(made.value().client.may_use_client_credentials());
  for (const char* uri : {"javascript:1", "http://app.test/cb", "https://*.app.test/cb",
                          "https://app.test/cb#x", ""}) {
    CAPTURE(uri);
    CHECK(try_client(resource.id, {.redirect_uris = {uri}}).error().field == "redirect_uris");
  }
  const auto registered = try_client(resource.id, {.links = {.client_uri = "https://app.test"},
                                                   .origin = MachineClient::Origin::registration});
  CHECK_FALSE(registered.value().client.may_use_client_credentials());
  CHECK(try_client(resource.id, {.links = {.tos_uri = "javascript:1"}}).error().field == "tos_uri");
  const auto all = read([&](Transaction& transaction) {
                     return list_resource_clients(transaction, production.id, resource.id);
                   }).value();
  CHECK(all.clients.size() == 2);
  CHECK(all.clients[0].id == registered.value().client.id);
  CHECK(all.clients[0].links.client_uri == "https://app.test");
  CHECK(all.registered == 1);
  CHECK(all.by_administrator == 1);
}

TEST_CASE_FIXTURE(ResourceFixture, "resource clients: they name their URIs in full everywhere") {
  const Resource resource = write([&](Transaction& transaction) {
                              return create_resource(transaction, development.id, context, random,
                                                     Resource::Type::web, {.name = "Dev"});
                            }).value();
  const auto make_with = [&](std::string uri) {
    return write([&](Transaction& transaction) {
      return create_machine_client(transaction, development, context, random, resource.id,
                                   {.redirect_uris = {uri}});
    });
  };
  CHECK(make_with("http://localhost:3000/cb").ok());
  CHECK(make_with("https://*.acme.test/cb").error().field == "redirect_uris");
}

TEST_CASE_FIXTURE(ResourceFixture, "consents: one for each person and client, the latest counts") {
  const Resource resource = make_resource("Todo", {"read", "write"});
  const MachineClientId client = try_client(resource.id, {.name = "Assistant"}).value().client.id;
  const UserId ada = make_user(production, 11, "ada@acme.test", "ext-ada");
  const ConsentId first = try_consent({.user = ada, .client = client, .scopes = {"read"}}).value();
  const ConsentId again =
      try_consent({.user = ada, .client = client, .scopes = {"read", "write"}}).value();
  CHECK(first == again);
  const auto all = consents(resource.id, "", {});
  REQUIRE(all.items.size() == 1);
  CHECK(all.total == 1);
  CHECK(all.items[0].scopes == std::vector<std::string>{"read", "write"});
  CHECK(all.items[0].external_user_id() == "ext-ada");
  CHECK(all.items[0].client_id == "m2m_" + std::to_string(client.number()));
  CHECK(all.items[0].client_name == "Assistant");
  CHECK(all.items[0].granted_at == context.now);
  CHECK(last_record(production.id, "consent.granted").subject_id == first.text());

  const UserId stranger = make_user(development, 12, "ada@acme.test");
  CHECK(try_consent({.user = stranger, .client = client, .scopes = {}}).error().code ==
        ErrorCode::not_found);
  CHECK(try_consent({.user = ada, .client = MachineClientId(5), .scopes = {}}).error().code ==
        ErrorCode::not_found);
  CHECK(findings().size() == 2);  // the environments have no default application here
}

TEST_CASE_FIXTURE(ResourceFixture, "consents: revoked by whom they are of, and by nobody else") {
  const Resource resource = make_resource();
  const MachineClientId client = try_client(resource.id, {}).value().client.id;
  const MachineClientId other = try_client(resource.id, {}).value().client.id;
  const UserId ada = make_user(production, 11, "ada@acme.test");
  const UserId bob = make_user(production, 12, "bob@acme.test");
  const ConsentId consent = try_consent({.user = ada, .client = client, .scopes = {}}).value();
  CHECK(try_revoke({.id = consent, .user = bob}).error().message == "consent not found");
  CHECK(try_revoke({.id = consent, .client = other}).error().code == ErrorCode::not_found);
  CHECK(try_revoke({.id = ConsentId(3)}).error().code == ErrorCode::not_found);
  CHECK(try_revoke({.id = consent, .user = ada, .client = client}).ok());
  CHECK(try_revoke({.id = consent}).error().code == ErrorCode::not_found);
  CHECK(last_record(production.id, "consent.revoked").detail == ada.text());
  CHECK(consents(resource.id, "", {}).items.empty());

  REQUIRE(try_consent({.user = ada, .client = client, .scopes = {}}).ok());
  REQUIRE(write([&](Transaction& transaction) {
            return delete_resource(transaction, production.id, context, random, resource.id);
          }).ok());
  const auto left = read([&](Transaction& transaction) {
                      return list_user_consents(transaction, production.id, ada, {});
                    }).value();
  CHECK(left.total == 0);
}

TEST_CASE_FIXTURE(ResourceFixture, "consents: found by client, address or external id") {
  const Resource resource = make_resource();
  const MachineClientId robot = try_client(resource.id, {.name = "Robot 100%"}).value().client.id;
  const MachineClientId helper = try_client(resource.id, {.name = "Helper"}).value().client.id;
  const UserId ada = make_user(production, 11, "ada@acme.test", "E_1");
  const UserId bob = make_user(production, 12, "bob@acme.test");
  for (const UserId user : {ada, bob}) {
    for (const MachineClientId client : {robot, helper}) {
      REQUIRE(try_consent({.user = user, .client = client, .scopes = {}}).ok());
    }
  }
  const auto count = [&](std::string_view search) {
    const auto page = consents(resource.id, search, {.limit = 30});
    CHECK(page.total == static_cast<std::int64_t>(page.items.size()));
    return page.total;
  };
  CHECK(count("") == 4);
  CHECK(count("ROBOT") == 2);
  CHECK(count("ada@") == 2);
  CHECK(count("e_1") == 2);
  CHECK(count("100%") == 2);
  CHECK(count("%") == 2);
  CHECK(count("_") == 2);
  CHECK(count("\\") == 0);
  CHECK(count("nobody") == 0);
  const auto first = consents(resource.id, "", {.limit = 3});
  const auto second = consents(resource.id, "", {.from = first.older, .limit = 3});
  CHECK(second.items.size() == 1);
  CHECK(second.items[0].user == ada);
  const auto mine = read([&](Transaction& transaction) {
                      return list_user_consents(transaction, production.id, bob, {.limit = 1});
                    }).value();
  CHECK(mine.total == 2);
  CHECK(mine.items[0].client_name == "Helper");
  const auto of_client = read([&](Transaction& transaction) {
                           return list_client_consents(transaction, production.id, robot);
                         }).value();
  CHECK(of_client.size() == 2);
  CHECK(read([&](Transaction& transaction) {
          return list_resource_consents(transaction, production.id, ResourceId(9), "", {});
        })
            .error()
            .message == "resource not found");
}

}  // namespace
}  // namespace gatehouse::applications
