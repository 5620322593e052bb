// What a SAML assertion says: for whom, to where, until when, of whom.

#include "server/sso/remedies.h"

namespace gatehouse::sso {
namespace {

using enum Diagnosis;
using connections::Provider;

constexpr Remedy rows[] = {
    {issuer_mismatch, Provider::okta,
     "Each Okta application has an issuer of its own, http://www.okta.com/exk…, with http. Copy it "
     "from the application's tab Sign On, View SAML setup instructions, Identity Provider Issuer."},
    {issuer_mismatch, Provider::microsoft_ad,
     "Entra's issuer is https://sts.windows.net/TENANT-ID/ with the slash at the end: Single "
     "sign-on, Set up, Microsoft Entra Identifier. With Append application ID to issuer "
     "(Attributes & Claims, Advanced SAML claims options) it is longer."},
    {issuer_mismatch, Provider::google,
     "Google's issuer is https://accounts.google.com/o/saml2?idpid=C…: Google Admin console, the "
     "application, Download metadata, Entity ID. The SSO URL is another address."},
    {issuer_mismatch, Provider::adfs,
     "AD FS's issuer is http://HOST/adfs/services/trust, with http: AD FS Management, Edit "
     "Federation Service Properties, Federation Service identifier."},
    {issuer_mismatch, Provider::ping_identity,
     "PingOne: the application, Overview, Issuer ID. PingFederate: System, Server, Protocol "
     "Settings, Federation Info, SAML 2.0 Entity ID, or a virtual server ID where the SP "
     "connection has one."},
    {issuer_mismatch, Provider::onelogin,
     "OneLogin Administration, the application, tab SSO, Issuer URL: "
     "https://app.onelogin.com/saml/metadata/ID. With SAML issuer type Generic it is a common one: "
     "choose Specific."},
    {issuer_mismatch, Provider::jumpcloud,
     "JumpCloud Admin Portal, the application, tab SSO, IdP Entity ID: it is typed by hand. Put "
     "the same into the connection, or better the address of our entity ID into both."},
    {issuer_mismatch, Provider::auth0,
     "Auth0's issuer is urn:TENANT-DOMAIN, as under Addons, SAML2 Web App, tab Usage, Issuer; it "
     "changes with \"issuer\" in Settings and with a custom domain."},
    {destination_mismatch, Provider::okta,
     "Okta Admin Console, the application, tab General, SAML Settings: Single sign-on URL, with "
     "Use this for Recipient URL and Destination URL checked."},
    {destination_mismatch, Provider::microsoft_ad,
     "Entra admin center, the application, Single sign-on, Basic SAML Configuration: Reply URL "
     "(Assertion Consumer Service URL), and mark it Default."},
    {destination_mismatch, Provider::google,
     "Google Admin console, the application, Service provider details: ACS URL."},
    {destination_mismatch, Provider::adfs,
     "AD FS Management, Relying Party Trusts, the trust, Properties, Endpoints: Trusted URL of the "
     "SAML Assertion Consumer endpoint; check Set the trusted URL as default."},
    {destination_mismatch, Provider::ping_identity,
     "PingOne: the application, Configuration, ACS URLS. PingFederate: the SP connection, Browser "
     "SSO, Protocol Settings, Assertion Consumer Service URL; Base URL under General Info is put "
     "in front of relative ones."},
    {destination_mismatch, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration: ACS (Consumer) URL, and the "
     "same in ACS (Consumer) URL Validator with dots and slashes escaped."},
    {destination_mismatch, Provider::jumpcloud,
     "JumpCloud Admin Portal, the application, tab SSO: ACS URLs; mark ours as default."},
    {destination_mismatch, Provider::auth0,
     "Auth0 Dashboard, the application, Addons, SAML2 Web App: Application Callback URL; leave "
     "\"destination\" out of Settings."},
    {recipient_mismatch, Provider::okta,
     "Okta Admin Console, the application, tab General, SAML Settings: check Use this for "
     "Recipient URL and Destination URL, or correct Recipient URL."},
    {recipient_mismatch, Provider::microsoft_ad,
     "Entra admin center, the application, Single sign-on, Basic SAML Configuration: Reply URL "
     "(Assertion Consumer Service URL), and mark it Default."},
    {recipient_mismatch, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration: Recipient. Empty, it is the ACS "
     "(Consumer) URL."},
    {recipient_mismatch, Provider::auth0,
     "Auth0 Dashboard, the application, Addons, SAML2 Web App, Settings: leave \"recipient\" out, "
     "or set it to our assertion consumer service URL."},
    {recipient_mismatch, Provider::google,
     "Google Admin console, the application, Service provider details: ACS URL."},
    {recipient_mismatch, Provider::adfs,
     "AD FS Management, Relying Party Trusts, the trust, Properties, Endpoints: Trusted URL."},
    {audience_mismatch, Provider::okta,
     "Okta Admin Console, the application, tab General, SAML Settings: Audience URI (SP Entity "
     "ID)."},
    {audience_mismatch, Provider::microsoft_ad,
     "Entra admin center, the application, Single sign-on, Basic SAML Configuration: Identifier "
     "(Entity ID), and mark it Default where there are several. Audience override under Advanced "
     "SAML claims options must be empty."},
    {audience_mismatch, Provider::google,
     "Google Admin console, the application, Service provider details: Entity ID."},
    {audience_mismatch, Provider::adfs,
     "AD FS Management, Relying Party Trusts, the trust, Properties, Identifiers: Relying party "
     "identifiers."},
    {audience_mismatch, Provider::ping_identity,
     "PingOne: the application, Configuration, ENTITY ID. PingFederate: the SP connection, General "
     "Info, Partner's Entity ID (Connection ID)."},
    {audience_mismatch, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration: Audience (EntityID)."},
    {audience_mismatch, Provider::jumpcloud,
     "JumpCloud Admin Portal, the application, tab SSO: SP Entity ID. It is not IdP Entity ID, "
     "which stands above it."},
    {audience_mismatch, Provider::auth0,
     "Auth0 Dashboard, the application, Addons, SAML2 Web App, Settings: \"audience\". Without it "
     "Auth0 takes urn:auth0:…"},
    {audience_missing, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration: Audience (EntityID) is empty; "
     "enter our entity ID."},
    {audience_missing, Provider::auth0,
     "Auth0 Dashboard, the application, Addons, SAML2 Web App, Settings: \"audience\" with our "
     "entity ID."},
    {assertion_expired, Provider::adfs,
     "AD FS allows no differing clocks by itself: Set-AdfsRelyingPartyTrust -TargetName NAME "
     "-NotBeforeSkew 2, and w32tm /resync on the server."},
    {assertion_not_yet_valid, Provider::adfs,
     "Set-AdfsRelyingPartyTrust -TargetName NAME -NotBeforeSkew 2, and w32tm /resync on the AD FS "
     "server."},
    {assertion_expired, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration: SAML not valid on or after is "
     "in minutes and should be at least 3; SAML not valid before likewise."},
    {assertion_not_yet_valid, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration: SAML not valid before: 3 "
     "minutes."},
    {assertion_expired, Provider::ping_identity,
     "PingOne: the application, Configuration, ASSERTION VALIDITY DURATION: 300 seconds. "
     "PingFederate: the SP connection, Browser SSO, Assertion Lifetime: Minutes Before 5, Minutes "
     "After 5."},
    {assertion_not_yet_valid, Provider::ping_identity,
     "PingFederate: the SP connection, Browser SSO, Assertion Lifetime: Minutes Before 5. With "
     "PingOne, this server's clock is behind."},
    {assertion_too_long_lived, Provider::auth0,
     "Auth0 Dashboard, the application, Addons, SAML2 Web App, Settings: \"lifetimeInSeconds\": "
     "3600."},
    {assertion_too_long_lived, Provider::ping_identity,
     "PingOne: the application, Configuration, ASSERTION VALIDITY DURATION: 300 seconds. "
     "PingFederate: the SP connection, Browser SSO, Assertion Lifetime: Minutes After 5."},
    {assertion_too_long_lived, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration: SAML not valid on or after: 3 "
     "minutes."},
    {name_id_missing, Provider::adfs,
     "AD FS sends no Name ID unless a rule makes one. The trust, Edit Claim Issuance Policy: Send "
     "LDAP Attributes as Claims (E-Mail-Addresses to E-Mail Address), then Transform an Incoming "
     "Claim (E-Mail Address to Name ID, format Email)."},
    {name_id_missing, Provider::okta,
     "Okta Admin Console, the application, tab General, SAML Settings: Application username must "
     "yield a value for this person: tab Assignments, the person, User Name."},
    {name_id_missing, Provider::microsoft_ad,
     "Entra admin center, the application, Attributes & Claims, Unique User Identifier (Name ID): "
     "its source attribute is empty for this person; user.mail often is, user.objectid never."},
    {name_id_missing, Provider::ping_identity,
     "PingOne: the application, Attribute Mappings, saml_subject. PingFederate: the SP connection, "
     "Assertion Creation, Attribute Contract Fulfillment, SAML_SUBJECT."},
    {name_id_transient, Provider::microsoft_ad,
     "Entra admin center, the application, Attributes & Claims, Unique User Identifier (Name ID), "
     "Name identifier format: Persistent or Email address; and idp_name_id_format of the "
     "connection must not be TRANSIENT."},
    {name_id_transient, Provider::okta,
     "Okta Admin Console, the application, tab General, SAML Settings, Name ID format: "
     "EmailAddress or Persistent."},
    {name_id_transient, Provider::ping_identity,
     "PingOne: the application, Configuration, SUBJECT NAMEID FORMAT: persistent or emailAddress. "
     "PingFederate: the SP connection, Assertion Creation, Identity Mapping: Standard, not "
     "Transient."},
    {name_id_transient, Provider::jumpcloud,
     "JumpCloud Admin Portal, the application, tab SSO, SAMLSubject NameID Format: …:persistent or "
     "…:emailAddress."},
    {name_id_transient, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration, SAML nameID format: Email or "
     "Persistent."},
    {name_id_transient, Provider::adfs,
     "AD FS Management, the trust, Edit Claim Issuance Policy, the rule that transforms to Name "
     "ID: Outgoing name ID format Email or Persistent Identifier."},
    {message_too_long, Provider::microsoft_ad,
     "Entra admin center, the application, Attributes & Claims, the group claim: Groups assigned "
     "to the application instead of All groups."},
    {message_too_long, Provider::okta,
     "Okta Admin Console, the application, tab General, Group Attribute Statements: a narrower "
     "Filter."},
    {message_too_long, Provider::adfs,
     "AD FS Management, the trust, Edit Claim Issuance Policy: Send Group Membership as a Claim "
     "for each group that matters, in the place of all token groups."},
};

}  // namespace

std::span<const Remedy> saml_assertion_remedies() { return rows; }

}  // namespace gatehouse::sso
