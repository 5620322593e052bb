#include "server/sso/saml/identity.h"

#include <algorithm>

#include "server/encoding/uri.h"
#include "server/sso/saml/attribute_names.h"
#include "server/sso/saml/attributes.h"
#include "server/sso/saml/message.h"
#include "server/sso/saml/name_id.h"
#include "server/sso/saml/names.h"

namespace gatehouse::sso::saml {
namespace {

constexpr std::size_t key_bytes_max = 1024;
constexpr std::size_t text_bytes_max = 512;
constexpr std::size_t groups_max = 500;

using connections::AttributeMapping;
using connections::Provider;

// An attribute of the connection's mapping, with the NameID counting as one.
struct Source {
  const Attributes& attributes;
  const NameId& name_id;
  const SamlParties& parties;

  [[nodiscard]] std::vector<std::string> named(std::string_view their_name) const {
    if (const Attribute* found = attributes.find(their_name); found != nullptr) {
      return found->values;
    }
    if (means_name_id(their_name) && !name_id.text.empty()) return {name_id.text};
    return {};
  }

  [[nodiscard]] std::vector<std::string> values(ProfileField field) const {
    for (const auto& [ours, theirs] : parties.attribute_mapping) {
      if (profile_field(ours) == field) return named(theirs);
    }
    const Attribute* found = attributes.find(known_names(field));
    return found != nullptr ? found->values : std::vector<std::string>();
  }

  [[nodiscard]] bool is_mapped(ProfileField field) const {
    return std::any_of(parties.attribute_mapping.begin(), parties.attribute_mapping.end(),
                       [field](const auto& pair) { return profile_field(pair.first) == field; });
  }

