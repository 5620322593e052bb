// An identity provider for tests: it answers an HttpClient as real ones do, signs with real keys,
// and can be told to get anything wrong.

#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <mutex>

#include "server/encoding/base64.h"
#include "server/encoding/form.h"
#include "server/jose/jwk.h"
#include "server/sso/oidc/authorize_url.h"
#include "server/sso/oidc/redeem.h"
#include "tests/world/manual_clock.h"
#include "tests/world/test_keys.h"

namespace gatehouse::sso::oidc_rp::testing {

// What stands behind addresses. Keeps to the limits of the real client.
class ScriptedHttp final : public net::HttpClient {
 public:
  using Handler = std::function<Result<net::HttpAnswer, Error>(const net::OutboundRequest&)>;

  void at(std::string url, Handler handler) { handlers_[std::move(url)] = std::move(handler); }
  void at(std::string url, int status, std::string body) {
    at(std::move(url), [status, body = std::move(body)](const net::OutboundRequest&) {
      return net::HttpAnswer{.status = status, .headers = {}, .body = body};
    });
  }
  void fail(std::string url, ErrorCode code) {
    at(std::move(url), [code](const net::OutboundRequest&) -> Result<net::HttpAnswer, Error> {
      return Error(code, "as told");
    });
  }

  Result<net::HttpAnswer, Error> send(const net::OutboundRequest& request) override {
    Handler handler;
    {
      const std::lock_guard lock(mutex_);
      calls_.push_back(request);
      const auto found = handlers_.find(request.url);
      if (found != handlers_.end()) handler = found->second;
    }
    if (!handler) return Error(ErrorCode::unavailable, "nobody there");
    auto answer = handler(request);
    if (answer.ok() && answer.value().body.size() > request.response_bytes_max) {
      return Error(ErrorCode::resource_exhausted, "the answer is too large");
    }
    return answer;
  }

  [[nodiscard]] std::vector<net::OutboundRequest> calls_to(std::string_view url) const {
    const std::lock_guard lock(mutex_);
    std::vector<net::OutboundRequest> found;
    for (const auto& call : calls_) {
      if (call.url == url) found.push_back(call);
    }
    return found;
  }
  [[nodiscard]] std::size_t calls() const {
    const std::lock_guard lock(mutex_);
    return calls_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Handler> handlers_;
  std::vector<net::OutboundRequest> calls_;
};

// An object whose members are JSON texts: {"sub", "\"ada\""}.
using Members = std::map<std::string, std::string>;
inline std::string object_of(const Members& members) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  for (const auto& [name, value] : members) json.key(name).raw(value);
  json.end_object();
  return out;
}
inline std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

inline crypto::SigningKey rsa_key(std::size_t index) {
  const auto der = base64_decode(world::test_rsa_keys.at(index)).value();
  return crypto::SigningKey::import_pkcs8(Secret(der)).value();
}

inline std::string signed_token(const crypto::SigningKey& key, const Members& header,
                                const std::string& payload) {
  const std::string text = base64url_encode(object_of(header)) + "." + base64url_encode(payload);
  return text + "." + base64url_encode(key.sign(text));
}

constexpr std::string_view issuer = "https://idp.example";
constexpr std::string_view client_id = "client-1";
constexpr std::string_view access_token = "access-token-1";
constexpr std::string_view callback_uri = "https://auth.example/sso/v1/oidc/conn_1/callback";

inline ConnectionUrls urls() { return {.oidc_callback = std::string(callback_uri)}; }

inline connections::Connection connection_of(connections::Provider provider,
                                             connections::Configuration configuration) {
  return {.id = ConnectionId(1),
          .environment = EnvironmentId(1),
          .organization = std::nullopt,
          .type = connections::type_of(configuration),
          .provider = provider,
          .provider_key = {},
          .key_id = {},
          .status = connections::Status::completed,
          .is_enabled = true,
          .is_debugged = false,
          .use = {},
          .ui_button_title = {},
          .mode = connections::ConfigurationMode::unspecified,
          .configuration = std::move(configuration),
          .attribute_mapping = {},
          .sealed_client_secret = {},
          .client_secret_hint = {},
          .created_at = world::test_start,
          .updated_at = world::test_start};
}

// A connection, its provider, and a sign-in that is under way.
struct Stage {
  ScriptedHttp http;
  ProviderDirectory providers{http};
  Secret flow_key{"the key of flows"};
  Instant now = world::test_start;
  AskedFor asked_for{.request_id = "_00112233445566778899aabbccddeeff00112233"};
  CallbackParameters answer{.state = asked_for.request_id, .code = "code-1"};
  CheckLog checks;
  Relying relying;

