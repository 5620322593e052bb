// For the tests of this module: keys, documents and files made by others (testdata/make.sh), and
// what became of a document as one word.

#pragma once

#include <fstream>
#include <iterator>

#include "server/core/ensure.h"
#include "server/crypto/hash.h"
#include "server/encoding/base64.h"
#include "server/xml/canonical.h"
#include "server/xml/names.h"
#include "server/xml/signature.h"

namespace gatehouse::xml {

inline constexpr std::string_view saml_protocol = "urn:oasis:names:tc:SAML:2.0:protocol";
inline constexpr std::string_view saml_assertion = "urn:oasis:names:tc:SAML:2.0:assertion";
inline constexpr Instant test_now = instant_from_ms(1'795'000'000'000);

inline std::string testdata(const std::string& name) {
  std::ifstream file("server/xml/testdata/" + name, std::ios::binary);
  ENSURE(file.good());
  return std::string(std::istreambuf_iterator<char>(file), {});
}
inline std::vector<crypto::Certificate> certificate(const std::string& name) {
  return crypto::parse_certificates(testdata(name + ".crt")).value();
}

// Of somebody whose certificate we know, and of somebody else. Made once: it takes a while.
inline const KeyPair& provider_key() {
  static const KeyPair key = make_key_pair("idp.example", test_now).value();
  return key;
}
inline const KeyPair& attacker_key() {
  static const KeyPair key = make_key_pair("attacker.example", test_now).value();
  return key;
}

// `text` with the first `from`, which must be there, replaced.
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  ENSURE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

inline std::optional<Element> find_by_id(const Document& document, std::string_view id) {
  std::vector<Element> left = {document.root()};
  while (!left.empty()) {
    const Element at = left.back();
    left.pop_back();
    if (at.attribute("ID") == id) return at;
    for (const Element& child : at.children()) left.push_back(child);
  }
  return std::nullopt;
}

// "verified", the SignatureProblem, or "parse: " and the ParseProblem; for the element of that ID.
inline std::string outcome(std::string_view xml, std::string_view id,
                           std::span<const crypto::Certificate> certificates,
                           WeakAlgorithms weak = WeakAlgorithms::refused) {
  const auto document = Document::parse(xml);
  if (!document.ok()) return "parse: " + std::string(parse_problem_name(document.error()));
  const auto element = find_by_id(document.value(), id);
  ENSURE(element.has_value());
  const auto verified = verify_signature(document.value(), *element, certificates, weak);
  if (!verified.ok()) return std::string(signature_problem_name(verified.error()));
  ENSURE(verified.value().root().attribute("ID") == id);
  return "verified";
}
inline std::string outcome(std::string_view xml, std::string_view id) {
  return outcome(xml, id, std::span(&provider_key().certificate, 1));
}

inline std::string algorithm(std::string_view name, std::string_view uri,
                             std::string_view content = "") {
  std::string text = "<ds:" + std::string(name) + " Algorithm=\"" + std::string(uri) + "\">";
  return text.append(content).append("</ds:").append(name).append(">");
}

// A signature by the provider's own key in which one thing is as a test wants it; digest and
// signature are right for what is signed, so that nothing else is wrong with it.
struct Recipe {
  std::string canonicalization = algorithm("CanonicalizationMethod", names::exclusive_c14n);
  std::string method = algorithm("SignatureMethod", names::rsa_sha256);
  std::string uri = " URI=\"#r1\"";
  std::string transforms =
      algorithm("Transform", names::enveloped) + algorithm("Transform", names::exclusive_c14n);
  std::string digest_method = algorithm("DigestMethod", names::sha256);
  std::string after_reference;
  std::string after_signed_info;
  std::string key_info;
};

// `xml` with its first "@" replaced by a Signature for the element r1.
inline std::string signed_by_recipe(const std::string& xml, const Recipe& recipe = {}) {
  const auto document = Document::parse(replaced(xml, "@", ""));
  ENSURE(document.ok());
  const auto octets = canonicalise(*find_by_id(document.value(), "r1"), {});
  const std::string content = recipe.canonicalization + recipe.method + "<ds:Reference" +
                              recipe.uri + "><ds:Transforms>" + recipe.transforms +
                              "</ds:Transforms>" + recipe.digest_method + "<ds:DigestValue>" +
                              base64_encode(crypto::sha256(*octets)) +
                              "</ds:DigestValue></ds:Reference>" + recipe.after_reference;
  const std::string declaration = " xmlns:ds=\"" + std::string(names::signature) + "\"";
  // Canonical as soon as it declares the prefix; what a recipe adds need not be.
  const auto info =
      Document::parse("<ds:SignedInfo" + declaration + ">" + content + "</ds:SignedInfo>");
  ENSURE(info.ok());
  const auto signed_octets = canonicalise(info.value().root(), {});
  return replaced(xml, "@",
                  "<ds:Signature" + declaration + "><ds:SignedInfo>" + content +
                      "</ds:SignedInfo>" + recipe.after_signed_info + "<ds:SignatureValue>" +
                      base64_encode(sign_octets(*signed_octets, provider_key())) +
                      "</ds:SignatureValue>" + recipe.key_info + "</ds:Signature>");
}

}  // namespace gatehouse::xml
