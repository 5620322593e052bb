// A SAML response becomes an Answer, or the first thing that is wrong with it [SAML Profiles
// §4.1.4]. The checks, in their order:
//
//   1  the bytes: base64, size, XML without DOCTYPE, comments and double IDs; a Response
//   2  what refuses it without any proof: status, version, issuer, destination, age
//   3  signatures and encryption (assertion_proof.h)
//   4  what the signed response says, held against 2 once more
//   5  the assertion: issuer, confirmation, conditions, session (validate.h)
//   6  whom it is about (identity.h)

#pragma once

#include "server/login/outside_identity.h"
#include "server/sso/saml/parties.h"

namespace gatehouse::sso::saml {

struct ResponseExpectations {
  Instant now;
  // Ours, to decrypt with; those of a rollover as well.
  std::span<const xml::KeyPair> keys = {};
};

struct Answer {
  login::OutsideIdentity identity;
  // The request that it answers, to be consumed; nullopt: the provider has begun by itself.
  std::optional<std::string> in_response_to;
  // To be consumed once for the connection, and kept until then.
  std::string assertion_id;
  Instant assertion_expires_at;
  // What the provider says of its session; nullopt: nothing.
  std::optional<Instant> session_not_on_or_after = std::nullopt;
  std::optional<Instant> authenticated_at = std::nullopt;
};

// `saml_response` is the form field as it came. Every check is noted in the log, the failed one
// last.
Result<Answer, Failure> read_response(std::string_view saml_response, const SamlParties& parties,
                                      const ResponseExpectations& expected, CheckLog& log);

}  // namespace gatehouse::sso::saml
