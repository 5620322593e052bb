// Single logout [SAML Core §3.7] [SAML Profiles §4.4]: asking the provider to end its session, and
// being asked to end ours.

#pragma once

#include "server/sso/saml/name_id.h"

namespace gatehouse::sso::saml {

// What the provider called the person and the session when it signed them in.
struct LogoutSubject {
  std::string name_id;
  std::string name_id_format = {};
  std::string session_index = {};
};
struct LogoutAsk {
  std::string id;  // "_" and 40 hexadecimal digits
  LogoutSubject subject;
  std::string relay_state = {};
  Instant now;
};
// To the connection's idp_slo_url, which has to be set. Signed where there is a key.
[[nodiscard]] Departure make_logout_request(const SamlParties& parties, const LogoutAsk& ask,
                                            const xml::KeyPair* key);

struct LogoutReply {
  std::string id;
  std::string in_response_to;
  enum class Outcome { success, partial } outcome = Outcome::success;
  std::string relay_state = {};  // as it came with the request
  Instant now;
};
[[nodiscard]] Departure make_logout_response(const SamlParties& parties, const LogoutReply& reply,
                                             const xml::KeyPair* key);

// A message of the provider's, as it came.
struct LogoutArrival {
  enum class Binding { redirect, post } binding;
  std::string_view payload;                 // redirect: the query, raw; post: the field's value
  std::span<const xml::KeyPair> keys = {};  // ours, to decrypt the NameID with
  Instant now;
};
// What a query or a form names: SAMLRequest or SAMLResponse.
enum class LogoutKind { request, response };
// By the query alone: which of the two it carries; nullopt if neither, or both.
[[nodiscard]] std::optional<LogoutKind> kind_of_query(std::string_view raw_query);

struct LogoutRequest {
  std::string id;
  NameId name_id;
  std::vector<std::string> session_indexes;  // empty: all sessions of that person
  std::string relay_state;                   // of the redirect binding; empty: none
};
// A request that the provider has signed, for us, and of now. Signatures of the redirect binding
// are verified over the octets as they came, however those were encoded. Failures: whatever is said
// of a response as well; signature_missing.
Result<LogoutRequest, Failure> read_logout_request(const LogoutArrival& arrival,
                                                   const SamlParties& parties, CheckLog& log);

struct LogoutResponse {
  std::string in_response_to;
  // A response without a signature ends nothing; a wrong signature is refused.
  enum class Proof { signed_by_provider, unsigned_text } proof;
  std::string relay_state;
};
// Failures: as above; what the status says if it is neither Success nor PartialLogout.
Result<LogoutResponse, Failure> read_logout_response(const LogoutArrival& arrival,
                                                     const SamlParties& parties, CheckLog& log);

}  // namespace gatehouse::sso::saml
