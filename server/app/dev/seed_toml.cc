// The TOML form of a seed:
//
//   product_name = "Acme Console"
//
//   [[applications]]
//   name = "Console"
//   type = "ENV"                      # the default application; WEB_APP, SPA, NTV, M2M add more
//   signing_algorithm = "RS256"
//   client_id = "…"                   # optional, as are all that follow
//   client_secret = "…"
//   redirect_uris = ["http://localhost:4321/api/auth/callback"]
//   post_logout_redirect_uris = ["http://localhost:4321"]
//   back_channel_logout_uris = []
//   initiate_login_uri = "http://localhost:4321/api/auth/login"
//   access_token_lifetime = 900       # seconds
//   enforce_pkce = true
//   scopes = ["todo:read"]
//   audience = ["https://api.acme.test"]
//
//   [[organizations]]
//   name = "Acme"
//   external_id = "acme-1"
//   members = [{ email = "ada@acme.test", role = "admin" }]
//   domains = ["acme.test"]           # whose people sign in at its connections
//   # To the identity provider simulator: type SAML or OIDC; profile okta, entra, google, adfs,
//   # pingfederate, onelogin, jumpcloud, shibboleth or plain.
//   connections = [{ type = "SAML", profile = "okta", enabled = true }]
//
//   [[users]]
//   email = "ada@acme.test"
//   given_name = "Ada"
//   family_name = "Lovelace"

#include "server/app/dev/seed.h"
#include "server/app/dev/simulator/profile.h"
#include "server/app/toml.h"

namespace gatehouse::app::dev {
namespace {

using Strings = std::vector<std::string>;

std::string text(const toml::table& table, std::string_view key) {
  return table[key].value_or(std::string());
}

std::optional<std::string> optional_text(const toml::table& table, std::string_view key) {
  return table[key].value<std::string>();
}

Strings texts(const toml::table& table, std::string_view key) {
  Strings all;
  if (const toml::array* array = table[key].as_array()) {
    for (const auto& item : *array) all.push_back(item.value_or(std::string()));
  }
  return all;
}

Error wrong(const toml::node& node, const std::string& what) {
  return Error(ErrorCode::invalid_argument,
               "seed, line " + std::to_string(node.source().begin.line) + ": " + what);
}

// Keys that we do not know are mistakes, not extensions.
std::optional<Error> unknown_key(const toml::table& table,
                                 std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : table) {
    if (std::ranges::find(known, key.str()) == known.end()) {
      return wrong(value, "unknown key '" + std::string(key.str()) + "'");
    }
  }
  return std::nullopt;
}

Result<SeedApplication, Error> read_application(const toml::table& table) {
  if (auto error =
          unknown_key(table, {"name", "type", "signing_algorithm", "client_id", "client_secret",
                              "redirect_uris", "post_logout_redirect_uris",
                              "back_channel_logout_uris", "initiate_login_uri",
                              "access_token_lifetime", "enforce_pkce", "scopes", "audience"})) {
    return *error;
  }
  const auto type = applications::parse_type(text(table, "type"));
  if (!type.has_value()) {
    return wrong(table, "type must be ENV, WEB_APP, SPA, NTV or M2M");
  }
  using applications::NewApplication;
  SeedApplication seed{
      .wanted = {.type = *type,
                 .name = text(table, "name"),
                 .signing_algorithm = table["signing_algorithm"].value_or(std::string("RS256")),
                 .pkce = table["enforce_pkce"].value_or(false) ? NewApplication::Pkce::enforced
                                                               : NewApplication::Pkce::optional,
                 .api_access = *type == applications::Type::env
                                   ? NewApplication::ApiAccess::allowed
                                   : NewApplication::ApiAccess::refused,
                 .callback_uris = texts(table, "redirect_uris"),
                 .post_logout_uris = texts(table, "post_logout_redirect_uris"),
                 .back_channel_logout_uris = texts(table, "back_channel_logout_uris"),
                 .initiate_login_uri = optional_text(table, "initiate_login_uri"),
                 .scopes = texts(table, "scopes"),
                 .audience = texts(table, "audience"),
                 .client_id = optional_text(table, "client_id")},
      .client_secret = optional_text(table, "client_secret")};
  if (const auto lifetime = table["access_token_lifetime"].value<std::int64_t>()) {
    seed.wanted.access_token_lifetime = seconds(*lifetime);
  }
  return seed;
}

Result<SeedConnection, Error> read_connection(const toml::node& node) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return wrong(node, "a connection is { type = …, profile = … }");
  if (auto error = unknown_key(*table, {"type", "profile", "enabled"})) return *error;
  const auto type = connections::connection_types.parse(text(*table, "type"));
  const bool is_known =
      type == connections::ConnectionType::saml || type == connections::ConnectionType::oidc;
  if (!is_known) return wrong(node, "type must be SAML or OIDC");
  SeedConnection seed{.type = *type, .profile = (*table)["profile"].value_or(std::string("plain"))};
  if (!profile_names.parse(seed.profile).has_value()) return wrong(node, "no such profile");
  if (!(*table)["enabled"].value_or(true)) seed.state = SeedConnection::State::disabled;
  return seed;
}

