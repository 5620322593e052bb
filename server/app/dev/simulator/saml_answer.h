// What a simulated provider answers with: a Response as the profile's real product writes it, ended
// as the outcome says [SAML Core §3.3.3].

#pragma once

#include <optional>

#include "server/app/dev/simulator/outcome.h"
#include "server/app/dev/simulator/person.h"
#include "server/app/dev/simulator/profile.h"
#include "server/core/random.h"
#include "server/xml/signature.h"

namespace gatehouse::app::dev {

// Whom the answer goes to.
struct SamlAudience {
  std::string entity_id;
  std::string acs_url;
  std::string in_response_to;  // empty: nobody asked
  std::optional<crypto::Certificate> encryption_certificate = std::nullopt;
};

struct SamlOrder {
  const Profile& profile;
  std::string entity_id;  // the provider's own
  std::string tenant;     // a GUID, where the profile has such
  SamlAudience audience;
  Person person;
  Outcome outcome = Outcome::success;
  Instant now;
};

// The key that the connection knows, and the one that comes after it.
struct ProviderKeys {
  xml::KeyPair current;
  xml::KeyPair next;
};

// How the provider calls the session that it has begun, for ending it again [SAML Core §3.7.1].
struct SamlSession {
  std::string name_id;         // empty: there is none
  std::string name_id_format;  // empty: left out
  std::string session_index;
};
struct FinishedResponse {
  std::string xml;
  SamlSession session;
};
// Errors: those of signing and encrypting.
[[nodiscard]] Result<FinishedResponse, Error> saml_response(const SamlOrder& order,
                                                            const ProviderKeys& keys,
                                                            Random& random);
// Without signatures and encryption: what is signed, for tests and for people to read.
[[nodiscard]] std::string bare_saml_response(const SamlOrder& order, Random& random);

// "No user is signed in here": the answer to a request that allows no page [SAML Core §3.4.1].
[[nodiscard]] Result<std::string, Error> no_passive_response(const SamlOrder& order,
                                                             const ProviderKeys& keys,
                                                             Random& random);

// "_" and 40 hexadecimal digits.
[[nodiscard]] std::string new_saml_id(Random& random);

}  // namespace gatehouse::app::dev
