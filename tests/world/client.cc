#include "tests/world/client.h"

#include "server/encoding/base64.h"
#include "server/encoding/form.h"

namespace gatehouse::world {
namespace {

std::string basic_header(const Registered& known) {
  std::string id, secret;
  append_form_encoded(id, known.client_id);
  append_form_encoded(secret, known.secret);
  return "Basic " + base64_encode(id + ":" + secret);
}

jose::VerificationKeys published_keys(const Json& jwks) {
  std::vector<jose::PublicJwk> keys;
  for (const Json& key : *jwks.array("keys")) {
    keys.push_back(jose::parse_jwk(key.text()).value());
  }
  return jose::VerificationKeys(keys);
}

}  // namespace

std::string Answer::text(std::string_view name) const {
  return std::string(json.string(name).value_or(std::string_view()));
}

Answer Client::send(http::Method method, std::string_view path, std::string body,
                    const Fields& headers) {
  http::Request request;
  request.method = method;
  request.authority = known_.base_url.substr(known_.base_url.find("//") + 2);
  request.path = std::string(path);
  request.body = std::move(body);
  request.peer_address = "198.51.100.9";
  request.headers.add("Host", request.authority);
  for (const auto& [name, value] : headers) request.headers.set(name, value);
  Answer answer;
  answer.response = world_.send(std::move(request));
  answer.status = answer.response.status;
  if (auto json = Json::parse(answer.response.body_view()); json.ok()) {
    answer.json = std::move(json).value();
  }
  for (const char* name : {"access_token", "refresh_token", "id_token"}) {
    world_.keep_canary(answer.text(name));
  }
  return answer;
}

Answer Client::post(std::string_view path, const Fields& fields, const Fields& headers) {
  return send(http::Method::post, path, encode(fields),
              merged({{"Content-Type", "application/x-www-form-urlencoded"}}, headers));
}

Fields Client::with_proof(Fields fields, Fields& headers) const {
  if (proof_ == Proof::basic) {
    headers.emplace_back("Authorization", basic_header(known_));
    return fields;
  }
  Fields proof = {{"client_id", known_.client_id}};
  if (proof_ == Proof::body && !known_.secret.empty()) {
    proof.emplace_back("client_secret", known_.secret);
  }
  return merged(std::move(proof), fields);
}

Answer Client::token(const Fields& fields) {
  Fields headers;
  const Fields whole = with_proof(fields, headers);
  return post("/oauth/token", whole, headers);
}

Answer Client::exchange(const Page& callback, const Fields& more) {
  Fields fields = {{"grant_type", "authorization_code"},
                   {"code", callback.parameter("code")},
                   {"redirect_uri", known_.callback}};
  if (known_.secret.empty()) fields.emplace_back("code_verifier", verifier);
  return token(merged(std::move(fields), more));
}

Answer Client::refresh(std::string_view refresh_token, const Fields& more) {
  return token(merged(
      {{"grant_type", "refresh_token"}, {"refresh_token", std::string(refresh_token)}}, more));
}

Answer Client::introspect(std::string_view token) {
  Fields headers;
  const Fields whole = with_proof({{"token", std::string(token)}}, headers);
  return post("/oauth/introspect", whole, headers);
}

Answer Client::revoke(std::string_view token) {
  Fields headers;
  const Fields whole = with_proof({{"token", std::string(token)}}, headers);
  return post("/oauth/revoke", whole, headers);
}

Answer Client::userinfo(std::string_view access_token) {
  return send(http::Method::get, "/userinfo", {},
              {{"Authorization", "Bearer " + std::string(access_token)}});
}

Json Client::claims(std::string_view token, jose::TokenType type) {
  const Answer keys = send(http::Method::get, "/keys", {}, {});
  const auto verified = jose::VerifiedJwt::verify(
      token, published_keys(keys.json),
      {.issuer = known_.base_url, .audience = std::nullopt, .type = type, .now = world_.now()});
  REQUIRE(verified.ok());
  return verified.value().claims();
}

Json token_part(std::string_view token, int part) {
  for (int i = 0; i < part; ++i) token.remove_prefix(token.find('.') + 1);
  return Json::parse(base64url_decode(token.substr(0, token.find('.'))).value()).value();
}

}  // namespace gatehouse::world
