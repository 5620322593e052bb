#include "server/sso/saml/parties.h"

#include <algorithm>

namespace gatehouse::sso::saml {
namespace {

const std::string& given_or(const connections::Text& given, const std::string& ours) {
  return given.has_value() && !given->empty() ? *given : ours;
}

Failure incomplete(std::string_view field) {
  return Failure(Diagnosis::connection_incomplete, std::string(field), "nothing");
}

void add_once(std::vector<std::string>& urls, const std::string& url) {
  if (!url.empty() && std::find(urls.begin(), urls.end(), url) == urls.end()) urls.push_back(url);
}

}  // namespace

Result<SamlParties, Failure> saml_parties(const connections::Connection& connection,
                                          const ConnectionUrls& urls) {
  const auto* saml = std::get_if<connections::SamlConfiguration>(&connection.configuration);
  if (saml == nullptr) {
    return Failure(Diagnosis::connection_incomplete, "a SAML connection",
                   std::string(connections::connection_types.name(connection.type)));
  }
  if (!saml->idp_entity_id.has_value() || saml->idp_entity_id->empty()) {
    return incomplete("idp_entity_id");
  }
  if (!saml->idp_sso_url.has_value() || saml->idp_sso_url->empty()) {
    return incomplete("idp_sso_url");
  }

  SamlParties parties{.connection = connection.id,
                      .provider = connection.provider,
                      .configuration = *saml,
                      .attribute_mapping = connection.attribute_mapping,
                      .entity_id = given_or(saml->sp_entity_id, urls.saml_entity_id),
                      .acs_urls = {},
                      .logout_url = given_or(saml->sp_slo_url, urls.saml_logout),
                      .idp_entity_id = *saml->idp_entity_id,
                      .idp_certificates = {}};
  add_once(parties.acs_urls, given_or(saml->sp_assertion_url, urls.saml_acs));
  add_once(parties.acs_urls, urls.saml_acs);
  // Administrators who have one field for both put the entity id into it.
  add_once(parties.acs_urls, urls.saml_entity_id);
  for (const connections::IdpCertificate& stored : saml->certificates) {
    auto parsed = crypto::parse_certificates(stored.pem.text);
    if (!parsed.ok()) continue;
    for (crypto::Certificate& one : parsed.value()) {
      parties.idp_certificates.push_back(std::move(one));
    }
  }
  if (parties.idp_certificates.empty()) {
    return Failure(Diagnosis::certificate_missing, "a certificate of the identity provider",
                   "none");
  }
  return parties;
}

}  // namespace gatehouse::sso::saml
