#include "server/app/dev/simulator/profile.h"

#include <array>

#include "server/crypto/hash.h"
#include "server/encoding/hex.h"

namespace gatehouse::app::dev {
namespace {

constexpr std::string_view basic = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic";
constexpr std::string_view unspecified = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified";
constexpr std::string_view uri = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri";
constexpr std::string_view by_password = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";
constexpr std::string_view by_protected_password =
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
constexpr std::string_view by_something = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified";

constexpr std::array<std::string_view, 4> okta_sends = {
    "Response and assertion are both signed.",
    "NameID without a stated format (unspecified) holds the login.",
    "Attributes email, firstName, lastName and groups, NameFormat unspecified.",
    "The entity id is http://, and of this one application."};
constexpr std::array<std::string_view, 5> entra_sends = {
    "The assertion is signed, the response is not.",
    "Attributes are named by URIs; groups are GUIDs, and left out above 150.",
    "Conditions hold for 70 minutes, the confirmation for 5.",
    "Issuer and AuthnContextClassRef begin with a blank.",
    "Errors carry an AADSTS number and a trace id."};
constexpr std::array<std::string_view, 3> google_sends = {
    "The assertion is signed, the response is not.",
    "NameID is the address; attributes are sent only where some are mapped: fill in a group or "
    "something further.",
    "Nothing is encrypted, and there is no single logout."};
constexpr std::array<std::string_view, 4> adfs_sends = {
    "The assertion is signed, the response is not; a refusal is a signed response.",
    "There is no NameID: nobody has made a rule for it.",
    "Attributes are named by URIs, without a NameFormat; names have a capital letter.",
    "Queries that it signs are percent-encoded in lower case."};
constexpr std::array<std::string_view, 3> pingfederate_sends = {
    "The response is signed, the assertion is not.",
    "A refusal is a signed response with a status and nothing else.",
    "Attributes mail, firstName, lastName and memberOf, NameFormat basic."};
constexpr std::array<std::string_view, 3> onelogin_sends = {
    "The assertion is signed, the response is not.",
    "Attributes User.email, User.FirstName, User.LastName; NameFormat basic.",
    "Roles come as one value, joined by semicolons."};
constexpr std::array<std::string_view, 3> jumpcloud_sends = {
    "The response is signed, the assertion is not.",
    "The entity id is “JumpCloud”, as at many other customers.",
    "Attributes email, firstname, lastname and memberOf, NameFormat unspecified."};
constexpr std::array<std::string_view, 4> shibboleth_sends = {
    "The response is signed; the assertion is encrypted with AES-128-GCM where our metadata has a "
    "key.",
    "NameID is transient: another one each time.", "Attributes are named by OIDs, NameFormat uri.",
    "eduPersonTargetedID holds a NameID element instead of a text."};
constexpr std::array<std::string_view, 3> plain_sends = {
    "Response and assertion are both signed.", "NameID is persistent and opaque.",
    "Attributes email, given_name, family_name and groups, NameFormat basic."};

constexpr AttributeName ws_email{
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"};
constexpr AttributeName ws_given{"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname"};
constexpr AttributeName ws_family{"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname"};

constexpr std::array<Profile, profiles_count> profiles = {
    {{.name = ProfileName::okta,
      .title = "Okta",
      .protocol_prefix = "saml2p",
      .assertion_prefix = "saml2",
      .attribute_format = unspecified,
      .value_type = "xs:string",
      .signs = Signs::both,
      .name_id = NameId::unspecified,
      .email = {"email"},
      .given_name = {"firstName"},
      .family_name = {"lastName"},
      .groups = {"groups"},
      .groups_as = Groups::by_name,
      .context = by_protected_password,
      .valid_before = minutes(5),
      .valid_for = minutes(5),
      .confirmed_for = minutes(5),
      .refusal = Profile::Refusal::signed_,
      .sends = okta_sends},
     {.name = ProfileName::entra,
      .title = "Microsoft Entra ID",
      .protocol_prefix = "samlp",
      .assertion_prefix = "",
      .attribute_format = "",
      .value_type = "",
      .signs = Signs::assertion,
      .name_id = NameId::address,
      .email = ws_email,
      .given_name = ws_given,
      .family_name = ws_family,
      .groups = {"http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"},
      .groups_as = Groups::by_guid,
      .context = by_password,
      .valid_before = minutes(5),
      .valid_for = minutes(65),
      .confirmed_for = minutes(5),
      .padding = Profile::Padding::leading_blank,
      .escapes = Profile::Escapes::lower_case,
      .sends = entra_sends},
     {.name = ProfileName::google,
      .title = "Google Workspace",
      .protocol_prefix = "saml2p",
      .assertion_prefix = "saml2",
      .attribute_format = "",
      .value_type = "xs:anyType",
      .signs = Signs::assertion,
      .name_id = NameId::address,
      .email = {"email"},
      .given_name = {"firstName"},
      .family_name = {"lastName"},
      .groups = {"groups"},
      .groups_as = Groups::by_name,
      .context = by_something,
      .valid_before = minutes(5),
      .valid_for = minutes(5),
      .confirmed_for = minutes(5),
      .statement = Profile::Statement::when_filled,
      .logout = Profile::Logout::none,
      .sends = google_sends},
     {.name = ProfileName::adfs,
      .title = "AD FS",
      .protocol_prefix = "samlp",
      .assertion_prefix = "",
      .attribute_format = "",
      .value_type = "",
      .signs = Signs::assertion,
      .name_id = NameId::absent,
      .email = ws_email,
      .given_name = ws_given,
      .family_name = ws_family,
      .groups = {"http://schemas.xmlsoap.org/claims/Group"},
      .groups_as = Groups::by_name,
      .context = by_protected_password,
      .valid_before = minutes(0),
      .valid_for = minutes(60),
      .confirmed_for = minutes(5),
      .refusal = Profile::Refusal::signed_,
      .escapes = Profile::Escapes::lower_case,
      .sends = adfs_sends},
     {.name = ProfileName::pingfederate,
      .title = "PingFederate",
      .protocol_prefix = "samlp",
      .assertion_prefix = "saml",
      .attribute_format = basic,
      .value_type = "xs:string",
      .signs = Signs::response,
      .name_id = NameId::unspecified,
      .email = {"mail"},
      .given_name = {"firstName"},
      .family_name = {"lastName"},
      .groups = {"memberOf"},
      .groups_as = Groups::by_name,
      .context = by_something,
      .valid_before = minutes(5),
      .valid_for = minutes(5),
      .confirmed_for = minutes(5),
      .refusal = Profile::Refusal::signed_,
      .sends = pingfederate_sends},
     {.name = ProfileName::onelogin,
      .title = "OneLogin",
      .protocol_prefix = "samlp",
      .assertion_prefix = "saml",
      .attribute_format = basic,
      .value_type = "xs:string",
      .signs = Signs::assertion,
      .name_id = NameId::address,
      .email = {"User.email"},
      .given_name = {"User.FirstName"},
      .family_name = {"User.LastName"},
      .groups = {"memberOf"},
      .groups_as = Groups::joined,
      .context = by_protected_password,
      .valid_before = minutes(3),
      .valid_for = minutes(3),
      .confirmed_for = minutes(3),
      .sends = onelogin_sends},
     {.name = ProfileName::jumpcloud,
      .title = "JumpCloud",
      .protocol_prefix = "saml2p",
      .assertion_prefix = "saml2",
      .attribute_format = unspecified,
      .value_type = "xs:string",
      .signs = Signs::response,
      .name_id = NameId::address,
      .email = {"email"},
      .given_name = {"firstname"},
      .family_name = {"lastname"},
      .groups = {"memberOf"},
      .groups_as = Groups::by_name,
      .context = by_protected_password,
      .valid_before = minutes(5),
      .valid_for = minutes(5),
      .confirmed_for = minutes(5),
      .refusal = Profile::Refusal::signed_,
      .sends = jumpcloud_sends},
     {.name = ProfileName::shibboleth,
      .title = "Shibboleth",
      .protocol_prefix = "saml2p",
      .assertion_prefix = "saml2",
      .attribute_format = uri,
      .value_type = "",
      .signs = Signs::response,
      .name_id = NameId::transient,
      .email = {"urn:oid:0.9.2342.19200300.100.1.3", "mail"},
      .given_name = {"urn:oid:2.5.4.42", "givenName"},
      .family_name = {"urn:oid:2.5.4.4", "sn"},
      .groups = {"urn:oid:1.3.6.1.4.1.5923.1.5.1.1", "isMemberOf"},
      .groups_as = Groups::by_name,
      .context = by_protected_password,
      .valid_before = minutes(0),
      .valid_for = minutes(5),
      .confirmed_for = minutes(5),
      .encryption = Profile::Encryption::where_offered,
      .refusal = Profile::Refusal::signed_,
      .sends = shibboleth_sends},
     {.name = ProfileName::plain,
      .title = "Plain",
      .protocol_prefix = "samlp",
      .assertion_prefix = "saml",
      .attribute_format = basic,
      .value_type = "",
      .signs = Signs::both,
      .name_id = NameId::persistent,
      .email = {"email"},
      .given_name = {"given_name"},
      .family_name = {"family_name"},
      .groups = {"groups"},
      .groups_as = Groups::by_name,
      .context = by_protected_password,
      .valid_before = minutes(1),
      .valid_for = minutes(5),
      .confirmed_for = minutes(5),
      .refusal = Profile::Refusal::signed_,
      .sends = plain_sends}}};

}  // namespace

const Profile& profile(ProfileName name) { return profiles.at(static_cast<std::size_t>(name)); }

std::string guid_of(std::string_view text) {
  std::string hex = hex_encode(crypto::sha256(text).substr(0, 16));
  hex[12] = '4';
  hex[16] = 'a';
  for (const std::size_t at : {8, 13, 18, 23}) hex.insert(at, 1, '-');
  return hex;
}

std::string token_of(std::string_view prefix, std::string_view text, std::size_t length) {
  return std::string(prefix) + hex_encode(crypto::sha256(text)).substr(0, length);
}

std::string tenant_of(ConnectionId connection) { return guid_of("tenant " + connection.text()); }

std::string entity_id_of(const Profile& profile, ConnectionId connection,
                         std::string_view simulator_url) {
  const std::string id = connection.text();
  switch (profile.name) {
    case ProfileName::okta: return token_of("http://www.okta.com/exk", id, 17);
    case ProfileName::entra: return "https://sts.windows.net/" + tenant_of(connection) + "/";
    case ProfileName::google:
      return token_of("https://accounts.google.com/o/saml2?idpid=C0", id, 7);
    case ProfileName::adfs: return "http://adfs.example.com/adfs/services/trust";
    case ProfileName::pingfederate: return "urn:example:pingfederate";
    case ProfileName::onelogin: return "https://app.onelogin.com/saml/metadata/" + guid_of(id);
    case ProfileName::jumpcloud: return "JumpCloud";
    case ProfileName::shibboleth: return "https://idp.example.com/idp/shibboleth";
    case ProfileName::plain: return std::string(simulator_url) + "/saml/metadata";
  }
  ensure_failed("entity_id_of: not a ProfileName");
}

connections::SamlSigning signing_option(const Profile& profile) {
  switch (profile.signs) {
    case Signs::assertion: return connections::SamlSigning::assertion;
    case Signs::response: return connections::SamlSigning::response;
    case Signs::both: return connections::SamlSigning::both;
  }
  ensure_failed("signing_option: not a Signs");
}

connections::NameIdFormat name_id_option(const Profile& profile) {
  switch (profile.name_id) {
    case NameId::address: return connections::NameIdFormat::email;
    case NameId::unspecified:
    case NameId::absent: return connections::NameIdFormat::unspecified;
    case NameId::transient: return connections::NameIdFormat::transient;
    case NameId::persistent: return connections::NameIdFormat::persistent;
  }
  ensure_failed("name_id_option: not a NameId");
}

}  // namespace gatehouse::app::dev
