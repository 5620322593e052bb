#include "server/sso/saml/authn_request.h"

#include "server/sso/saml/departure.h"
#include "server/sso/saml/message.h"
#include "server/sso/saml/names.h"
#include "server/xml/writer.h"

namespace gatehouse::sso::saml {
namespace {

using connections::Provider;

bool takes_login_hint(Provider provider) {
  return provider == Provider::microsoft_ad || provider == Provider::google ||
         provider == Provider::okta || provider == Provider::idp_simulator;
}

std::string request_xml(const SamlParties& parties, const ProviderRequest& request) {
  const connections::SamlConfiguration& configuration = parties.configuration;
  std::string out;
  xml::Writer writer(out);
  writer.begin("samlp:AuthnRequest", {{"xmlns:samlp", protocol_ns},
                                      {"xmlns:saml", assertion_ns},
                                      {"ID", request.id},
                                      {"Version", "2.0"},
                                      {"IssueInstant", time_text(request.now)},
                                      {"Destination", *configuration.idp_sso_url},
                                      {"ProtocolBinding", post_binding},
                                      {"AssertionConsumerServiceURL", parties.acs_urls.front()}});
  if (configuration.force_authn.value_or(false) ||
      request.authentication == ProviderRequest::Authentication::fresh) {
    writer.attribute("ForceAuthn", "true");
  }
  writer.element("saml:Issuer", parties.entity_id);
  const std::string_view format = name_id_format_uri(
      configuration.idp_name_id_format.value_or(connections::NameIdFormat::unspecified));
  if (!format.empty()) {
    writer.begin("samlp:NameIDPolicy", {{"Format", format}, {"AllowCreate", "true"}}).end();
  }
  writer.end();
  return out;
}

}  // namespace

std::string_view name_id_format_uri(connections::NameIdFormat format) {
  switch (format) {
    case connections::NameIdFormat::email: return email_format;
    case connections::NameIdFormat::transient: return transient_format;
    case connections::NameIdFormat::persistent: return persistent_format;
    case connections::NameIdFormat::unspecified: break;
  }
  return {};
}

Departure make_authn_request(const SamlParties& parties, const ProviderRequest& request,
                             const xml::KeyPair* key) {
  const connections::SamlConfiguration& configuration = parties.configuration;
  ENSURE(configuration.idp_sso_url.has_value());
  const bool is_signed = configuration.want_request_signed.value_or(false);
  ENSURE(!is_signed || key != nullptr);
  const OutgoingMessage message{.kind = MessageKind::request,
                                .xml = request_xml(parties, request),
                                .id = request.id,
                                .binding = configuration.idp_sso_request_binding.value_or(
                                    connections::RequestBinding::http_redirect),
                                .destination = *configuration.idp_sso_url,
                                .relay_state = request.id};
  Departure departure = depart(message, is_signed ? key : nullptr);
  if (!request.login_hint.empty() && takes_login_hint(parties.provider)) {
    append_query(departure.url, "login_hint", request.login_hint);
  }
  return departure;
}

}  // namespace gatehouse::sso::saml
