#include "server/sso/saml/assertion_proof.h"

#include "server/crypto/hash.h"
#include "server/encoding/hex.h"
#include "server/sso/saml/message.h"
#include "server/sso/saml/names.h"

namespace gatehouse::sso::saml {

std::optional<xml::Element> ProvenAssertion::response() const {
  if (!response_.has_value()) return std::nullopt;
  return response_->root();
}

// The steps, and what they have found so far.
struct AssertionProver {
  const xml::Document& document;
  const SamlParties& parties;
  std::span<const xml::KeyPair> keys;
  CheckLog& log;

  std::optional<xml::VerifiedElement> response = std::nullopt;
  std::optional<xml::VerifiedElement> assertion = std::nullopt;
  std::optional<xml::Document> decrypted = std::nullopt;

  Result<ProvenAssertion, Failure> prove();

 private:
  Result<Unit, Failure> verify_response();
  Result<xml::Element, Failure> only_assertion() const;
  Result<Unit, Failure> verify_plain(const xml::Element& found);
  Result<Unit, Failure> verify_encrypted();
  Result<Unit, Failure> decrypt(const xml::Element& encrypted);
  Result<Unit, Failure> demand_signatures() const;
  [[nodiscard]] connections::SamlSigning wanted() const {
    return parties.configuration.saml_signing_option.value_or(connections::SamlSigning::either);
  }
};

namespace {

// As the consoles of providers show it.
std::string fingerprint(const crypto::Certificate& certificate) {
  return certificate.subject + " (SHA-256 " + hex_encode(crypto::sha256(certificate.der)) + ")";
}

// Which certificates there are on both sides: for comparing, never for trusting.
void name_keys(Failure& failure, const xml::Element& element, const SamlParties& parties) {
  std::string expected;
  for (const crypto::Certificate& known : parties.idp_certificates) {
    expected += (expected.empty() ? "" : ", ") + fingerprint(known);
  }
  std::optional<xml::Element> at = element;
  for (const char* name : {"Signature", "KeyInfo", "X509Data", "X509Certificate"}) {
    if (at.has_value()) at = at->only_child(signature_ns, name);
  }
  const auto sent = crypto::parse_certificates(at.has_value() ? at->text() : std::string());
  failure = Failure(failure.diagnosis, expected,
                    sent.ok() ? fingerprint(sent.value().front()) : "another certificate");
}

Result<xml::VerifiedElement, Failure> verify(const xml::Document& document,
                                             const xml::Element& element,
                                             const SamlParties& parties) {
  auto verified = xml::verify_signature(document, element, parties.idp_certificates);
  if (!verified.ok()) {
    Failure failure = to_failure(verified.error());
    if (failure.diagnosis == Diagnosis::signature_key_unknown) name_keys(failure, element, parties);
    return failure;
  }
  return std::move(verified).value();
}

}  // namespace

Result<ProvenAssertion, Failure> AssertionProver::prove() {
  if (parties.idp_certificates.empty()) {
    return Failure(Diagnosis::certificate_missing, "a certificate of the identity provider",
                   "none");
  }
  TRY(verify_response());
  const xml::Element found = TRY(only_assertion());
  const bool is_encrypted = found.local_name() == "EncryptedAssertion";
  if (is_encrypted) {
    TRY(verify_encrypted());
  } else {
    if (parties.configuration.assertion_encrypted.value_or(false)) {
      return Failure(Diagnosis::encryption_missing, "an encrypted assertion", "one in the open");
    }
    TRY(verify_plain(found));
  }
  TRY(demand_signatures());

  if (assertion.has_value()) {
    const xml::Element root = assertion->root();
    return ProvenAssertion(std::move(response), std::move(assertion), std::move(decrypted), root);
  }
  // Nothing but the response's own signature vouches for it: it is read from what that covers.
  const std::optional<xml::Element> root =
      decrypted.has_value() ? std::optional(decrypted->root())
                            : response->root().only_child(assertion_ns, "Assertion");
  if (!root.has_value()) {
    return Failure(Diagnosis::assertion_missing, "an assertion under the signature", "none");
  }
  return ProvenAssertion(std::move(response), std::nullopt, std::move(decrypted), *root);
}

Result<Unit, Failure> AssertionProver::verify_response() {
  if (!xml::has_signature(document.root())) return Unit{};
  response = TRY(verify(document, document.root(), parties));
  log.passed("The response is signed by the identity provider.");
  return Unit{};
}

// The one there is, in the document as it came: nowhere in it may there be another.
Result<xml::Element, Failure> AssertionProver::only_assertion() const {
  const std::size_t count = document.all(assertion_ns, "Assertion").size() +
                            document.all(assertion_ns, "EncryptedAssertion").size();
  if (count > 1) {
    return Failure(Diagnosis::assertion_several, "exactly one assertion",
                   std::to_string(count) + " assertions");
  }
  auto found = document.root().only_child(assertion_ns, "Assertion");
  if (!found.has_value()) found = document.root().only_child(assertion_ns, "EncryptedAssertion");
  if (!found.has_value()) {
    return Failure(Diagnosis::assertion_missing, "an assertion in the response", "none");
  }
  log.passed("The response holds exactly one assertion.");
  return *found;
}

Result<Unit, Failure> AssertionProver::verify_plain(const xml::Element& found) {
  if (!xml::has_signature(found)) return Unit{};
  assertion = TRY(verify(document, found, parties));
  log.passed("The assertion is signed by the identity provider.");
  return Unit{};
}

Result<Unit, Failure> AssertionProver::verify_encrypted() {
  const xml::Element around = response.has_value() ? response->root() : document.root();
  const auto encrypted = around.only_child(assertion_ns, "EncryptedAssertion");
  if (!encrypted.has_value()) {
    return Failure(Diagnosis::assertion_missing, "an encrypted assertion in the response", "none");
  }
  TRY(decrypt(*encrypted));
  if (!xml::has_signature(decrypted->root())) return Unit{};
  auto verified = verify(*decrypted, decrypted->root(), parties);
  if (!verified.ok()) {
    // Ciphertext that anybody may have written: what it becomes is nobody's business.
    if (!response.has_value() && parties.unsigned_cbc == SamlParties::UnsignedCbc::accepted) {
      return to_failure(xml::EncryptionProblem::failed);
    }
    return std::move(verified).error();
  }
  assertion = std::move(verified).value();
  log.passed("The assertion is signed by the identity provider.");
  return Unit{};
}

Result<Unit, Failure> AssertionProver::decrypt(const xml::Element& encrypted) {
  if (keys.empty()) {
    return Failure(Diagnosis::decryption_failed, "a key of this connection", "it has none");
  }
  const bool may_be_cbc =
      response.has_value() || parties.unsigned_cbc == SamlParties::UnsignedCbc::accepted;
  const auto surroundings =
      may_be_cbc ? xml::Surroundings::verified : xml::Surroundings::unverified;
  std::optional<Failure> first;
  for (const xml::KeyPair& key : keys) {
    auto text = xml::decrypt_element(encrypted, key, surroundings);
    if (!text.ok()) {
      if (!first.has_value()) first = to_failure(text.error());
      continue;
    }
    // One answer for all that can be wrong with what was inside.
    auto inner = parse_message(text.value());
    if (!inner.ok() || !inner.value().root().is(assertion_ns, "Assertion") ||
        inner.value().all(assertion_ns, "Assertion").size() != 1 ||
        !inner.value().all(assertion_ns, "EncryptedAssertion").empty()) {
      return to_failure(xml::EncryptionProblem::failed);
    }
    decrypted = std::move(inner).value();
    log.passed("The assertion could be decrypted.");
    return Unit{};
  }
  return *std::move(first);
}

Result<Unit, Failure> AssertionProver::demand_signatures() const {
  using connections::SamlSigning;
  const SamlSigning signing = wanted();
  if (!response.has_value() && !assertion.has_value()) {
    return Failure(Diagnosis::signature_missing, "a signature on response or assertion", "none");
  }
  if (!response.has_value() && (signing == SamlSigning::response || signing == SamlSigning::both)) {
    return Failure(Diagnosis::signature_of_response_missing, "a signature on the response",
                   "one on the assertion only");
  }
  if (!assertion.has_value() &&
      (signing == SamlSigning::assertion || signing == SamlSigning::both)) {
    return Failure(Diagnosis::signature_of_assertion_missing, "a signature on the assertion",
                   "one on the response only");
  }
  log.passed("Everything is signed that this connection demands.");
  return Unit{};
}

Result<ProvenAssertion, Failure> prove_assertion(const xml::Document& document,
                                                 const SamlParties& parties,
                                                 std::span<const xml::KeyPair> keys,
                                                 CheckLog& log) {
  AssertionProver prover{.document = document, .parties = parties, .keys = keys, .log = log};
  return prover.prove();
}

}  // namespace gatehouse::sso::saml
