// What is wrong with an answer of OpenID Connect or OAuth.

#include "server/sso/diagnosis_text.h"

namespace gatehouse::sso {
namespace {

using enum Diagnosis;

constexpr DiagnosisRow rows[] = {
    {response_issuer_mismatch,
     {"response_issuer_mismatch", "server_error",
      "The answer came from another sign-in service than the one that was asked.",
      "The parameter `iss` of the answer names another issuer than the connection's: the answer of "
      "one provider was carried to the address of another. Its code is not used.",
      "Compare the redirect URI at both providers: each connection has its own. If the provider "
      "itself sends another `iss`, copy its issuer from its discovery document."}},
    {token_request_refused,
     {"token_request_refused", "failed_to_exchange_token",
      "Your company's sign-in service did not complete the sign-in.",
      "The token endpoint refused the request, or its answer is no token answer. What it says "
      "stands under what was received.",
      "Compare the client's settings at the provider: grant type authorization code, PKCE, client "
      "authentication."}},
    {token_client_refused,
     {"token_client_refused", "failed_to_exchange_token",
      "Single sign-on is set up with wrong credentials.",
      "The token endpoint answered invalid_client or unauthorized_client: client ID or client "
      "secret are wrong or expired, or are sent in another way than the provider wants.",
      "Make a new client secret at the provider and give it to the connection: `gatehouse admin "
      "connection update --client-secret-file`. If it is right, switch token_auth_type between "
      "BASIC_AUTH and URL_PARAMS."}},
    {token_code_refused,
     {"token_code_refused", "failed_to_exchange_token",
      "This sign-in was used already, or waited too long. Please begin again.",
      "The token endpoint answered invalid_grant: the code was used before, is too old, or was "
      "issued for another client or verifier.",
      "Try again. If it happens always, compare the clocks, and look whether something fetches the "
      "redirect address before the browser does (link scanners, prefetching)."}},
    {token_redirect_refused,
     {"token_redirect_refused", "failed_to_exchange_token",
      "Single sign-on is set up with another address at your company's sign-in service.",
      "The provider says that the redirect URI is not the one that it knows.",
      "At the provider, enter the redirect URI that `gatehouse admin connection show` prints, "
      "character by character."}},
    {id_token_missing,
     {"id_token_missing", "invalid_id_token",
      "Your company's sign-in service did not say who you are.",
      "The token answer holds no id_token: the provider treated the request as plain OAuth.",
      "Let the connection ask for the scope openid, and at the provider allow it for this "
      "client."}},
    {id_token_malformed,
     {"id_token_malformed", "invalid_id_token",
      "The answer of your company's sign-in service is damaged.",
      "The id_token is no signed JWT with JSON inside, or a claim has another type than it must: "
      "iss, sub, aud, exp, iat.",
      "Look whether the provider encrypts ID tokens for this client, and switch that off. "
      "Otherwise its software has a mistake that its maker has to correct."}},
    {id_token_key_unknown,
     {"id_token_key_unknown", "invalid_id_token",
      "The sign-in service signed with a key that is not known here.",
      "The `kid` of the id_token is not in the provider's key set, which was read anew because of "
      "it.",
      "Open the provider's jwks_uri: the key must be there. If the connection names a jwks_uri by "
      "hand, compare it with the discovery document."}},
    {id_token_algorithm_refused,
     {"id_token_algorithm_refused", "invalid_id_token",
      "The signature of your company's sign-in service is of a kind that is not accepted.",
      "Accepted are RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 and EdDSA. "
      "`none` and HMAC with the client secret are not.",
      "At the provider, set the signing algorithm of ID tokens for this client to RS256."}},
    {id_token_signature_invalid,
     {"id_token_signature_invalid", "invalid_id_token",
      "The signature of your company's sign-in service is not valid.",
      "The key named in the id_token does not fit its signature: the token was changed, or comes "
      "from somebody else.",
      "Compare the connection's issuer and jwks_uri with the provider's discovery document. If "
      "they are right, treat the attempt as an attack."}},
    {id_token_issuer_mismatch,
     {"id_token_issuer_mismatch", "invalid_id_token",
      "The answer came from another sign-in service than the one that was asked.",
      "`iss` of the id_token is not the connection's issuer. Both must be the same character by "
      "character.",
      "Copy the issuer from the provider's discovery document: `gatehouse admin connection update "
      "--issuer`."}},
    {id_token_audience_mismatch,
     {"id_token_audience_mismatch", "invalid_id_token",
      "Your company's sign-in service answered for another application.",
      "`aud` of the id_token does not hold the connection's client ID.",
      "Compare the client ID of the connection with the one at the provider."}},
    {id_token_party_mismatch,
     {"id_token_party_mismatch", "invalid_id_token",
      "Your company's sign-in service answered for another application.",
      "The id_token is for several audiences or names an authorized party, and `azp` is not the "
      "connection's client ID.",
      "At the provider, let ID tokens of this client have the client itself as only audience."}},
    {id_token_expired,
     {"id_token_expired", "invalid_id_token",
      "The answer of your company's sign-in service came too late. Please try again.",
      "`exp` of the id_token is over, three minutes of tolerance included.",
      "Set the clocks of both sides by NTP: `timedatectl` shows whether this server's is in "
      "step."}},
    {id_token_not_yet_valid,
     {"id_token_not_yet_valid", "invalid_id_token",
      "The answer of your company's sign-in service is dated in the future.",
      "`iat` or `nbf` of the id_token lies more than three minutes ahead of this server's clock.",
      "Set the clocks of both sides by NTP: `timedatectl` shows whether this server's is in "
      "step."}},
    {id_token_nonce_mismatch,
     {"id_token_nonce_mismatch", "invalid_id_token",
      "This answer belongs to another sign-in. Please begin again.",
      "`nonce` of the id_token is missing or is not the one of this sign-in: the token was made "
      "for another one.",
      "Begin again at the application. If it happens always, the provider drops the nonce: its "
      "software has a mistake that its maker has to correct."}},
    {id_token_hash_mismatch,
     {"id_token_hash_mismatch", "invalid_id_token",
      "The answer of your company's sign-in service contradicts itself.",
      "`at_hash` of the id_token does not fit the access token that came with it.",
      "Look whether something between this server and the provider changes answers. Otherwise the "
      "provider's software has a mistake that its maker has to correct."}},
    {tenant_refused,
     {"tenant_refused", "access_denied",
      "Your account belongs to another company than this sign-in is for.",
      "The id_token comes from a tenant (`tid`, `hd`) that the connection does not allow.",
      "Sign in with the account of the right company. If the tenant should be allowed, name it in "
      "the connection: its issuer holds the tenant id."}},
    {subject_missing,
     {"subject_missing", "mandatory_attribute_missing",
      "Your company's sign-in service did not say who you are.",
      "The answer has no subject: no `sub` in the id_token, no `id` in the profile, or an empty "
      "one.",
      "At the provider, look what the client's tokens hold: `sub` must name the person and stay "
      "the same."}},
    {subject_mismatch,
     {"subject_mismatch", "user_info_retrieve_failed",
      "The answer of your company's sign-in service contradicts itself.",
      "`sub` of the userinfo answer is not the one of the id_token, so the profile is somebody "
      "else's.",
      "Look whether a cache stands before the userinfo endpoint. If both subjects are the same "
      "person in two forms, leave user_info_uri out of the connection."}},
    {profile_request_failed,
     {"profile_request_failed", "user_info_retrieve_failed",
      "Your profile could not be read from the sign-in service.",
      "The userinfo or profile endpoint refused the access token, or its answer is no JSON object.",
      "At the provider, allow the client the scopes openid, profile and email. If user_info_uri is "
      "set by hand, compare it with the discovery document."}},
    {code_missing,
     {"code_missing", "invalid_request", "The sign-in service sent nothing that we can use.",
      "The answer at the redirect URI has neither a code nor an error, or has one of its "
      "parameters twice.",
      "People should begin at the application. At the provider, use the response type code and the "
      "response mode query."}},
};

}  // namespace

std::span<const DiagnosisRow> oidc_texts() { return rows; }

}  // namespace gatehouse::sso
