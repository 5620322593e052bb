// What is wrong before an answer is looked at: the connection, the request, the provider.

#include "server/sso/diagnosis_text.h"

namespace gatehouse::sso {
namespace {

using enum Diagnosis;

constexpr DiagnosisRow rows[] = {
    {connection_unknown,
     {"connection_unknown", "invalid_connection_id", "This sign-in link leads to nothing.",
      "The address names a connection that does not exist in this environment: it was deleted, or "
      "the address was copied from another environment.",
      "Compare the connection id in the address with `gatehouse admin connection list`. If the "
      "connection was made anew, give the identity provider the new addresses: `gatehouse admin "
      "connection show` prints them."}},
    {connection_disabled,
     {"connection_disabled", "connection_not_active",
      "Single sign-on is switched off for your organization.",
      "The connection exists and is disabled, so it neither begins sign-ins nor accepts answers. "
      "Sessions that it made earlier go on.",
      "Enable it with `gatehouse admin connection enable`, or on the organization's single sign-on "
      "page."}},
    {connection_incomplete,
     {"connection_incomplete", "connection_not_active",
      "Single sign-on is not set up completely for your organization.",
      "A setting that every sign-in needs is missing: of SAML the entity ID, the sign-on address "
      "or a certificate; of OpenID Connect the issuer, the client ID or the client secret.",
      "Run `gatehouse doctor sso --connection` with --check: it names what is missing. Then "
      "complete it with `gatehouse admin connection update`."}},
    {request_unknown,
     {"request_unknown", "authentication_not_completed",
      "This sign-in was used already, or waited too long. Please begin again.",
      "The answer belongs to no sign-in that is under way. Either nobody here asked for it, or its "
      "request was answered before (the Back button, a reloaded page, a bookmark of the provider's "
      "page), or it is older than ten minutes.",
      "Begin again at the application, not from a bookmark of the provider's sign-in page. If it "
      "happens to everybody, compare the clocks of both sides and how long the provider keeps "
      "people on its page."}},
    {request_of_other_connection,
     {"request_of_other_connection", "invalid_connection_id",
      "The answer came from another sign-in service than the one that was asked.",
      "The answer carries the id of a request that was made for another connection, and arrived at "
      "the address of this one. It is refused: one provider must not answer in the place of "
      "another.",
      "At the provider, compare the address that answers are sent to with the one of this "
      "connection; each connection has its own, which ends with its id."}},
    {other_browser,
     {"other_browser", "access_denied",
      "This sign-in began in another browser. Please begin again here.",
      "The answer is genuine, but it arrived in a browser that did not ask for it. Signing that "
      "browser in would let a stranger put their own account under somebody else's hands.",
      "Begin and finish in one browser. If it happens always, something removes our cookie on the "
      "way: a proxy, an in-app browser that opens the provider elsewhere, a base_url with another "
      "host than the one people use."}},
    {sign_in_over,
     {"sign_in_over", "authentication_not_completed",
      "This sign-in took too long. Please begin again.",
      "Between asking the provider and its answer the sign-in expired, or was finished in another "
      "tab.",
      "Begin again at the application. If it happens often, the provider keeps people for more "
      "than ten minutes: look at its registration and second-factor pages."}},
    {answer_replayed,
     {"answer_replayed", "invalid_saml_response",
      "This answer was used already. Please begin again.",
      "An assertion with this ID was accepted before. Each counts once, on all nodes, for as long "
      "as it is valid.",
      "Begin again at the application. If it happens without anybody reloading the page, a proxy "
      "or an extension sends the provider's form twice."}},
    {answer_missing,
     {"answer_missing", "invalid_saml_form_params",
      "The sign-in service sent nothing that we can use.",
      "The address for answers was called without an answer: without `SAMLResponse` in a POST "
      "form, or without `code` in the query. That happens when somebody opens the address by hand, "
      "and when the provider answers by another binding.",
      "At the provider, set the binding of the assertion consumer service to HTTP-POST. People "
      "should begin at the application."}},
    {provider_refused,
     {"provider_refused", "access_denied", "Your company's sign-in service did not let you in.",
      "The provider answered by itself that this person may not use the application, or the person "
      "cancelled. Nothing is wrong with the connection's addresses or keys.",
      "At the provider, assign the person or their group to the application, and look for its "
      "access policy in the provider's own sign-in log."}},
    {provider_needs_user,
     {"provider_needs_user", "user_login_required",
      "Please sign in at your company's sign-in service first.",
      "We asked for an answer without showing a page (prompt=none, IsPassive), and the provider "
      "has no session for this person or wants something confirmed.",
      "Nothing has to be changed: send the person through an ordinary sign-in, without "
      "prompt=none."}},
    {provider_error,
     {"provider_error", "server_error",
      "Your company's sign-in service had a problem. Please try again later.",
      "The provider reports an error of its own (server_error, temporarily_unavailable, status "
      "Responder). What it says of it stands under what was received.",
      "Look up the message in the provider's log; the request id and the time stand beside it. Try "
      "again later if the provider is being worked on."}},
    {provider_request_refused,
     {"provider_request_refused", "invalid_saml_request",
      "Your company's sign-in service did not accept our question.",
      "The provider refused the request itself: it does not know this service by the entity ID or "
      "client ID that we sent, or it cannot give the name format, the scope or the signature that "
      "the connection asks for.",
      "Compare entity ID or client ID, the address for answers, the NameID format and the signing "
      "of requests on both sides. What the provider says stands under what was received."}},
    {provider_unreachable,
     {"provider_unreachable", "server_error",
      "Your company's sign-in service could not be reached.",
      "No connection to the provider's address could be made from this server: no such name in the "
      "DNS, nothing listening, or a certificate that is not valid for that name.",
      "Call the address from the server itself: `curl -v ADDRESS`. Correct the address, the DNS, "
      "the firewall or the provider's certificate."}},
    {provider_too_slow,
     {"provider_too_slow", "server_error", "Your company's sign-in service did not answer in time.",
      "The provider took the call and did not answer within five seconds.",
      "Look at the provider's load and at what stands between. Sign-ins through other connections "
      "are not held up by it."}},
    {provider_address_refused,
     {"provider_address_refused", "server_error",
      "The sign-in service has an address that is not called.",
      "The address leads into a private, loopback or reserved network. This server calls public "
      "addresses only, so that nobody can make it read what is inside its own network.",
      "Publish the provider's address, or enter its values by hand instead of a metadata or "
      "discovery address: certificates and endpoints that only browsers open may be private."}},
    {provider_answer_malformed,
     {"provider_answer_malformed", "server_error",
      "Your company's sign-in service answered in a way that makes no sense.",
      "The provider's HTTP answer is not what the endpoint should give: another status, another "
      "content type, no JSON, too long, or a redirect where none belongs. Often the address leads "
      "to a web page.",
      "Open the address in a browser. Correct it in the connection, or have the provider's proxy "
      "let the call through without a sign-in page."}},
    {metadata_malformed,
     {"metadata_malformed", "invalid_saml_metadata",
      "The description of your company's sign-in service cannot be read.",
      "What the metadata address gives, or what the file holds, is no SAML 2.0 metadata of an "
      "identity provider: not XML, no IDPSSODescriptor, several providers, or one with another "
      "entity ID.",
      "Open the metadata address in a browser: it must show XML that begins with EntityDescriptor. "
      "Take the address of the metadata, not the one of the sign-in page."}},
    {metadata_expired,
     {"metadata_expired", "invalid_saml_metadata",
      "The description of your company's sign-in service is out of date.",
      "The metadata says until when it may be used (validUntil), and that time is over.",
      "Have the provider publish its metadata anew, or download a fresh file and give it to "
      "`gatehouse admin connection update --metadata-file`."}},
    {metadata_without_keys,
     {"metadata_without_keys", "invalid_saml_metadata",
      "The description of your company's sign-in service lacks its certificate.",
      "The metadata holds no certificate for signing, so no answer of this provider could be "
      "verified.",
      "Download metadata that has a KeyDescriptor for signing, or give the certificate by hand: "
      "`gatehouse admin connection update --certificate-file`."}},
    {metadata_keys_replaced,
     {"metadata_keys_replaced", "invalid_saml_metadata",
      "The certificate of your company's sign-in service has changed.",
      "The metadata names none of the certificates that this connection trusts. Providers publish "
      "a "
      "new certificate beside the old one before they use it, so it was not taken over by itself: "
      "whoever controls that address could sign in as anybody.",
      "Compare the certificate with the one in the provider's console. If it is theirs, run "
      "`gatehouse admin connection update` with --metadata-url once more."}},
    {discovery_failed,
     {"discovery_failed", "server_error",
      "The description of your company's sign-in service could not be read.",
      "The issuer's document at /.well-known/openid-configuration could not be had, or is no JSON "
      "object.",
      "Open ISSUER/.well-known/openid-configuration in a browser. If the issuer has no such "
      "document, set the endpoints by hand: authorization, token, keys."}},
    {discovery_issuer_mismatch,
     {"discovery_issuer_mismatch", "server_error",
      "The sign-in service names itself differently from what is set up.",
      "The discovery document was found, and its `issuer` is another than the connection's. Both "
      "must be the same character by character, the slash at the end included.",
      "Copy the value of `issuer` from the discovery document into the connection: `gatehouse "
      "admin connection update --issuer`."}},
    {discovery_incomplete,
     {"discovery_incomplete", "server_error",
      "The description of your company's sign-in service lacks something.",
      "The discovery document names no authorization endpoint, no token endpoint or no keys "
      "(jwks_uri).",
      "Set what is missing by hand in the connection, or correct the provider's document."}},
    {keys_failed,
     {"keys_failed", "server_error",
      "The keys of your company's sign-in service could not be read.",
      "The provider's key set (jwks_uri) could not be had, is no JSON Web Key Set, or holds no "
      "public key that can verify a signature.",
      "Open the jwks_uri in a browser. It must show {\"keys\":[…]} with RSA or EC keys."}},
    {metadata_entity_missing,
     {"metadata_entity_missing", "invalid_saml_metadata",
      "The description of your company's sign-in service is of other services.",
      "The metadata describes other providers than the connection's, or several, as federations "
      "publish them, and nobody said which one is meant.",
      "Name the provider by its entity ID: `gatehouse admin connection update --entity-id`; then "
      "give the metadata again. Or take the metadata of that one provider."}},
    {metadata_incomplete,
     {"metadata_incomplete", "invalid_saml_metadata",
      "The description of your company's sign-in service lacks its address.",
      "The metadata names no address to sign in at that can be used: no SingleSignOnService with "
      "HTTP-Redirect or HTTP-POST at an https address.",
      "At the provider, enable the HTTP-Redirect or HTTP-POST binding, or give the sign-on address "
      "by hand: `gatehouse admin connection update --sso-url`."}},
};

}  // namespace

std::span<const DiagnosisRow> journey_texts() { return rows; }

}  // namespace gatehouse::sso
