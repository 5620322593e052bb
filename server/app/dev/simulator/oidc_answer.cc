#include "server/app/dev/simulator/oidc_answer.h"

#include <set>

#include "server/app/dev/simulator/saml_attributes.h"
#include "server/crypto/hash.h"
#include "server/encoding/base64.h"
#include "server/encoding/hex.h"
#include "server/encoding/json.h"
#include "server/jose/jws.h"

namespace gatehouse::app::dev {
namespace {

constexpr std::string_view other_client = "another-client";

std::string kid_of(const xml::KeyPair& pair) {
  return hex_encode(crypto::sha256(pair.certificate.der)).substr(0, 16);
}

// The files were checked when they were read.
crypto::SigningKey signing_key(const xml::KeyPair& pair) {
  auto key = crypto::SigningKey::import_pkcs8(pair.private_key);
  ENSURE(key.ok());
  return std::move(key).value();
}

std::string subject_of(const OidcOrder& order) {
  const std::string object_id = object_id_of(order.tenant, order.person);
  switch (order.profile) {
    case ProfileName::okta: return token_of("00u", object_id, 17);
    // Pairwise: another one for each application.
    case ProfileName::entra: return token_of("", object_id + order.client_id, 43);
    default: return object_id;
  }
}

void write_groups(JsonWriter& writer, const OidcOrder& order) {
  if (order.person.groups.empty()) return;
  const bool by_guid = profile(order.profile).groups_as == Groups::by_guid;
  writer.key("groups").begin_array();
  for (const std::string& group : order.person.groups) {
    writer.value(by_guid ? guid_of(order.tenant + " " + group) : group);
  }
  writer.end_array();
}

// Further attributes, but for those whose names mean something else.
void write_more(JsonWriter& writer, const Person& person) {
  std::set<std::string_view> written = {"iss",
                                        "sub",
                                        "aud",
                                        "exp",
                                        "iat",
                                        "nbf",
                                        "nonce",
                                        "at_hash",
                                        "hd",
                                        "email",
                                        "email_verified",
                                        "name",
                                        "auth_time",
                                        "given_name",
                                        "family_name",
                                        "oid",
                                        "tid",
                                        "ver",
                                        "groups",
                                        "preferred_username"};
  for (const auto& [name, value] : person.more) {
    if (written.insert(name).second) writer.field(name, value);
  }
}

// Where the claims go: Entra ID tells groups, and who somebody is everywhere, in ID tokens alone.
enum class Into { id_token, user_info };

void write_person(JsonWriter& writer, const OidcOrder& order, Into into) {
  const Person& person = order.person;
  const bool is_entra = order.profile == ProfileName::entra;
  writer.field("sub", subject_of(order));
  if (!person.email.empty()) {
    writer.field("email", person.email);
    if (!is_entra) writer.field("email_verified", true);
  }
  if (!person.display_name().empty()) writer.field("name", person.display_name());
  if (!person.given_name.empty()) writer.field("given_name", person.given_name);
  if (!person.family_name.empty()) writer.field("family_name", person.family_name);
  if (order.profile == ProfileName::google && !person.email.empty()) {
    writer.field("hd", person.email.substr(person.email.find('@') + 1));
  }
  if (order.profile != ProfileName::google) writer.field("preferred_username", person.login);
  if (is_entra && into == Into::id_token) {
    writer.field("oid", object_id_of(order.tenant, person)).field("tid", order.tenant);
    writer.field("ver", "2.0");
  }
  if (!is_entra || into == Into::id_token) write_groups(writer, order);
  write_more(writer, person);
}

OidcOrder settled(const OidcOrder& order) {
  OidcOrder out = order;
  if (order.outcome == Outcome::missing_mail) out.person = without_mail(std::move(out.person));
  return out;
}

// [OIDC Core §3.1.3.6]
std::string half_hash(std::string_view text) {
  const std::string digest = crypto::sha256(text);
  return base64url_encode(std::string_view(digest).substr(0, digest.size() / 2));
}

std::string damaged(std::string token) {
  char& first = token[token.rfind('.') + 1];
  first = first == 'A' ? 'B' : 'A';
  return token;
}

}  // namespace

std::string id_token_claims(const OidcOrder& wanted, std::string_view access_token) {
  const OidcOrder order = settled(wanted);
  Instant issued = order.now;
  if (order.outcome == Outcome::skewed_clock) issued += skew;
  if (order.outcome == Outcome::expired) issued -= simulated_token_lifetime + expired_ago;
  const Instant expires = issued + simulated_token_lifetime;
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("iss", order.issuer);
  writer.field("aud", order.outcome == Outcome::wrong_audience ? other_client
                                                               : std::string_view(order.client_id));
  writer.field("iat", to_unix_seconds(issued)).field("nbf", to_unix_seconds(issued));
  writer.field("exp", to_unix_seconds(expires)).field("auth_time", to_unix_seconds(issued));
  if (!order.nonce.empty()) writer.field("nonce", order.nonce);
  writer.field("at_hash", half_hash(access_token));
  write_person(writer, order, Into::id_token);
  writer.end_object();
  return out;
}

std::string user_info(const OidcOrder& wanted) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  write_person(writer, settled(wanted), Into::user_info);
  writer.end_object();
  return out;
}

std::string id_token(const OidcOrder& order, std::string_view access_token,
                     const ProviderKeys& keys) {
  const std::string claims = id_token_claims(order, access_token);
  if (order.outcome == Outcome::unsigned_) {
    return base64url_encode(R"({"alg":"none","typ":"JWT"})") + "." + base64url_encode(claims) + ".";
  }
  const xml::KeyPair& pair =
      order.outcome == Outcome::rotated_certificate ? keys.next : keys.current;
  const jose::TokenSigner signer(signing_key(pair), kid_of(pair));
  std::string token = signer.sign(jose::TokenType::jwt, claims);
  return order.outcome == Outcome::bad_signature ? damaged(std::move(token)) : token;
}

std::string published_keys(const ProviderKeys& keys) {
  const jose::PublicJwk published[] = {
      {kid_of(keys.current), signing_key(keys.current).public_key()}};
  return jose::jwks_json(published);
}

}  // namespace gatehouse::app::dev
