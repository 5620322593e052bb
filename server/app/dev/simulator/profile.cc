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

// clang-format off
constexpr std::array<Profile, profiles_count> profiles = {{
    {ProfileName::okta, "Okta", "saml2p", "saml2", unspecified, "xs:string", Signs::both,
     NameId::unspecified, {"email"}, {"firstName"}, {"lastName"}, {"groups"}, Groups::by_name,
     by_protected_password, minutes(5), minutes(5), minutes(5), Profile::Statement::always,
     Profile::Encryption::none, Profile::Logout::single, Profile::Padding::none, Profile::Refusal::signed_,
     Profile::Escapes::upper_case, okta_sends},
    {ProfileName::entra, "Microsoft Entra ID", "samlp", "", "", "", Signs::assertion,
     NameId::address, ws_email, ws_given, ws_family,
     {"http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"}, Groups::by_guid,
     by_password, minutes(5), minutes(65), minutes(5), Profile::Statement::always,
     Profile::Encryption::none, Profile::Logout::single, Profile::Padding::leading_blank, Profile::Refusal::unsigned_,
     Profile::Escapes::lower_case, entra_sends},
    {ProfileName::google, "Google Workspace", "saml2p", "saml2", "", "xs:anyType",
     Signs::assertion, NameId::address, {"email"}, {"firstName"}, {"lastName"}, {"groups"},
     Groups::by_name, by_something, minutes(5), minutes(5), minutes(5),
     Profile::Statement::when_filled, Profile::Encryption::none, Profile::Logout::none, Profile::Padding::none,
     Profile::Refusal::unsigned_, Profile::Escapes::upper_case, google_sends},
    {ProfileName::adfs, "AD FS", "samlp", "", "", "", Signs::assertion, NameId::absent,
     ws_email, ws_given, ws_family, {"http://schemas.xmlsoap.org/claims/Group"}, Groups::by_name,
     by_protected_password, minutes(0), minutes(60), minutes(5), Profile::Statement::always,
     Profile::Encryption::none, Profile::Logout::single, Profile::Padding::none, Profile::Refusal::signed_,
     Profile::Escapes::lower_case, adfs_sends},
    {ProfileName::pingfederate, "PingFederate", "samlp", "saml", basic, "xs:string",
     Signs::response, NameId::unspecified, {"mail"}, {"firstName"}, {"lastName"}, {"memberOf"},
     Groups::by_name, by_something, minutes(5), minutes(5), minutes(5),
     Profile::Statement::always, Profile::Encryption::none, Profile::Logout::single, Profile::Padding::none,
     Profile::Refusal::signed_, Profile::Escapes::upper_case, pingfederate_sends},
    {ProfileName::onelogin, "OneLogin", "samlp", "saml", basic, "xs:string", Signs::assertion,
     NameId::address, {"User.email"}, {"User.FirstName"}, {"User.LastName"}, {"memberOf"},
     Groups::joined, by_protected_password, minutes(3), minutes(3), minutes(3),
     Profile::Statement::always, Profile::Encryption::none, Profile::Logout::single, Profile::Padding::none,
     Profile::Refusal::unsigned_, Profile::Escapes::upper_case, onelogin_sends},
    {ProfileName::jumpcloud, "JumpCloud", "saml2p", "saml2", unspecified, "xs:string",
     Signs::response, NameId::address, {"email"}, {"firstname"}, {"lastname"}, {"memberOf"},
     Groups::by_name, by_protected_password, minutes(5), minutes(5), minutes(5),
     Profile::Statement::always, Profile::Encryption::none, Profile::Logout::single, Profile::Padding::none,
     Profile::Refusal::signed_, Profile::Escapes::upper_case, jumpcloud_sends},
    {ProfileName::shibboleth, "Shibboleth", "saml2p", "saml2", uri, "", Signs::response,
     NameId::transient, {"urn:oid:0.9.2342.19200300.100.1.3", "mail"},
     {"urn:oid:2.5.4.42", "givenName"}, {"urn:oid:2.5.4.4", "sn"},
     {"urn:oid:1.3.6.1.4.1.5923.1.5.1.1", "isMemberOf"}, Groups::by_name, by_protected_password,
     minutes(0), minutes(5), minutes(5), Profile::Statement::always,
     Profile::Encryption::where_offered, Profile::Logout::single, Profile::Padding::none, Profile::Refusal::signed_,
     Profile::Escapes::upper_case, shibboleth_sends},
    {ProfileName::plain, "Plain", "samlp", "saml", basic, "", Signs::both, NameId::persistent,
     {"email"}, {"given_name"}, {"family_name"}, {"groups"}, Groups::by_name,
     by_protected_password, minutes(1), minutes(5), minutes(5), Profile::Statement::always,
     Profile::Encryption::none, Profile::Logout::single, Profile::Padding::none, Profile::Refusal::signed_,
     Profile::Escapes::upper_case, plain_sends},
}};
// clang-format on

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
