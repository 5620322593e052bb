// NameID and EncryptedID [SAML Core §2.2].

#pragma once

#include "server/sso/saml/parties.h"

namespace gatehouse::sso::saml {

struct NameId {
  std::string text;  // empty: there is none
  std::string format;
  std::string name_qualifier = {};
  std::string sp_name_qualifier = {};
};

// The one within `parent`: a Subject, or a LogoutRequest, which somebody has signed. Failures:
// name_id_missing (several), decryption_failed, encryption_algorithm_refused.
Result<NameId, Failure> read_name_id(const xml::Element& parent,
                                     std::span<const xml::KeyPair> keys);

}  // namespace gatehouse::sso::saml
