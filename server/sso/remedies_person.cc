// What providers say of the person, and sign-ins that they start.

#include "server/sso/remedies.h"

namespace gatehouse::sso {
namespace {

using enum Diagnosis;
using connections::Provider;

constexpr Remedy rows[] = {
    {email_missing, Provider::okta,
     "SAML: Okta Admin Console, the application, Attribute Statements: Name email, Value "
     "user.email. OpenID Connect: let the connection ask for the scope email."},
    {email_missing, Provider::microsoft_ad,
     "SAML: Entra admin center, the application, Attributes & Claims, Add new claim: Name email, "
     "Source attribute user.mail; guests and accounts without a mailbox have none: use "
     "user.userprincipalname for them. OpenID Connect: App registrations, the app, Token "
     "configuration, Add optional claim, ID, email."},
    {email_missing, Provider::google,
     "SAML: Google Admin console, the application, Attribute mapping: Primary email to App "
     "attribute email; and Name ID format EMAIL, Name ID Basic Information > Primary email. OAuth: "
     "let the connection ask for the scope email."},
    {email_missing, Provider::adfs,
     "AD FS Management, the trust, Edit Claim Issuance Policy, Send LDAP Attributes as Claims: "
     "E-Mail-Addresses to E-Mail Address. The account's field E-mail in Active Directory must be "
     "filled in."},
    {email_missing, Provider::ping_identity,
     "PingOne: the application, Attribute Mappings: add email, PingOne Mapping Email Address. "
     "PingFederate: the SP connection, Assertion Creation, Attribute Contract: extend it by email "
     "and fulfil it from the directory."},
    {email_missing, Provider::onelogin,
     "OneLogin Administration, the application, tab Parameters: add the field email, value Email, "
     "and check Include in SAML assertion."},
    {email_missing, Provider::jumpcloud,
     "JumpCloud Admin Portal, the application, tab SSO, Attributes, USER ATTRIBUTE MAPPING: "
     "Service Provider Attribute Name email, JumpCloud Attribute Name email. OpenID Connect: check "
     "Standard Scopes, Email."},
    {email_missing, Provider::auth0,
     "Auth0 Dashboard, the application, Addons, SAML2 Web App, Settings, \"mappings\": {\"email\": "
     "\"email\"}. OpenID Connect: let the connection ask for the scope email."},
    {email_missing, Provider::github,
     "GitHub tells addresses only with the scope user:email, and we take the primary one if it is "
     "verified: the person sees both under Settings, Emails."},
    {email_missing, Provider::gitlab,
     "GitLab, Applications, the application, Scopes: email and profile. The person's address must "
     "be confirmed under Preferences, Emails."},
    {email_missing, Provider::linkedin,
     "LinkedIn developer portal, the app, tab Products: Sign In with LinkedIn using OpenID Connect "
     "gives the scope email."},
    {email_missing, Provider::salesforce,
     "Salesforce Setup, App Manager, the app, Selected OAuth Scopes: Access the identity URL "
     "service (id, profile, email, address, phone)."},
    {email_missing, Provider::microsoft,
     "Entra admin center, App registrations, the app, Token configuration, Add optional claim, ID, "
     "email. Accounts without a mailbox have no address."},
    {email_malformed, Provider::microsoft_ad,
     "Entra admin center, the application, Attributes & Claims: take user.mail for email. "
     "user.userprincipalname of a guest looks like name_company.com#EXT#@tenant.onmicrosoft.com."},
    {email_malformed, Provider::adfs,
     "AD FS Management, the trust, Edit Claim Issuance Policy: take E-Mail-Addresses, not "
     "SAM-Account-Name or Token-Groups, for E-Mail Address."},
    {email_malformed, Provider::okta,
     "Okta Admin Console, the application, Attribute Statements: email must be user.email; "
     "user.login need not be an address."},
    {email_malformed, Provider::onelogin,
     "OneLogin Administration, the application, tab Parameters: the value of email must be Email, "
     "not Username."},
    {email_unverified, Provider::microsoft_ad,
     "Entra never says that an address is verified. Add and verify the domain for the "
     "organization; its people are trusted then. For others, Token configuration, optional claim "
     "xms_edov says it."},
    {email_unverified, Provider::microsoft,
     "Microsoft says it by the optional claim xms_edov only: App registrations, the app, Token "
     "configuration, Add optional claim, ID, email and xms_edov. Without it the person signs in by "
     "e-mail."},
    {email_unverified, Provider::github,
     "The person confirms the address at GitHub under Settings, Emails, and makes it the primary "
     "one."},
    {email_unverified, Provider::gitlab,
     "The person confirms the address at GitLab under Preferences, Emails."},
    {email_unverified, Provider::okta,
     "Okta's email_verified follows the status of the person's address in Okta. Add and verify the "
     "domain for the organization; its people are trusted then."},
    {idp_initiated_refused, Provider::okta,
     "Okta Admin Console, the application, tab General, App Settings: Do not display application "
     "icon to users; and add a Bookmark App with the application's sign-in address in its place."},
    {idp_initiated_refused, Provider::microsoft_ad,
     "Entra admin center, the application, Single sign-on, Basic SAML Configuration, Sign on URL: "
     "enter the application's sign-in address. My Apps then begins there."},
    {idp_initiated_refused, Provider::google,
     "Google Admin console, the application, Service provider details, Start URL does not help, "
     "for it is sent as RelayState. Hide the tile, or allow sign-ins that the provider starts."},
    {idp_initiated_refused, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration: SAML initiator Service "
     "Provider, and Login URL the application's sign-in address."},
    {idp_initiated_refused, Provider::jumpcloud,
     "JumpCloud Admin Portal, the application, tab SSO, Login URL: enter the application's sign-in "
     "address. The tile then begins there."},
    {idp_initiated_refused, Provider::ping_identity,
     "PingOne: the application, Configuration, TARGET APPLICATION URL, or hide it from the "
     "Application Portal. PingFederate: the SP connection, SAML Profiles: take the check from "
     "IdP-Initiated SSO."},
    {idp_initiated_refused, Provider::adfs,
     "Give people the application's sign-in address in the place of "
     "/adfs/ls/idpinitiatedsignon.aspx, or allow sign-ins that the provider starts."},
};

}  // namespace

std::span<const Remedy> person_remedies() { return rows; }

}  // namespace gatehouse::sso
