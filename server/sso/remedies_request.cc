// Where the provider refuses before it answers.

#include "server/sso/remedies.h"

namespace gatehouse::sso {
namespace {

using enum Diagnosis;
using connections::Provider;

constexpr Remedy rows[] = {
    {provider_refused, Provider::okta,
     "Okta Admin Console, Applications, the application, tab Assignments: assign the person or one "
     "of their groups. Then look at tab Sign On, section User authentication, for an "
     "authentication policy that denies."},
    {provider_refused, Provider::microsoft_ad,
     "Entra admin center, Enterprise applications, the application, Users and groups: assign the "
     "person or a group (groups inside groups do not count), or set Assignment required? to No "
     "under Properties. AADSTS50105 means that the person is not assigned, AADSTS53003 that a "
     "Conditional Access policy denied."},
    {provider_refused, Provider::google,
     "Google Admin console, Apps, Web and mobile apps, the application, User access: turn it ON "
     "for the person's organizational unit. Until then Google shows 403 "
     "app_not_configured_for_user. A change takes up to 24 hours, mostly minutes."},
    {provider_refused, Provider::adfs,
     "AD FS Management, Relying Party Trusts, the trust, Edit Access Control Policy: permit the "
     "person or a group. The event log AD FS/Admin names the rule that denied."},
    {provider_refused, Provider::ping_identity,
     "PingOne: Applications, the application, tab Access: add a group the person is in, or leave "
     "the list empty. PingFederate: Applications, SP Connections, the connection, Assertion "
     "Creation, Issuance Criteria."},
    {provider_refused, Provider::onelogin,
     "OneLogin Administration, Applications, the application, tab Access: add a role of the "
     "person's, and look at tab Rules and the app policy."},
    {provider_refused, Provider::jumpcloud,
     "JumpCloud Admin Portal, SSO Applications, the application, tab User Groups: check a group "
     "the person is in. Then look at Conditional Policies."},
    {provider_refused, Provider::auth0,
     "Auth0 Dashboard, Applications, the application, tab Connections: switch on the connection "
     "that the person signs in by. Then look at Actions, Triggers, post-login: api.access.deny is "
     "where a sign-in is refused."},
    {provider_request_refused, Provider::okta,
     "Okta Admin Console, the application, tab General, SAML Settings: with Signed Requests "
     "checked, Name ID format must be the one that the connection asks for (idp_name_id_format), "
     "and Signature Certificate our certificate. Of OpenID Connect: Sign-in redirect URIs must "
     "hold our redirect URI."},
    {provider_request_refused, Provider::microsoft_ad,
     "Entra admin center, Enterprise applications, the application, Single sign-on, Basic SAML "
     "Configuration. AADSTS700016 or AADSTS650056: Identifier (Entity ID) must be our entity ID, "
     "in this tenant. AADSTS50011: Reply URL must be our assertion consumer service URL. "
     "AADSTS76021: Require verification certificates is on and our certificate is not uploaded. "
     "AADSTS75011: the request asks for an authentication context; ours never do."},
    {provider_request_refused, Provider::google,
     "Google Admin console, Apps, Web and mobile apps, the application, Service provider details: "
     "Entity ID must be our entity ID (else 403 app_not_configured) and ACS URL our assertion "
     "consumer service URL (else 403 app_not_enabled or invalid request). Of OAuth: Google Cloud "
     "console, Credentials, Authorized redirect URIs."},
    {provider_request_refused, Provider::adfs,
     "AD FS Management, Relying Party Trusts, the trust, Properties. Identifiers must hold our "
     "entity ID (MSIS0037, MSIS7007). Endpoints must hold our assertion consumer service URL with "
     "binding POST (MSIS3200). MSIS7070, MSIS1000: the NameIDPolicy cannot be met; make a claim "
     "rule that sends Name ID in that format, or set the connection's idp_name_id_format to "
     "UNSPECIFIED. MSIS3055: the request is signed with a certificate that is not under "
     "Signature."},
    {provider_request_refused, Provider::ping_identity,
     "PingOne: Applications, the application, Configuration: ENTITY ID and ACS URLS must be ours, "
     "and with Enforce Signed AuthnRequest our certificate must stand under Verification "
     "Certificate. PingFederate: the SP connection must be Active, Partner's Entity ID be our "
     "entity ID, SAML Profiles include SP-Initiated SSO, and Allowable SAML Bindings include the "
     "one that the connection uses."},
    {provider_request_refused, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration: ACS (Consumer) URL Validator is "
     "a regular expression that must match our assertion consumer service URL, and Audience "
     "(EntityID) must be our entity ID. Of OpenID Connect: Redirect URI's must hold our redirect "
     "URI."},
    {provider_request_refused, Provider::jumpcloud,
     "JumpCloud Admin Portal, SSO Applications, the application, tab SSO: SP Entity ID and ACS "
     "URLs must be ours. For requests by redirect, check Declare Redirect Endpoint. With signed "
     "requests, upload our certificate as SP Certificate."},
    {provider_request_refused, Provider::auth0,
     "Auth0 Dashboard, Applications, the application: Addons, SAML2 Web App, Application Callback "
     "URL must be our assertion consumer service URL; of OpenID Connect, Allowed Callback URLs "
     "must hold our redirect URI."},
    {provider_request_refused, Provider::github,
     "GitHub, Settings, Developer settings, OAuth Apps, the app: Authorization callback URL must "
     "be our redirect URI (redirect_uri_mismatch)."},
    {provider_request_refused, Provider::gitlab,
     "GitLab, Applications, the application: Redirect URI must hold our redirect URI, and Scopes "
     "openid, profile and email must be checked."},
    {provider_request_refused, Provider::linkedin,
     "LinkedIn developer portal, the app, tab Auth: Authorized redirect URLs for your app must "
     "hold our redirect URI; tab Products: add Sign In with LinkedIn using OpenID Connect "
     "(unauthorized_scope_error)."},
    {provider_request_refused, Provider::salesforce,
     "Salesforce Setup, App Manager, the app: Callback URL must hold our redirect URI, and "
     "Selected OAuth Scopes openid, profile and email. A new app takes up to ten minutes to work."},
    {provider_request_refused, Provider::microsoft,
     "Entra admin center, App registrations, the app, Authentication: platform Web, Redirect URIs "
     "must hold our redirect URI (AADSTS50011), and Supported account types must include whom you "
     "want (AADSTS50020, AADSTS50194)."},
    {answer_missing, Provider::adfs,
     "AD FS Management, Relying Party Trusts, the trust, Properties, Endpoints: the SAML Assertion "
     "Consumer endpoint must have binding POST, not Artifact or Redirect."},
    {answer_missing, Provider::ping_identity,
     "PingFederate: the SP connection, Browser SSO, Protocol Settings, Assertion Consumer Service "
     "URL: binding POST. PingOne: ACS URLS are always called by POST; compare the address."},
    {metadata_malformed, Provider::okta,
     "Okta Admin Console, the application, tab Sign On: copy Metadata URL "
     "(https://ORG.okta.com/app/…/sso/saml/metadata), not the Sign on URL."},
    {metadata_malformed, Provider::microsoft_ad,
     "Entra admin center, the application, Single sign-on, SAML Certificates: copy App Federation "
     "Metadata Url, with ?appid= at its end."},
    {metadata_malformed, Provider::google,
     "Google publishes no metadata address. Google Admin console, the application, Download "
     "metadata: give the file to `gatehouse admin connection update --metadata-file`."},
    {metadata_malformed, Provider::adfs,
     "The address is https://HOST/FederationMetadata/2007-06/FederationMetadata.xml; AD FS "
     "Management, Service, Endpoints, section Metadata shows whether it is enabled."},
    {metadata_malformed, Provider::ping_identity,
     "PingOne: Applications, the application, Overview, IDP Metadata URL. PingFederate: System, "
     "Protocol Metadata, Metadata Export makes a file; an address is "
     "https://HOST:9031/pf/federation_metadata.ping?PartnerSpId=OUR-ENTITY-ID."},
    {metadata_malformed, Provider::onelogin,
     "OneLogin Administration, the application, tab SSO: copy Issuer URL, which is the address of "
     "its metadata, or take More Actions, SAML Metadata."},
    {metadata_malformed, Provider::jumpcloud,
     "JumpCloud Admin Portal, SSO Applications, the application, tab SSO: Copy Metadata URL or "
     "Export Metadata. There is none before the application was activated once."},
    {metadata_malformed, Provider::auth0,
     "Auth0 Dashboard, the application, Addons, SAML2 Web App, tab Usage: Identity Provider "
     "Metadata (https://TENANT/samlp/metadata/CLIENT-ID)."},
    {discovery_issuer_mismatch, Provider::microsoft_ad,
     "The issuer of one tenant is https://login.microsoftonline.com/TENANT-ID/v2.0, with the "
     "Directory (tenant) ID from the app's Overview. The domain's name in its place, and addresses "
     "without /v2.0, name another issuer."},
    {discovery_issuer_mismatch, Provider::okta,
     "Okta Admin Console, Security, API, Authorization Servers, or the application's tab Sign On, "
     "OpenID Connect ID Token, Issuer: it is https://ORG.okta.com or "
     "https://ORG.okta.com/oauth2/default, without a slash at the end, and with your own domain "
     "where one is in use."},
    {discovery_issuer_mismatch, Provider::auth0,
     "The issuer is https://TENANT/ with a slash at the end, and your custom domain where sign-ins "
     "go by it."},
    {discovery_issuer_mismatch, Provider::adfs,
     "The issuer is https://HOST/adfs: AD FS Management, Edit Federation Service Properties shows "
     "the host under Federation Service name."},
    {discovery_issuer_mismatch, Provider::ping_identity,
     "PingOne: the application, Overview, Issuer ID: "
     "https://auth.pingone.REGION/ENVIRONMENT-ID/as. PingFederate: System, Server, Protocol "
     "Settings, Federation Info, Base URL."},
    {discovery_issuer_mismatch, Provider::onelogin,
     "OneLogin Administration, the application, tab SSO, Issuer URL: "
     "https://SUBDOMAIN.onelogin.com/oidc/2."},
    {discovery_issuer_mismatch, Provider::jumpcloud,
     "The issuer is https://oauth.id.jumpcloud.com/ with a slash at the end."},
    {provider_address_refused, Provider::adfs,
     "An AD FS farm inside the company has no public address. Publish it by the Web Application "
     "Proxy, or leave metadata and enter entity ID, sign-on address and the Token-signing "
     "certificate by hand: people's browsers reach it, this server need not."},
};

}  // namespace

std::span<const Remedy> request_remedies() { return rows; }

}  // namespace gatehouse::sso
