// Whether an assertion is for us, for now, and for this request [SAML Core §2.4, §2.5, §2.7] [SAML
// Profiles §4.1.4.3].

#pragma once

#include "server/sso/saml/assertion_proof.h"

namespace gatehouse::sso::saml {

struct AssertionFacts {
  std::string id;
  // The request it answers; nullopt: nobody asked.
  std::optional<std::string> in_response_to;
  // From then on no clock within the allowed skew takes it.
  Instant expires_at;
  std::string session_index = {};  // empty: unknown
  std::optional<Instant> session_not_on_or_after = std::nullopt;
  std::optional<Instant> authenticated_at = std::nullopt;
};

// Checks, in this order: version, ID and issuer; the bearer confirmation (recipient, times, what it
// is in response to); the conditions (times, audience); the session.
// `outer_in_response_to` is what the response says, which has to agree if both speak.
// `is_outer_proven` tells whether that may stand for an assertion that says nothing.
enum class OuterProof { signed_too, unsigned_text };
struct OuterResponse {
  std::optional<std::string> in_response_to;
  OuterProof proof;
};
Result<AssertionFacts, Failure> validate_assertion(const ProvenAssertion& assertion,
                                                   const OuterResponse& outer,
                                                   const SamlParties& parties, Instant now,
                                                   CheckLog& log);

}  // namespace gatehouse::sso::saml
