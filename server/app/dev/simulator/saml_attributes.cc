#include "server/app/dev/simulator/saml_attributes.h"

namespace gatehouse::app::dev {
namespace {

using Attributes = std::vector<SamlAttribute>;

// As Entra ID counts: above it there is a pointer instead of the groups.
constexpr std::size_t entra_groups_max = 150;

void add(Attributes& all, const AttributeName& name, const std::string& value) {
  if (value.empty()) return;
  all.push_back({std::string(name.name), std::string(name.friendly), {value}});
}

// "ada@example.com" as a Windows domain remembers it: "Ada@example.com".
std::string capitalized(std::string login) {
  if (!login.empty() && login.front() >= 'a' && login.front() <= 'z') login.front() -= 'a' - 'A';
  return login;
}

void add_entra(Attributes& all, const AttributesOf& whose) {
  const Person& person = whose.person;
  add(all, {"http://schemas.microsoft.com/identity/claims/tenantid"}, whose.tenant);
  add(all, {"http://schemas.microsoft.com/identity/claims/objectidentifier"},
      object_id_of(whose.tenant, person));
  add(all, {"http://schemas.microsoft.com/identity/claims/displayname"}, person.display_name());
  add(all, {"http://schemas.microsoft.com/identity/claims/identityprovider"},
      "https://sts.windows.net/" + whose.tenant + "/");
  add(all, {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"}, person.login);
}

void add_own(Attributes& all, const AttributesOf& whose) {
  const Person& person = whose.person;
  switch (whose.profile.name) {
    case ProfileName::entra: add_entra(all, whose); return;
    case ProfileName::adfs:
      add(all, {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"},
          capitalized(person.login));
      return;
    case ProfileName::shibboleth:
      add(all, {"urn:oid:0.9.2342.19200300.100.1.1", "uid"},
          person.login.substr(0, person.login.find('@')));
      add(all, {"urn:oid:2.16.840.1.113730.3.1.241", "displayName"}, person.display_name());
      all.push_back({"urn:oid:1.3.6.1.4.1.5923.1.1.1.10",
                     "eduPersonTargetedID",
                     {object_id_of(whose.tenant, person)},
                     SamlAttribute::Form::name_id});
      return;
    default: return;
  }
}

std::vector<std::string> groups_of(const Profile& profile, const AttributesOf& whose) {
  std::vector<std::string> groups = whose.person.groups;
  if (profile.groups_as == Groups::joined && !groups.empty()) {
    std::string joined;
    for (const std::string& group : groups) joined += (joined.empty() ? "" : ";") + group;
    return {joined};
  }
  if (profile.groups_as == Groups::by_guid) {
    for (std::string& group : groups) group = guid_of(whose.tenant + " " + group);
  }
  return groups;
}

void add_groups(Attributes& all, const AttributesOf& whose) {
  std::vector<std::string> groups = groups_of(whose.profile, whose);
  if (groups.empty()) return;
  if (whose.profile.groups_as == Groups::by_guid && groups.size() > entra_groups_max) {
    add(all, {"http://schemas.microsoft.com/claims/groups.link"},
        "https://graph.windows.net/" + whose.tenant + "/users/" +
            object_id_of(whose.tenant, whose.person) + "/getMemberObjects");
    return;
  }
  all.push_back({std::string(whose.profile.groups.name), std::string(whose.profile.groups.friendly),
                 std::move(groups)});
}

}  // namespace

std::string object_id_of(std::string_view tenant, const Person& person) {
  return guid_of("person " + std::string(tenant) + " " + person.login);
}

std::vector<SamlAttribute> attributes_of(const AttributesOf& whose) {
  const Person& person = whose.person;
  Attributes all;
  if (whose.profile.statement == Profile::Statement::when_filled && person.groups.empty() &&
      person.more.empty()) {
    return all;
  }
  add_own(all, whose);
  add(all, whose.profile.email,
      whose.profile.name == ProfileName::adfs ? capitalized(person.email) : person.email);
  add(all, whose.profile.given_name, person.given_name);
  add(all, whose.profile.family_name, person.family_name);
  add_groups(all, whose);
  for (const auto& [name, value] : person.more) {
    all.push_back({.name = name, .friendly = {}, .values = {value}});
  }
  return all;
}

}  // namespace gatehouse::app::dev
