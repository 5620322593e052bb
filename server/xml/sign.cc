#include <algorithm>
#include <array>

#include "server/core/ensure.h"
#include "server/crypto/hash.h"
#include "server/crypto/self_signed.h"
#include "server/crypto/signature.h"
#include "server/encoding/base64.h"
#include "server/xml/canonical.h"
#include "server/xml/held.h"
#include "server/xml/names.h"
#include "server/xml/scan.h"
#include "server/xml/signature.h"

namespace gatehouse::xml {
namespace {

constexpr Duration certificate_lifetime = days(3650);
constexpr Duration clock_tolerance = days(1);
constexpr std::string_view saml_assertion = "urn:oasis:names:tc:SAML:2.0:assertion";

Error refused(std::string why) { return {ErrorCode::invalid_argument, std::move(why)}; }

bool is_plain_id(std::string_view id) {
  return !id.empty() && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

// An element of a document and how many elements begin before it.
struct Place {
  const xmlNode* node;
  std::size_t index;
};
template <class Matches>
std::optional<Place> find_place(const xmlNode* root, Matches matches) {
  std::size_t index = 0;
  for (const xmlNode* node = root; node != nullptr; node = next_in(root, node)) {
    if (node->type != XML_ELEMENT_NODE) continue;
    if (matches(node)) return Place{node, index};
    ++index;
  }
  return std::nullopt;
}

std::string algorithm_element(std::string_view name, std::string_view uri) {
  std::string text("<ds:");
  return text.append(name).append(" Algorithm=\"").append(uri).append("\"></ds:").append(name) +
         ">";
}

// As it is when canonical, but for the declaration of its prefix, which the Signature makes.
std::string signed_info_content(std::string_view id, std::string_view digest) {
  std::string text = algorithm_element("CanonicalizationMethod", names::exclusive_c14n) +
                     algorithm_element("SignatureMethod", names::rsa_sha256);
  text.append("<ds:Reference URI=\"#").append(id).append("\"><ds:Transforms>");
  text += algorithm_element("Transform", names::enveloped);
  text += algorithm_element("Transform", names::exclusive_c14n);
  text += "</ds:Transforms>";
  text += algorithm_element("DigestMethod", names::sha256);
  text.append("<ds:DigestValue>").append(base64_encode(digest));
  text += "</ds:DigestValue></ds:Reference>";
  return text;
}

std::string signature_element(std::string_view signed_info, std::string_view value,
                              std::string_view certificate) {
  std::string text("<ds:Signature xmlns:ds=\"");
  text.append(names::signature).append("\"><ds:SignedInfo>").append(signed_info);
  text.append("</ds:SignedInfo><ds:SignatureValue>").append(base64_encode(value));
  text += "</ds:SignatureValue>";
  if (!certificate.empty()) {
    text += "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>" + base64_encode(certificate) +
            "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>";
  }
  return text + "</ds:Signature>";
}

// `xml` with `added` as the child of `parent` behind the element `after`, if there is one.
struct Insertion {
  ElementSpan parent;
  std::optional<ElementSpan> after;
};
std::string insert(std::string_view xml, const Insertion& where, std::string_view added) {
  if (where.parent.form == ElementSpan::Form::pair) {
    const std::size_t at = where.after ? where.after->end : where.parent.content_begin;
    return std::string(xml.substr(0, at)).append(added).append(xml.substr(at));
  }
  const std::string_view tag =
      xml.substr(where.parent.begin, where.parent.end - where.parent.begin);
  const std::string_view name = tag.substr(1, tag.find_first_of(" \t\r\n/>") - 1);
  std::string out(xml.substr(0, where.parent.end - 2));
  out.append(">").append(added).append("</").append(name).append(">");
  return out.append(xml.substr(where.parent.end));
}

}  // namespace

Result<KeyPair, Error> make_key_pair(std::string_view common_name, Instant now) {
  const auto key = crypto::SigningKey::generate(crypto::SigningKeyKind::rsa_2048);
  crypto::Certificate certificate =
      TRY(crypto::make_self_signed(key, {.common_name = std::string(common_name),
                                         .not_before = now - clock_tolerance,
                                         .not_after = now + certificate_lifetime}));
  return KeyPair{key.export_pkcs8(), std::move(certificate)};
}

Result<std::string, Error> sign_element(std::string_view xml, std::string_view id,
                                        const KeyPair& key, EmbedCertificate embed) {
  if (!is_plain_id(id)) return refused("an ID that cannot be referred to");
  const Result<Document, ParseProblem> document = Document::parse(xml);
  if (!document.ok()) {
    return refused("cannot be signed: " + std::string(parse_problem_name(document.error())));
  }
  const xmlNode* root = document.value().root().node();
  const auto place =
      find_place(root, [id](const xmlNode* node) { return Element(node).attribute("ID") == id; });
  if (!place.has_value()) return refused("nothing has the ID to be signed");
  if (has_signature(Element(place->node))) return refused("it is signed already");
  const auto octets = canonicalise(Element(place->node), {});
  if (!octets.has_value()) return refused("too long to be signed");

  const std::string content = signed_info_content(id, crypto::sha256(*octets));
  const std::string signed_info = "<ds:SignedInfo xmlns:ds=\"" + std::string(names::signature) +
                                  "\">" + content + "</ds:SignedInfo>";
  const std::string added =
      signature_element(content, sign_octets(signed_info, key),
                        embed == EmbedCertificate::yes ? key.certificate.der : "");

  const Result<Scanned, ParseProblem> scanned = scan(xml, {});
  ENSURE(scanned.ok());
  const std::vector<ElementSpan>& spans = scanned.value().elements;
  Insertion where{.parent = spans.at(place->index), .after = std::nullopt};
  const xmlNode* first = element_from(place->node->children);
  if (first != nullptr && Element(first).is(saml_assertion, "Issuer")) {
    where.after = spans.at(place->index + 1);
  }
  return insert(xml, where, added);
}

std::string_view redirect_algorithm_uri(RedirectAlgorithm algorithm) {
  switch (algorithm) {
    case RedirectAlgorithm::rsa_sha256: return names::rsa_sha256;
    case RedirectAlgorithm::rsa_sha1: return names::rsa_sha1;
    case RedirectAlgorithm::rsa_sha384: return names::rsa_sha384;
    case RedirectAlgorithm::rsa_sha512: return names::rsa_sha512;
    case RedirectAlgorithm::ecdsa_sha256: return names::ecdsa_sha256;
  }
  ensure_failed("unknown RedirectAlgorithm");
}

std::string sign_octets(std::string_view octets, const KeyPair& key) {
  const auto signing_key = crypto::SigningKey::import_pkcs8(key.private_key);
  ENSURE(signing_key.ok() && signing_key.value().algorithm() == crypto::SignatureAlgorithm::rs256);
  return signing_key.value().sign(octets);
}

}  // namespace gatehouse::xml
