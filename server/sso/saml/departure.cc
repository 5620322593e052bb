#include "server/sso/saml/departure.h"

#include "server/encoding/base64.h"
#include "server/encoding/gzip.h"
#include "server/encoding/uri.h"

namespace gatehouse::sso::saml {
namespace {

std::string_view parameter_name(MessageKind kind) {
  return kind == MessageKind::request ? "SAMLRequest" : "SAMLResponse";
}

void append_parameter(std::string& query, std::string_view name, std::string_view value) {
  if (!query.empty()) query += '&';
  query.append(name).append("=").append(percent_encode(value));
}

Departure redirect(const OutgoingMessage& message, const xml::KeyPair* key) {
  std::string query;
  append_parameter(query, parameter_name(message.kind), base64_encode(deflate_raw(message.xml)));
  if (!message.relay_state.empty()) append_parameter(query, "RelayState", message.relay_state);
  if (key != nullptr) {
    append_parameter(query, "SigAlg",
                     xml::redirect_algorithm_uri(xml::RedirectAlgorithm::rsa_sha256));
    append_parameter(query, "Signature", base64_encode(xml::sign_octets(query, *key)));
  }
  std::string url = message.destination;
  url += url.find('?') == url.npos ? '?' : '&';
  return {.kind = Departure::Kind::redirect, .url = url + query};
}

Departure post(const OutgoingMessage& message, const xml::KeyPair* key) {
  std::string xml = message.xml;
  if (key != nullptr) {
    auto signed_xml = xml::sign_element(message.xml, message.id, *key, xml::EmbedCertificate::yes);
    ENSURE(signed_xml.ok());
    xml = std::move(signed_xml).value();
  }
  Departure departure{.kind = Departure::Kind::post, .url = message.destination};
  departure.fields.push_back({std::string(parameter_name(message.kind)), base64_encode(xml)});
  if (!message.relay_state.empty()) {
    departure.fields.push_back({"RelayState", message.relay_state});
  }
  return departure;
}

}  // namespace

Departure depart(const OutgoingMessage& message, const xml::KeyPair* key) {
  return message.binding == connections::RequestBinding::http_post ? post(message, key)
                                                                   : redirect(message, key);
}

void append_query(std::string& url, std::string_view name, std::string_view value) {
  url += url.find('?') == url.npos ? '?' : '&';
  url.append(name).append("=").append(percent_encode(value));
}

}  // namespace gatehouse::sso::saml