  crypto::SigningKey key = rsa_key(0);
  Members header = {{"alg", "\"RS256\""}, {"kid", "\"k1\""}, {"typ", "\"JWT\""}};
  Members claims;
  Members token_answer;
  Members user_info;
  Members document;
  std::vector<std::string> keys;

  explicit Stage(connections::Connection connection)
      : relying(relying_of(connection, Secret("s e:cret&"), urls(), net::AddressPolicy::public_only)
                    .value()) {
    claims = {{"iss", quoted(issuer)},
              {"aud", quoted(client_id)},
              {"sub", quoted("ada-1")},
              {"exp", seconds_text(minutes(5))},
              {"iat", seconds_text(seconds(-1))},
              {"nonce", quoted(nonce_of(flow_key, asked_for.request_id))},
              {"email", quoted("ada@example.com")},
              {"email_verified", "true"},
              {"name", quoted("Ada Lovelace")}};
    token_answer = {{"access_token", quoted(access_token)}, {"token_type", "\"Bearer\""}};
    user_info = {{"sub", quoted("ada-1")}, {"email", quoted("ada@example.com")}};
    document = {{"issuer", quoted(issuer)},
                {"authorization_endpoint", quoted("https://idp.example/authorize")},
                {"token_endpoint", quoted("https://idp.example/token")},
                {"userinfo_endpoint", quoted("https://idp.example/userinfo")},
                {"jwks_uri", quoted("https://idp.example/keys")},
                {"end_session_endpoint", quoted("https://idp.example/logout")}};
    keys = {jose::jwk_json({.kid = "k1", .key = key.public_key()})};
  }
  // An OpenID provider that is found by its issuer.
  Stage() : Stage(connection_of(connections::Provider::custom, openid())) {}

  static connections::OidcConfiguration openid() {
    connections::OidcConfiguration oidc;
    oidc.issuer = std::string(issuer);
    oidc.client_id = std::string(client_id);
    return oidc;
  }

  [[nodiscard]] std::string seconds_text(Duration from_now) const {
    return std::to_string(to_unix_seconds(now + from_now));
  }
  [[nodiscard]] std::string key_set() const {
    std::string out = "{\"keys\":[";
    for (const std::string& each : keys) out += (out.back() == '[' ? "" : ",") + each;
    return out + "]}";
  }
  [[nodiscard]] std::string id_token() const {
    return signed_token(key, header, object_of(claims));
  }
  [[nodiscard]] Patience patience() const {
    return {.now = now, .deadline = std::chrono::steady_clock::now() + seconds(10)};
  }

  // Everything as it stands now becomes what the provider answers.
  void publish(
      std::string_view discovery_uri = "https://idp.example/.well-known/openid-configuration") {
    http.at(std::string(discovery_uri), 200, object_of(document));
    Endpoints at = relying.endpoints;
    if (at.token_uri.empty()) at.token_uri = "https://idp.example/token";
    if (at.jwks_uri.empty()) at.jwks_uri = "https://idp.example/keys";
    if (at.user_info_uri.empty()) at.user_info_uri = "https://idp.example/userinfo";
    http.at(at.jwks_uri, 200, key_set());
    http.at(at.token_uri, 200, object_of(token_answer));
    http.at(at.user_info_uri, 200, object_of(user_info));
  }
  void publish_with(const std::string& token) {
    token_answer["id_token"] = quoted(token);
    publish();
  }

  // The way back, as the stage stands.
  Result<login::OutsideIdentity, Failure> sign_in() {
    if (relying.proof == Relying::Proof::id_token && !token_answer.contains("id_token")) {
      publish_with(id_token());
      token_answer.erase("id_token");
    }
    return redeem();
  }
  Result<login::OutsideIdentity, Failure> redeem(const jose::TokenSigner* signer = nullptr) {
    return oidc_rp::redeem({.providers = providers, .flow_key = flow_key, .client_signer = signer},
                           relying, answer, asked_for, patience(), checks);
  }
  // What was refused; nullopt if nothing was.
  std::optional<Diagnosis> refusal() {
    const auto outcome = sign_in();
    if (outcome.ok()) return std::nullopt;
    return outcome.error().diagnosis;
  }

  Result<Departure, Failure> depart(std::string login_hint = {}) {
    const ProviderRequest request{.id = asked_for.request_id,
                                  .login_hint = std::move(login_hint),
                                  .authentication = asked_for.authentication,
                                  .now = now};
    return departure({.providers = providers, .flow_key = flow_key}, relying, request,
                     patience().deadline);
  }
};

// The query of where a departure leads.
inline Form query_of(const Departure& departure) {
  return Form::parse(departure.url.substr(departure.url.find('?') + 1)).value();
}

}  // namespace gatehouse::sso::oidc_rp::testing
