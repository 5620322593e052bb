#include "server/app/dev/simulator/saml_metadata.h"

#include "server/encoding/base64.h"
#include "server/sso/saml/names.h"
#include "server/xml/writer.h"

namespace gatehouse::app::dev {

std::string saml_metadata(const MetadataOf& whose) {
  namespace names = sso::saml;
  std::string out;
  xml::Writer writer(out);
  writer.begin("md:EntityDescriptor",
               {{"xmlns:md", names::metadata_ns}, {"entityID", whose.entity_id}});
  writer.begin("md:IDPSSODescriptor", {{"WantAuthnRequestsSigned", "false"},
                                       {"protocolSupportEnumeration", names::protocol_ns}});
  writer.begin("md:KeyDescriptor", {{"use", "signing"}});
  writer.begin("ds:KeyInfo", {{"xmlns:ds", names::signature_ns}}).begin("ds:X509Data");
  writer.element("ds:X509Certificate", base64_encode(whose.certificate.der));
  writer.end().end().end();
  const std::string sso = whose.url + "/saml/sso";
  writer.begin("md:SingleLogoutService",
               {{"Binding", names::redirect_binding}, {"Location", whose.url + "/saml/slo"}});
  writer.end();
  for (const std::string_view binding : {names::redirect_binding, names::post_binding}) {
    writer.begin("md:SingleSignOnService", {{"Binding", binding}, {"Location", sso}}).end();
  }
  writer.end().end();
  return out;
}

}  // namespace gatehouse::app::dev
