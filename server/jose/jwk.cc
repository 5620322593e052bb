#include "server/jose/jwk.h"

#include <array>

#include "server/core/limits.h"
#include "server/crypto/hash.h"
#include "server/encoding/base64.h"
#include "server/encoding/json.h"

namespace gatehouse::jose {
namespace {

Error refused(std::string reason) {
  return {ErrorCode::invalid_argument, "jwk: " + std::move(reason)};
}

// Writes the members that make the key what it is, in the order that thumbprints demand.
void write_required_members(JsonWriter& json, const crypto::PublicKey& key) {
  const crypto::PublicKeyParts parts = key.parts();
  if (const auto* rsa = std::get_if<crypto::RsaPublicParts>(&parts)) {
    json.field("e", base64url_encode(rsa->exponent)).field("kty", "RSA");
    json.field("n", base64url_encode(rsa->modulus));
  } else if (const auto* p256 = std::get_if<crypto::P256PublicParts>(&parts)) {
    json.field("crv", "P-256").field("kty", "EC");
    json.field("x", base64url_encode(p256->x)).field("y", base64url_encode(p256->y));
  } else {
    json.field("crv", "Ed25519").field("kty", "OKP");
    json.field("x", base64url_encode(std::get<crypto::Ed25519PublicParts>(parts).x));
  }
}

Result<std::string, Error> bytes_member(const Json& jwk, std::string_view name) {
  const auto text = jwk.string(name);
  if (!text.has_value()) return refused("no member " + std::string(name));
  auto bytes = base64url_decode(*text);
  if (!bytes.has_value()) return refused("bad base64url in " + std::string(name));
  return *std::move(bytes);
}

Result<crypto::PublicKeyParts, Error> parse_parts(const Json& jwk) {
  // Each TRY is a statement of its own: leaving the middle of a braced initialiser would leak the
  // members before it.
  const auto type = jwk.string("kty");
  const auto curve = jwk.string("crv");
  if (type == "RSA") {
    crypto::RsaPublicParts rsa;
    rsa.modulus = TRY(bytes_member(jwk, "n"));
    rsa.exponent = TRY(bytes_member(jwk, "e"));
    return crypto::PublicKeyParts(std::move(rsa));
  }
  if (type == "EC" && curve == "P-256") {
    crypto::P256PublicParts p256;
    p256.x = TRY(bytes_member(jwk, "x"));
    p256.y = TRY(bytes_member(jwk, "y"));
    return crypto::PublicKeyParts(std::move(p256));
  }
  if (type == "OKP" && curve == "Ed25519") {
    crypto::Ed25519PublicParts ed25519;
    ed25519.x = TRY(bytes_member(jwk, "x"));
    return crypto::PublicKeyParts(std::move(ed25519));
  }
  return refused("kty and crv are none of RSA, EC P-256, OKP Ed25519");
}

// A key that is for something else, or that brings its secret along, is not taken.
Result<Unit, Error> check_purpose(const Json& jwk) {
  constexpr std::array<std::string_view, 8> private_members = {"d",  "p",  "q",   "dp",
                                                               "dq", "qi", "oth", "k"};
  for (const std::string_view name : private_members) {
    if (jwk.find(name) != nullptr) return refused("a private key");
  }
  if (jwk.find("use") != nullptr && jwk.string("use") != "sig") return refused("use is not sig");
  if (jwk.find("key_ops") == nullptr) return Unit{};
  const Json::Array* operations = jwk.array("key_ops");
  if (operations == nullptr || operations->size() != 1 ||
      operations->front().string() != "verify") {
    return refused("key_ops is not verify alone");
  }
  return Unit{};
}

}  // namespace

std::string jwk_json(const PublicJwk& jwk) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_required_members(json, jwk.key);
  json.field("use", "sig").field("alg", crypto::algorithm_name(jwk.key.algorithm()));
  json.field("kid", jwk.kid).end_object();
  return out;
}

std::string jwks_json(std::span<const PublicJwk> keys) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("keys").begin_array();
  for (const PublicJwk& key : keys) json.raw(jwk_json(key));
  json.end_array().end_object();
  return out;
}

Result<PublicJwk, Error> parse_jwk(std::string_view json) {
  const Json jwk = TRY(Json::parse(json, {.bytes_max = limits::jwk_bytes_max}));
  if (jwk.object() == nullptr) return refused("not an object");
  TRY(check_purpose(jwk));
  const crypto::PublicKeyParts parts = TRY(parse_parts(jwk));
  crypto::PublicKey key = TRY(crypto::PublicKey::import(parts));
  if (jwk.find("alg") != nullptr && jwk.string("alg") != crypto::algorithm_name(key.algorithm())) {
    return refused("alg is not the key's");
  }
  const Json* kid = jwk.find("kid");
  if (kid != nullptr && !kid->string().has_value()) return refused("kid is not a string");
  return PublicJwk{.kid = std::string(jwk.string("kid").value_or("")), .key = std::move(key)};
}

std::string thumbprint(const crypto::PublicKey& key) {
  std::string canonical;
  JsonWriter json(canonical);
  json.begin_object();
  write_required_members(json, key);
  json.end_object();
  return base64url_encode(crypto::sha256(canonical));
}

}  // namespace gatehouse::jose
