#include "server/sso/oidc/profile.h"

#include <algorithm>
#include <array>

#include "server/encoding/uri.h"
#include "server/encoding/utf8.h"
#include "server/sso/saml/attribute_names.h"

namespace gatehouse::sso::oidc_rp {
namespace {

using connections::Provider;
using login::OutsideIdentity;

constexpr std::size_t text_bytes_max = 255;
constexpr std::size_t address_bytes_max = 2048;
constexpr std::size_t locale_bytes_max = 35;  // [RFC 5646 §4.4.1]
constexpr std::size_t groups_max = 200;
constexpr std::size_t group_bytes_max = 250;
constexpr std::size_t raw_bytes_max = 32 * 1024;

// The parts of a profile, and the claim of each where nothing else is mapped [OIDC Core §5.1].
struct Part {
  saml::ProfileField field;
  std::string_view claim;
};
using Field = saml::ProfileField;
constexpr std::array parts = {
    Part{Field::email, "email"},
    Part{Field::given_name, "given_name"},
    Part{Field::family_name, "family_name"},
    Part{Field::name, "name"},
    Part{Field::picture, "picture"},
    Part{Field::locale, "locale"},
    Part{Field::phone_number, "phone_number"},
    Part{Field::preferred_username, "preferred_username"},
    Part{Field::gender, "gender"},
    Part{Field::groups, "groups"},
};

// The claim that the connection takes that field from.
std::string claim_for(const Relying& relying, Field field) {
  for (const auto& [ours, theirs] : relying.attribute_mapping) {
    if (saml::profile_field(ours) == field) return theirs;
  }
  for (const Part& part : parts) {
    if (part.field == field) return std::string(part.claim);
  }
  ensure_failed("a ProfileField without a claim");
}

std::string text_of(const Json* value) {
  if (value == nullptr) return {};
  if (const auto text = value->string()) return std::string(*text);
  if (const auto number = value->integer()) return std::to_string(*number);
  if (const auto truth = value->boolean()) return *truth ? "true" : "false";
  return {};
}

std::string joined(const Json* value) {
  const Json::Array* array = value == nullptr ? nullptr : value->array();
  if (array == nullptr) return text_of(value);
  std::string all;
  for (const Json& element : *array) {
    const std::string text = text_of(&element);
    if (!text.empty()) all += (all.empty() ? "" : ",") + text;
  }
  return all;
}

bool is_true(const Json* value) {
  return value != nullptr && (value->boolean() == true || value->string() == "true" ||
                              value->integer() == 1 || value->string() == "1");
}

std::string short_text(const Json* value) {
  return clean_display_name(text_of(value), text_bytes_max).value_or("");
}

std::string picture_of(const Relying& relying, const Json* value) {
  std::string text = text_of(value);
  const auto uri = parse_uri(text);
  const bool is_usable = uri.has_value() && uri->scheme == "https" && !uri->host.empty() &&
                         !uri->userinfo.has_value() && text.size() <= address_bytes_max;
  // Microsoft's is for holders of the access token only.
  return is_usable && !relying.is_microsoft() ? text : std::string();
}

// A language tag; LinkedIn writes {"language":"en","country":"US"}.
std::string locale_of(const Json* value) {
  std::string text = text_of(value);
  if (value != nullptr && value->object() != nullptr) {
    text = std::string(value->string("language").value_or(""));
    if (const auto country = value->string("country")) text += "-" + std::string(*country);
  }
  std::replace(text.begin(), text.end(), '_', '-');
  const bool is_tag =
      text.size() <= locale_bytes_max && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-';
      });
  return is_tag ? text : std::string();
}

// Each once, in the provider's order. Where there are too many for a token, Entra ID writes where
// they could be asked for instead of them: then there are none.
std::vector<std::string> groups_of(const Json* value) {
  std::vector<std::string> groups;
  const auto add = [&](const Json& element) {
    auto name = clean_display_name(text_of(&element), group_bytes_max);
    if (!name.has_value() || groups.size() >= groups_max) return;
    if (std::find(groups.begin(), groups.end(), *name) == groups.end()) {
      groups.push_back(*std::move(name));
    }
  };
  if (value == nullptr) return groups;
  if (const Json::Array* array = value->array()) {
    for (const Json& element : *array) add(element);
  } else {
    add(*value);
  }
  return groups;
}

struct FoundAddress {
  std::string text;
  OutsideIdentity::EmailClaim claim = OutsideIdentity::EmailClaim::asserted;
};

// Whether that answer, or else the other one of the same address, assures of it. Entra ID does by
// `xms_edov` alone: into `email` any tenant may write any address.
OutsideIdentity::EmailClaim claim_of(const Relying& relying, const PersonClaims& claims,
                                     const std::string& address) {
  const char* const assurance = relying.is_microsoft() ? "xms_edov" : "email_verified";
  for (const Json* source : {&claims.id_token, &claims.user_info}) {
    const Json* stated = source->find(assurance);
    if (stated == nullptr || text_of(source->find("email")) != address) continue;
    return is_true(stated) ? OutsideIdentity::EmailClaim::verified
                           : OutsideIdentity::EmailClaim::asserted;
  }
  return OutsideIdentity::EmailClaim::asserted;
}

