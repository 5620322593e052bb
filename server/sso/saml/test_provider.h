// An identity provider for tests: writes responses as the real ones do, or as an attacker would,
// and signs and encrypts them with keys of its own.

#pragma once

#include "server/encoding/base64.h"
#include "server/sso/saml/message.h"
#include "server/sso/saml/names.h"
#include "server/sso/saml/response.h"
#include "server/xml/encryption.h"
#include "server/xml/writer.h"

namespace gatehouse::sso::saml {

inline constexpr Instant test_now = instant_from_ms(1'795'348'800'000);  // 2026-11-22T12:00:00Z
inline constexpr std::string_view test_request = "_0123456789abcdef0123456789abcdef01234567";

// Making keys is slow: one set for all tests.
struct TestKeys {
  xml::KeyPair provider;
  xml::KeyPair provider_next;  // of a rollover
  xml::KeyPair stranger;
  xml::KeyPair ours;
};
inline const TestKeys& test_keys() {
  static const TestKeys keys{.provider = xml::make_key_pair("provider", test_now).value(),
                             .provider_next = xml::make_key_pair("next", test_now).value(),
                             .stranger = xml::make_key_pair("stranger", test_now).value(),
                             .ours = xml::make_key_pair("ours", test_now).value()};
  return keys;
}

inline SamlParties test_parties() {
  connections::SamlConfiguration configuration;
  configuration.idp_entity_id = "https://idp.test/metadata";
  configuration.idp_sso_url = "https://idp.test/sso";
  configuration.idp_slo_url = "https://idp.test/slo";
  return {.connection = ConnectionId(7),
          .provider = connections::Provider::custom,
          .configuration = configuration,
          .attribute_mapping = {},
          .entity_id = "https://auth.test/sso/v1/saml/conn_7",
          .acs_urls = {"https://auth.test/sso/v1/saml/conn_7/callback",
                       "https://auth.test/sso/v1/saml/conn_7"},
          .logout_url = "https://auth.test/sso/v1/saml/conn_7/slo/callback",
          .idp_entity_id = "https://idp.test/metadata",
          .idp_certificates = {test_keys().provider.certificate}};
}

struct TestAttribute {
  std::string name;
  std::vector<std::string> values;
  std::string friendly_name = {};
  std::string raw_value = {};  // XML inside one AttributeValue, instead of values
};

// What is empty is left out.
struct TestResponse {
  // The response
  std::string id = "_response";
  std::string version = "2.0";
  std::string issuer = "https://idp.test/metadata";
  std::string destination = "https://auth.test/sso/v1/saml/conn_7/callback";
  std::string in_response_to{test_request};
  Instant issued_at = test_now;
  std::vector<std::string> status = {"Success"};  // outermost first, without the prefix
  std::string status_message = {};
  std::string response_extra = {};  // XML before the assertion
  std::string response_end = {};    // XML after it

  // The assertion
  bool has_assertion = true;
  std::string assertion_id = "_assertion";
  std::string assertion_version = "2.0";
  std::string assertion_issuer = "https://idp.test/metadata";
  std::string name_id = "ada@example.com";
  std::string name_id_format{email_format};
  std::string name_id_xml = {};  // instead of the two above
  std::string method{bearer_method};
  std::string recipient = "https://auth.test/sso/v1/saml/conn_7/callback";
  std::string confirmed_request{test_request};
  std::optional<Instant> confirmed_from = std::nullopt;
  std::optional<Instant> confirmed_until = test_now + minutes(5);
  std::string subject_extra = {};  // XML at the end of the Subject
  std::optional<Instant> valid_from = test_now - minutes(1);
  std::optional<Instant> valid_until = test_now + minutes(5);
  std::vector<std::string> audiences = {"https://auth.test/sso/v1/saml/conn_7"};
  std::string conditions_extra = {};
  std::string session_index = "session-1";
  std::optional<Instant> session_until = std::nullopt;
  std::vector<TestAttribute> attributes = {};
  std::string assertion_extra = {};

