// Whom an assertion is about: the key of the person and the profile.
//
// The key is, in this order
//   1. the attribute that the connection maps to the id, and then nothing else;
//   2. Entra ID's object id, which stays when name and address change; the tenant is the issuer;
//   3. the NameID, unless it is transient: such a name is another one at each sign-in and never a
//      key. One that people type (an address, a Windows name) is folded to lower case, for its case
//      changes with what they type;
//   4. an id that a directory gives once and for all (pairwise-id, subject-id,
//      eduPersonTargetedID, …, the user principal name, uid);
//   5. the address.
// A field of the profile that the connection maps is read from that attribute alone; the others
// from the names that providers are known to use.

#pragma once

#include "server/login/outside_identity.h"
#include "server/sso/saml/assertion_proof.h"

namespace gatehouse::sso::saml {

// Failures: name_id_missing, name_id_transient, email_malformed, decryption_failed.
Result<login::OutsideIdentity, Failure> read_identity(const ProvenAssertion& assertion,
                                                      const SamlParties& parties,
                                                      std::span<const xml::KeyPair> keys,
                                                      CheckLog& log);

}  // namespace gatehouse::sso::saml
