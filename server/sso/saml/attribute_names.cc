#include "server/sso/saml/attribute_names.h"

#include <algorithm>
#include <array>
#include <string>

#include "server/core/ensure.h"

namespace gatehouse::sso::saml {
namespace {

using Name = std::string_view;

constexpr Name emails[] = {"email",
                           "mail",
                           "emailAddress",
                           "email_address",
                           "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
                           "http://schemas.xmlsoap.org/claims/EmailAddress",
                           "urn:oid:0.9.2342.19200300.100.1.3",
                           "urn:oid:1.2.840.113549.1.9.1",
                           "User.email",
                           "e-mail"};
constexpr Name given_names[] = {"firstName",
                                "given_name",
                                "givenName",
                                "first_name",
                                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
                                "urn:oid:2.5.4.42",
                                "User.FirstName",
                                "fname"};
constexpr Name family_names[] = {"lastName",
                                 "family_name",
                                 "familyName",
                                 "last_name",
                                 "surname",
                                 "sn",
                                 "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
                                 "urn:oid:2.5.4.4",
                                 "User.LastName",
                                 "lname"};
// Microsoft's …/claims/name is the user principal name, and so not here.
constexpr Name names[] = {"displayName",
                          "display_name",
                          "name",
                          "fullName",
                          "full_name",
                          "http://schemas.microsoft.com/identity/claims/displayname",
                          "http://schemas.xmlsoap.org/claims/CommonName",
                          "urn:oid:2.16.840.1.113730.3.1.241",
                          "urn:oid:2.5.4.3",
                          "cn"};
constexpr Name pictures[] = {"picture", "avatar", "photo", "photo_url", "profile_picture"};
constexpr Name locales[] = {"locale", "preferredLanguage", "preferred_language",
                            "urn:oid:2.16.840.1.113730.3.1.39"};
constexpr Name phone_numbers[] = {
    "phone_number",
    "phoneNumber",
    "phone",
    "mobilePhone",
    "mobile",
    "telephoneNumber",
    "primaryPhone",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/mobilephone",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/otherphone",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/homephone",
    "urn:oid:0.9.2342.19200300.100.1.41",
    "urn:oid:2.5.4.20"};
constexpr Name preferred_usernames[] = {
    "preferred_username",
    "username",
    "userName",
    "user_name",
    "login",
    "upn",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
    "http://schemas.xmlsoap.org/claims/UPN",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",
    "urn:oid:0.9.2342.19200300.100.1.1",
    "uid"};
constexpr Name genders[] = {"gender",
                            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/gender"};
constexpr Name groups[] = {"groups",
                           "group",
                           "memberOf",
                           "member_of",
                           "isMemberOf",
                           "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
                           "http://schemas.xmlsoap.org/claims/Group",
                           "urn:oid:1.3.6.1.4.1.5923.1.5.1.1",
                           "urn:oid:1.2.840.113556.1.2.102",
                           "roles"};

constexpr Name person_ids[] = {entra_object_id,
                               "urn:oasis:names:tc:SAML:attribute:pairwise-id",
                               "urn:oasis:names:tc:SAML:attribute:subject-id",
                               "urn:oid:1.3.6.1.4.1.5923.1.1.1.10",  // eduPersonTargetedID
                               "urn:oid:1.3.6.1.4.1.5923.1.1.1.13",  // eduPersonUniqueId
                               "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarysid",
                               "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",  // eduPersonPrincipalName
                               "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
                               "http://schemas.xmlsoap.org/claims/UPN",
                               "urn:oid:0.9.2342.19200300.100.1.1",
                               "uid"};

struct Alias {
  Name name;  // without "_" and in lower case
  ProfileField field;
};
constexpr Alias aliases[] = {{"email", ProfileField::email},
                             {"emailaddress", ProfileField::email},
                             {"mail", ProfileField::email},
                             {"givenname", ProfileField::given_name},
                             {"firstname", ProfileField::given_name},
                             {"familyname", ProfileField::family_name},
                             {"lastname", ProfileField::family_name},
                             {"surname", ProfileField::family_name},
                             {"name", ProfileField::name},
                             {"displayname", ProfileField::name},
                             {"fullname", ProfileField::name},
                             {"picture", ProfileField::picture},
                             {"avatar", ProfileField::picture},
                             {"locale", ProfileField::locale},
                             {"phonenumber", ProfileField::phone_number},
                             {"phone", ProfileField::phone_number},
                             {"preferredusername", ProfileField::preferred_username},
                             {"username", ProfileField::preferred_username},
                             {"gender", ProfileField::gender},
                             {"groups", ProfileField::groups},
                             {"group", ProfileField::groups}};
constexpr Name person_id_aliases[] = {"sub",       "subject",    "id",    "userid",
                                      "idpuserid", "externalid", "nameid"};

std::string plain(Name name) {
  std::string out;
  for (const char c : name) {
    if (c == '_' || c == '-') continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  return out;
}

}  // namespace

std::span<const std::string_view> known_names(ProfileField field) {
  switch (field) {
    case ProfileField::email: return emails;
    case ProfileField::given_name: return given_names;
    case ProfileField::family_name: return family_names;
    case ProfileField::name: return names;
    case ProfileField::picture: return pictures;
    case ProfileField::locale: return locales;
    case ProfileField::phone_number: return phone_numbers;
    case ProfileField::preferred_username: return preferred_usernames;
    case ProfileField::gender: return genders;
    case ProfileField::groups: return groups;
  }
  return {};
}

std::span<const std::string_view> known_person_ids() { return person_ids; }

std::optional<ProfileField> profile_field(std::string_view our_name) {
  const std::string wanted = plain(our_name);
  for (const Alias& alias : aliases) {
    if (alias.name == wanted) return alias.field;
  }
  return std::nullopt;
}

bool means_person_id(std::string_view our_name) {
  const std::string wanted = plain(our_name);
  return std::find(std::begin(person_id_aliases), std::end(person_id_aliases), wanted) !=
         std::end(person_id_aliases);
}

bool means_name_id(std::string_view their_name) {
  const std::string wanted = plain(their_name);
  return wanted == "nameid" || wanted == "samlsubject";
}

}  // namespace gatehouse::sso::saml