  // Signatures and encryption
  const xml::KeyPair* response_key = nullptr;
  const xml::KeyPair* assertion_key = &test_keys().provider;
  xml::EmbedCertificate embed = xml::EmbedCertificate::yes;
  std::optional<xml::ContentCipher> cipher = std::nullopt;
};

namespace test {

inline std::string sign(const std::string& xml, const std::string& id, const xml::KeyPair* key,
                        xml::EmbedCertificate embed) {
  if (key == nullptr) return xml;
  return xml::sign_element(xml, id, *key, embed).value();
}

inline void write_time(xml::Writer& writer, std::string_view name,
                       const std::optional<Instant>& at) {
  if (at.has_value()) writer.attribute(name, time_text(*at));
}

inline void write_text(xml::Writer& writer, std::string_view name, const std::string& value) {
  if (!value.empty()) writer.attribute(name, value);
}

inline void write_subject(xml::Writer& writer, const TestResponse& shape) {
  writer.begin("saml:Subject");
  if (!shape.name_id_xml.empty()) {
    writer.raw(shape.name_id_xml);
  } else if (!shape.name_id.empty()) {
    writer.begin("saml:NameID");
    write_text(writer, "Format", shape.name_id_format);
    writer.text(shape.name_id).end();
  }
  if (!shape.method.empty()) {
    writer.begin("saml:SubjectConfirmation", {{"Method", shape.method}});
    writer.begin("saml:SubjectConfirmationData");
    write_text(writer, "Recipient", shape.recipient);
    write_text(writer, "InResponseTo", shape.confirmed_request);
    write_time(writer, "NotBefore", shape.confirmed_from);
    write_time(writer, "NotOnOrAfter", shape.confirmed_until);
    writer.end().end();
  }
  writer.raw(shape.subject_extra).end();
}

inline void write_conditions(xml::Writer& writer, const TestResponse& shape) {
  writer.begin("saml:Conditions");
  write_time(writer, "NotBefore", shape.valid_from);
  write_time(writer, "NotOnOrAfter", shape.valid_until);
  if (!shape.audiences.empty()) {
    writer.begin("saml:AudienceRestriction");
    for (const std::string& audience : shape.audiences) writer.element("saml:Audience", audience);
    writer.end();
  }
  writer.raw(shape.conditions_extra).end();
}

inline void write_attributes(xml::Writer& writer, const TestResponse& shape) {
  if (shape.attributes.empty()) return;
  writer.begin("saml:AttributeStatement");
  for (const TestAttribute& attribute : shape.attributes) {
    writer.begin("saml:Attribute", {{"Name", attribute.name}});
    write_text(writer, "FriendlyName", attribute.friendly_name);
    for (const std::string& value : attribute.values) {
      writer.element("saml:AttributeValue", value);
    }
    if (!attribute.raw_value.empty()) {
      writer.begin("saml:AttributeValue").raw(attribute.raw_value).end();
    }
    writer.end();
  }
  writer.end();
}

}  // namespace test

// The assertion alone, signed if it is to be.
inline std::string assertion_xml(const TestResponse& shape) {
  std::string out;
  xml::Writer writer(out);
  writer.begin("saml:Assertion", {{"xmlns:saml", assertion_ns},
                                  {"ID", shape.assertion_id},
                                  {"Version", shape.assertion_version},
                                  {"IssueInstant", time_text(shape.issued_at)}});
  if (!shape.assertion_issuer.empty()) writer.element("saml:Issuer", shape.assertion_issuer);
  test::write_subject(writer, shape);
  test::write_conditions(writer, shape);
  writer.begin("saml:AuthnStatement", {{"AuthnInstant", time_text(shape.issued_at)}});
  test::write_text(writer, "SessionIndex", shape.session_index);
  test::write_time(writer, "SessionNotOnOrAfter", shape.session_until);
  writer.end();
  test::write_attributes(writer, shape);
  writer.raw(shape.assertion_extra).end();
  return test::sign(out, shape.assertion_id, shape.assertion_key, shape.embed);
}

// A response around any XML in the assertion's place.
inline std::string response_xml(const TestResponse& shape, const std::string& assertion) {
  std::string out;
  xml::Writer writer(out);
  writer.begin("samlp:Response", {{"xmlns:samlp", protocol_ns},
                                  {"xmlns:saml", assertion_ns},
                                  {"ID", shape.id},
                                  {"Version", shape.version},
                                  {"IssueInstant", time_text(shape.issued_at)}});
  test::write_text(writer, "Destination", shape.destination);
  test::write_text(writer, "InResponseTo", shape.in_response_to);
  if (!shape.issuer.empty()) writer.element("saml:Issuer", shape.issuer);
  writer.begin("samlp:Status");
  for (const std::string& code : shape.status) {
    writer.begin("samlp:StatusCode", {{"Value", std::string(status_prefix) + code}});
  }
  for (std::size_t i = 0; i < shape.status.size(); ++i) writer.end();
  if (!shape.status_message.empty()) {
    writer.element("samlp:StatusMessage", shape.status_message);
  }
  writer.end().raw(shape.response_extra).raw(assertion).raw(shape.response_end).end();
  return test::sign(out, shape.id, shape.response_key, shape.embed);
}

inline std::string response_xml(const TestResponse& shape) {
  if (!shape.has_assertion) return response_xml(shape, "");
  std::string assertion = assertion_xml(shape);
  if (shape.cipher.has_value()) {
    assertion =
        "<saml:EncryptedAssertion>" +
        xml::encrypt_element(assertion, test_keys().ours.certificate, *shape.cipher).value() +
        "</saml:EncryptedAssertion>";
  }
  return response_xml(shape, assertion);
}

inline Result<Answer, Failure> read_test_xml(const std::string& xml,
                                             const SamlParties& parties = test_parties()) {
  CheckLog log;
  return read_response(base64_encode(xml), parties,
                       {.now = test_now, .keys = std::span(&test_keys().ours, 1)}, log);
}
inline Result<Answer, Failure> read_test_response(const TestResponse& shape,
                                                  const SamlParties& parties = test_parties()) {
  return read_test_xml(response_xml(shape), parties);
}

// The diagnosis of what must be refused; nothing if it is accepted.
inline std::optional<Diagnosis> diagnosis_of(const Result<Answer, Failure>& answer) {
  if (answer.ok()) return std::nullopt;
  return answer.error().diagnosis;
}

}  // namespace gatehouse::sso::saml