FoundAddress address_of(const Relying& relying, const PersonClaims& claims) {
  const std::string name = claim_for(relying, Field::email);
  const std::string stated = text_of(claims.find(name));
  if (!stated.empty()) {
    return {.text = stated,
            .claim = name == "email" ? claim_of(relying, claims, stated)
                                     : OutsideIdentity::EmailClaim::asserted};
  }
  // People without a mailbox have only their sign-in name, in the form of an address.
  for (const char* const sign_in_name : {"preferred_username", "upn"}) {
    const std::string text = text_of(claims.find(sign_in_name));
    const bool is_sign_in_name = relying.is_microsoft() || relying.provider == Provider::adfs;
    if (is_sign_in_name && users::Email::parse(text).has_value()) return {.text = text};
  }
  return {};
}

Result<Unit, Failure> set_address(const Relying& relying, const PersonClaims& claims,
                                  OutsideIdentity& identity) {
  const FoundAddress found = address_of(relying, claims);
  if (found.text.empty()) return Unit{};
  identity.email = users::Email::parse(found.text);
  identity.email_claim = found.claim;
  if (identity.email.has_value()) return Unit{};
  return Failure(Diagnosis::email_malformed, "an address like ada@example.com", found.text);
}

// What proves the token, and is of no interest once it is proven.
bool is_of_protocol(std::string_view name) {
  constexpr std::array<std::string_view, 15> names = {
      "aud", "azp",    "exp", "iat", "nbf", "jti",     "nonce", "at_hash",
      "rh",  "c_hash", "aio", "uti", "ver", "xms_ftd", "s_hash"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string raw_attributes(const PersonClaims& claims) {
  Json::Object kept;
  std::size_t bytes = 2;
  const auto add = [&](const Json& source) {
    if (source.object() == nullptr) return;
    for (const Json::Member& member : *source.object()) {
      const bool is_there = std::any_of(kept.begin(), kept.end(), [&](const Json::Member& other) {
        return other.key == member.key;
      });
      if (is_there || is_of_protocol(member.key)) continue;
      const std::size_t size = member.key.size() + member.value.text().size() + 8;
      if (bytes + size > raw_bytes_max) continue;
      bytes += size;
      kept.push_back(member);
    }
  };
  add(claims.id_token);
  add(claims.user_info);
  return Json(std::move(kept)).text();
}

}  // namespace

const Json* PersonClaims::find(std::string_view name) const {
  for (const Json* source : {&id_token, &user_info}) {
    const Json* claim = source->find(name);
    if (claim != nullptr && !claim->is_null()) return claim;
  }
  return nullptr;
}

Completeness completeness_of(const Relying& relying, const Json& id_token) {
  const auto has = [&](std::string_view name) { return id_token.find(name) != nullptr; };
  const bool has_name = has("name") || has("given_name") || has("family_name");
  bool is_complete = has(claim_for(relying, Field::email)) && has_name;
  for (const auto& [ours, theirs] : relying.attribute_mapping) {
    is_complete = is_complete && has(theirs);
  }
  return is_complete ? Completeness::complete : Completeness::lacking;
}

Result<Unit, Failure> fill_profile(const Relying& relying, const PersonClaims& claims,
                                   OutsideIdentity& identity) {
  const auto find = [&](Field field) { return claims.find(claim_for(relying, field)); };
  const auto name_text = [&](Field field) {
    return clean_display_name(text_of(find(field)), limits::display_name_bytes_max).value_or("");
  };
  TRY(set_address(relying, claims, identity));
  identity.given_name = name_text(Field::given_name);
  identity.family_name = name_text(Field::family_name);
  identity.name = name_text(Field::name);
  if (identity.name.empty()) {
    const bool has_both = !identity.given_name.empty() && !identity.family_name.empty();
    identity.name = identity.given_name + (has_both ? " " : "") + identity.family_name;
  }
  identity.picture = picture_of(relying, find(Field::picture));
  identity.locale = locale_of(find(Field::locale));
  identity.phone_number = short_text(find(Field::phone_number));
  identity.preferred_username = short_text(find(Field::preferred_username));
  identity.gender = short_text(find(Field::gender));
  identity.groups = groups_of(find(Field::groups));
  for (const auto& [ours, theirs] : relying.attribute_mapping) {
    if (saml::profile_field(ours).has_value() || saml::means_person_id(ours)) continue;
    auto text = clean_display_name(joined(claims.find(theirs)), text_bytes_max);
    if (text.has_value()) identity.custom_attributes[ours] = *std::move(text);
  }
  identity.raw_attributes = raw_attributes(claims);
  identity.session_index = short_text(claims.find("sid"));
  return Unit{};
}

}  // namespace gatehouse::sso::oidc_rp
