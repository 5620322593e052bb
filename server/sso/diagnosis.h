// What can be wrong with a single sign-on: the closed list. Every refusal on its way is one of
// these, so that whoever has to mend it (the developer, the customer's administrator) reads in
// plain words which check failed, what was expected and received, and what to change.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/connections/configuration.h"

namespace gatehouse::sso {

enum class Diagnosis {
  // The connection
  connection_unknown,
  connection_disabled,
  connection_incomplete,
  // The request that the answer belongs to
  request_unknown,  // never made, used before, or too old
  request_of_other_connection,
  other_browser,    // the answer came to a browser that did not ask
  sign_in_over,     // the flow expired or was completed meanwhile
  answer_replayed,  // this very answer was used before
  answer_missing,   // no SAMLResponse, no code
  // What the provider said instead of yes
  provider_refused,          // access_denied, an error status
  provider_needs_user,       // login_required, interaction_required, NoPassive
  provider_error,            // server_error, Responder
  provider_request_refused,  // the provider did not like our request: its policy, format, context
  // Reaching the provider
  provider_unreachable,
  provider_too_slow,
  provider_address_refused,
  provider_answer_malformed,
  metadata_malformed,
  metadata_expired,
  metadata_without_keys,
  metadata_keys_replaced,  // by ones that we have never seen
  discovery_failed,
  discovery_issuer_mismatch,
  discovery_incomplete,
  keys_failed,
  metadata_entity_missing,  // it describes others, or several and nobody said which
  metadata_incomplete,      // no address to sign in at that we may use
  // SAML: the bytes
  message_not_base64,
  message_too_long,
  xml_malformed,
  xml_forbidden,  // DOCTYPE, comment, processing instruction, entity
  xml_too_complex,
  xml_duplicate_id,
  message_unexpected,  // well-formed, but no Response
  // SAML: signatures and encryption
  certificate_missing,
  signature_missing,
  signature_of_response_missing,
  signature_of_assertion_missing,
  signature_malformed,
  signature_reference_foreign,
  signature_algorithm_refused,
  signature_algorithm_weak,
  signature_key_unknown,
  signature_invalid,
  encryption_missing,
  encryption_algorithm_refused,
  decryption_failed,
  // SAML: what the assertion says
  assertion_missing,
  assertion_several,
  issuer_mismatch,
  destination_mismatch,
  recipient_mismatch,
  audience_missing,
  audience_mismatch,
  subject_confirmation_missing,
  in_response_to_mismatch,
  assertion_not_yet_valid,
  assertion_expired,
  session_expired,
  name_id_missing,
  name_id_transient,
  status_unknown,            // neither Success nor one that SAML defines
  response_expired,          // issued too long ago, or in the future
  assertion_too_long_lived,  // good for more than a day
  condition_unknown,         // a condition that we cannot judge
  // OIDC: the token endpoint and what it gave
  response_issuer_mismatch,
  token_request_refused,
  token_client_refused,
  token_code_refused,
  token_redirect_refused,
  id_token_missing,
  id_token_malformed,
  id_token_key_unknown,
  id_token_algorithm_refused,
  id_token_signature_invalid,
  id_token_issuer_mismatch,
  id_token_audience_mismatch,
  id_token_party_mismatch,
  id_token_expired,
  id_token_not_yet_valid,
  id_token_nonce_mismatch,
  id_token_hash_mismatch,
  tenant_refused,
  subject_missing,
  subject_mismatch,
  profile_request_failed,
  code_missing,  // neither code nor error, or one of them twice
  // The person
  email_missing,
  email_malformed,
  email_unverified,
  domain_needs_other_connection,  // the organization of that address signs in elsewhere
  provisioning_off,
  seats_taken,
  user_disabled,
  not_a_member,
  // Started by the provider
  idp_initiated_refused,
  initiate_login_missing,
};
inline constexpr int diagnoses = static_cast<int>(Diagnosis::initiate_login_missing) + 1;

struct DiagnosisText {
  std::string_view name;         // "audience_mismatch": stable
  std::string_view code;         // what the application reads: "invalid_saml_response"
  std::string_view title;        // one line, for the person who wanted to sign in
  std::string_view explanation;  // what it means, for the one who mends it
  std::string_view remedy;       // what to change, where nothing more exact is known
};
[[nodiscard]] const DiagnosisText& text_of(Diagnosis diagnosis);
[[nodiscard]] std::optional<Diagnosis> parse_diagnosis(std::string_view name);
// What to change in that provider's console, by the names that its fields have there.
[[nodiscard]] std::string_view remedy_for(Diagnosis diagnosis, connections::Provider provider);

// A refusal. What was expected and received are values without secrets, cut to 500 bytes.
struct Failure {
  Diagnosis diagnosis;
  std::string expected;
  std::string received;

  explicit Failure(Diagnosis what, std::string wanted = {}, std::string got = {});
};

// The checks of one sign-in, in the order in which they were made.
class CheckLog {
 public:
  struct Entry {
    std::string check;   // "The audience is this connection."
    std::string detail;  // what was seen
    enum class Outcome { passed, failed } outcome;
  };
  void passed(std::string_view check, std::string_view detail = {});
  void failed(const Failure& failure);
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  // [{"check":…,"detail":…,"passed":true}]
  [[nodiscard]] std::string json() const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace gatehouse::sso
