#include "server/sso/saml/metadata.h"

#include <doctest/doctest.h>

#include "server/core/limits.h"
#include "server/sso/saml/test_provider.h"

namespace gatehouse::sso::saml {
namespace {

using connections::SamlSigning;

OwnMetadata own() {
  return {.entity_id = "https://auth.test/conn_7",
          .acs_url = "https://auth.test/conn_7/callback",
          .logout_url = "https://auth.test/conn_7/slo",
          .configuration = {}};
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST_CASE("our metadata, to the letter") {
  CHECK(write_metadata(own()) ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\""
        " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" entityID=\"https://auth.test/conn_7\">"
        "<md:SPSSODescriptor AuthnRequestsSigned=\"false\" WantAssertionsSigned=\"true\""
        " protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">"
        "<md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\""
        " Location=\"https://auth.test/conn_7/slo\"/>"
        "<md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\""
        " Location=\"https://auth.test/conn_7/slo\"/>"
        "<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>"
        "<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat>"
        "<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified</md:NameIDFormat>"
        "<md:AssertionConsumerService"
        " Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\""
        " Location=\"https://auth.test/conn_7/callback\" index=\"0\" isDefault=\"true\"/>"
        "</md:SPSSODescriptor></md:EntityDescriptor>\n");
}

TEST_CASE("our metadata says what the connection wants") {
  OwnMetadata metadata = own();
  metadata.logout_url.clear();
  metadata.certificates = {test_keys().ours.certificate, test_keys().provider_next.certificate};
  metadata.configuration.want_request_signed = true;
  metadata.configuration.saml_signing_option = SamlSigning::response;
  metadata.configuration.idp_name_id_format = connections::NameIdFormat::email;
  std::string text = write_metadata(metadata);
  CHECK(count(text, "AuthnRequestsSigned=\"true\"") == 1);
  CHECK(count(text, "WantAssertionsSigned=\"false\"") == 1);
  CHECK(count(text, "SingleLogoutService") == 0);
  CHECK(count(text, "<md:NameIDFormat>") == 1);
  CHECK(count(text, "use=\"signing\"") == 2);
  CHECK(count(text, "use=\"encryption\"") == 0);
  CHECK(count(text, base64_encode(test_keys().ours.certificate.der)) == 1);
  metadata.configuration.assertion_encrypted = true;
  text = write_metadata(metadata);
  CHECK(count(text, "use=\"encryption\"") == 2);
  CHECK(count(text, "aes128-gcm") == 2);
  CHECK(count(text, "-cbc") == 0);
  CHECK(parse_message(text).ok());
}

// ——— a provider's

std::string key(const xml::KeyPair& pair, const std::string& use = " use=\"signing\"") {
  std::string base64 = base64_encode(pair.certificate.der);
  for (std::size_t at = 64; at < base64.size(); at += 66) base64.insert(at, "\n ");
  return "<md:KeyDescriptor" + use + "><ds:KeyInfo><ds:X509Data><ds:X509Certificate>\n" + base64 +
         "\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>";
}

std::string service(std::string_view name, std::string_view binding, const std::string& url) {
  return "<md:" + std::string(name) + " Binding=\"" + std::string(binding) + "\" Location=\"" +
         url + "\"/>";
}

constexpr std::string_view namespaces =
    " xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\""
    " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";

struct Shape {
  std::string entity_id = "https://idp.test/metadata";
  std::string attributes = {};  // of the EntityDescriptor
  std::string role_attributes =
      " protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"";
  std::string before = {};  // other roles
  std::string keys = key(test_keys().provider);
  std::string services = service("SingleSignOnService", redirect_binding, "https://idp.test/sso");
};

std::string entity(const Shape& shape = {}) {
  return "<md:EntityDescriptor" + std::string(namespaces) + " entityID=\"" + shape.entity_id +
         "\"" + shape.attributes + ">" + shape.before + "<md:IDPSSODescriptor" +
         shape.role_attributes + ">" + shape.keys + shape.services +
         "</md:IDPSSODescriptor></md:EntityDescriptor>";
}

std::string group(const std::string& inside, const std::string& attributes = {}) {
  return "<md:EntitiesDescriptor" + std::string(namespaces) + attributes + ">" + inside +
         "</md:EntitiesDescriptor>";
}

std::optional<Diagnosis> refusal(const std::string& xml, const std::string& wanted = {}) {
  const auto read = read_idp_metadata(xml, {.entity_id = wanted, .now = test_now});
  return read.ok() ? std::nullopt : std::optional(read.error().diagnosis);
}

IdpMetadata read(const std::string& xml, const std::string& wanted = {}) {
  auto found = read_idp_metadata(xml, {.entity_id = wanted, .now = test_now});
  REQUIRE(found.ok());
  return std::move(found).value();
}

TEST_CASE("a provider's metadata is read with everything that a connection needs") {
  Shape shape;
  shape.role_attributes += " WantAuthnRequestsSigned=\"true\"";
  shape.attributes = " validUntil=\"2026-12-01T00:00:00Z\"";
  shape.services += service("SingleSignOnService", post_binding, "https://idp.test/post") +
                    service("SingleLogoutService", redirect_binding, "https://idp.test/slo") +
                    "<md:NameIDFormat> " + std::string(email_format) + " </md:NameIDFormat>";
  const IdpMetadata found = read("<?xml version=\"1.0\"?>\n<!-- ours --> " + entity(shape));
  CHECK(found.entity_id == "https://idp.test/metadata");
  CHECK(found.sign_in ==
        Endpoint{.redirect_url = "https://idp.test/sso", .post_url = "https://idp.test/post"});
  CHECK(found.logout == Endpoint{.redirect_url = "https://idp.test/slo", .post_url = ""});
  CHECK(found.logout_end == Endpoint{});
  REQUIRE(found.certificates.size() == 1);
  CHECK(found.certificates[0].der == test_keys().provider.certificate.der);
  CHECK(found.name_id_formats == std::vector<std::string>{std::string(email_format)});
  CHECK(found.request_signing == IdpMetadata::RequestSigning::wanted);
  CHECK(found.valid_until == parse_time("2026-12-01T00:00:00Z"));
  CHECK(read(entity()).request_signing == IdpMetadata::RequestSigning::not_asked_for);
}

TEST_CASE("several signing keys, one without a use, none for encryption, each once") {
  Shape shape;
  shape.keys = key(test_keys().ours, " use=\"encryption\"") + key(test_keys().provider) +
               key(test_keys().provider_next, "") + key(test_keys().provider);
  const IdpMetadata found = read(entity(shape));
  REQUIRE(found.certificates.size() == 2);
  CHECK(found.certificates[0].der == test_keys().provider.certificate.der);
  CHECK(found.certificates[1].der == test_keys().provider_next.certificate.der);
}

TEST_CASE("metadata without a key to verify with is refused, never taken for no checks") {
  Shape shape;
  shape.keys = "";
  CHECK(refusal(entity(shape)) == Diagnosis::metadata_without_keys);
  shape.keys = key(test_keys().provider, " use=\"encryption\"");
  CHECK(refusal(entity(shape)) == Diagnosis::metadata_without_keys);
  shape.keys =
      "<md:KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>AAAA"
      "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>";
  CHECK(refusal(entity(shape)) == Diagnosis::metadata_without_keys);
  shape.keys += key(test_keys().provider, "");
  CHECK_FALSE(refusal(entity(shape)).has_value());
}

TEST_CASE("of an aggregate the wanted one is taken, or the only one") {
  Shape one, two;
  one.entity_id = "https://one.test/";
  two.entity_id = "https://two.test/";
  const std::string service_provider =
      "<md:EntityDescriptor entityID=\"https://sp.test/\"><md:SPSSODescriptor"
      " protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>"
      "</md:EntityDescriptor>";
  const std::string both = group(service_provider + entity(one) + group(entity(two)));
  CHECK(read(both, "https://two.test/").entity_id == "https://two.test/");
  CHECK(refusal(both) == Diagnosis::metadata_entity_missing);
  CHECK(refusal(both, "https://three.test/") == Diagnosis::metadata_entity_missing);
  CHECK(refusal(both, "https://sp.test/") == Diagnosis::metadata_entity_missing);
  CHECK(read(group(service_provider + entity(one))).entity_id == "https://one.test/");
  CHECK(refusal(group(service_provider)) == Diagnosis::metadata_entity_missing);
  CHECK(refusal(entity(one), "https://two.test/") == Diagnosis::metadata_entity_missing);
}

TEST_CASE("Entra ID and AD FS describe WS-Federation first: that is passed over") {
  Shape shape;
  shape.before =
      "<md:RoleDescriptor xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
      " xmlns:fed=\"http://docs.oasis-open.org/wsfed/federation/200706\""
      " xsi:type=\"fed:SecurityTokenServiceType\""
      " protocolSupportEnumeration=\"http://docs.oasis-open.org/wsfed/federation/200706\">" +
      key(test_keys().stranger) + "</md:RoleDescriptor>";
  const IdpMetadata found = read("\xEF\xBB\xBF" + entity(shape));
  REQUIRE(found.certificates.size() == 1);
  CHECK(found.certificates[0].der == test_keys().provider.certificate.der);
  shape.role_attributes = " protocolSupportEnumeration=\"urn:mace:shibboleth:1.0\"";
  CHECK(refusal(entity(shape)) == Diagnosis::metadata_entity_missing);
}

TEST_CASE("what has expired is refused, whoever around it says so") {
  Shape shape;
  const std::string past = " validUntil=\"2026-11-22T11:00:00Z\"";
  const std::string future = " validUntil=\"2026-11-22T13:00:00Z\"";
  CHECK_FALSE(refusal(group(entity(shape), future)).has_value());
  CHECK(refusal(group(entity(shape), past)) == Diagnosis::metadata_expired);
  shape.attributes = past;
  CHECK(refusal(group(entity(shape), future)) == Diagnosis::metadata_expired);
  shape.attributes = future;
  shape.role_attributes += past;
  CHECK(refusal(entity(shape)) == Diagnosis::metadata_expired);
  Shape damaged;
  damaged.attributes = " validUntil=\"tomorrow\"";
  CHECK(refusal(entity(damaged)) == Diagnosis::metadata_malformed);
}

TEST_CASE("addresses are https, but while a connection is being debugged") {
  Shape shape;
  shape.services = service("SingleSignOnService", redirect_binding, "http://localhost:9000/sso") +
                   service("SingleSignOnService", post_binding, "javascript:alert(1)");
  CHECK(refusal(entity(shape)) == Diagnosis::metadata_incomplete);
  const auto debugged = read_idp_metadata(
      entity(shape), {.now = test_now, .addresses = connections::AddressRule::http_too});
  REQUIRE(debugged.ok());
  CHECK(debugged.value().sign_in ==
        Endpoint{.redirect_url = "http://localhost:9000/sso", .post_url = ""});
  for (const char* url : {"https://u:p@idp.test/", "https://idp.test/#x", "/sso", ""}) {
    shape.services = service("SingleSignOnService", redirect_binding, url);
    CHECK(refusal(entity(shape)) == Diagnosis::metadata_incomplete);
  }
}

TEST_CASE("what is no metadata is refused") {
  CHECK(refusal("") == Diagnosis::metadata_malformed);
  CHECK(refusal("<html></html>") == Diagnosis::metadata_malformed);
  CHECK(refusal("<!DOCTYPE a [<!ENTITY b \"c\">]>" + entity()) == Diagnosis::metadata_malformed);
  CHECK_FALSE(refusal(" \r\n<?xml version=\"1.0\"?>" + entity()).has_value());
  CHECK(refusal(" \n\n") == Diagnosis::metadata_malformed);
  CHECK(refusal("<!-- a <!-- --><!DOCTYPE a>" + entity()) == Diagnosis::metadata_malformed);
  CHECK(refusal(entity() + entity()) == Diagnosis::metadata_malformed);
  CHECK(refusal(std::string(limits::saml_metadata_bytes_max + 1, ' ')) ==
        Diagnosis::metadata_malformed);
  Shape nameless;
  nameless.entity_id = "";
  CHECK(refusal(entity(nameless)) == Diagnosis::metadata_malformed);
}

}  // namespace
}  // namespace gatehouse::sso::saml
