// XML signatures [XML Signature 1.1] as SAML uses them: enveloped, over one element of the same
// document, by a key that was agreed on beforehand.
//
// Verification looks at nothing in the signature but how it was made: the key is one of those given
// here, whatever KeyInfo says; the one Reference names the very parent of the Signature; transforms
// are enveloped-signature and exclusive canonicalisation, and nothing else. What was verified is
// handed on as a VerifiedElement, read again from the very octets that were digested, so that a
// reader cannot see anything that the signer has not signed.
//
// It is done here, with our canonicalisation (canonical.h) and server/crypto, rather than by
// libxmlsec1: that library can do far more than may be allowed, opens files and connections unless
// it is forbidden to, trusts keys that a message brings along unless one is pinned, and takes its
// time over thousands of transforms. What is left once all of that is taken away is one digest and
// one signature.

#pragma once

#include <span>

#include "server/core/secret.h"
#include "server/crypto/certificate.h"
#include "server/xml/document.h"

namespace gatehouse::xml {

// Why a signature does not count.
enum class SignatureProblem {
  absent,              // the element holds no Signature of its own
  several,             // more than one, or one that is not where it belongs
  malformed,           //
  reference_missing,   // no Reference, or several
  reference_foreign,   // it names something other than the element that holds it
  transform_refused,   //
  algorithm_refused,   // digest or signature: HMAC, MD5, …
  algorithm_weak,      // SHA-1, where it is not allowed
  no_key,              // none was given
  key_mismatch,        // made with no key of ours: KeyInfo names certificates, none of them ours
  digest_mismatch,     // the element was changed after signing
  signature_mismatch,  // not made by any of the keys, or SignedInfo was changed
  canonicalisation,    // could not be canonicalised: never an empty string instead
};
[[nodiscard]] std::string_view signature_problem_name(SignatureProblem problem);

enum class WeakAlgorithms { refused, allowed };  // SHA-1 in signature or digest

// An element whose every octet was signed by the key of one of the certificates given.
class VerifiedElement {
 public:
  [[nodiscard]] Element root() const { return document_.root(); }
  // Index of the certificate among those given.
  [[nodiscard]] std::size_t signed_by() const { return signed_by_; }

 private:
  friend struct SignatureVerifier;
  VerifiedElement(Document document, std::size_t signed_by)
      : document_(std::move(document)), signed_by_(signed_by) {}
  Document document_;  // without the Signature
  std::size_t signed_by_;
};

// Whether `element` holds a Signature as its child.
[[nodiscard]] bool has_signature(const Element& element);

// `element` is one of `document`. Certificates are taken for the keys that they hold; their dates
// are not looked at.
[[nodiscard]] Result<VerifiedElement, SignatureProblem> verify_signature(
    const Document& document, const Element& element,
    std::span<const crypto::Certificate> certificates,
    WeakAlgorithms weak = WeakAlgorithms::refused);

// A private key with its certificate, to sign and decrypt with.
struct KeyPair {
  Secret private_key;  // PKCS#8 DER, RSA of 2048 bits and more
  crypto::Certificate certificate;
};
// A fresh RSA key of 2048 bits with a certificate that it has signed itself, for ten years. Slow.
[[nodiscard]] Result<KeyPair, Error> make_key_pair(std::string_view common_name, Instant now);

// `xml` with the element of that ID signed (RSA-SHA256), the Signature placed behind the Issuer
// that is its first child [SAML Core §5.4.1], or as the first child where there is none. Errors:
// invalid_argument (not XML that Document::parse takes, no such ID, signed already).
enum class EmbedCertificate { yes, no };
[[nodiscard]] Result<std::string, Error> sign_element(std::string_view xml, std::string_view id,
                                                      const KeyPair& key, EmbedCertificate embed);

// Detached signatures of the HTTP-Redirect binding [SAML Bindings §3.4.4.1], over raw octets.
enum class RedirectAlgorithm { rsa_sha256, rsa_sha1, rsa_sha384, rsa_sha512, ecdsa_sha256 };
[[nodiscard]] std::string_view redirect_algorithm_uri(RedirectAlgorithm algorithm);
[[nodiscard]] std::string sign_octets(std::string_view octets, const KeyPair& key);  // rsa_sha256
[[nodiscard]] Result<Unit, SignatureProblem> verify_octets(
    std::string_view octets, std::string_view signature, std::string_view algorithm_uri,
    std::span<const crypto::Certificate> certificates,
    WeakAlgorithms weak = WeakAlgorithms::refused);

}  // namespace gatehouse::xml