Result<SeedOrganization, Error> read_organization(const toml::table& table) {
  if (auto error =
          unknown_key(table, {"name", "external_id", "members", "domains", "connections"})) {
    return *error;
  }
  SeedOrganization seed{.name = text(table, "name"),
                        .external_id = optional_text(table, "external_id"),
                        .domains = texts(table, "domains")};
  if (const toml::array* connections = table["connections"].as_array()) {
    for (const auto& item : *connections) seed.connections.push_back(TRY(read_connection(item)));
  }
  if (const toml::array* members = table["members"].as_array()) {
    for (const auto& item : *members) {
      const toml::table* member = item.as_table();
      if (member == nullptr) return wrong(item, "a member is { email = …, role = … }");
      seed.members.push_back(
          {text(*member, "email"), (*member)["role"].value_or(std::string("member"))});
    }
  }
  return seed;
}

Result<SeedUser, Error> read_user(const toml::table& table) {
  if (auto error = unknown_key(table, {"email", "given_name", "family_name"})) return *error;
  return SeedUser{text(table, "email"), text(table, "given_name"), text(table, "family_name")};
}

// Calls `read` for each table of an array of tables.
template <class Read>
Result<Unit, Error> each(const toml::table& root, std::string_view key, Read read) {
  const toml::array* array = root[key].as_array();
  if (array == nullptr) return Unit{};
  for (const auto& item : *array) {
    const toml::table* table = item.as_table();
    if (table == nullptr)
      return wrong(item, std::string(key) + " are tables: [[" + std::string(key) + "]]");
    TRY(read(*table));
  }
  return Unit{};
}

Result<Seed, Error> read_root(const toml::table& root) {
  if (auto error = unknown_key(root, {"product_name", "applications", "organizations", "users"})) {
    return *error;
  }
  Seed seed = default_seed();
  seed.applications.clear();
  seed.organizations.clear();
  seed.users.clear();
  seed.product_name = root["product_name"].value_or(seed.product_name);
  TRY(each(root, "applications", [&](const toml::table& table) -> Result<Unit, Error> {
    SeedApplication application = TRY(read_application(table));
    if (application.wanted.type == applications::Type::env) {
      seed.main = std::move(application);
    } else {
      seed.applications.push_back(std::move(application));
    }
    return Unit{};
  }));
  TRY(each(root, "organizations", [&](const toml::table& table) -> Result<Unit, Error> {
    seed.organizations.push_back(TRY(read_organization(table)));
    return Unit{};
  }));
  TRY(each(root, "users", [&](const toml::table& table) -> Result<Unit, Error> {
    seed.users.push_back(TRY(read_user(table)));
    return Unit{};
  }));
  return seed;
}

}  // namespace

Result<Seed, Error> read_seed(const std::string& path) {
  try {
    return read_root(toml::parse_file(path));
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    return Error(ErrorCode::invalid_argument,
                 path + (line > 0 ? ", line " + std::to_string(line) : std::string()) + ": " +
                     std::string(error.description()));
  } catch (const std::exception& error) {
    return Error(ErrorCode::invalid_argument, path + ": not TOML: " + error.what());
  }
}

}  // namespace gatehouse::app::dev
