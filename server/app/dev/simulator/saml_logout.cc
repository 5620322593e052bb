#include "server/app/dev/simulator/saml_logout.h"

#include "server/encoding/base64.h"
#include "server/encoding/gzip.h"
#include "server/encoding/uri.h"
#include "server/sso/saml/names.h"
#include "server/xml/writer.h"

namespace gatehouse::app::dev {
namespace {

namespace names = sso::saml;

std::string escaped(const Profile& profile, std::string_view text) {
  std::string out = percent_encode(text);
  if (profile.escapes == Profile::Escapes::upper_case) return out;
  for (std::size_t at = out.find('%'); at != std::string::npos; at = out.find('%', at + 3)) {
    for (const std::size_t digit : {at + 1, at + 2}) {
      if (out[digit] >= 'A' && out[digit] <= 'F') out[digit] += 'a' - 'A';
    }
  }
  return out;
}

// [SAML Bindings §3.4.4.1]
std::string signed_url(const LogoutMessage& message, std::string_view parameter,
                       std::string_view xml, const ProviderKeys& keys) {
  const auto encoded = [&](std::string_view text) { return escaped(message.profile, text); };
  std::string query = std::string(parameter) + "=" + encoded(base64_encode(deflate_raw(xml)));
  if (!message.relay_state.empty()) query += "&RelayState=" + encoded(message.relay_state);
  query += "&SigAlg=" + encoded(xml::redirect_algorithm_uri(xml::RedirectAlgorithm::rsa_sha256));
  const std::string signature = xml::sign_octets(query, keys.current);
  query += "&Signature=" + encoded(base64_encode(signature));
  return message.target + (message.target.find('?') == std::string::npos ? "?" : "&") + query;
}

void begin(xml::Writer& writer, std::string_view name, const LogoutMessage& message,
           Random& random) {
  writer.begin(name, {{"xmlns:samlp", names::protocol_ns},
                      {"ID", new_saml_id(random)},
                      {"Version", "2.0"},
                      {"IssueInstant", to_rfc3339(message.now)},
                      {"Destination", message.target}});
}

void write_issuer(xml::Writer& writer, const LogoutMessage& message) {
  writer.element("saml:Issuer", message.entity_id, {{"xmlns:saml", names::assertion_ns}});
}

}  // namespace

std::string logout_response_url(const LogoutMessage& message, const std::string& in_response_to,
                                const ProviderKeys& keys, Random& random) {
  std::string text;
  xml::Writer writer(text);
  begin(writer, "samlp:LogoutResponse", message, random);
  writer.attribute("InResponseTo", in_response_to);
  write_issuer(writer, message);
  writer.begin("samlp:Status");
  writer.begin("samlp:StatusCode", {{"Value", std::string(names::status_prefix) + "Success"}});
  writer.end().end().end();
  return signed_url(message, "SAMLResponse", text, keys);
}

std::string logout_request_url(const LogoutMessage& message, const SamlSession& session,
                               const ProviderKeys& keys, Random& random) {
  std::string text;
  xml::Writer writer(text);
  begin(writer, "samlp:LogoutRequest", message, random);
  writer.attribute("NotOnOrAfter", to_rfc3339(message.now + minutes(5)));
  write_issuer(writer, message);
  writer.begin("saml:NameID", {{"xmlns:saml", names::assertion_ns}});
  if (!session.name_id_format.empty()) writer.attribute("Format", session.name_id_format);
  writer.text(session.name_id).end();
  writer.element("samlp:SessionIndex", session.session_index).end();
  return signed_url(message, "SAMLRequest", text, keys);
}

void SamlSessions::put(ConnectionId connection, SamlSession session) {
  const std::lock_guard lock(mutex_);
  sessions_.insert_or_assign(connection, std::move(session));
}

void SamlSessions::forget(ConnectionId connection) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(connection);
}

std::optional<SamlSession> SamlSessions::find(ConnectionId connection) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(connection);
  if (found == sessions_.end() || found->second.name_id.empty()) return std::nullopt;
  return found->second;
}

}  // namespace gatehouse::app::dev
