#include "server/jose/jws.h"

#include <array>

#include "server/core/ensure.h"
#include "server/core/limits.h"
#include "server/encoding/base64.h"
#include "server/encoding/json.h"

namespace gatehouse::jose {
namespace {

Error refused(const char* reason) {
  return {ErrorCode::unauthenticated, std::string("token: ") + reason};
}

struct CompactParts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;  // header and payload with the dot between
};

// Counts the dots before it does anything with what lies between them.
Result<CompactParts, Error> split(std::string_view token) {
  if (token.size() > limits::token_bytes_max) return refused("too long");
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return refused("no dot");
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return refused("one dot only");
  if (token.find('.', second + 1) != std::string_view::npos) return refused("more than two dots");
  return CompactParts{.header = token.substr(0, first),
                      .payload = token.substr(first + 1, second - first - 1),
                      .signature = token.substr(second + 1),
                      .signed_text = token.substr(0, second)};
}

struct JoseHeader {
  std::string algorithm;
  std::string kid;
  std::string type;
};

Result<JoseHeader, Error> parse_header(std::string_view encoded) {
  const auto text = base64url_decode(encoded);
  if (!text.has_value()) return refused("header is not base64url");
  const auto parsed = Json::parse(
      *text, {.bytes_max = limits::token_header_bytes_max, .depth_max = 4, .values_max = 64});
  if (!parsed.ok() || parsed.value().object() == nullptr) {
    return refused("header is not a JSON object");
  }
  const Json& header = parsed.value();
  // `crit` lists what a reader must understand; we understand no extension [RFC 7515 §4.1.11].
  constexpr std::array<std::string_view, 8> unwelcome = {"crit", "b64", "jwk", "jku",
                                                         "x5u",  "x5c", "enc", "zip"};
  for (const std::string_view name : unwelcome) {
    if (header.find(name) != nullptr) return refused("header carries keys or extensions");
  }
  const auto algorithm = header.string("alg");
  const auto kid = header.string("kid");
  if (!algorithm.has_value() || !kid.has_value()) return refused("no alg or no kid");
  const Json* type = header.find("typ");
  if (type != nullptr && !type->string().has_value()) return refused("typ is not a string");
  return JoseHeader{.algorithm = std::string(*algorithm),
                    .kid = std::string(*kid),
                    .type = std::string(header.string("typ").value_or(""))};
}

}  // namespace

std::string_view token_type_name(TokenType type) {
  switch (type) {
    case TokenType::jwt: return "JWT";
    case TokenType::access_token: return "at+jwt";
    case TokenType::logout_token: return "logout+jwt";
    case TokenType::client_authentication: return "client-authentication+jwt";
  }
  ensure_failed("unknown TokenType");
}

TokenSigner::TokenSigner(crypto::SigningKey key, std::string_view kid) : key_(std::move(key)) {
  for (std::size_t type = 0; type < token_types; ++type) {
    std::string header;
    JsonWriter json(header);
    json.begin_object().field("alg", crypto::algorithm_name(key_.algorithm())).field("kid", kid);
    json.field("typ", token_type_name(static_cast<TokenType>(type))).end_object();
    heads_[type] = base64url_encode(header) + ".";
  }
}

std::string TokenSigner::sign(TokenType type, std::string_view claims_json) const {
  constexpr std::size_t signature_text_bytes = 2 + 4096 / 8 * 4 / 3;
  const std::string& head = heads_.at(static_cast<std::size_t>(type));
  std::string token;
  token.reserve(head.size() + claims_json.size() * 4 / 3 + 3 + signature_text_bytes);
  token += head;
  append_base64url(token, claims_json);
  const std::string signature = key_.sign(token);
  token += '.';
  append_base64url(token, signature);
  return token;
}

VerificationKeys::VerificationKeys(std::span<const PublicJwk> keys) {
  for (const PublicJwk& each : keys) {
    ENSURE(!each.kid.empty() && keys_.emplace(each.kid, each.key).second);
  }
}

const crypto::PublicKey* VerificationKeys::find(std::string_view kid) const {
  const auto found = keys_.find(kid);
  return found == keys_.end() ? nullptr : &found->second;
}

Result<VerifiedJws, Error> verify_jws(std::string_view token, const VerificationKeys& keys) {
  const CompactParts parts = TRY(split(token));
  JoseHeader header = TRY(parse_header(parts.header));
  const crypto::PublicKey* key = keys.find(header.kid);
  if (key == nullptr) return refused("no key of ours has this kid");
  if (header.algorithm != crypto::algorithm_name(key->algorithm())) {
    return refused("alg is not the key's");
  }
  const auto signature = base64url_decode(parts.signature);
  if (!signature.has_value()) return refused("signature is not base64url");
  if (!key->verify(parts.signed_text, *signature)) return refused("wrong signature");
  auto payload = base64url_decode(parts.payload);
  if (!payload.has_value()) return refused("payload is not base64url");
  return VerifiedJws{
      .kid = std::move(header.kid), .type = std::move(header.type), .payload = *std::move(payload)};
}

}  // namespace gatehouse::jose
