// Authorization requests: a query string against one application of each kind. What is accepted
// must be complete, and survive the way into a flow and back.

// fuzz-modules: oidc

#include <cstddef>
#include <cstdint>

#include "server/oidc/authorize_request.h"
#include "server/oidc/pkce.h"

namespace gatehouse::oidc {
namespace {

applications::Application application(applications::Type type, std::int64_t number) {
  const Instant now = instant_from_ms(1'795'291'200'000);
  return {.id = ApplicationId(number),
          .environment = EnvironmentId(1),
          .client_id = std::string(applications::client_id_prefix(type)) + "1",
          .type = type,
          .name = "Fuzzed",
          .signing_algorithm = "RS256",
          .enforce_pkce = type != applications::Type::env,
          .allow_api_access = false,
          .initiate_login_uri = std::nullopt,
          .access_token_lifetime = std::nullopt,
          .scopes = {},
          .audience = {},
          .callback_uris = {"https://app.test/cb", "http://*.preview.test/cb"},
          .post_logout_uris = {},
          .back_channel_logout_uris = {},
          .secrets = {},
          .created_at = now,
          .updated_at = now};
}

applications::CatalogEntry make_entry() {
  const Instant now = instant_from_ms(1'795'291'200'000);
  environments::Environment environment{.id = EnvironmentId(1),
                                        .name = "Fuzz",
                                        .kind = environments::Kind::development,
                                        .base_url = "http://localhost:8080",
                                        .settings = {},
                                        .created_at = now,
                                        .updated_at = now};
  using applications::Type;
  return applications::make_entry(std::move(environment),
                                  {application(Type::env, 1), application(Type::spa, 2),
                                   application(Type::native, 3), application(Type::m2m, 4)});
}

void try_request(std::string_view query) {
  const applications::CatalogEntry entry = make_entry();
  const auto form = Form::parse(query);
  if (!form.ok()) return;
  const auto back = decode_return_address(form.value(), entry);
  if (!back.ok()) return;
  const applications::Application* found = entry.find(back.value().client_id);
  ENSURE(found != nullptr && found->type != applications::Type::m2m);
  const auto request = decode_authorize_request(form.value(), back.value(), *found);
  if (!request.ok()) return;
  const AuthorizeRequest& accepted = request.value();
  ENSURE(accepted.code_challenge.empty() || is_code_challenge(accepted.code_challenge));
  ENSURE(!found->enforce_pkce || !accepted.code_challenge.empty());
  const auto again = authorize_request_from_json(authorize_request_to_json(accepted));
  ENSURE(again.ok());
  ENSURE(again.value().back.redirect_uri == accepted.back.redirect_uri);
  ENSURE(again.value().back.state == accepted.back.state);
  ENSURE(again.value().scope.text() == accepted.scope.text());
  ENSURE(again.value().nonce == accepted.nonce);
}

}  // namespace
}  // namespace gatehouse::oidc

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gatehouse::oidc::try_request({reinterpret_cast<const char*>(data), size});
  return 0;
}
