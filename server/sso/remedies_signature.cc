// Signatures and encryption of SAML answers.

#include "server/sso/remedies.h"

namespace gatehouse::sso {
namespace {

using enum Diagnosis;
using connections::Provider;

constexpr Remedy rows[] = {
    {signature_missing, Provider::okta,
     "Okta Admin Console, the application, tab General, SAML Settings, Show Advanced Settings: "
     "Response and Assertion Signature must be Signed."},
    {signature_missing, Provider::microsoft_ad,
     "Entra admin center, the application, Single sign-on, SAML Certificates, Edit: choose a "
     "Signing Option, and look that one certificate is Active."},
    {signature_missing, Provider::ping_identity,
     "PingOne: the application, Configuration, SIGNING KEY: choose Sign Assertion & Response. "
     "PingFederate: the SP connection, Browser SSO, Protocol Settings, Signature Policy: check "
     "Always Sign Assertion."},
    {signature_missing, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration, SAML signature element: "
     "Assertion, Response or Both."},
    {signature_missing, Provider::jumpcloud,
     "JumpCloud Admin Portal, the application, tab SSO, Sign: Assertion, Response or both."},
    {signature_missing, Provider::adfs,
     "PowerShell on the AD FS server: Set-AdfsRelyingPartyTrust -TargetName NAME "
     "-SamlResponseSignature MessageAndAssertion."},
    {signature_of_response_missing, Provider::okta,
     "Okta Admin Console, the application, tab General, SAML Settings, Show Advanced Settings, "
     "Response: Signed."},
    {signature_of_response_missing, Provider::microsoft_ad,
     "Entra signs the assertion only, unless told otherwise. Entra admin center, the application, "
     "Single sign-on, SAML Certificates, Edit, Signing Option: Sign SAML response and assertion."},
    {signature_of_response_missing, Provider::google,
     "Google signs the assertion, and with the box Signed response the response in its place, "
     "never both. Google Admin console, the application, Service provider details: check Signed "
     "response, or let the connection accept either."},
    {signature_of_response_missing, Provider::adfs,
     "PowerShell on the AD FS server: Set-AdfsRelyingPartyTrust -TargetName NAME "
     "-SamlResponseSignature MessageAndAssertion; without it AD FS signs the assertion only."},
    {signature_of_response_missing, Provider::ping_identity,
     "PingOne: the application, Configuration, SIGNING KEY: Sign Assertion & Response. "
     "PingFederate: the SP connection, Protocol Settings, Signature Policy: check Sign Response As "
     "Required."},
    {signature_of_response_missing, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration, SAML signature element: "
     "Response or Both."},
    {signature_of_response_missing, Provider::jumpcloud,
     "JumpCloud Admin Portal, the application, tab SSO, Sign: Response, or both."},
    {signature_of_response_missing, Provider::auth0,
     "Auth0 Dashboard, the application, Addons, SAML2 Web App, Settings: \"signResponse\": true "
     "signs the response in the place of the assertion; better let the connection accept either."},
    {signature_of_assertion_missing, Provider::okta,
     "Okta Admin Console, the application, tab General, SAML Settings, Show Advanced Settings, "
     "Assertion Signature: Signed."},
    {signature_of_assertion_missing, Provider::microsoft_ad,
     "Entra admin center, the application, Single sign-on, SAML Certificates, Edit, Signing "
     "Option: Sign SAML assertion, or Sign SAML response and assertion."},
    {signature_of_assertion_missing, Provider::google,
     "Google signs the response in the place of the assertion while the box Signed response is "
     "checked. Google Admin console, the application, Service provider details: take the check "
     "away, or let the connection accept either."},
    {signature_of_assertion_missing, Provider::adfs,
     "PowerShell on the AD FS server: Set-AdfsRelyingPartyTrust -TargetName NAME "
     "-SamlResponseSignature AssertionOnly, or MessageAndAssertion."},
    {signature_of_assertion_missing, Provider::ping_identity,
     "PingOne: the application, Configuration, SIGNING KEY: Sign Assertion, or Sign Assertion & "
     "Response. PingFederate: the SP connection, Protocol Settings, Signature Policy: check Always "
     "Sign Assertion."},
    {signature_of_assertion_missing, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration, SAML signature element: "
     "Assertion or Both."},
    {signature_of_assertion_missing, Provider::jumpcloud,
     "JumpCloud Admin Portal, the application, tab SSO, Sign: Assertion, or both."},
    {signature_of_assertion_missing, Provider::auth0,
     "Auth0 Dashboard, the application, Addons, SAML2 Web App, Settings: \"signResponse\": false."},
    {signature_algorithm_weak, Provider::okta,
     "Okta Admin Console, the application, tab General, SAML Settings, Show Advanced Settings: "
     "Signature Algorithm RSA-SHA256, Digest Algorithm SHA256. An old application may have a SHA-1 "
     "certificate: tab Sign On, SAML Signing Certificates, Generate new certificate, then "
     "Activate."},
    {signature_algorithm_weak, Provider::microsoft_ad,
     "Entra admin center, the application, Single sign-on, SAML Certificates, Edit, Signing "
     "Algorithm: SHA-256."},
    {signature_algorithm_weak, Provider::adfs,
     "AD FS Management, Relying Party Trusts, the trust, Properties, Advanced, Secure hash "
     "algorithm: SHA-256."},
    {signature_algorithm_weak, Provider::ping_identity,
     "PingOne: the application, Configuration, SIGNING KEY, Signing Algorithm: RSA_SHA256. "
     "PingFederate: the SP connection, Credentials, Digital Signature Settings, Signing Algorithm: "
     "RSA SHA256."},
    {signature_algorithm_weak, Provider::onelogin,
     "OneLogin Administration, the application, tab SSO, SAML Signature Algorithm: SHA-256. SHA-1 "
     "is what it begins with."},
    {signature_algorithm_weak, Provider::jumpcloud,
     "JumpCloud Admin Portal, the application, tab SSO, Signature Algorithm: RSA-SHA256."},
    {signature_algorithm_weak, Provider::auth0,
     "Auth0 Dashboard, the application, Addons, SAML2 Web App, Settings: \"signatureAlgorithm\": "
     "\"rsa-sha256\" and \"digestAlgorithm\": \"sha256\". SHA-1 is what it begins with."},
    {signature_key_unknown, Provider::okta,
     "Okta Admin Console, the application, tab Sign On, SAML Signing Certificates: take over the "
     "one that is Active (Actions, Download certificate), or copy Metadata URL so that changes are "
     "followed."},
    {signature_key_unknown, Provider::microsoft_ad,
     "Entra admin center, the application, Single sign-on, SAML Certificates: download Certificate "
     "(Base64) of the Active one, or copy App Federation Metadata Url so that changes are "
     "followed. Each application has a certificate of its own; another application's metadata does "
     "not fit."},
    {signature_key_unknown, Provider::google,
     "Google Admin console, the application, Service provider details, Manage certificates: "
     "download the one in use. Google's certificates live five years and are chosen per "
     "application."},
    {signature_key_unknown, Provider::adfs,
     "AD FS renews its Token-signing certificate by itself once a year (AutoCertificateRollover). "
     "AD FS Management, Service, Certificates shows the primary one; give the connection the "
     "metadata address so that changes are followed."},
    {signature_key_unknown, Provider::ping_identity,
     "PingOne: the application, Configuration, Download Signing Certificate, or copy IDP Metadata "
     "URL. PingFederate: Security, Signing & Decryption Keys & Certificates, export the one that "
     "the SP connection names under Digital Signature Settings."},
    {signature_key_unknown, Provider::onelogin,
     "OneLogin Administration, the application, tab SSO, X.509 Certificate, View Details: download "
     "the one that the application uses."},
    {signature_key_unknown, Provider::jumpcloud,
     "JumpCloud Admin Portal, the application, IDP Certificate Valid, Download certificate; or "
     "copy the metadata URL so that changes are followed."},
    {signature_key_unknown, Provider::auth0,
     "Auth0 Dashboard, the application, Addons, SAML2 Web App, tab Usage: download Identity "
     "Provider Certificate. It changes with Settings, Signing Keys, Rotate Signing Key."},
    {signature_invalid, Provider::microsoft_ad,
     "Compare the Thumbprint under Single sign-on, SAML Certificates in the Entra admin center "
     "with the fingerprint that `gatehouse admin connection show` prints. A new certificate counts "
     "only once it was made Active."},
    {signature_invalid, Provider::okta,
     "Compare the certificate that is Active under tab Sign On, SAML Signing Certificates, with "
     "the connection's: Okta's metadata and its View SAML setup instructions may show another "
     "one."},
    {signature_invalid, Provider::adfs,
     "Compare the Token-signing certificate marked Primary in AD FS Management, Service, "
     "Certificates with the connection's."},
    {encryption_missing, Provider::okta,
     "Okta Admin Console, the application, tab General, SAML Settings, Show Advanced Settings: "
     "Assertion Encryption Encrypted, Encryption Algorithm AES256-GCM, Key Transport Algorithm "
     "RSA-OAEP, Encryption Certificate ours."},
    {encryption_missing, Provider::microsoft_ad,
     "Entra admin center, the application, Security, Token encryption: import our certificate and "
     "choose Activate token encryption certificate."},
    {encryption_missing, Provider::google,
     "Google does not encrypt assertions. Switch assertion_encrypted off in the connection."},
    {encryption_missing, Provider::adfs,
     "AD FS Management, the trust, Properties, Encryption: browse to our certificate; and "
     "Set-AdfsRelyingPartyTrust -TargetName NAME -EncryptClaims $true."},
    {encryption_missing, Provider::ping_identity,
     "PingOne: the application, Configuration, Enable Encryption with our certificate. "
     "PingFederate: the SP connection, Protocol Settings, Encryption Policy: The entire "
     "assertion."},
    {encryption_missing, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration: check Encrypt assertion, and "
     "paste our certificate under SAML encryption public key."},
    {encryption_missing, Provider::jumpcloud,
     "JumpCloud Admin Portal, the application, tab SSO: check Encrypt Assertion, and upload our "
     "certificate as SP Certificate."},
    {encryption_algorithm_refused, Provider::okta,
     "Okta Admin Console, the application, tab General, SAML Settings, Show Advanced Settings: "
     "Encryption Algorithm AES256-GCM, Key Transport Algorithm RSA-OAEP."},
    {encryption_algorithm_refused, Provider::onelogin,
     "OneLogin Administration, the application, tab Configuration, SAML encryption method: "
     "AES-256-CBC, and SAML signature element Both, since it has no GCM. Never TRIPLEDES-CBC."},
    {encryption_algorithm_refused, Provider::ping_identity,
     "PingFederate: the SP connection, Credentials, Select XML Encryption Certificate: Block "
     "Encryption Algorithm AES-256 GCM, Key Transport Algorithm RSA-OAEP. PingOne: Enable "
     "Encryption, Algorithm AES_256."},
    {encryption_algorithm_refused, Provider::adfs,
     "AD FS encrypts with AES-256-CBC and cannot do otherwise: Set-AdfsRelyingPartyTrust "
     "-TargetName NAME -SamlResponseSignature MessageAndAssertion signs the response around it, "
     "which makes that acceptable."},
    {encryption_algorithm_refused, Provider::microsoft_ad,
     "Entra encrypts with AES-256-CBC: choose Signing Option Sign SAML response and assertion, so "
     "that the response is signed around it."},
    {decryption_failed, Provider::okta,
     "Okta Admin Console, the application, tab General, SAML Settings, Encryption Certificate: "
     "upload the certificate from our metadata anew."},
    {decryption_failed, Provider::microsoft_ad,
     "Entra admin center, the application, Security, Token encryption: the certificate with our "
     "fingerprint must be Active."},
    {decryption_failed, Provider::adfs,
     "AD FS Management, the trust, Properties, Encryption: remove the certificate and browse to "
     "the one from our metadata, or Update from Federation Metadata."},
};

}  // namespace

std::span<const Remedy> saml_signature_remedies() { return rows; }

}  // namespace gatehouse::sso
