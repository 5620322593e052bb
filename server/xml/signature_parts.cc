#include "server/xml/signature_parts.h"

#include <algorithm>
#include <array>

#include "server/encoding/base64.h"
#include "server/xml/held.h"
#include "server/xml/names.h"

namespace gatehouse::xml {
namespace {

using crypto::DigestAlgorithm;
using Kind = crypto::CertificateKey::Kind;

constexpr std::size_t inclusive_prefixes_max = 32;
constexpr std::size_t certificates_read_max = 8;
constexpr std::string_view blanks = " \t\r\n";

struct NamedMethod {
  std::string_view uri;
  SignatureMethod method;
};
constexpr std::array methods = {
    NamedMethod{names::rsa_sha256, {Kind::rsa, DigestAlgorithm::sha256}},
    NamedMethod{names::rsa_sha384, {Kind::rsa, DigestAlgorithm::sha384}},
    NamedMethod{names::rsa_sha512, {Kind::rsa, DigestAlgorithm::sha512}},
    NamedMethod{names::rsa_sha1, {Kind::rsa, DigestAlgorithm::sha1}},
    NamedMethod{names::ecdsa_sha256, {Kind::ec, DigestAlgorithm::sha256}},
    NamedMethod{names::ecdsa_sha384, {Kind::ec, DigestAlgorithm::sha384}},
    NamedMethod{names::ecdsa_sha512, {Kind::ec, DigestAlgorithm::sha512}},
    NamedMethod{names::ecdsa_sha1, {Kind::ec, DigestAlgorithm::sha1}},
};
struct NamedDigest {
  std::string_view uri;
  DigestAlgorithm algorithm;
};
constexpr std::array digests = {
    NamedDigest{names::sha256, DigestAlgorithm::sha256},
    NamedDigest{names::sha384, DigestAlgorithm::sha384},
    NamedDigest{names::sha512, DigestAlgorithm::sha512},
    NamedDigest{names::sha1, DigestAlgorithm::sha1},
};

bool is_signature_part(const Element& element, std::string_view name) {
  return element.is(names::signature, name);
}

// The elements of `parent`, if nothing but blanks stands between them.
std::optional<std::vector<Element>> elements_only(const Element& parent) {
  std::vector<Element> found;
  for (const xmlNode* at = parent.node()->children; at != nullptr; at = at->next) {
    if (at->type == XML_ELEMENT_NODE) {
      found.emplace_back(at);
    } else if (view(at->content).find_first_not_of(blanks) != std::string_view::npos) {
      return std::nullopt;
    }
  }
  return found;
}

bool has_children(const Element& element) {
  return element_from(element.node()->children) != nullptr;
}

// The InclusiveNamespaces of a Transform or CanonicalizationMethod that says exclusive_c14n; there
// may be nothing else in it.
Result<std::vector<std::string>, SignatureProblem> read_prefixes(const Element& method) {
  std::vector<std::string> prefixes;
  const auto children = elements_only(method);
  if (!children.has_value() || children->size() > 1) return SignatureProblem::malformed;
  if (children->empty()) return prefixes;
  const Element& inclusive = children->front();
  const std::optional<std::string> list = inclusive.attribute("PrefixList");
  if (!inclusive.is(names::exclusive_c14n, "InclusiveNamespaces") || has_children(inclusive) ||
      !list.has_value()) {
    return SignatureProblem::malformed;
  }
  std::string_view rest = *list;
  while (true) {
    const std::size_t begin = std::min(rest.find_first_not_of(blanks), rest.size());
    rest.remove_prefix(begin);
    if (rest.empty()) return prefixes;
    if (prefixes.size() == inclusive_prefixes_max) return SignatureProblem::malformed;
    const std::string_view prefix = rest.substr(0, rest.find_first_of(blanks));
    prefixes.emplace_back(prefix == "#default" ? "" : prefix);
    rest.remove_prefix(prefix.size());
  }
}

// Exactly two: enveloped-signature, then exclusive canonicalisation [SAML Core §5.4.4]. Returns the
// prefixes of the second.
Result<std::vector<std::string>, SignatureProblem> read_transforms(const Element& transforms) {
  const auto each = elements_only(transforms);
  if (!each.has_value()) return SignatureProblem::malformed;
  for (const Element& transform : *each) {
    if (!is_signature_part(transform, "Transform")) return SignatureProblem::malformed;
  }
  const bool is_usual =
      each->size() == 2 && each->at(0).attribute("Algorithm") == names::enveloped &&
      !has_children(each->at(0)) && each->at(1).attribute("Algorithm") == names::exclusive_c14n;
  if (!is_usual) return SignatureProblem::transform_refused;
  return read_prefixes(each->at(1));
}

struct Reference {
  std::vector<std::string> prefixes;
  DigestAlgorithm digest_algorithm;
  std::string digest;
};
Result<Reference, SignatureProblem> read_reference(const Element& reference, std::string_view id) {
  // What is signed is what holds the Signature, and said so in the one form that has one meaning.
  const std::optional<std::string> uri = reference.attribute("URI");
  if (!uri.has_value() || id.empty() || *uri != "#" + std::string(id)) {
    return SignatureProblem::reference_foreign;
  }
  const auto parts = elements_only(reference);
  if (!parts.has_value()) return SignatureProblem::malformed;
  // Without Transforms it would be the Signature itself that is signed, in inclusive form.
  if (parts->empty() || !is_signature_part(parts->front(), "Transforms")) {
    return SignatureProblem::transform_refused;
  }
  const bool is_whole = parts->size() == 3 && is_signature_part(parts->at(1), "DigestMethod") &&
                        is_signature_part(parts->at(2), "DigestValue") &&
                        !has_children(parts->at(1));
  if (!is_whole) return SignatureProblem::malformed;
  std::vector<std::string> prefixes = TRY(read_transforms(parts->at(0)));
  const auto algorithm = find_digest(parts->at(1).attribute("Algorithm").value_or(""));
  if (!algorithm.has_value()) return SignatureProblem::algorithm_refused;
  std::optional<std::string> digest = base64_content(parts->at(2));
  if (!digest.has_value() || digest->empty()) return SignatureProblem::malformed;
  return Reference{std::move(prefixes), *algorithm, *std::move(digest)};
}

std::vector<std::string> read_certificates(const Element& key_info) {
  std::vector<std::string> found;
  for (const Element& data : key_info.children(names::signature, "X509Data")) {
    for (const Element& each : data.children(names::signature, "X509Certificate")) {
      if (found.size() == certificates_read_max) return found;
      std::optional<std::string> der = base64_content(each);
      if (der.has_value()) found.push_back(*std::move(der));
    }
  }
  return found;
}

}  // namespace

std::optional<SignatureMethod> find_signature_method(std::string_view uri) {
  const auto found = std::ranges::find(methods, uri, &NamedMethod::uri);
  if (found == methods.end()) return std::nullopt;
  return found->method;
}

std::optional<DigestAlgorithm> find_digest(std::string_view uri) {
  const auto found = std::ranges::find(digests, uri, &NamedDigest::uri);
  if (found == digests.end()) return std::nullopt;
  return found->algorithm;
}

std::optional<std::string> base64_content(const Element& element) {
  if (has_children(element)) return std::nullopt;
  std::string text = element.text();
  std::erase_if(text, [](char c) { return blanks.find(c) != std::string_view::npos; });
  return base64_decode(text);
}

Result<SignatureParts, SignatureProblem> read_signature(const Element& signature,
                                                        std::string_view id) {
  const auto parts = elements_only(signature);
  const bool is_whole = parts.has_value() && (parts->size() == 2 || parts->size() == 3) &&
                        is_signature_part(parts->at(0), "SignedInfo") &&
                        is_signature_part(parts->at(1), "SignatureValue") &&
                        (parts->size() == 2 || is_signature_part(parts->at(2), "KeyInfo"));
  if (!is_whole) return SignatureProblem::malformed;
  const Element signed_info = parts->front();
  const auto steps = elements_only(signed_info);
  if (!steps.has_value() || steps->size() < 2 ||
      !is_signature_part(steps->at(0), "CanonicalizationMethod") ||
      !is_signature_part(steps->at(1), "SignatureMethod")) {
    return SignatureProblem::malformed;
  }
  if (steps->size() != 3) return SignatureProblem::reference_missing;
  if (!is_signature_part(steps->at(2), "Reference")) return SignatureProblem::malformed;
  if (steps->at(0).attribute("Algorithm") != names::exclusive_c14n) {
    return SignatureProblem::transform_refused;
  }
  std::vector<std::string> prefixes = TRY(read_prefixes(steps->at(0)));
  const auto method = find_signature_method(steps->at(1).attribute("Algorithm").value_or(""));
  if (!method.has_value() || has_children(steps->at(1))) return SignatureProblem::algorithm_refused;
  Reference reference = TRY(read_reference(steps->at(2), id));
  std::optional<std::string> value = base64_content(parts->at(1));
  if (!value.has_value() || value->empty()) return SignatureProblem::malformed;
  return SignatureParts{.signed_info = signed_info,
                        .signed_info_prefixes = std::move(prefixes),
                        .method = *method,
                        .reference_prefixes = std::move(reference.prefixes),
                        .reference_digest = reference.digest_algorithm,
                        .digest = std::move(reference.digest),
                        .signature = *std::move(value),
                        .certificates = parts->size() == 3 ? read_certificates(parts->at(2))
                                                           : std::vector<std::string>()};
}

}  // namespace gatehouse::xml
