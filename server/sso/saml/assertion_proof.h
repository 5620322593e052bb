// From a response to the one assertion in it that the identity provider's key vouches for: the only
// way to what it says.
//
//   saml_signing_option   response signed   assertion signed
//   response              must be           may be
//   assertion             may be            must be
//   both                  must be           must be
//   either, none, unset   one of the two must be
//
// A signature that is there has to be right, wanted or not. [SAML Core §5] [SAML Profiles §4.1.4.3]

#pragma once

#include "server/sso/saml/parties.h"

namespace gatehouse::sso::saml {

// An assertion every octet of which was signed: by itself, or as part of its response, or as the
// ciphertext in a signed response.
class ProvenAssertion {
 public:
  [[nodiscard]] xml::Element root() const { return root_; }
  // The response around it, if that was signed.
  [[nodiscard]] std::optional<xml::Element> response() const;

 private:
  friend struct AssertionProver;
  ProvenAssertion(std::optional<xml::VerifiedElement> response,
                  std::optional<xml::VerifiedElement> assertion,
                  std::optional<xml::Document> decrypted, const xml::Element& root)
      : response_(std::move(response)),
        assertion_(std::move(assertion)),
        decrypted_(std::move(decrypted)),
        root_(root) {}

  std::optional<xml::VerifiedElement> response_;
  std::optional<xml::VerifiedElement> assertion_;
  std::optional<xml::Document> decrypted_;
  xml::Element root_;  // in one of them
};

// `document` is a Response. `keys` are ours, to decrypt with.
Result<ProvenAssertion, Failure> prove_assertion(const xml::Document& document,
                                                 const SamlParties& parties,
                                                 std::span<const xml::KeyPair> keys, CheckLog& log);

}  // namespace gatehouse::sso::saml
