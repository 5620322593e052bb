// XML encryption [XML Encryption 1.1] as SAML uses it: one EncryptedData holding one element, its
// key carried along, encrypted for our RSA key with OAEP. Nothing is fetched, whatever it refers
// to.

#pragma once

#include "server/xml/signature.h"

namespace gatehouse::xml {

enum class EncryptionProblem {
  malformed,
  algorithm_refused,      // RSA PKCS#1 v1.5, 3DES, …
  cbc_without_signature,  // CBC only where what stands around it was verified before
  failed,                 // not for our key, or damaged: one answer for every reason
};
[[nodiscard]] std::string_view encryption_problem_name(EncryptionProblem problem);

// Whether the octets that are decrypted were signed as part of what surrounds them.
enum class Surroundings { verified, unverified };

// The XML text of the one element inside `encrypted` (an EncryptedAssertion, EncryptedID, …, whose
// child is the EncryptedData; EncryptedKey within it or beside it). It stands alone: where the text
// needs namespaces that are declared around `encrypted`, they are declared on it. Document::parse
// takes it. What it holds is still nobody's word; its IDs are not compared with those outside.
//
// Content: AES-GCM of 128, 192 and 256 bits; AES-CBC under `Surroundings::verified`. Key: RSA-OAEP.
// After the refusals that do not depend on any key, it takes the same work whatever is wrong.
[[nodiscard]] Result<std::string, EncryptionProblem> decrypt_element(const Element& encrypted,
                                                                     const KeyPair& key,
                                                                     Surroundings surroundings);

// For tests and simulated providers: an <xenc:EncryptedData> of `xml`, for the certificate's key.
enum class ContentCipher { aes128_gcm, aes256_gcm, aes128_cbc, aes256_cbc };
[[nodiscard]] Result<std::string, Error> encrypt_element(std::string_view xml,
                                                         const crypto::Certificate& recipient,
                                                         ContentCipher cipher);

}  // namespace gatehouse::xml
