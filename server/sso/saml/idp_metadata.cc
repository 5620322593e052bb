// Reading an identity provider's metadata, alone or among others in an aggregate.

#include <algorithm>

#include "server/core/limits.h"
#include "server/encoding/uri.h"
#include "server/sso/saml/message.h"
#include "server/sso/saml/metadata.h"
#include "server/sso/saml/names.h"

namespace gatehouse::sso::saml {
namespace {

constexpr std::size_t elements_max = 50'000;
constexpr std::size_t entity_id_bytes_max = 1024;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Metadata is full of comments. None can stand inside a tag or a value that Document::parse takes
// afterwards, and nothing in here was signed.
std::string without_comments(std::string_view xml) {
  if (xml.starts_with(byte_order_mark)) xml.remove_prefix(byte_order_mark.size());
  // Somebody has pasted it.
  xml.remove_prefix(std::min(xml.size(), xml.find_first_not_of(" \t\r\n")));
  std::string out;
  out.reserve(xml.size());
  while (true) {
    const std::size_t begin = xml.find("<!--");
    const std::size_t end = begin == xml.npos ? begin : xml.find("-->", begin + 4);
    if (end == xml.npos) break;
    out += xml.substr(0, begin);
    xml.remove_prefix(end + 3);
  }
  out += xml;
  return out;
}

// A description and the time until which it, and every group around it, may be used.
struct Found {
  xml::Element entity;
  xml::Element role;
  std::optional<Instant> valid_until;
};

Result<Unit, Failure> shorten(std::optional<Instant>& valid_until, const xml::Element& element) {
  auto until = time_attribute(element, "validUntil");
  if (!until.ok()) {
    return Failure(Diagnosis::metadata_malformed, until.error().expected, until.error().received);
  }
  if (until.value().has_value() && (!valid_until.has_value() || *until.value() < *valid_until)) {
    valid_until = until.value();
  }
  return Unit{};
}

bool speaks_saml2(const xml::Element& role) {
  const std::string protocols = role.attribute("protocolSupportEnumeration").value_or("");
  return protocols.find(protocol_ns) != protocols.npos;
}

// Everybody with a description as a SAML 2.0 identity provider.
Result<Unit, Failure> collect(const xml::Element& element, std::optional<Instant> valid_until,
                              std::vector<Found>& found) {
  TRY(shorten(valid_until, element));
  if (element.is(metadata_ns, "EntitiesDescriptor")) {
    for (const xml::Element& child : element.children()) {
      if (child.is(metadata_ns, "EntitiesDescriptor") ||
          child.is(metadata_ns, "EntityDescriptor")) {
        TRY(collect(child, valid_until, found));
      }
    }
    return Unit{};
  }
  for (const xml::Element& role : element.children(metadata_ns, "IDPSSODescriptor")) {
    if (!speaks_saml2(role)) continue;
    std::optional<Instant> until = valid_until;
    TRY(shorten(until, role));
    found.push_back({.entity = element, .role = role, .valid_until = until});
    return Unit{};
  }
  return Unit{};
}

Result<Found, Failure> choose(const std::vector<Found>& found, const std::string& wanted) {
  if (wanted.empty() && found.size() == 1) return found.front();
  for (const Found& one : found) {
    if (!wanted.empty() && one.entity.attribute("entityID") == wanted) return one;
  }
  std::string others;
  for (const Found& one : found) {
    if (!others.empty()) others += ", ";
    others += one.entity.attribute("entityID").value_or("");
    if (others.size() > 400) break;
  }
  return Failure(Diagnosis::metadata_entity_missing,
                 wanted.empty() ? "one identity provider, or its entity id" : wanted,
                 others.empty() ? "no identity provider" : others);
}

// A KeyDescriptor without `use` is for both [SAML Metadata §2.4.1.1].
std::vector<crypto::Certificate> signing_certificates(const xml::Element& role) {
  std::vector<crypto::Certificate> out;
  for (const xml::Element& key : role.children(metadata_ns, "KeyDescriptor")) {
    if (key.attribute("use").value_or("signing") != "signing") continue;
    for (const xml::Element& info : key.children(signature_ns, "KeyInfo")) {
      for (const xml::Element& data : info.children(signature_ns, "X509Data")) {
        for (const xml::Element& text : data.children(signature_ns, "X509Certificate")) {
          auto parsed = crypto::parse_certificates(text.trimmed_text());
          if (!parsed.ok() || out.size() == crypto::certificates_max) continue;
          for (crypto::Certificate& one : parsed.value()) {
            const bool is_known = std::any_of(
                out.begin(), out.end(), [&one](const auto& known) { return known.der == one.der; });
            if (!is_known) out.push_back(std::move(one));
          }
        }
      }
    }
  }
  return out;
}

bool is_usable(const std::string& url, connections::AddressRule rule) {
  const std::optional<Uri> uri = parse_uri(url);
  if (!uri.has_value() || uri->userinfo.has_value() || uri->fragment.has_value()) return false;
  return uri->scheme == "https" ||
         (rule == connections::AddressRule::http_too && uri->scheme == "http");
}

Endpoint endpoint_of(const xml::Element& role, std::string_view service, std::string_view attribute,
                     connections::AddressRule rule) {
  Endpoint endpoint;
  for (const xml::Element& element : role.children(metadata_ns, service)) {
    const std::string binding = element.attribute("Binding").value_or("");
    const std::string url = element.attribute(attribute).value_or("");
    if (!is_usable(url, rule)) continue;
    std::string* const place = binding == redirect_binding ? &endpoint.redirect_url
                               : binding == post_binding   ? &endpoint.post_url
                                                           : nullptr;
    if (place != nullptr && place->empty()) *place = url;
  }
  return endpoint;
}

Result<IdpMetadata, Failure> describe(const Found& found, const MetadataQuery& query) {
  const std::string entity_id = found.entity.attribute("entityID").value_or("");
  if (entity_id.empty() || entity_id.size() > entity_id_bytes_max) {
    return Failure(Diagnosis::metadata_malformed, "an entityID of 1 to 1024 bytes",
                   std::to_string(entity_id.size()) + " bytes");
  }
  if (found.valid_until.has_value() && *found.valid_until <= query.now) {
    return Failure(Diagnosis::metadata_expired, "valid at " + time_text(query.now),
                   "valid until " + time_text(*found.valid_until));
  }
  const std::string wants_signed = found.role.attribute("WantAuthnRequestsSigned").value_or("");
  IdpMetadata out{
      .entity_id = entity_id,
      .sign_in = endpoint_of(found.role, "SingleSignOnService", "Location", query.addresses),
      .logout = endpoint_of(found.role, "SingleLogoutService", "Location", query.addresses),
      .logout_end =
          endpoint_of(found.role, "SingleLogoutService", "ResponseLocation", query.addresses),
      .certificates = signing_certificates(found.role),
      .name_id_formats = {},
      .request_signing = wants_signed == "true" || wants_signed == "1"
                             ? IdpMetadata::RequestSigning::wanted
                             : IdpMetadata::RequestSigning::not_asked_for,
      .valid_until = found.valid_until};
  for (const xml::Element& format : found.role.children(metadata_ns, "NameIDFormat")) {
    out.name_id_formats.push_back(format.trimmed_text());
  }
  if (out.certificates.empty()) {
    return Failure(Diagnosis::metadata_without_keys, "a certificate to sign with", "none");
  }
  if (out.sign_in.redirect_url.empty() && out.sign_in.post_url.empty()) {
    return Failure(Diagnosis::metadata_incomplete,
                   "a SingleSignOnService by redirect or POST, at an https address", "none");
  }
  return out;
}

}  // namespace

Result<IdpMetadata, Failure> read_idp_metadata(std::string_view xml, const MetadataQuery& query) {
  if (xml.size() > limits::saml_metadata_bytes_max) {
    return Failure(Diagnosis::metadata_malformed,
                   "at most " + std::to_string(limits::saml_metadata_bytes_max) + " bytes",
                   std::to_string(xml.size()) + " bytes");
  }
  auto document = xml::Document::parse(
      without_comments(xml),
      {.bytes_max = limits::saml_metadata_bytes_max, .elements_max = elements_max});
  if (!document.ok()) {
    return Failure(Diagnosis::metadata_malformed, "SAML metadata",
                   std::string(xml::parse_problem_name(document.error())));
  }
  const xml::Element root = document.value().root();
  if (!root.is(metadata_ns, "EntityDescriptor") && !root.is(metadata_ns, "EntitiesDescriptor")) {
    return Failure(Diagnosis::metadata_malformed, "an EntityDescriptor",
                   std::string(root.local_name()));
  }
  std::vector<Found> everybody;
  TRY(collect(root, std::nullopt, everybody));
  const Found found = TRY(choose(everybody, query.entity_id));
  return describe(found, query);
}

}  // namespace gatehouse::sso::saml
