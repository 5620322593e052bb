// What a Signature says about how it was made, read without believing any of it. For signature.cc.

#pragma once

#include "server/crypto/certificate_key.h"
#include "server/xml/canonical.h"
#include "server/xml/signature.h"

namespace gatehouse::xml {

struct SignatureMethod {
  crypto::CertificateKey::Kind key;
  crypto::DigestAlgorithm digest;
};
// nullopt for what is not verified at all: HMAC, MD5, DSA, …
[[nodiscard]] std::optional<SignatureMethod> find_signature_method(std::string_view uri);
[[nodiscard]] std::optional<crypto::DigestAlgorithm> find_digest(std::string_view uri);

struct SignatureParts {
  Element signed_info;
  std::vector<std::string> signed_info_prefixes;  // of its InclusiveNamespaces
  SignatureMethod method;
  std::vector<std::string> reference_prefixes;
  crypto::DigestAlgorithm reference_digest;
  std::string digest;                     // as bytes
  std::string signature;                  // as bytes
  std::vector<std::string> certificates;  // DER, as KeyInfo holds them; not proved to be such
};

// `signature` as it stands in an element whose ID is `id`.
[[nodiscard]] Result<SignatureParts, SignatureProblem> read_signature(const Element& signature,
                                                                      std::string_view id);

// Base64 with blanks and line ends anywhere; nullopt if it is none, or has elements within.
[[nodiscard]] std::optional<std::string> base64_content(const Element& element);

}  // namespace gatehouse::xml
