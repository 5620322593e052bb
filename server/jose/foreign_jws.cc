#include "server/jose/foreign_jws.h"

#include <array>

#include "server/core/limits.h"
#include "server/encoding/base64.h"
#include "server/encoding/json.h"

namespace gatehouse::jose {
namespace {

using Reason = ForeignJwsRefusal::Reason;

ForeignJwsRefusal malformed(const char* why) { return {Reason::malformed, why}; }

std::string bytes_member(const Json& jwk, std::string_view name) {
  const auto text = jwk.string(name);
  if (!text.has_value()) return {};
  return base64url_decode(*text).value_or("");
}

std::optional<crypto::EcCurve> curve_of(std::string_view name) {
  if (name == "P-256") return crypto::EcCurve::p256;
  if (name == "P-384") return crypto::EcCurve::p384;
  if (name == "P-521") return crypto::EcCurve::p521;
  return std::nullopt;
}

// What is missing stays empty, which the import refuses.
std::optional<crypto::ForeignKeyParts> parts_of(const Json& jwk) {
  const std::string_view type = jwk.string("kty").value_or("");
  const std::string_view curve_name = jwk.string("crv").value_or("");
  if (type == "RSA") {
    return crypto::RsaPublicParts{.modulus = bytes_member(jwk, "n"),
                                  .exponent = bytes_member(jwk, "e")};
  }
  if (type == "OKP" && curve_name == "Ed25519") {
    return crypto::Ed25519PublicParts{.x = bytes_member(jwk, "x")};
  }
  const auto curve = curve_of(curve_name);
  if (type != "EC" || !curve.has_value()) return std::nullopt;
  return crypto::EcPublicParts{
      .curve = *curve, .x = bytes_member(jwk, "x"), .y = bytes_member(jwk, "y")};
}

bool is_for_verifying(const Json& jwk) {
  for (const std::string_view name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    if (jwk.find(name) != nullptr) return false;  // a secret that was published is none
  }
  if (jwk.find("use") != nullptr && jwk.string("use") != "sig") return false;
  if (jwk.find("key_ops") == nullptr) return true;
  const Json::Array* operations = jwk.array("key_ops");
  if (operations == nullptr) return false;
  for (const Json& operation : *operations) {
    if (operation.string() == "verify") return true;
  }
  return false;
}

std::optional<ForeignJwk> key_of(const Json& jwk) {
  if (jwk.object() == nullptr || !is_for_verifying(jwk)) return std::nullopt;
  if (jwk.find("kid") != nullptr && !jwk.string("kid").has_value()) return std::nullopt;
  std::optional<crypto::ForeignAlgorithm> algorithm;
  if (jwk.find("alg") != nullptr) {
    algorithm = crypto::parse_foreign_algorithm(jwk.string("alg").value_or(""));
    if (!algorithm.has_value()) return std::nullopt;
  }
  const auto parts = parts_of(jwk);
  if (!parts.has_value()) return std::nullopt;
  auto key = crypto::ForeignKey::import(*parts);
  if (!key.ok()) return std::nullopt;
  if (algorithm.has_value() && !key.value().fits(*algorithm)) return std::nullopt;
  return ForeignJwk{.kid = std::string(jwk.string("kid").value_or("")),
                    .algorithm = algorithm,
                    .key = std::move(key).value()};
}

struct CompactParts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;
};

std::optional<CompactParts> split(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  if (token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  return CompactParts{.header = token.substr(0, first),
                      .payload = token.substr(first + 1, second - first - 1),
                      .signature = token.substr(second + 1),
                      .signed_text = token.substr(0, second)};
}

struct Header {
  crypto::ForeignAlgorithm algorithm;
  std::string kid;
  std::string type;
};

Result<Header, ForeignJwsRefusal> parse_header(std::string_view encoded) {
  const auto text = base64url_decode(encoded);
  if (!text.has_value()) return malformed("the header is not base64url");
  const auto parsed = Json::parse(
      *text, {.bytes_max = limits::token_header_bytes_max, .depth_max = 4, .values_max = 64});
  if (!parsed.ok() || parsed.value().object() == nullptr) {
    return malformed("the header is not a JSON object");
  }
  const Json& header = parsed.value();
  // `x5t` and `x5t#S256` name a key as `kid` does and bring none along; Entra ID writes them.
  for (const std::string_view name : {"crit", "b64", "jwk", "jku", "x5u", "x5c", "enc", "zip"}) {
    if (header.find(name) != nullptr) {
      return malformed("the header carries keys, pointers to keys or extensions");
    }
  }
  for (const std::string_view name : {"kid", "typ"}) {
    const Json* member = header.find(name);
    if (member != nullptr && !member->string().has_value()) {
      return malformed("kid or typ of the header is not a string");
    }
  }
  const auto name = header.string("alg");
  if (!name.has_value()) return malformed("the header has no alg");
  const auto algorithm = crypto::parse_foreign_algorithm(*name);
  if (!algorithm.has_value()) {
    return ForeignJwsRefusal{Reason::algorithm_refused, std::string(*name)};
  }
  return Header{.algorithm = *algorithm,
                .kid = std::string(header.string("kid").value_or("")),
                .type = std::string(header.string("typ").value_or(""))};
}

}  // namespace

Result<ForeignKeys, Error> ForeignKeys::parse(std::string_view document) {
  const Json set = TRY(Json::parse(document, {.bytes_max = document_bytes_max}));
  const Json::Array* members = set.array("keys");
  if (members == nullptr) return Error(ErrorCode::invalid_argument, "no array of keys");
  if (members->size() > keys_max) return Error(ErrorCode::invalid_argument, "too many keys");
  std::vector<ForeignJwk> keys;
  for (const Json& member : *members) {
    if (auto key = key_of(member)) keys.push_back(*std::move(key));
  }
  return ForeignKeys(std::move(keys));
}

const crypto::ForeignKey* ForeignKeys::find(crypto::ForeignAlgorithm algorithm,
                                            std::string_view kid) const {
  const crypto::ForeignKey* only = nullptr;
  std::size_t usable = 0;
  bool is_named = false;
  for (const ForeignJwk& each : keys_) {
    const bool is_usable =
        each.algorithm.has_value() ? *each.algorithm == algorithm : each.key.fits(algorithm);
    if (!is_usable) continue;
    if (!kid.empty() && each.kid == kid) return &each.key;
    only = &each.key;
    is_named = !each.kid.empty();
    ++usable;
  }
  if (usable != 1) return nullptr;
  return kid.empty() || !is_named ? only : nullptr;
}

Result<ForeignJws, ForeignJwsRefusal> verify_foreign_jws(std::string_view token,
                                                         const ForeignKeys& keys) {
  if (token.size() > foreign_token_bytes_max) return malformed("the token is too long");
  const auto parts = split(token);
  if (!parts.has_value()) return malformed("the token has not three parts");
  Header header = TRY(parse_header(parts->header));
  const crypto::ForeignKey* key = keys.find(header.algorithm, header.kid);
  if (key == nullptr) return ForeignJwsRefusal{Reason::key_unknown, "kid " + header.kid};
  const auto signature = base64url_decode(parts->signature);
  if (!signature.has_value()) return malformed("the signature is not base64url");
  if (!key->verify(header.algorithm, parts->signed_text, *signature)) {
    return ForeignJwsRefusal{Reason::signature_wrong, "kid " + header.kid};
  }
  auto payload = base64url_decode(parts->payload);
  if (!payload.has_value()) return malformed("the payload is not base64url");
  return ForeignJws{.algorithm = header.algorithm,
                    .kid = std::move(header.kid),
                    .type = std::move(header.type),
                    .payload = *std::move(payload)};
}

}  // namespace gatehouse::jose
