#include "server/sso/saml/metadata.h"

#include "server/encoding/base64.h"
#include "server/sso/saml/authn_request.h"
#include "server/sso/saml/names.h"
#include "server/xml/writer.h"

namespace gatehouse::sso::saml {
namespace {

using connections::SamlSigning;

// What can be decrypted, best first.
constexpr std::string_view content_ciphers[] = {"http://www.w3.org/2009/xmlenc11#aes256-gcm",
                                                "http://www.w3.org/2009/xmlenc11#aes128-gcm"};
constexpr std::string_view key_transport = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";

std::string_view boolean(std::optional<bool> value) {
  return value.value_or(false) ? "true" : "false";
}

enum class Use { signing, encryption };

void write_key(xml::Writer& writer, const crypto::Certificate& certificate, Use use) {
  writer.begin("md:KeyDescriptor", {{"use", use == Use::signing ? "signing" : "encryption"}});
  writer.begin("ds:KeyInfo").begin("ds:X509Data");
  writer.element("ds:X509Certificate", base64_encode(certificate.der));
  writer.end().end();
  if (use == Use::encryption) {
    for (const std::string_view cipher : content_ciphers) {
      writer.begin("md:EncryptionMethod", {{"Algorithm", cipher}}).end();
    }
    writer.begin("md:EncryptionMethod", {{"Algorithm", key_transport}}).end();
  }
  writer.end();
}

// Some providers take the first format that they can serve.
void write_name_id_formats(xml::Writer& writer, const connections::SamlConfiguration& wanted) {
  const std::string_view format = name_id_format_uri(
      wanted.idp_name_id_format.value_or(connections::NameIdFormat::unspecified));
  if (!format.empty()) {
    writer.element("md:NameIDFormat", format);
    return;
  }
  for (const std::string_view any : {persistent_format, email_format, unspecified_format}) {
    writer.element("md:NameIDFormat", any);
  }
}

}  // namespace

std::string write_metadata(const OwnMetadata& metadata) {
  const connections::SamlConfiguration& wanted = metadata.configuration;
  const SamlSigning signing = wanted.saml_signing_option.value_or(SamlSigning::either);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  xml::Writer writer(out);
  writer.begin(
      "md:EntityDescriptor",
      {{"xmlns:md", metadata_ns}, {"xmlns:ds", signature_ns}, {"entityID", metadata.entity_id}});
  writer.begin("md:SPSSODescriptor",
               {{"AuthnRequestsSigned", boolean(wanted.want_request_signed)},
                {"WantAssertionsSigned", signing == SamlSigning::response ? "false" : "true"},
                {"protocolSupportEnumeration", protocol_ns}});
  for (const crypto::Certificate& certificate : metadata.certificates) {
    write_key(writer, certificate, Use::signing);
  }
  if (wanted.assertion_encrypted.value_or(false)) {
    for (const crypto::Certificate& certificate : metadata.certificates) {
      write_key(writer, certificate, Use::encryption);
    }
  }
  if (!metadata.logout_url.empty()) {
    for (const std::string_view binding : {redirect_binding, post_binding}) {
      writer
          .begin("md:SingleLogoutService",
                 {{"Binding", binding}, {"Location", metadata.logout_url}})
          .end();
    }
  }
  write_name_id_formats(writer, wanted);
  writer
      .begin("md:AssertionConsumerService", {{"Binding", post_binding},
                                             {"Location", metadata.acs_url},
                                             {"index", "0"},
                                             {"isDefault", "true"}})
      .end();
  writer.end().end();
  out += '\n';
  return out;
}

}  // namespace gatehouse::sso::saml
