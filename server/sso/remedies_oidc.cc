// OpenID Connect and OAuth: enterprise providers and social login.

#include "server/sso/remedies.h"

namespace gatehouse::sso {
namespace {

using enum Diagnosis;
using connections::Provider;

constexpr Remedy rows[] = {
    {token_client_refused, Provider::okta,
     "Okta Admin Console, the application, tab General, Client Credentials: Client authentication "
     "must be Client secret, and the secret under CLIENT SECRETS must be Active. Copy it anew."},
    {token_client_refused, Provider::microsoft_ad,
     "Entra admin center, App registrations, the app, Certificates & secrets: copy the Value of a "
     "client secret, not its Secret ID (AADSTS7000215), and look when it Expires (AADSTS7000222). "
     "It is shown only once: New client secret makes another."},
    {token_client_refused, Provider::microsoft,
     "Entra admin center, App registrations, the app, Certificates & secrets: copy the Value of a "
     "client secret, not its Secret ID (AADSTS7000215), and look when it Expires (AADSTS7000222). "
     "It is shown only once: New client secret makes another."},
    {token_client_refused, Provider::google,
     "Google Cloud console, APIs & Services, Credentials, the OAuth 2.0 client: compare Client ID "
     "and Client secret; the type must be Web application."},
    {token_client_refused, Provider::adfs,
     "AD FS Management, Application Groups, the group, the Server application: compare Client "
     "Identifier, and under Credentials Reset the shared secret. Set token_auth_type to "
     "URL_PARAMS."},
    {token_client_refused, Provider::ping_identity,
     "PingOne: the application, Overview, Client Secret; Configuration, TOKEN ENDPOINT "
     "AUTHENTICATION METHOD must be the connection's token_auth_type. PingFederate: Applications, "
     "OAuth, Clients, the client, Client Authentication: Client Secret."},
    {token_client_refused, Provider::onelogin,
     "OneLogin Administration, the application, tab SSO: Show client secret, and Token Endpoint, "
     "Authentication Method: Basic for BASIC_AUTH, POST for URL_PARAMS."},
    {token_client_refused, Provider::jumpcloud,
     "JumpCloud Admin Portal, the application, tab SSO, Client Authentication Type: Client Secret "
     "Basic for BASIC_AUTH, Client Secret POST for URL_PARAMS. Regenerate the secret if it is "
     "lost."},
    {token_client_refused, Provider::auth0,
     "Auth0 Dashboard, the application, tab Settings: Client ID and Client Secret; tab "
     "Credentials, Authentication Method: Client Secret (Basic) for BASIC_AUTH, (Post) for "
     "URL_PARAMS."},
    {token_client_refused, Provider::github,
     "GitHub, Settings, Developer settings, OAuth Apps, the app: Generate a new client secret "
     "(incorrect_client_credentials)."},
    {token_client_refused, Provider::gitlab,
     "GitLab, Applications, the application: Renew secret, and check Confidential."},
    {token_client_refused, Provider::linkedin,
     "LinkedIn developer portal, the app, tab Auth: Client ID and Primary Client Secret."},
    {token_client_refused, Provider::salesforce,
     "Salesforce Setup, App Manager, the app, Manage Consumer Details: Consumer Key and Consumer "
     "Secret; Require Secret for Web Server Flow may stay on."},
    {token_redirect_refused, Provider::okta,
     "Okta Admin Console, the application, tab General, LOGIN, Sign-in redirect URIs."},
    {token_redirect_refused, Provider::microsoft_ad,
     "Entra admin center, App registrations, the app, Authentication: our redirect URI must stand "
     "under the platform Web, not Single-page application or Mobile (AADSTS50011, AADSTS9002325)."},
    {token_redirect_refused, Provider::microsoft,
     "Entra admin center, App registrations, the app, Authentication: our redirect URI must stand "
     "under the platform Web, not Single-page application or Mobile (AADSTS50011, AADSTS9002325)."},
    {token_redirect_refused, Provider::google,
     "Google Cloud console, APIs & Services, Credentials, the OAuth 2.0 client, Authorized "
     "redirect URIs (redirect_uri_mismatch). A change takes five minutes, at times hours."},
    {token_redirect_refused, Provider::github,
     "GitHub, Settings, Developer settings, OAuth Apps, the app, Authorization callback URL: one "
     "only; several environments need several apps."},
    {token_redirect_refused, Provider::auth0,
     "Auth0 Dashboard, the application, tab Settings, Allowed Callback URLs."},
    {token_redirect_refused, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration, Redirect URI's: one a line."},
    {token_redirect_refused, Provider::adfs,
     "AD FS Management, Application Groups, the group, the Server application, Redirect URI."},
    {token_redirect_refused, Provider::ping_identity,
     "PingOne: the application, Configuration, REDIRECT URIS. PingFederate: Applications, OAuth, "
     "Clients, the client, Redirect URIS."},
    {token_redirect_refused, Provider::jumpcloud,
     "JumpCloud Admin Portal, the application, tab SSO, Redirect URIs."},
    {id_token_missing, Provider::microsoft_ad,
     "Entra admin center, App registrations, the app, API permissions: Microsoft Graph, Delegated, "
     "openid, profile, email; and Grant admin consent. Let the connection ask for openid."},
    {id_token_missing, Provider::ping_identity,
     "PingOne: the application, Resources: allow the scope openid. PingFederate: the client's "
     "Restrict Common Scopes must leave openid, and its Default Access Token Manager be set."},
    {id_token_missing, Provider::linkedin,
     "LinkedIn developer portal, the app, tab Products: add Sign In with LinkedIn using OpenID "
     "Connect."},
    {id_token_missing, Provider::salesforce,
     "Salesforce Setup, App Manager, the app, Selected OAuth Scopes: Allow access to your unique "
     "identifier (openid)."},
    {id_token_missing, Provider::gitlab,
     "GitLab, Applications, the application, Scopes: check openid."},
    {id_token_issuer_mismatch, Provider::microsoft_ad,
     "Take the issuer of version 2: https://login.microsoftonline.com/TENANT-ID/v2.0. An issuer "
     "https://sts.windows.net/TENANT-ID/ means a token of version 1: App registrations, the app, "
     "Manifest, accessTokenAcceptedVersion 2, and addresses with /v2.0."},
    {id_token_issuer_mismatch, Provider::okta,
     "The ID token comes from another authorization server than the connection names: the "
     "application's tab Sign On, OpenID Connect ID Token, Issuer: choose Okta URL or Custom URL in "
     "the place of Dynamic."},
    {id_token_issuer_mismatch, Provider::auth0,
     "https://TENANT.auth0.com/ and the custom domain are two issuers: take the one that the "
     "authorize address has, with the slash at the end."},
    {id_token_algorithm_refused, Provider::auth0,
     "Auth0 Dashboard, the application, Settings, Advanced Settings, OAuth, JsonWebToken Signature "
     "Algorithm: RS256."},
    {id_token_algorithm_refused, Provider::ping_identity,
     "PingFederate: Applications, OAuth, OpenID Connect Policy Management and the client's ID "
     "Token Signing Algorithm: RSA using SHA-256. PingOne always uses RS256."},
    {id_token_key_unknown, Provider::microsoft_ad,
     "An app with custom claims has keys of its own: add ?appid=CLIENT-ID to the discovery address "
     "(discovery_endpoint)."},
    {id_token_key_unknown, Provider::okta,
     "Okta Admin Console, Security, API, Authorization Servers: with manual rotation, the key must "
     "still be published. The connection's issuer must be the server that signs, not the "
     "organization."},
    {tenant_refused, Provider::microsoft_ad,
     "The connection's issuer holds the tenant that may sign in. The `tid` received is the "
     "person's: somebody of another company, or a personal account "
     "(9188040d-6c67-4c5b-b112-36a304b66dad)."},
    {tenant_refused, Provider::microsoft,
     "tenant_id of the connection says who may come: common for everybody, organizations for "
     "companies, consumers for personal accounts, or one tenant's id."},
    {tenant_refused, Provider::google,
     "Sign in with the account of the company, not a personal one. Google Cloud console, OAuth "
     "consent screen, User type Internal lets in nobody else in the first place."},
    {profile_request_failed, Provider::github,
     "The app lacks user:email, or the organization has not approved it: GitHub, organization "
     "Settings, Third-party access, OAuth app policy."},
    {profile_request_failed, Provider::linkedin,
     "LinkedIn developer portal, the app, tab Products: Sign In with LinkedIn using OpenID "
     "Connect; the older Sign In with LinkedIn has another profile."},
    {profile_request_failed, Provider::salesforce,
     "Salesforce Setup, App Manager, the app, Selected OAuth Scopes: Access the identity URL "
     "service (id, profile, email, address, phone)."},
    {profile_request_failed, Provider::okta,
     "Okta Admin Console, Security, API, Authorization Servers, the server, Access Policies: the "
     "rule must allow the scopes profile and email."},
};

}  // namespace

std::span<const Remedy> oidc_remedies() { return rows; }

}  // namespace gatehouse::sso
