// What is wrong with a SAML answer.

#include "server/sso/diagnosis_text.h"

namespace gatehouse::sso {
namespace {

using enum Diagnosis;

constexpr DiagnosisRow rows[] = {
    {message_not_base64,
     {"message_not_base64", "malformed_saml_response",
      "The answer of your company's sign-in service is damaged.",
      "The field SAMLResponse is not base64, or was cut off on its way.",
      "Look whether a proxy or a web application firewall changes or shortens POST bodies on the "
      "way to this server."}},
    {message_too_long,
     {"message_too_long", "malformed_saml_response",
      "The answer of your company's sign-in service is too long.",
      "The answer is longer than what is read. That is nearly always a claim with hundreds of "
      "groups.",
      "At the provider, send only the groups that this application needs, by a filter or as groups "
      "assigned to the application."}},
    {xml_malformed,
     {"xml_malformed", "malformed_saml_response",
      "The answer of your company's sign-in service is damaged.",
      "The answer is not well-formed XML.",
      "Look whether something between provider and browser rewrites the answer. If the provider "
      "makes it so, its administrator has to have it mended."}},
    {xml_forbidden,
     {"xml_forbidden", "malformed_saml_response",
      "The answer of your company's sign-in service holds something that is not allowed.",
      "The XML holds a document type, an entity, a comment or a processing instruction. No "
      "provider needs them in an answer, and attacks on signatures are made of them.",
      "If it is the provider that writes them, take them out of its template for answers. "
      "Otherwise treat the attempt as an attack and look where it came from."}},
    {xml_too_complex,
     {"xml_too_complex", "malformed_saml_response",
      "The answer of your company's sign-in service is too complex.",
      "The XML nests deeper, or has more elements, attributes or transforms, than an answer ever "
      "needs.",
      "Send fewer attributes and groups. If the numbers are far beyond that, treat the attempt as "
      "an attack."}},
    {xml_duplicate_id,
     {"xml_duplicate_id", "malformed_saml_response",
      "The answer of your company's sign-in service contradicts itself.",
      "Two elements have the same ID, so it cannot be said which of them the signature is for. "
      "Forged answers look like that.",
      "Treat the attempt as an attack unless it happens to everybody; then the provider's software "
      "has a mistake that its maker has to correct."}},
    {message_unexpected,
     {"message_unexpected", "malformed_saml_response",
      "The sign-in service sent something else than an answer.",
      "The XML is well-formed, and its root is no samlp:Response of SAML 2.0: an answer of SAML "
      "1.1, of WS-Federation, a request, or an assertion alone.",
      "At the provider, set up the application for SAML 2.0 and the address for answers as an "
      "assertion consumer service with HTTP-POST."}},
    {certificate_missing,
     {"certificate_missing", "signature_validation_failed",
      "Single sign-on is not set up completely for your organization.",
      "The connection has no certificate of its provider, or only expired ones, so nothing that "
      "the provider signs can be verified.",
      "Give the connection the provider's metadata address or its current signing certificate."}},
    {signature_missing,
     {"signature_missing", "signature_validation_failed",
      "The answer of your company's sign-in service is not signed.",
      "Neither the response nor the assertion carries a signature. An unsigned answer proves "
      "nothing and is never accepted.",
      "At the provider, switch on signing of the assertion, of the response, or of both."}},
    {signature_of_response_missing,
     {"signature_of_response_missing", "signature_validation_failed",
      "The answer of your company's sign-in service is not signed as agreed.",
      "The connection wants the response signed. The answer signs the assertion only, or nothing.",
      "At the provider, switch on signing of the response, or let the connection accept either: "
      "saml_signing_option SAML_RESPONSE_OR_ASSERTION_SIGNING."}},
    {signature_of_assertion_missing,
     {"signature_of_assertion_missing", "signature_validation_failed",
      "The answer of your company's sign-in service is not signed as agreed.",
      "The connection wants the assertion signed. The answer signs the response only, or nothing.",
      "At the provider, switch on signing of the assertion, or let the connection accept either: "
      "saml_signing_option SAML_RESPONSE_OR_ASSERTION_SIGNING."}},
    {signature_malformed,
     {"signature_malformed", "signature_validation_failed",
      "The signature of your company's sign-in service cannot be read.",
      "The signature has not the form that SAML prescribes: one SignedInfo, one Reference, "
      "transforms enveloped-signature and exclusive canonicalisation, nothing else.",
      "Use the provider's ordinary XML signature without extra transforms or canonicalisation with "
      "comments. If only some attempts show this, treat them as attacks."}},
    {signature_reference_foreign,
     {"signature_reference_foreign", "signature_validation_failed",
      "The signature of your company's sign-in service covers something else.",
      "The signature refers to another element than the one it stands in, or to something outside "
      "the answer. Then what it vouches for is not what would be read: forged answers look like "
      "that.",
      "Treat the attempt as an attack. If it happens to everybody, the provider's software has a "
      "mistake that its maker has to correct."}},
    {signature_algorithm_refused,
     {"signature_algorithm_refused", "signature_validation_failed",
      "The signature of your company's sign-in service is of a kind that is not accepted.",
      "The algorithm of the signature, of its digest or of its canonicalisation is not among those "
      "accepted: RSA or ECDSA with SHA-256, SHA-384 or SHA-512, exclusive canonicalisation.",
      "At the provider, choose RSA-SHA256 as signature algorithm and SHA-256 as digest "
      "algorithm."}},
    {signature_algorithm_weak,
     {"signature_algorithm_weak", "signature_validation_failed",
      "The signature of your company's sign-in service is of an outdated kind.",
      "The signature or its digest uses SHA-1. Signatures with SHA-1 can be forged by those with "
      "enough means, so they are not accepted.",
      "At the provider, choose RSA-SHA256 as signature algorithm and SHA-256 as digest "
      "algorithm."}},
    {signature_key_unknown,
     {"signature_key_unknown", "signature_validation_failed",
      "The sign-in service signed with a certificate that is not known here.",
      "The answer names a certificate that is none of the connection's. Most often the provider "
      "has changed its signing certificate.",
      "Take over the provider's current certificate: with a metadata address, `gatehouse admin "
      "connection update --metadata-url` reads it anew; without, give the new file with "
      "--certificate-file. Several certificates may stand side by side during a change."}},
    {signature_invalid,
     {"signature_invalid", "signature_validation_failed",
      "The signature of your company's sign-in service is not valid.",
      "None of the connection's certificates fits the signature: the provider signs with another "
      "key, or the answer was changed after it was signed.",
      "Compare the fingerprint of the provider's signing certificate with those of the connection "
      "(`gatehouse admin connection show`), and take over the current one. If they are the same, "
      "something on the way changes the answer."}},
    {encryption_missing,
     {"encryption_missing", "invalid_saml_response",
      "The answer of your company's sign-in service is not encrypted as agreed.",
      "The connection wants encrypted assertions, and this one came in the clear.",
      "At the provider, switch on encryption of the assertion with the certificate from our "
      "metadata, or switch assertion_encrypted off in the connection."}},
    {encryption_algorithm_refused,
     {"encryption_algorithm_refused", "invalid_saml_response",
      "The answer of your company's sign-in service is encrypted in a way that is not accepted.",
      "Accepted are AES-GCM (128, 192, 256), and AES-CBC where the response is signed around it; "
      "keys are transported by RSA-OAEP. RSA 1.5 and Triple DES are not accepted.",
      "At the provider, choose AES-256-GCM (or AES-128-GCM) and RSA-OAEP. Where only AES-CBC is "
      "offered, have the response signed as well."}},
    {decryption_failed,
     {"decryption_failed", "invalid_saml_response",
      "The answer of your company's sign-in service cannot be decrypted.",
      "The assertion was encrypted for another certificate than ours, or the encrypted data is "
      "damaged.",
      "At the provider, replace the encryption certificate by the one in our metadata (`gatehouse "
      "admin connection show` prints its address)."}},
    {assertion_missing,
     {"assertion_missing", "invalid_saml_response",
      "The answer of your company's sign-in service says nothing about you.",
      "The response says that the sign-in succeeded and holds no assertion.",
      "Look at the provider's log for this sign-in: its policy may leave the assertion out, or its "
      "session ended in between."}},
    {assertion_several,
     {"assertion_several", "invalid_saml_response",
      "The answer of your company's sign-in service contradicts itself.",
      "The response holds more than one assertion. Providers send one; two are how forged content "
      "is hidden beside signed content.",
      "Treat the attempt as an attack unless the provider is set up to send several; then let it "
      "send one."}},
    {issuer_mismatch,
     {"issuer_mismatch", "invalid_saml_response",
      "The answer came from another sign-in service than the one that was asked.",
      "The Issuer of the response or the assertion is not the entity ID of the connection. Both "
      "must be the same character by character: http or https, the slash at the end, the tenant.",
      "Copy the provider's entity ID exactly as it stands in its metadata: `gatehouse admin "
      "connection update --entity-id`. If the provider was set up anew, its entity ID may have "
      "changed."}},
    {destination_mismatch,
     {"destination_mismatch", "invalid_acs_url",
      "Your company's sign-in service sends its answers to another address.",
      "The response says, in Destination, that it is meant for another address than this "
      "connection's. Host, path and connection id must be the same.",
      "At the provider, set the assertion consumer service URL to the one that `gatehouse admin "
      "connection show` prints. If the hosts differ, correct base_url, or the proxy in front of "
      "this server."}},
    {recipient_mismatch,
     {"recipient_mismatch", "invalid_assertion_url",
      "Your company's sign-in service speaks to another address.",
      "The assertion may be used only at the address in Recipient, and that is not this "
      "connection's.",
      "At the provider, set the recipient (often one field with the assertion consumer service "
      "URL) to the address that `gatehouse admin connection show` prints."}},
    {audience_missing,
     {"audience_missing", "invalid_saml_response",
      "Your company's sign-in service does not say whom it answers.",
      "The assertion has no AudienceRestriction, so it could be meant for any application of that "
      "provider.",
      "At the provider, enter our entity ID as audience."}},
    {audience_mismatch,
     {"audience_mismatch", "invalid_saml_response",
      "Your company's sign-in service answered for another application.",
      "The assertion is meant for another audience than this connection's entity ID. Both must be "
      "the same character by character.",
      "At the provider, set the audience (SP entity ID) to the entity ID that `gatehouse admin "
      "connection show` prints. If the provider cannot change it, tell the connection: "
      "--sp-entity-id."}},
    {subject_confirmation_missing,
     {"subject_confirmation_missing", "invalid_saml_response",
      "The answer of your company's sign-in service is not complete.",
      "The assertion has no SubjectConfirmation of method bearer that fits: with Recipient, with "
      "NotOnOrAfter, without NotBefore.",
      "At the provider, set up the application for the Web Browser SSO profile of SAML 2.0."}},
    {in_response_to_mismatch,
     {"in_response_to_mismatch", "invalid_saml_response",
      "This answer belongs to another sign-in. Please begin again.",
      "InResponseTo of the response and of its subject confirmation differ, or one of them is not "
      "the request that this browser's sign-in made.",
      "Begin again at the application. If it happens always, two sign-ins are mixed by a proxy or "
      "a cache in front of the provider."}},
    {assertion_not_yet_valid,
     {"assertion_not_yet_valid", "invalid_saml_response",
      "The answer of your company's sign-in service is dated in the future.",
      "NotBefore lies more than three minutes ahead of this server's clock.",
      "Set the clocks of both sides by NTP: `timedatectl` shows whether this server's is in step. "
      "At the provider, let NotBefore begin a minute or two earlier."}},
    {assertion_expired,
     {"assertion_expired", "assertion_expired",
      "The answer of your company's sign-in service came too late. Please try again.",
      "NotOnOrAfter of the conditions or of the subject confirmation is over, three minutes of "
      "tolerance included.",
      "Try again. If it happens always, set the clocks of both sides by NTP, and at the provider "
      "give assertions at least five minutes."}},
    {session_expired,
     {"session_expired", "response_expired",
      "Your session at your company's sign-in service is over. Please sign in there again.",
      "SessionNotOnOrAfter is over: the provider says that its own session ended before this "
      "answer arrived.",
      "Sign in at the provider anew. If it happens always, compare the clocks, and look how long "
      "the provider's sessions last."}},
    {name_id_missing,
     {"name_id_missing", "mandatory_attribute_missing",
      "Your company's sign-in service did not say who you are.",
      "The assertion has no NameID, and no attribute is mapped that could take its place.",
      "At the provider, send a NameID that stays the same for a person: the persistent id or the "
      "e-mail address."}},
    {name_id_transient,
     {"name_id_transient", "mandatory_attribute_missing",
      "Your company's sign-in service gives you another name each time.",
      "The NameID is transient: it is new with every sign-in, so nobody could be known again by "
      "it.",
      "At the provider, send a persistent NameID or one of format emailAddress, or map an "
      "attribute that stays the same to `sub`."}},
    {status_unknown,
     {"status_unknown", "invalid_status",
      "The answer of your company's sign-in service cannot be understood.",
      "The response has no status, or one that SAML does not define at the top: neither Success "
      "nor Requester, Responder or VersionMismatch.",
      "Look up the sign-in in the provider's log. If the provider always sends this, its software "
      "has a mistake that its maker has to correct."}},
    {response_expired,
     {"response_expired", "response_expired",
      "The clocks of your company's sign-in service and of this one differ. Please try again.",
      "IssueInstant of the response is too long ago, or lies in the future, three minutes of "
      "tolerance included.",
      "Try again. If it happens always, set the clocks of both sides by NTP: `timedatectl` shows "
      "whether this server's is in step."}},
    {assertion_too_long_lived,
     {"assertion_too_long_lived", "invalid_saml_response",
      "The answer of your company's sign-in service is good for too long.",
      "The assertion may be used for more than a day. Each answer is remembered until it is over, "
      "so that it counts once; so it must be short-lived.",
      "At the provider, set the lifetime of assertions to an hour or less; five minutes are "
      "enough."}},
    {condition_unknown,
     {"condition_unknown", "invalid_saml_response",
      "Your company's sign-in service sets a condition that cannot be checked.",
      "The assertion's Conditions hold an element that is not known here. What sets a limit that "
      "cannot be judged must be refused.",
      "At the provider, leave conditions other than AudienceRestriction, OneTimeUse and "
      "ProxyRestriction out of assertions for this application."}},
};

}  // namespace

std::span<const DiagnosisRow> saml_texts() { return rows; }

}  // namespace gatehouse::sso
