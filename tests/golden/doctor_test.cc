// What `gatehouse doctor sso` says of every diagnosis: one golden file each, in
// tests/golden/doctor/.

#include <doctest/doctest.h>

#include "server/app/commands/doctor_sso.h"
#include "tests/world/golden.h"

namespace gatehouse::app::commands {
namespace {

using connections::ConnectionType;
using connections::Provider;
using sso::Diagnosis;

struct Fixture {
  Diagnosis diagnosis;
  std::optional<Provider> provider;
  std::optional<ConnectionType> type;
  const char* expected;
  const char* received;
};
const Fixture fixtures[] = {
    {Diagnosis::connection_unknown, std::nullopt, std::nullopt, "", "conn_5"},
    {Diagnosis::connection_disabled, Provider::okta, ConnectionType::saml, "", ""},
    {Diagnosis::connection_incomplete, Provider::custom, ConnectionType::oidc, "issuer, client_id",
     "nothing"},
    {Diagnosis::request_unknown, Provider::okta, ConnectionType::saml,
     "a request of the last ten minutes", "_0123456789abcdef0123456789abcdef01234567"},
    {Diagnosis::request_of_other_connection, Provider::jumpcloud, ConnectionType::saml, "conn_6",
     "conn_5"},
    {Diagnosis::other_browser, Provider::google, ConnectionType::saml, "", ""},
    {Diagnosis::sign_in_over, Provider::adfs, ConnectionType::saml, "", ""},
    {Diagnosis::answer_replayed, Provider::okta, ConnectionType::saml, "", ""},
    {Diagnosis::answer_missing, Provider::adfs, ConnectionType::saml, "SAMLResponse", "nothing"},
    {Diagnosis::provider_refused, Provider::microsoft_ad, ConnectionType::saml, "Success",
     "Responder, RequestDenied: AADSTS50105: Your administrator has configured the application to "
     "block users unless they are assigned."},
    {Diagnosis::provider_needs_user, Provider::google, ConnectionType::oidc, "a code",
     "login_required"},
    {Diagnosis::provider_error, Provider::auth0, ConnectionType::oidc, "a code",
     "server_error: Internal error"},
    {Diagnosis::provider_request_refused, Provider::adfs, ConnectionType::saml, "Success",
     "Requester, InvalidNameIDPolicy: MSIS7070"},
    {Diagnosis::provider_unreachable, Provider::ping_identity, ConnectionType::oidc,
     "an answer of https://sso.acme.test", "Could not resolve host"},
    {Diagnosis::provider_too_slow, Provider::onelogin, ConnectionType::oidc,
     "an answer within 5 seconds", "https://acme.onelogin.com/oidc/2/token"},
    {Diagnosis::provider_address_refused, Provider::adfs, ConnectionType::oidc,
     "an https address on the public internet", "https://adfs.corp.local"},
    {Diagnosis::provider_answer_malformed, Provider::custom, ConnectionType::oidc,
     "an answer, not a redirect", "https://idp.acme.test: HTTP 302"},
    {Diagnosis::metadata_malformed, Provider::microsoft_ad, ConnectionType::saml,
     "an EntityDescriptor", "html"},
    {Diagnosis::metadata_expired, Provider::custom, ConnectionType::saml,
     "valid at 2026-11-22T07:00:00Z", "valid until 2026-11-20T00:00:00Z"},
    {Diagnosis::metadata_without_keys, Provider::custom, ConnectionType::saml,
     "a certificate to sign with", "none"},
    {Diagnosis::metadata_keys_replaced, Provider::custom, ConnectionType::saml,
     "one of the certificates that the connection knows",
     "none of them at https://idp.test/metadata"},
    {Diagnosis::metadata_entity_missing, Provider::custom, ConnectionType::saml,
     "one identity provider, or its entity id", "https://a.test, https://b.test"},
    {Diagnosis::metadata_incomplete, Provider::custom, ConnectionType::saml,
     "an address for HTTP-Redirect or HTTP-POST", "SOAP only"},
    {Diagnosis::discovery_failed, Provider::custom, ConnectionType::oidc, "HTTP 200", "HTTP 404"},
    {Diagnosis::discovery_issuer_mismatch, Provider::auth0, ConnectionType::oidc,
     "https://acme.eu.auth0.com", "https://acme.eu.auth0.com/"},
    {Diagnosis::discovery_incomplete, Provider::custom, ConnectionType::oidc,
     "jwks_uri: an https address", "nothing"},
    {Diagnosis::keys_failed, Provider::ping_identity, ConnectionType::oidc,
     "a key for RS256, PS256, ES256 or EdDSA", "none"},
    {Diagnosis::message_not_base64, Provider::okta, ConnectionType::saml, "base64",
     "another character at 17"},
    {Diagnosis::message_too_long, Provider::microsoft_ad, ConnectionType::saml,
     "at most 262144 bytes", "401388 bytes"},
    {Diagnosis::xml_malformed, Provider::custom, ConnectionType::saml, "well-formed XML",
     "an element that does not end"},
    {Diagnosis::xml_forbidden, Provider::custom, ConnectionType::saml,
     "neither DOCTYPE nor comment", "a comment"},
    {Diagnosis::xml_too_complex, Provider::custom, ConnectionType::saml, "at most 32 levels", "33"},
    {Diagnosis::xml_duplicate_id, Provider::custom, ConnectionType::saml, "each ID once",
     "_a1 twice"},
    {Diagnosis::message_unexpected, Provider::adfs, ConnectionType::saml, "Response",
     "RequestSecurityTokenResponse"},
    {Diagnosis::certificate_missing, Provider::onelogin, ConnectionType::saml,
     "a certificate that is valid now", "1 that expired on 2026-11-01"},
    {Diagnosis::signature_missing, Provider::okta, ConnectionType::saml, "a signature", "none"},
    {Diagnosis::signature_of_response_missing, Provider::google, ConnectionType::saml,
     "a signed response", "a signed assertion"},
    {Diagnosis::signature_of_assertion_missing, Provider::google, ConnectionType::saml,
     "a signed assertion", "a signed response"},
    {Diagnosis::signature_malformed, Provider::custom, ConnectionType::saml, "one Reference", "2"},
    {Diagnosis::signature_reference_foreign, Provider::custom, ConnectionType::saml, "#_response",
     "#_elsewhere"},
    {Diagnosis::signature_algorithm_refused, Provider::custom, ConnectionType::saml,
     "RSA or ECDSA with SHA-2", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"},
    {Diagnosis::signature_algorithm_weak, Provider::onelogin, ConnectionType::saml,
     "SHA-256 or stronger", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"},
    {Diagnosis::signature_key_unknown, Provider::adfs, ConnectionType::saml,
     "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
     "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"},
    {Diagnosis::signature_invalid, Provider::microsoft_ad, ConnectionType::saml,
     "a signature by CN=Microsoft Azure Federated SSO Certificate", "one that does not fit"},
    {Diagnosis::encryption_missing, Provider::okta, ConnectionType::saml, "an EncryptedAssertion",
     "an Assertion"},
    {Diagnosis::encryption_algorithm_refused, Provider::onelogin, ConnectionType::saml, "AES-GCM",
     "http://www.w3.org/2001/04/xmlenc#tripledes-cbc"},
    {Diagnosis::decryption_failed, Provider::adfs, ConnectionType::saml,
     "an assertion that is encrypted for our key", "another"},
    {Diagnosis::assertion_missing, Provider::ping_identity, ConnectionType::saml, "one assertion",
     "none"},
    {Diagnosis::assertion_several, Provider::custom, ConnectionType::saml, "one assertion", "2"},
    {Diagnosis::issuer_mismatch, Provider::microsoft_ad, ConnectionType::saml,
     "https://sts.windows.net/5f4e0d7a-1111-2222-3333-444455556666/",
     "https://sts.windows.net/5f4e0d7a-1111-2222-3333-444455556666"},
    {Diagnosis::destination_mismatch, Provider::okta, ConnectionType::saml,
     "https://id.acme.test/sso/v1/saml/conn_5/callback", "https://old.acme.test/saml/acs"},
    {Diagnosis::recipient_mismatch, Provider::onelogin, ConnectionType::saml,
     "https://id.acme.test/sso/v1/saml/conn_5/callback", "https://id.acme.test/"},
    {Diagnosis::audience_missing, Provider::auth0, ConnectionType::saml,
     "https://id.acme.test/sso/v1/saml/conn_5", "no AudienceRestriction"},
    {Diagnosis::audience_mismatch, Provider::okta, ConnectionType::saml,
     "https://id.acme.test/sso/v1/saml/conn_5", "https://id.acme.test/sso/v1/saml/conn_5/"},
    {Diagnosis::subject_confirmation_missing, Provider::custom, ConnectionType::saml,
     "a bearer SubjectConfirmation with data", "none"},
    {Diagnosis::in_response_to_mismatch, Provider::custom, ConnectionType::saml, "_a1", "_b2"},
    {Diagnosis::assertion_not_yet_valid, Provider::adfs, ConnectionType::saml,
     "Conditions valid at 2026-11-22T07:00:00Z", "not before 2026-11-22T07:09:30Z"},
    {Diagnosis::assertion_expired, Provider::ping_identity, ConnectionType::saml,
     "Conditions valid at 2026-11-22T07:00:00Z", "not on or after 2026-11-22T06:51:00Z"},
    {Diagnosis::session_expired, Provider::custom, ConnectionType::saml,
     "a session at 2026-11-22T07:00:00Z", "one that ended at 2026-11-22T00:00:00Z"},
    {Diagnosis::name_id_missing, Provider::adfs, ConnectionType::saml,
     "a NameID or an id that is mapped", "neither"},
    {Diagnosis::name_id_transient, Provider::custom, ConnectionType::saml, "a lasting NameID",
     "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
    {Diagnosis::status_unknown, Provider::custom, ConnectionType::saml,
     "urn:oasis:names:tc:SAML:2.0:status:Success", "nothing"},
    {Diagnosis::response_expired, Provider::okta, ConnectionType::saml,
     "issued within 15 minutes of 2026-11-22T07:00:00Z", "issued at 2026-11-22T06:12:00Z"},
    {Diagnosis::assertion_too_long_lived, Provider::auth0, ConnectionType::saml,
     "valid for a day at most", "valid until 2026-12-22T07:00:00Z"},
    {Diagnosis::condition_unknown, Provider::custom, ConnectionType::saml,
     "AudienceRestriction, OneTimeUse", "DelegationRestriction"},
    {Diagnosis::response_issuer_mismatch, Provider::auth0, ConnectionType::oidc,
     "https://acme.eu.auth0.com/", "https://other.eu.auth0.com/"},
    {Diagnosis::token_request_refused, Provider::custom, ConnectionType::oidc, "tokens",
     "HTTP 400: unsupported_grant_type"},
    {Diagnosis::token_client_refused, Provider::microsoft_ad, ConnectionType::oidc, "tokens",
     "HTTP 401: invalid_client, AADSTS7000215: Invalid client secret provided."},
    {Diagnosis::token_code_refused, Provider::okta, ConnectionType::oidc, "tokens",
     "HTTP 400: invalid_grant"},
    {Diagnosis::token_redirect_refused, Provider::google, ConnectionType::oauth, "tokens",
     "HTTP 400: redirect_uri_mismatch"},
    {Diagnosis::id_token_missing, Provider::linkedin, ConnectionType::oauth, "id_token", "none"},
    {Diagnosis::id_token_malformed, Provider::custom, ConnectionType::oidc, "exp and iat",
     "a token without one of them"},
    {Diagnosis::id_token_key_unknown, Provider::microsoft_ad, ConnectionType::oidc, "kid a1, b2",
     "kid c3"},
    {Diagnosis::id_token_algorithm_refused, Provider::auth0, ConnectionType::oidc,
     "RS256, PS256, ES256, EdDSA or a longer relative", "HS256"},
    {Diagnosis::id_token_signature_invalid, Provider::custom, ConnectionType::oidc,
     "a signature by the key a1", "one that does not fit"},
    {Diagnosis::id_token_issuer_mismatch, Provider::okta, ConnectionType::oidc,
     "https://acme.okta.com", "https://acme.okta.com/oauth2/default"},
    {Diagnosis::id_token_audience_mismatch, Provider::custom, ConnectionType::oidc, "gatehouse",
     "console"},
    {Diagnosis::id_token_party_mismatch, Provider::custom, ConnectionType::oidc, "azp gatehouse",
     "azp console"},
    {Diagnosis::id_token_expired, Provider::custom, ConnectionType::oidc,
     "exp after 2026-11-22T07:00:00Z", "2026-11-22T06:30:00Z"},
    {Diagnosis::id_token_not_yet_valid, Provider::custom, ConnectionType::oidc,
     "iat and nbf before 2026-11-22T07:00:00Z", "2026-11-22T07:20:00Z"},
    {Diagnosis::id_token_nonce_mismatch, Provider::custom, ConnectionType::oidc,
     "the nonce of this sign-in", "another nonce"},
    {Diagnosis::id_token_hash_mismatch, Provider::custom, ConnectionType::oidc,
     "the hash of the access token", "another"},
    {Diagnosis::tenant_refused, Provider::microsoft_ad, ConnectionType::oidc,
     "5f4e0d7a-1111-2222-3333-444455556666", "tenant 9188040d-6c67-4c5b-b112-36a304b66dad"},
    {Diagnosis::subject_missing, Provider::gitlab, ConnectionType::oauth,
     "sub: a text of 1 to 255 bytes", "nothing"},
    {Diagnosis::subject_mismatch, Provider::custom, ConnectionType::oidc, "00u1", "00u2"},
    {Diagnosis::profile_request_failed, Provider::github, ConnectionType::oauth, "HTTP 200",
     "HTTP 403"},
    {Diagnosis::code_missing, Provider::custom, ConnectionType::oidc, "code", "none"},
    {Diagnosis::email_missing, Provider::adfs, ConnectionType::saml, "an e-mail address",
     "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name, …/upn"},
    {Diagnosis::email_malformed, Provider::microsoft_ad, ConnectionType::saml,
     "an address like ada@example.com", "ada_acme.test#EXT#@acme.onmicrosoft.com, twice"},
    {Diagnosis::email_unverified, Provider::microsoft, ConnectionType::oauth,
     "an address that is verified", "…@example.com"},
    {Diagnosis::domain_needs_other_connection, Provider::google, ConnectionType::oauth, "conn_5",
     "conn_9"},
    {Diagnosis::provisioning_off, Provider::okta, ConnectionType::saml, "", ""},
    {Diagnosis::seats_taken, Provider::okta, ConnectionType::saml, "", ""},
    {Diagnosis::user_disabled, Provider::okta, ConnectionType::saml, "", ""},
    {Diagnosis::not_a_member, Provider::okta, ConnectionType::oidc, "", ""},
    {Diagnosis::idp_initiated_refused, Provider::microsoft_ad, ConnectionType::saml, "", ""},
    {Diagnosis::initiate_login_missing, Provider::okta, ConnectionType::saml,
     "an initiate-login URI", "none"},
};

sso::Attempt attempt_of(const Fixture& fixture) {
  const sso::Failure failure(fixture.diagnosis, fixture.expected, fixture.received);
  sso::CheckLog checks;
  if (fixture.type == ConnectionType::saml) {
    checks.passed("The response is signed by the identity provider.", "RSA with SHA-256");
  }
  checks.failed(failure);
  sso::Attempt attempt{.id = SsoAttemptId(7),
                       .connection = std::nullopt,
                       .organization = std::nullopt,
                       .flow = FlowId(3),
                       .provider = fixture.provider,
                       .type = fixture.type,
                       .failure = failure,
                       .checks = checks.entries(),
                       .client_address = "192.0.2.7",
                       .user_agent = "Firefox",
                       .created_at = instant_from_ms(1'795'330'800'000)};
  if (fixture.provider.has_value()) {
    attempt.connection = ConnectionId(5);
    attempt.organization = OrgId(4);
  }
  return attempt;
}

TEST_CASE("golden: what the doctor says of every diagnosis") {
  std::vector<bool> seen(static_cast<std::size_t>(sso::diagnoses), false);
  for (const Fixture& fixture : fixtures) {
    const std::string name(sso::text_of(fixture.diagnosis).name);
    CAPTURE(name);
    const auto at = static_cast<std::size_t>(fixture.diagnosis);
    CHECK(!seen.at(at));
    seen.at(at) = true;
    const Explained explained = explain(attempt_of(fixture), "");
    world::check_golden("doctor/" + name + ".txt", explained.text);
    CHECK(explained.document.string("diagnosis") == name);
    CHECK(explained.document.string("remedy").value_or("").size() > 20);

    CHECK(explained.text.find(std::string(fixture.expected)) != std::string::npos);
    CHECK(explained.text.find(std::string(fixture.received)) != std::string::npos);
  }
  for (std::size_t at = 0; at < seen.size(); ++at) {
    CAPTURE(sso::text_of(static_cast<Diagnosis>(at)).name);
    CHECK(seen[at]);
  }
}

TEST_CASE("golden: what the doctor says of a test that succeeded") {
  sso::Attempt attempt = attempt_of(fixtures[0]);
  attempt.failure.reset();
  attempt.checks.clear();
  const Explained explained = explain(attempt, "");
  CHECK(explained.text.find("it succeeded") != std::string::npos);
  CHECK(explained.document.boolean("succeeded") == true);
}

TEST_CASE("what the doctor shows cannot move the terminal") {
  sso::Attempt attempt = attempt_of(fixtures[1]);
  attempt.failure->received = "\x1b[2Jgone";
  attempt.checks.front().detail = "\x1b]0;title\x07";
  const Explained explained = explain(attempt, "");
  CHECK(explained.text.find('\x1b') == std::string::npos);
  CHECK(explained.text.find("?[2Jgone") != std::string::npos);
}

}  // namespace
}  // namespace gatehouse::app::commands
