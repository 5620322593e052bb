// What the known providers send, and what becomes of it. Each shape is what one of them sends with
// its usual settings.

#include <doctest/doctest.h>

#include "server/encoding/json.h"
#include "server/sso/saml/test_provider.h"

namespace gatehouse::sso::saml {
namespace {

using connections::Provider;
using login::OutsideIdentity;

constexpr std::string_view claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/";
constexpr std::string_view entra_claims = "http://schemas.microsoft.com/identity/claims/";

std::string join(std::string_view a, std::string_view b) { return std::string(a) + std::string(b); }

SamlParties parties_of(Provider provider, std::string entity_id) {
  SamlParties parties = test_parties();
  parties.provider = provider;
  parties.idp_entity_id = std::move(entity_id);
  return parties;
}

// Signed as that provider does, from that provider.
TestResponse shape_of(const SamlParties& parties) {
  TestResponse shape;
  shape.issuer = shape.assertion_issuer = parties.idp_entity_id;
  return shape;
}

OutsideIdentity identity_of(const TestResponse& shape, const SamlParties& parties) {
  auto answer = read_test_response(shape, parties);
  if (!answer.ok()) {
    MESSAGE(text_of(answer.error().diagnosis).name << ": " << answer.error().received);
  }
  REQUIRE(answer.ok());
  return std::move(answer).value().identity;
}

TEST_CASE("Okta: response and assertion signed, an unspecified NameID, groups one by one") {
  const SamlParties parties =
      parties_of(Provider::okta, "http://www.okta.com/exk1fcia6d6EMsf331d8");
  TestResponse shape = shape_of(parties);
  shape.response_key = &test_keys().provider;
  shape.name_id = "Ada@Example.com";
  shape.name_id_format = unspecified_format;
  shape.attributes = {{.name = "email", .values = {"ada@example.com"}},
                      {.name = "firstName", .values = {"Ada"}},
                      {.name = "lastName", .values = {"Lovelace"}},
                      {.name = "groups", .values = {"Everyone", "Engineers", "Everyone"}}};
  const OutsideIdentity identity = identity_of(shape, parties);
  CHECK(identity.issuer == "http://www.okta.com/exk1fcia6d6EMsf331d8");
  CHECK(identity.subject == "ada@example.com");
  CHECK(identity.name_id == "Ada@Example.com");
  CHECK(identity.given_name == "Ada");
  CHECK(identity.family_name == "Lovelace");
  CHECK(identity.groups == std::vector<std::string>{"Everyone", "Engineers"});
}

TEST_CASE("Okta: started there, nothing is answered") {
  const SamlParties parties = parties_of(Provider::okta, "http://www.okta.com/exk1");
  TestResponse shape = shape_of(parties);
  shape.in_response_to = shape.confirmed_request = "";
  const auto answer = read_test_response(shape, parties);
  REQUIRE(answer.ok());
  CHECK_FALSE(answer.value().in_response_to.has_value());
}

TestResponse entra_shape(const SamlParties& parties) {
  TestResponse shape = shape_of(parties);
  shape.valid_from = test_now - minutes(5);
  shape.valid_until = test_now + minutes(65);
  shape.name_id = "KQ1mZ8x-opaque";
  shape.name_id_format = persistent_format;
  shape.attributes = {{.name = join(entra_claims, "tenantid"), .values = {"8f7e0b7c-tenant"}},
                      {.name = join(entra_claims, "objectidentifier"), .values = {"4c1b-object"}},
                      {.name = join(entra_claims, "displayname"), .values = {"Ada Lovelace"}},
                      {.name = join(claims, "givenname"), .values = {"Ada"}},
                      {.name = join(claims, "surname"), .values = {"Lovelace"}},
                      {.name = join(claims, "emailaddress"), .values = {"Ada@Example.com"}},
                      {.name = join(claims, "name"), .values = {"ada@example.onmicrosoft.com"}},
                      {.name = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
                       .values = {"0b1c-group", "9f2d-group"}}};
  return shape;
}

TEST_CASE("Entra ID: the person is the object id, whatever the NameID and the address are") {
  const SamlParties parties =
      parties_of(Provider::microsoft_ad, "https://sts.windows.net/8f7e0b7c-tenant/");
  TestResponse shape = entra_shape(parties);
  const OutsideIdentity identity = identity_of(shape, parties);
  CHECK(identity.subject == "4c1b-object");
  CHECK(identity.issuer == "https://sts.windows.net/8f7e0b7c-tenant/");
  CHECK(identity.email->text() == "ada@example.com");
  CHECK(identity.name == "Ada Lovelace");
  CHECK(identity.given_name == "Ada");
  CHECK(identity.family_name == "Lovelace");
  CHECK(identity.preferred_username == "ada@example.onmicrosoft.com");
  CHECK(identity.groups == std::vector<std::string>{"0b1c-group", "9f2d-group"});

  shape.name_id = "grace@example.com";
  shape.name_id_format = email_format;
  shape.attributes[5].values = {"grace@example.com"};
  CHECK(identity_of(shape, parties).subject == "4c1b-object");
}

TEST_CASE("Entra ID: blanks around the issuer, seventy minutes of validity") {
  const SamlParties parties =
      parties_of(Provider::microsoft_ad, "https://sts.windows.net/8f7e0b7c-tenant/");
  TestResponse shape = entra_shape(parties);
  shape.issuer = " " + parties.idp_entity_id;
  shape.assertion_issuer = " " + parties.idp_entity_id;
  CHECK(read_test_response(shape, parties).ok());
  shape.assertion_issuer = "https://sts.windows.net/another-tenant/";
  shape.issuer = "";
  CHECK(diagnosis_of(read_test_response(shape, parties)) == Diagnosis::issuer_mismatch);
}

TEST_CASE("Entra ID: response and assertion signed, token encrypted") {
  const SamlParties parties =
      parties_of(Provider::microsoft_ad, "https://sts.windows.net/8f7e0b7c-tenant/");
  TestResponse shape = entra_shape(parties);
  shape.response_key = &test_keys().provider;
  shape.cipher = xml::ContentCipher::aes256_cbc;
  CHECK(identity_of(shape, parties).subject == "4c1b-object");
  // "Sign SAML assertion" alone leaves the ciphertext unsigned.
  shape.response_key = nullptr;
  CHECK(diagnosis_of(read_test_response(shape, parties)) ==
        Diagnosis::encryption_algorithm_refused);
}

TEST_CASE(
    "where a connection accepts CBC in an unsigned response, the assertion has to be signed") {
  SamlParties parties = test_parties();
  parties.unsigned_cbc = SamlParties::UnsignedCbc::accepted;
  TestResponse shape;
  shape.cipher = xml::ContentCipher::aes256_cbc;
  CHECK(read_test_response(shape, parties).ok());
  shape.assertion_key = nullptr;
  CHECK(diagnosis_of(read_test_response(shape, parties)) == Diagnosis::signature_missing);
  // What was wrong inside is not told.
  shape.assertion_key = &test_keys().stranger;
  CHECK(diagnosis_of(read_test_response(shape, parties)) == Diagnosis::decryption_failed);
}

TEST_CASE("Google: one signature on assertion or response, perhaps no attributes at all") {
  const SamlParties parties =
      parties_of(Provider::google, "https://accounts.google.com/o/saml2?idpid=C01abc");
  TestResponse shape = shape_of(parties);
  CHECK(identity_of(shape, parties).email->text() == "ada@example.com");
  shape.assertion_key = nullptr;
  shape.response_key = &test_keys().provider;
  shape.attributes = {{.name = "firstName", .values = {"Ada"}}};
  const OutsideIdentity identity = identity_of(shape, parties);
  CHECK(identity.subject == "ada@example.com");
  CHECK(identity.given_name == "Ada");
}

TEST_CASE("AD FS: no NameID but a principal name, in whatever case it was typed") {
  const SamlParties parties =
      parties_of(Provider::adfs, "http://adfs.example.com/adfs/services/trust");
  TestResponse shape = shape_of(parties);
  shape.name_id = "";
  shape.attributes = {{.name = join(claims, "upn"), .values = {"JoHn@corp.example.com"}},
                      {.name = join(claims, "emailaddress"), .values = {"john@example.com"}},
                      {.name = "http://schemas.xmlsoap.org/claims/Group", .values = {"Sales"}}};
  const OutsideIdentity identity = identity_of(shape, parties);
  CHECK(identity.subject == "john@corp.example.com");
  CHECK(identity.email->text() == "john@example.com");
  CHECK(identity.preferred_username == "JoHn@corp.example.com");
  CHECK(identity.groups == std::vector<std::string>{"Sales"});
  CHECK(identity.name_id.empty());

  shape.name_id = "CORP\\JoHn";
  shape.name_id_format = unspecified_format;
  CHECK(identity_of(shape, parties).subject == "corp\\john");
  shape.attributes.clear();
  shape.name_id = "";
  CHECK(diagnosis_of(read_test_response(shape, parties)) == Diagnosis::name_id_missing);
}

TEST_CASE("AD FS, PingFederate, Keycloak: a signed status alone signs nobody in") {
  TestResponse shape;
  shape.has_assertion = false;
  shape.response_key = &test_keys().provider;
  shape.status = {"Requester", "InvalidNameIDPolicy"};
  CHECK(diagnosis_of(read_test_response(shape)) == Diagnosis::provider_request_refused);
  shape.status = {"Success"};
  CHECK(diagnosis_of(read_test_response(shape)) == Diagnosis::assertion_missing);
}

TEST_CASE("OneLogin: roles joined by semicolons") {
  const SamlParties parties =
      parties_of(Provider::onelogin, "https://app.onelogin.com/saml/metadata/1234");
  TestResponse shape = shape_of(parties);
  shape.attributes = {{.name = "User.email", .values = {"ada@example.com"}},
                      {.name = "User.FirstName", .values = {"Ada"}},
                      {.name = "User.LastName", .values = {"Lovelace"}},
                      {.name = "memberOf", .values = {"Admins; Engineers;;"}}};
  const OutsideIdentity identity = identity_of(shape, parties);
  CHECK(identity.given_name == "Ada");
  CHECK(identity.family_name == "Lovelace");
  CHECK(identity.groups == std::vector<std::string>{"Admins", "Engineers"});

  SamlParties custom = test_parties();
  TestResponse other = shape_of(custom);
  other.attributes = {{.name = "memberOf", .values = {"CN=a;b,DC=x"}}};
  CHECK(identity_of(other, custom).groups == std::vector<std::string>{"CN=a;b,DC=x"});
}

TEST_CASE("JumpCloud: an entity id that others have as well does not cross connections") {
  SamlParties parties = parties_of(Provider::jumpcloud, "JumpCloud");
  TestResponse shape = shape_of(parties);
  shape.attributes = {{.name = "firstname", .values = {"Ada"}},
                      {.name = "lastname", .values = {"Lovelace"}},
                      {.name = "email", .values = {"ada@example.com"}}};
  CHECK(identity_of(shape, parties).given_name == "Ada");

  // Another customer's, of the same name, shown here: its key and its addresses are others.
  SamlParties other = parties;
  other.connection = ConnectionId(8);
  other.entity_id = "https://auth.test/sso/v1/saml/conn_8";
  other.acs_urls = {"https://auth.test/sso/v1/saml/conn_8/callback"};
  CHECK(diagnosis_of(read_test_response(shape, other)) == Diagnosis::destination_mismatch);
  shape.destination = "";
  CHECK(diagnosis_of(read_test_response(shape, other)) == Diagnosis::recipient_mismatch);
}

TEST_CASE("PingFederate: attributes under short names") {
  const SamlParties parties = parties_of(Provider::ping_identity, "PF-EXAMPLE");
  TestResponse shape = shape_of(parties);
  shape.name_id = "alovelace";
  shape.name_id_format = unspecified_format;
  shape.attributes = {{.name = "mail", .values = {"ada@example.com"}},
                      {.name = "givenName", .values = {"Ada"}},
                      {.name = "sn", .values = {"Lovelace"}}};
  const OutsideIdentity identity = identity_of(shape, parties);
  CHECK(identity.subject == "alovelace");
  CHECK(identity.email->text() == "ada@example.com");
  CHECK(identity.family_name == "Lovelace");
}

TestResponse shibboleth_shape(const SamlParties& parties) {
  TestResponse shape = shape_of(parties);
  shape.name_id = "AAdzZWNyZXQx9f4";
  shape.name_id_format = transient_format;
  shape.attributes = {
      {.name = "urn:oid:0.9.2342.19200300.100.1.1", .values = {"ada"}, .friendly_name = "uid"},
      {.name = "urn:oid:0.9.2342.19200300.100.1.3",
       .values = {"ada@example.edu"},
       .friendly_name = "mail"},
      {.name = "urn:oid:2.16.840.1.113730.3.1.241", .values = {"Ada Lovelace"}},
      {.name = "urn:oid:1.3.6.1.4.1.5923.1.5.1.1", .values = {"cn=a", "cn=b"}},
      {.name = "urn:oid:1.3.6.1.4.1.5923.1.1.1.10",
       .values = {},
       .friendly_name = "eduPersonTargetedID",
       .raw_value =
           "<saml:NameID NameQualifier=\"https://idp.example.edu/\">84e411ea</saml:NameID>"}};
  return shape;
}

TEST_CASE("Shibboleth: encrypted, attributes by object identifier, a transient name is no key") {
  const SamlParties parties =
      parties_of(Provider::custom, "https://idp.example.edu/idp/shibboleth");
  TestResponse shape = shibboleth_shape(parties);
  shape.cipher = xml::ContentCipher::aes128_gcm;
  shape.response_key = &test_keys().provider;
  shape.assertion_key = nullptr;
  const OutsideIdentity identity = identity_of(shape, parties);
  CHECK(identity.subject == "84e411ea");
  CHECK(identity.email->text() == "ada@example.edu");
  CHECK(identity.name == "Ada Lovelace");
  CHECK(identity.preferred_username == "ada");
  CHECK(identity.groups == std::vector<std::string>{"cn=a", "cn=b"});
  CHECK(identity.name_id == "AAdzZWNyZXQx9f4");
  CHECK(identity.name_id_format == transient_format);

  shape.name_id = "another-at-the-next-sign-in";
  CHECK(identity_of(shape, parties).subject == "84e411ea");
  shape.attributes.pop_back();
  CHECK(identity_of(shape, parties).subject == "ada");
  shape.attributes.erase(shape.attributes.begin());
  CHECK(identity_of(shape, parties).subject == "ada@example.edu");
  shape.attributes.clear();
  CHECK(diagnosis_of(read_test_response(shape, parties)) == Diagnosis::name_id_transient);
}

TEST_CASE("Keycloak: a persistent name is taken to the letter") {
  const SamlParties parties = parties_of(Provider::custom, "https://kc.example.com/realms/acme");
  TestResponse shape = shape_of(parties);
  shape.response_key = &test_keys().provider;
  shape.name_id = "G-b1c2@Example.com";
  shape.name_id_format = persistent_format;
  shape.attributes = {
      {.name = "urn:oid:1.2.840.113549.1.9.1",
       .values = {"ada@example.com"},
       .friendly_name = "email"},
      {.name = "urn:oid:2.5.4.42", .values = {"Ada"}, .friendly_name = "givenName"},
      {.name = "urn:oid:2.5.4.4", .values = {"Lovelace"}, .friendly_name = "surname"},
      {.name = "Role", .values = {"manage-account"}}};
  const OutsideIdentity identity = identity_of(shape, parties);
  CHECK(identity.subject == "G-b1c2@Example.com");
  CHECK(identity.email->text() == "ada@example.com");
  CHECK(identity.given_name == "Ada");
}

// ——— mapping and values

TEST_CASE("what the connection maps is read from there and from nowhere else") {
  SamlParties parties = test_parties();
  parties.attribute_mapping = {{"email", "work_mail"},
                               {"firstName", "nick"},
                               {"sub", "employee"},
                               {"department", "dept"},
                               {"custom_attributes.site", "sites"}};
  TestResponse shape;
  shape.attributes = {{.name = "work_mail", .values = {"ada@work.test"}},
                      {.name = "email", .values = {"ada@home.test"}},
                      {.name = "firstName", .values = {"Augusta"}},
                      {.name = "nick", .values = {"Ada"}},
                      {.name = "employee", .values = {"E-1815"}},
                      {.name = "dept", .values = {"Engines"}},
                      {.name = "sites", .values = {"London", "Turin"}}};
  const OutsideIdentity identity = identity_of(shape, parties);
  CHECK(identity.subject == "E-1815");
  CHECK(identity.email->text() == "ada@work.test");
  CHECK(identity.given_name == "Ada");
  CHECK(identity.custom_attributes ==
        std::map<std::string, std::string>{{"department", "Engines"}, {"site", "London,Turin"}});

  TestResponse without = shape;
  without.attributes.erase(without.attributes.begin());
  CHECK_FALSE(identity_of(without, parties).email.has_value());
  without = shape;
  without.attributes.erase(without.attributes.begin() + 4);
  CHECK(diagnosis_of(read_test_response(without, parties)) == Diagnosis::name_id_missing);
  without = shape;
  without.attributes[4].values.push_back("E-1816");
  CHECK(diagnosis_of(read_test_response(without, parties)) == Diagnosis::name_id_missing);
}

TEST_CASE("a mapping may name the NameID, but not a transient one as the key") {
  SamlParties parties = test_parties();
  parties.attribute_mapping = {{"sub", "NameID"}, {"email", "NameID"}};
  TestResponse shape;
  shape.name_id_format = transient_format;
  CHECK(diagnosis_of(read_test_response(shape, parties)) == Diagnosis::name_id_transient);
  shape.name_id_format = unspecified_format;
  CHECK(identity_of(shape, parties).email->text() == "ada@example.com");
}

TEST_CASE("an address that is none is refused, not passed over") {
  TestResponse shape;
  shape.attributes = {{.name = "email", .values = {"ada at example"}}};
  CHECK(diagnosis_of(read_test_response(shape)) == Diagnosis::email_malformed);
  shape.attributes[0].values.push_back("ada@example.com");
  CHECK(identity_of(shape, test_parties()).email->text() == "ada@example.com");
}

TEST_CASE("everything that was sent is kept as JSON, within its limit") {
  TestResponse shape;
  shape.attributes = {{.name = "a\"b", .values = {"1"}},
                      {.name = "many", .values = {"x", "y"}},
                      {.name = "none", .values = {}},
                      {.name = "a\"b", .values = {"2"}}};
  CHECK(identity_of(shape, test_parties()).raw_attributes ==
        R"({"a\"b":["1","2"],"many":["x","y"],"none":[]})");
  shape.attributes = {{.name = "small", .values = {"x"}},
                      {.name = "large", .values = {std::string(40'000, 'x')}}};
  CHECK(identity_of(shape, test_parties()).raw_attributes == R"({"small":"x"})");
}

TEST_CASE("what cannot be a picture, a key or a text is left out or refused") {
  TestResponse shape;
  shape.attributes = {{.name = "picture", .values = {"javascript:alert(1)"}},
                      {.name = "displayName", .values = {std::string(600, 'x')}}};
  OutsideIdentity identity = identity_of(shape, test_parties());
  CHECK(identity.picture.empty());
  CHECK(identity.name.empty());
  shape.attributes[0].values = {"https://cdn.test/ada.png"};
  CHECK(identity_of(shape, test_parties()).picture == "https://cdn.test/ada.png");
  shape.name_id = std::string(1025, 'x');
  CHECK(diagnosis_of(read_test_response(shape)) == Diagnosis::name_id_missing);
  shape.name_id = std::string(1024, 'x');
  CHECK(identity_of(shape, test_parties()).subject.size() == 1024);
}

TEST_CASE("two names of one person are none, an encrypted one is decrypted") {
  TestResponse shape;
  const std::string name_id = "<saml:NameID xmlns:saml=\"" + std::string(assertion_ns) +
                              "\" Format=\"" + std::string(persistent_format) +
                              "\">hidden</saml:NameID>";
  shape.name_id_xml = name_id + name_id;
  CHECK(diagnosis_of(read_test_response(shape)) == Diagnosis::name_id_missing);
  const auto encrypted = [&name_id](const xml::KeyPair& key) {
    return "<saml:EncryptedID>" +
           xml::encrypt_element(name_id, key.certificate, xml::ContentCipher::aes128_gcm).value() +
           "</saml:EncryptedID>";
  };
  shape.name_id_xml = encrypted(test_keys().ours);
  CHECK(identity_of(shape, test_parties()).subject == "hidden");
  shape.name_id_xml = encrypted(test_keys().stranger);
  CHECK(diagnosis_of(read_test_response(shape)) == Diagnosis::decryption_failed);
}

}  // namespace
}  // namespace gatehouse::sso::saml
