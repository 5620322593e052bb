#include "server/xml/signature.h"

#include <doctest/doctest.h>

#include "server/xml/test_fixtures.h"

namespace gatehouse::xml {
namespace {

constexpr std::string_view message =
    "<p:R xmlns:p='urn:p' ID='r1'><s:Issuer xmlns:s='urn:oasis:names:tc:SAML:2.0:assertion'>idp"
    "</s:Issuer><p:User>ada</p:User></p:R>";

std::string signed_message(EmbedCertificate embed = EmbedCertificate::yes) {
  return sign_element(message, "r1", provider_key(), embed).value();
}

TEST_CASE("xml signature: what xmlsec and xml-crypto have signed is verified") {
  for (const char* file : {"response_signed", "both_signed", "rsa_sha384", "rsa_sha512"}) {
    CAPTURE(file);
    CHECK(outcome(testdata(std::string(file) + ".xml"), "_r1", certificate("idp")) == "verified");
  }
  for (const char* file : {"assertion_signed", "both_signed", "inclusive_prefixes"}) {
    CAPTURE(file);
    CHECK(outcome(testdata(std::string(file) + ".xml"), "_a1", certificate("idp")) == "verified");
  }
  CHECK(outcome(testdata("xml_crypto.xml"), "_r2", certificate("idp")) == "verified");
  for (const char* curve : {"p256", "p384", "p521"}) {
    CAPTURE(curve);
    const std::string xml = testdata("ecdsa_" + std::string(curve) + ".xml");
    CHECK(outcome(xml, "_r1", certificate(curve)) == "verified");
    CHECK(outcome(xml, "_r1", certificate("idp")) == "key_mismatch");
  }
  CHECK(outcome(testdata("response_signed.xml"), "_a1", certificate("idp")) == "absent");
  CHECK(outcome(testdata("assertion_signed.xml"), "_r1", certificate("idp")) == "absent");
}

TEST_CASE("xml signature: what was signed is handed on as it was signed, without the Signature") {
  const auto document = Document::parse(testdata("response_signed.xml"));
  REQUIRE(document.ok());
  const auto verified =
      verify_signature(document.value(), document.value().root(), certificate("idp"));
  REQUIRE(verified.ok());
  const Element root = verified.value().root();
  CHECK(root.is(saml_protocol, "Response"));
  CHECK(!has_signature(root));
  CHECK(root.attribute("Destination") == "https://id.example/acs?a=1&b=2");
  CHECK(root.only_child(saml_assertion, "Issuer")->text() == "https://idp.example/å");
  const Element assertion = *root.only_child(saml_assertion, "Assertion");
  const Element value = assertion.only_child(saml_assertion, "AttributeStatement")
                            ->only_child(saml_assertion, "Attribute")
                            ->only_child(saml_assertion, "AttributeValue")
                            .value();
  CHECK(value.text() == "Ada <L> & \"Co\" — Ünïcode");
  // Its prefix is used in a value alone: exclusive canonicalisation leaves the declaration out,
  // unless the signer asks for it. What was not signed is not seen.
  CHECK(value.attribute("http://www.w3.org/2001/XMLSchema-instance", "type") == "xs:string");
  CHECK(value.namespace_of_prefix("xs") == std::nullopt);
  CHECK(value.namespace_of_prefix("xsi") == "http://www.w3.org/2001/XMLSchema-instance");

  const auto other = Document::parse(testdata("inclusive_prefixes.xml"));
  const auto kept =
      verify_signature(other.value(), *find_by_id(other.value(), "_a1"), certificate("idp"));
  REQUIRE(kept.ok());
  CHECK(kept.value().root().namespace_of_prefix("xs") == "http://www.w3.org/2001/XMLSchema");
}

TEST_CASE("xml signature: SHA-1 counts only where it is allowed") {
  for (const char* file : {"rsa_sha1.xml", "digest_sha1.xml"}) {
    CAPTURE(file);
    CHECK(outcome(testdata(file), "_r1", certificate("idp")) == "algorithm_weak");
    CHECK(outcome(testdata(file), "_r1", certificate("idp"), WeakAlgorithms::allowed) ==
          "verified");
    CHECK(outcome(testdata(file), "_r1", certificate("sp"), WeakAlgorithms::allowed) ==
          "key_mismatch");
  }
}

TEST_CASE("xml signature: any of the certificates may have made it, and it says which") {
  std::vector<crypto::Certificate> several = certificate("p256");
  for (const char* name : {"attacker", "sp", "idp", "idp"}) several.push_back(certificate(name)[0]);
  for (const char* file : {"response_signed.xml", "xml_crypto.xml"}) {
    const auto document = Document::parse(testdata(file));
    const auto verified = verify_signature(document.value(), document.value().root(), several);
    REQUIRE(verified.ok());
    CHECK(verified.value().signed_by() == 3);
  }
  // KeyInfo is a hint and may be wrong or absent.
  const std::vector<crypto::Certificate> ours = {attacker_key().certificate,
                                                 provider_key().certificate};
  CHECK(outcome(signed_message(EmbedCertificate::no), "r1", ours) == "verified");
  const std::string misleading =
      replaced(signed_message(), base64_encode(provider_key().certificate.der),
               base64_encode(attacker_key().certificate.der));
  CHECK(outcome(misleading, "r1", ours) == "verified");
}

TEST_CASE("xml signature: without a key that fits nothing is verified") {
  const std::string xml = signed_message();
  CHECK(outcome(xml, "r1") == "verified");
  CHECK(outcome(xml, "r1", {}) == "no_key");
  CHECK(outcome(xml, "r1", certificate("p256")) == "key_mismatch");
  CHECK(outcome(signed_message(EmbedCertificate::no), "r1", certificate("sp")) ==
        "signature_mismatch");
}

TEST_CASE("xml signature: what we sign is signed where the schema wants it, and stays as it was") {
  const std::string xml = signed_message();
  CHECK(xml.find("</s:Issuer><ds:Signature ") != std::string::npos);
  const auto document = Document::parse(xml);
  CHECK(has_signature(document.value().root()));
  CHECK(outcome(replaced(xml, "ada", "eve"), "r1") == "digest_mismatch");

  const auto without_issuer =
      sign_element("<a ID='x.-_1'><b/></a>", "x.-_1", provider_key(), EmbedCertificate::no);
  REQUIRE(without_issuer.ok());
  CHECK(without_issuer.value().starts_with("<a ID='x.-_1'><ds:Signature "));
  CHECK(outcome(without_issuer.value(), "x.-_1") == "verified");

  const auto empty = sign_element("<?xml version='1.0'?><q><a ID='x'\n /></q>", "x", provider_key(),
                                  EmbedCertificate::no);
  REQUIRE(empty.ok());
  CHECK(outcome(empty.value(), "x") == "verified");
  CHECK(empty.value().ends_with("</ds:Signature></a></q>"));
}

TEST_CASE("xml signature: an assertion and its response can both be signed") {
  const auto inner = sign_element(
      "<R ID='r'><Issuer xmlns='urn:oasis:names:tc:SAML:2.0:assertion'/><A ID='a'>x</A></R>", "a",
      provider_key(), EmbedCertificate::yes);
  REQUIRE(inner.ok());
  const auto both = sign_element(inner.value(), "r", provider_key(), EmbedCertificate::no);
  REQUIRE(both.ok());
  CHECK(outcome(both.value(), "r") == "verified");
  CHECK(outcome(both.value(), "a") == "verified");
}

TEST_CASE("xml signature: what cannot be signed is refused") {
  const auto problem = [](std::string_view xml, std::string_view id) {
    const auto made = sign_element(xml, id, provider_key(), EmbedCertificate::no);
    return made.ok() ? "signed" : std::string(error_code_name(made.error().code));
  };
  CHECK(problem("<a ID='x'/>", "x") == "signed");
  CHECK(problem("<a ID='x'/>", "y") == "invalid_argument");
  CHECK(problem("<a ID=''/>", "") == "invalid_argument");
  CHECK(problem("<a ID='x y'/>", "x y") == "invalid_argument");
  CHECK(problem("<a ID='x'>", "x") == "invalid_argument");
  CHECK(problem(signed_message(), "r1") == "invalid_argument");
}

TEST_CASE("xml signature: a key pair carries a certificate of its own") {
  const KeyPair& key = provider_key();
  CHECK(key.certificate.subject == "CN=idp.example");
  CHECK(key.certificate.issuer == "CN=idp.example");
  CHECK(key.certificate.not_before < test_now);
  CHECK(key.certificate.not_after == test_now + days(3650));
  CHECK(!make_key_pair("", test_now).ok());
  CHECK(!make_key_pair(std::string(65, 'x'), test_now).ok());
}

TEST_CASE("xml signature: octets of a redirect are verified by the named algorithm alone") {
  const std::string octets = "SAMLRequest=abc&RelayState=x&SigAlg=y";
  const std::string signature = sign_octets(octets, provider_key());
  const std::vector<crypto::Certificate> ours = {attacker_key().certificate,
                                                 provider_key().certificate};
  const auto problem = [&](std::string_view text, std::string_view bytes, std::string_view uri) {
    const auto verified = verify_octets(text, bytes, uri, ours);
    return verified.ok() ? "verified" : std::string(signature_problem_name(verified.error()));
  };
  const std::string_view rsa_sha256 = redirect_algorithm_uri(RedirectAlgorithm::rsa_sha256);
  CHECK(problem(octets, signature, rsa_sha256) == "verified");
  CHECK(problem(octets + "x", signature, rsa_sha256) == "signature_mismatch");
  CHECK(problem(octets, signature.substr(1), rsa_sha256) == "signature_mismatch");
  CHECK(problem(octets, "", rsa_sha256) == "signature_mismatch");
  CHECK(problem(octets, signature, redirect_algorithm_uri(RedirectAlgorithm::rsa_sha512)) ==
        "signature_mismatch");
  CHECK(problem(octets, signature, redirect_algorithm_uri(RedirectAlgorithm::rsa_sha1)) ==
        "algorithm_weak");
  CHECK(problem(octets, signature, redirect_algorithm_uri(RedirectAlgorithm::ecdsa_sha256)) ==
        "signature_mismatch");
  CHECK(problem(octets, signature, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256") ==
        "algorithm_refused");
  CHECK(problem(octets, signature, "") == "algorithm_refused");
  CHECK(!verify_octets(octets, signature, rsa_sha256, {}).ok());
}

}  // namespace
}  // namespace gatehouse::xml