  [[nodiscard]] std::string text(ProfileField field) const {
    const std::vector<std::string> all = values(field);
    return all.empty() || all.front().size() > text_bytes_max ? std::string() : all.front();
  }
};

// Addresses are written in any case.
std::string folded(const std::string& text) {
  const std::optional<users::Email> email = users::Email::parse(text);
  return email.has_value() ? email->text() : text;
}

std::string name_id_key(const NameId& name_id, Provider provider) {
  if (name_id.format == persistent_format) return name_id.text;
  if (name_id.format == windows_format || provider == Provider::adfs) {
    return lower_case(name_id.text);
  }
  return folded(name_id.text);
}

Result<std::string, Failure> mapped_key(const Source& source, std::string_view ours,
                                        std::string_view theirs) {
  const Attribute* found = source.attributes.find(theirs);
  if (found != nullptr) {
    if (found->values.size() == 1) return found->values.front();
    return Failure(Diagnosis::name_id_missing, "one value of the attribute " + std::string(theirs),
                   std::to_string(found->values.size()) + " values");
  }
  if (!means_name_id(theirs) || source.name_id.text.empty()) {
    return Failure(
        Diagnosis::name_id_missing,
        "the attribute " + std::string(theirs) + ", which is mapped to " + std::string(ours),
        "nothing");
  }
  if (source.name_id.format == transient_format) {
    return Failure(Diagnosis::name_id_transient, "a NameID that stays", "a transient one");
  }
  return name_id_key(source.name_id, source.parties.provider);
}

Result<std::string, Failure> key_of(const Source& source, const std::string& email) {
  for (const auto& [ours, theirs] : source.parties.attribute_mapping) {
    if (means_person_id(ours)) return mapped_key(source, ours, theirs);
  }
  if (const Attribute* found = source.attributes.find(entra_object_id);
      found != nullptr && found->values.size() == 1) {
    return found->values.front();
  }
  const NameId& name_id = source.name_id;
  const bool is_transient = name_id.format == transient_format;
  if (!name_id.text.empty() && !is_transient) return name_id_key(name_id, source.parties.provider);
  if (const Attribute* found = source.attributes.find(known_person_ids());
      found != nullptr && found->values.size() == 1) {
    return folded(found->values.front());
  }
  if (!email.empty()) return email;
  if (is_transient) {
    return Failure(Diagnosis::name_id_transient,
                   "a NameID that stays, or an attribute with an id or address",
                   "a transient NameID");
  }
  return Failure(Diagnosis::name_id_missing, "a NameID, or an attribute with an id or address",
                 "neither");
}

Result<std::optional<users::Email>, Failure> email_of(const Source& source) {
  const std::vector<std::string> values = source.values(ProfileField::email);
  for (const std::string& value : values) {
    auto email = users::Email::parse(value);
    if (email.has_value()) return email;
  }
  if (!values.empty()) {
    return Failure(Diagnosis::email_malformed, "an address", values.front());
  }
  const NameId& name_id = source.name_id;
  const bool may_be_address = name_id.format == email_format || name_id.format.empty() ||
                              name_id.format == unspecified_format;
  if (source.is_mapped(ProfileField::email) || !may_be_address) {
    return std::optional<users::Email>();
  }
  return users::Email::parse(name_id.text);
}

// OneLogin joins roles by semicolons.
std::vector<std::string> groups_of(const Source& source) {
  std::vector<std::string> groups;
  const auto add = [&groups](std::string_view group) {
    while (!group.empty() && group.front() == ' ') group.remove_prefix(1);
    while (!group.empty() && group.back() == ' ') group.remove_suffix(1);
    if (group.empty() || group.size() > text_bytes_max || groups.size() == groups_max) return;
    if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.emplace_back(group);
  };
  for (const std::string& value : source.values(ProfileField::groups)) {
    std::string_view rest = value;
    while (source.parties.provider == Provider::onelogin && rest.find(';') != rest.npos) {
      add(rest.substr(0, rest.find(';')));
      rest.remove_prefix(rest.find(';') + 1);
    }
    add(rest);
  }
  return groups;
}

std::string picture_of(const Source& source) {
  std::string url = source.text(ProfileField::picture);
  const std::optional<Uri> uri = parse_uri(url);
  return uri.has_value() && uri->scheme == "https" ? url : std::string();
}

std::map<std::string, std::string> custom_attributes_of(const Source& source) {
  constexpr std::string_view prefix = "custom_attributes.";
  std::map<std::string, std::string> custom;
  for (const auto& [ours, theirs] : source.parties.attribute_mapping) {
    if (profile_field(ours).has_value() || means_person_id(ours)) continue;
    std::string joined;
    for (const std::string& value : source.named(theirs)) {
      if (!joined.empty()) joined += ",";
      joined += value;
    }
    if (joined.empty()) continue;
    custom.emplace(ours.starts_with(prefix) ? ours.substr(prefix.size()) : ours, std::move(joined));
  }
  return custom;
}

}  // namespace

Result<login::OutsideIdentity, Failure> read_identity(const ProvenAssertion& assertion,
                                                      const SamlParties& parties,
                                                      std::span<const xml::KeyPair> keys,
                                                      CheckLog& log) {
  NameId name_id;
  const auto subject = assertion.root().only_child(assertion_ns, "Subject");
  if (subject.has_value()) name_id = TRY(read_name_id(*subject, keys));
  const Attributes attributes(assertion);
  const Source source{.attributes = attributes, .name_id = name_id, .parties = parties};

  const std::optional<users::Email> email = TRY(email_of(source));
  std::string key = TRY(key_of(source, email.has_value() ? email->text() : ""));
  if (key.empty() || key.size() > key_bytes_max) {
    return Failure(Diagnosis::name_id_missing, "an id of 1 to 1024 bytes",
                   std::to_string(key.size()) + " bytes");
  }
  log.passed("The person is named.", name_id.text.empty() ? "by an attribute" : name_id.format);

  return login::OutsideIdentity{
      .connection = parties.connection,
      .issuer = parties.idp_entity_id,
      .subject = std::move(key),
      .email = email,
      .email_claim = login::OutsideIdentity::EmailClaim::asserted,
      .given_name = source.text(ProfileField::given_name),
      .family_name = source.text(ProfileField::family_name),
      .name = source.text(ProfileField::name),
      .picture = picture_of(source),
      .locale = source.text(ProfileField::locale),
      .phone_number = source.text(ProfileField::phone_number),
      .preferred_username = source.text(ProfileField::preferred_username),
      .gender = source.text(ProfileField::gender),
      .groups = groups_of(source),
      .custom_attributes = custom_attributes_of(source),
      .raw_attributes = attributes.json(),
      .name_id = name_id.text.size() > key_bytes_max ? std::string() : name_id.text,
      .name_id_format = name_id.format};
}

}  // namespace gatehouse::sso::saml
