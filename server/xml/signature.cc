#include "server/xml/signature.h"

#include <algorithm>

#include "server/core/ensure.h"
#include "server/core/enum_names.h"
#include "server/xml/held.h"
#include "server/xml/names.h"
#include "server/xml/signature_parts.h"

namespace gatehouse::xml {

using crypto::Certificate;
using crypto::CertificateKey;
using crypto::DigestAlgorithm;

namespace {

constexpr EnumNames<SignatureProblem, 13> problem_names(
    {"absent", "several", "malformed", "reference_missing", "reference_foreign",
     "transform_refused", "algorithm_refused", "algorithm_weak", "no_key", "key_mismatch",
     "digest_mismatch", "signature_mismatch", "canonicalisation"});

constexpr std::size_t signed_info_bytes_max = 16 * 1024;
// What is signed was read within the limits; canonical, it may be longer, and declare namespaces
// where they are used.
constexpr std::size_t canonical_bytes_max = 2 * 1024 * 1024;
constexpr ParseLimits canonical_limits = {.bytes_max = canonical_bytes_max, .attributes_max = 256};

// Which of the keys made `signature`, those of `first` before the others; nullopt: none of them.
struct Question {
  std::string_view data;
  std::string_view signature;
  SignatureMethod method;
};
bool is_by(const Certificate& certificate, const Question& question) {
  return certificate.key != nullptr && certificate.key->kind() == question.method.key &&
         certificate.key->verify(question.method.digest, question.data, question.signature);
}

std::optional<std::size_t> find_signer(std::span<const Certificate> certificates,
                                       std::span<const std::string> named,
                                       const Question& question) {
  const auto is_named = [named](const Certificate& each) {
    return std::ranges::find(named, each.der) != named.end();
  };
  for (std::size_t i = 0; i < certificates.size(); ++i) {
    if (is_named(certificates[i]) && is_by(certificates[i], question)) return i;
  }
  for (std::size_t i = 0; i < certificates.size(); ++i) {
    if (!is_named(certificates[i]) && is_by(certificates[i], question)) return i;
  }
  return std::nullopt;
}

bool has_key(std::span<const Certificate> certificates) {
  return std::ranges::any_of(certificates,
                             [](const Certificate& each) { return each.key != nullptr; });
}

bool names_none_of(std::span<const Certificate> certificates, std::span<const std::string> named) {
  return !named.empty() && std::ranges::none_of(certificates, [named](const Certificate& each) {
    return std::ranges::find(named, each.der) != named.end();
  });
}

}  // namespace

struct SignatureVerifier {
  std::span<const Certificate> certificates;
  WeakAlgorithms weak;

  Result<VerifiedElement, SignatureProblem> run(const Element& element,
                                                const Element& signature) const {
    const std::string id = element.attribute("ID").value_or("");
    const SignatureParts parts = TRY(read_signature(signature, id));
    const bool is_weak = parts.method.digest == DigestAlgorithm::sha1 ||
                         parts.reference_digest == DigestAlgorithm::sha1;
    if (is_weak && weak == WeakAlgorithms::refused) return SignatureProblem::algorithm_weak;
    if (!has_key(certificates)) return SignatureProblem::no_key;
    const std::size_t signer = TRY(find_signer_of(parts));
    // Only now does what arrived cost more than its own length.
    const auto octets = canonicalise(element, {.inclusive_prefixes = parts.reference_prefixes,
                                               .omitted = signature.node(),
                                               .bytes_max = canonical_bytes_max});
    if (!octets.has_value() || octets->empty()) return SignatureProblem::canonicalisation;
    if (crypto::digest(parts.reference_digest, *octets) != parts.digest) {
      return SignatureProblem::digest_mismatch;
    }
    Result<Document, ParseProblem> signed_document = Document::parse(*octets, canonical_limits);
    if (!signed_document.ok()) return SignatureProblem::canonicalisation;
    return VerifiedElement(std::move(signed_document).value(), signer);
  }

 private:
  Result<std::size_t, SignatureProblem> find_signer_of(const SignatureParts& parts) const {
    const auto signed_info = canonicalise(
        parts.signed_info,
        {.inclusive_prefixes = parts.signed_info_prefixes, .bytes_max = signed_info_bytes_max});
    if (!signed_info.has_value() || signed_info->empty()) return SignatureProblem::canonicalisation;
    const auto signer = find_signer(certificates, parts.certificates,
                                    {*signed_info, parts.signature, parts.method});
    if (signer.has_value()) return *signer;
    return names_none_of(certificates, parts.certificates) ? SignatureProblem::key_mismatch
                                                           : SignatureProblem::signature_mismatch;
  }
};

std::string_view signature_problem_name(SignatureProblem problem) {
  return problem_names.name(problem);
}

bool has_signature(const Element& element) {
  return !element.children(names::signature, "Signature").empty();
}

Result<VerifiedElement, SignatureProblem> verify_signature(
    const Document& document, const Element& element, std::span<const Certificate> certificates,
    WeakAlgorithms weak) {
  ENSURE(element.node()->doc == document.held().tree.get());
  const std::vector<Element> signatures = element.children(names::signature, "Signature");
  if (signatures.empty()) return SignatureProblem::absent;
  if (signatures.size() > 1) return SignatureProblem::several;
  return SignatureVerifier{certificates, weak}.run(element, signatures.front());
}

Result<Unit, SignatureProblem> verify_octets(std::string_view octets, std::string_view signature,
                                             std::string_view algorithm_uri,
                                             std::span<const Certificate> certificates,
                                             WeakAlgorithms weak) {
  const std::optional<SignatureMethod> method = find_signature_method(algorithm_uri);
  if (!method.has_value()) return SignatureProblem::algorithm_refused;
  if (method->digest == DigestAlgorithm::sha1 && weak == WeakAlgorithms::refused) {
    return SignatureProblem::algorithm_weak;
  }
  if (!has_key(certificates)) return SignatureProblem::no_key;
  const auto signer = find_signer(certificates, {}, {octets, signature, *method});
  if (!signer.has_value()) return SignatureProblem::signature_mismatch;
  return Unit{};
}

}  // namespace gatehouse::xml
