// Signatures that a provider would never make, most of them by its own key, so that one thing alone
// is wrong. Each stands beside one that is accepted.

#include <doctest/doctest.h>

#include "server/xml/test_fixtures.h"

namespace gatehouse::xml {
namespace {

constexpr const char* message = "<p:R xmlns:p=\"urn:p\" ID=\"r1\">@<p:User>ada</p:User></p:R>";

std::string with(const Recipe& recipe) { return outcome(signed_by_recipe(message, recipe), "r1"); }

TEST_CASE("xml attack: the recipe as it stands is accepted") { CHECK(with({}) == "verified"); }

TEST_CASE("xml attack: keys that a message brings along are nobody's") {
  const std::string key_value = testdata("attacker_key_value.xml");
  CHECK(key_value.find("KeyValue") != std::string::npos);
  CHECK(outcome(key_value, "_r1", certificate("idp")) == "signature_mismatch");
  CHECK(outcome(key_value, "_r1", certificate("attacker")) == "verified");
  const std::string x509 = testdata("attacker_x509.xml");
  CHECK(outcome(x509, "_r1", certificate("idp")) == "key_mismatch");
  CHECK(outcome(x509, "_r1", certificate("attacker")) == "verified");
  // It may name our provider's certificate as well.
  const std::string genuine = base64_encode(certificate("idp")[0].der);
  const std::string both =
      replaced(x509, "<ds:X509Data>",
               "<ds:X509Data><ds:X509Certificate>" + genuine + "</ds:X509Certificate>");
  CHECK(outcome(both, "_r1", certificate("idp")) == "signature_mismatch");
}

TEST_CASE("xml attack: KeyInfo is fetched from nowhere") {
  CHECK(with({.key_info = "<ds:KeyInfo><ds:KeyName>idp</ds:KeyName></ds:KeyInfo>"}) == "verified");
  CHECK(with({.key_info = "<ds:KeyInfo><ds:RetrievalMethod URI=\"http://127.0.0.1:1/\"/>"
                          "</ds:KeyInfo>"}) == "verified");  // by the key that we know
  CHECK(with({.key_info = "<ds:KeyInfo/><ds:KeyInfo/>"}) == "malformed");
}

TEST_CASE("xml attack: a public key is no key of an HMAC") {
  CHECK(outcome(testdata("hmac_confusion.xml"), "_r1", certificate("idp")) == "algorithm_refused");
  CHECK(outcome(testdata("hmac_confusion.xml"), "_r1", certificate("idp"),
                WeakAlgorithms::allowed) == "algorithm_refused");
  CHECK(outcome(testdata("response_signed.xml"), "_r1", certificate("idp")) == "verified");
}

TEST_CASE("xml attack: algorithms are those that were chosen here") {
  const auto method = [](std::string_view uri, std::string_view content = "") {
    return with({.method = algorithm("SignatureMethod", uri, content)});
  };
  CHECK(method(names::rsa_sha256) == "verified");
  for (const char* refused :
       {"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1", "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5", "", "rsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256"}) {
    CHECK(method(refused) == "algorithm_refused");
  }
  CHECK(method(names::rsa_sha256, "<ds:HMACOutputLength>0</ds:HMACOutputLength>") ==
        "algorithm_refused");
  CHECK(method(names::rsa_sha1) == "algorithm_weak");
  CHECK(method(names::rsa_sha512) == "signature_mismatch");
  CHECK(method(names::ecdsa_sha256) == "signature_mismatch");

  const auto digest = [](std::string_view uri) {
    return with({.digest_method = algorithm("DigestMethod", uri)});
  };
  CHECK(digest(names::sha256) == "verified");
  CHECK(digest(names::sha512) == "digest_mismatch");
  CHECK(digest(names::sha1) == "algorithm_weak");
  CHECK(digest("http://www.w3.org/2001/04/xmldsig-more#md5") == "algorithm_refused");
  CHECK(digest("") == "algorithm_refused");
}

TEST_CASE("xml attack: transforms are the two that SAML wants, in their order") {
  const std::string enveloped = algorithm("Transform", names::enveloped);
  const std::string exclusive = algorithm("Transform", names::exclusive_c14n);
  const auto transforms = [](const std::string& text) { return with({.transforms = text}); };
  CHECK(transforms(enveloped + exclusive) == "verified");
  CHECK(transforms("\n " + enveloped + "\n " + exclusive + "\n") == "verified");
  CHECK(transforms("") == "transform_refused");
  CHECK(transforms(enveloped) == "transform_refused");
  CHECK(transforms(exclusive) == "transform_refused");
  CHECK(transforms(exclusive + enveloped) == "transform_refused");
  CHECK(transforms(enveloped + exclusive + exclusive) == "transform_refused");
  for (const char* refused :
       {"http://www.w3.org/TR/1999/REC-xpath-19991116", "http://www.w3.org/2002/06/xmldsig-filter2",
        "http://www.w3.org/TR/1999/REC-xslt-19991116", "http://www.w3.org/2000/09/xmldsig#base64",
        "http://www.w3.org/2001/10/xml-exc-c14n#x",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"}) {
    CAPTURE(refused);
    CHECK(transforms(enveloped + algorithm("Transform", refused)) == "transform_refused");
    CHECK(transforms(enveloped + exclusive + algorithm("Transform", refused)) ==
          "transform_refused");
    CHECK(transforms(algorithm("Transform", refused) + exclusive) == "transform_refused");
    CHECK(with({.canonicalization = algorithm("CanonicalizationMethod", refused)}) ==
          "transform_refused");
  }
  const std::string xpath = algorithm("Transform", "http://www.w3.org/TR/1999/REC-xpath-19991116",
                                      "<ds:XPath>false()</ds:XPath>");
  CHECK(transforms(enveloped + xpath + exclusive) == "transform_refused");
  const std::string hidden = algorithm("Transform", names::enveloped, "<ds:XPath>1</ds:XPath>");
  CHECK(transforms(hidden + exclusive) == "transform_refused");
  const std::string inside =
      algorithm("Transform", names::exclusive_c14n, "<ds:XPath>false()</ds:XPath>");
  CHECK(transforms(enveloped + inside) == "malformed");
  const auto prefixes = [](const std::string& content) {
    return algorithm("Transform", names::exclusive_c14n, content);
  };
  const std::string list = " PrefixList=\"#default\"></";
  const std::string inclusive = "<c:InclusiveNamespaces xmlns:c=\"" +
                                std::string(names::exclusive_c14n) + "\"" + list +
                                "c:InclusiveNamespaces>";
  CHECK(transforms(enveloped + prefixes(inclusive)) == "verified");
  CHECK(transforms(enveloped + prefixes(inclusive + inclusive)) == "malformed");
  CHECK(transforms(enveloped + prefixes("<ds:XPath" + list + "ds:XPath>")) == "malformed");
}

TEST_CASE("xml attack: the reference is to what holds the Signature and to nothing else") {
  const auto uri = [](const std::string& attribute) { return with({.uri = attribute}); };
  CHECK(uri(" URI=\"#r1\"") == "verified");
  for (const char* foreign :
       {"", " URI=\"\"", " URI=\"#\"", " URI=\"r1\"", " URI=\"#R1\"", " URI=\"#r1 \"",
        " URI=\"#r2\"", " URI=\"#xpointer(/)\"", " URI=\"#xpointer(id('r1'))\"", " URI=\"ext.txt\"",
        " URI=\"file:///etc/passwd\"", " URI=\"http://127.0.0.1:1/x\"",
        " URI=\"http://127.0.0.1:1/x#r1\"", " URI=\"cid:r1\""}) {
    CAPTURE(foreign);
    CHECK(uri(foreign) == "reference_foreign");
  }
  // An ID under another name is not SAML's, and no ID at all is matched by no URI.
  const auto named = [](std::string_view attribute, const Recipe& recipe = {}) {
    const std::string xml = replaced(signed_by_recipe(message, recipe), "ID=\"r1\"", attribute);
    const auto document = Document::parse(xml);
    const auto verified = verify_signature(document.value(), document.value().root(),
                                           std::span(&provider_key().certificate, 1));
    return verified.ok() ? "verified" : std::string(signature_problem_name(verified.error()));
  };
  CHECK(named("ID=\"r1\"") == "verified");
  CHECK(named("Id=\"r1\"") == "reference_foreign");
  CHECK(named("xml:id=\"r1\"") == "reference_foreign");
  CHECK(named("p:ID=\"r1\"") == "reference_foreign");
  CHECK(named("ID=\"\"") == "reference_foreign");
  CHECK(named("ID=\"\"", {.uri = " URI=\"#\""}) == "reference_foreign");
  CHECK(named("", {.uri = " URI=\"#\""}) == "reference_foreign");
}

TEST_CASE("xml attack: there is one SignedInfo, one Reference and one value") {
  const std::string xml = signed_by_recipe(message);
  CHECK(outcome(xml, "r1") == "verified");
  const std::size_t begin = xml.find("<ds:SignedInfo>");
  const std::size_t end = xml.find("</ds:SignedInfo>") + 16;
  const std::string signed_info = xml.substr(begin, end - begin);
  CHECK(outcome(replaced(xml, signed_info, signed_info + signed_info), "r1") == "malformed");
  CHECK(with({.after_signed_info = signed_info}) == "malformed");
  CHECK(outcome(replaced(xml, signed_info, ""), "r1") == "malformed");
  CHECK(outcome(replaced(xml, "<ds:SignatureValue>",
                         "<ds:SignatureValue>AA==</ds:SignatureValue>"
                         "<ds:SignatureValue>"),
                "r1") == "malformed");

  const std::size_t reference_begin = xml.find("<ds:Reference");
  const std::size_t reference_end = xml.find("</ds:Reference>") + 15;
  const std::string reference = xml.substr(reference_begin, reference_end - reference_begin);
  CHECK(with({.after_reference = reference}) == "reference_missing");
  CHECK(with({.after_reference = replaced(reference, "#r1", "#r2")}) == "reference_missing");
  CHECK(outcome(replaced(xml, reference, ""), "r1") == "reference_missing");
  CHECK(with({.after_reference = "x"}) == "malformed");
  const std::string manifest = replaced(replaced(reference, "<ds:Reference", "<ds:Manifest"),
                                        "</ds:Reference>", "</ds:Manifest>");
  CHECK(outcome(replaced(xml, reference, manifest), "r1") == "malformed");
}

TEST_CASE("xml attack: what was changed after signing is refused") {
  const std::string xml = signed_by_recipe(message);
  CHECK(outcome(replaced(xml, "ada", "eve"), "r1") == "digest_mismatch");
  CHECK(outcome(replaced(xml, "<p:User>", "<p:User a=\"b\">"), "r1") == "digest_mismatch");
  CHECK(outcome(replaced(xml, "</p:User>", "</p:User> "), "r1") == "digest_mismatch");
  CHECK(outcome(replaced(xml, "<p:R ", "<p:R xmlns:q=\"urn:q\" "), "r1") == "verified");
  CHECK(outcome(replaced(xml, "<p:User>", "<p:User >"), "r1") == "verified");
  CHECK(outcome(replaced(xml, "ada", "&#97;da"), "r1") == "verified");
  CHECK(outcome(replaced(xml, "ada", "a<!---->da"), "r1") == "parse: comment");
  CHECK(outcome(replaced(xml, "ada", "<![CDATA[ada]]>"), "r1") == "parse: doctype");
  CHECK(outcome(replaced(xml, "ada", "<?x?>ada"), "r1") == "parse: processing");
  CHECK(outcome(replaced(xml, "ada", "&ada;"), "r1") == "parse: entity");
  CHECK(outcome("<!DOCTYPE R [<!ENTITY ada 'eve'>]>" + xml, "r1") == "parse: doctype");
  CHECK(outcome(replaced(xml, "<p:User>", "<p:User xmlns:x=\"1\">"), "r1") ==
        "parse: relative_namespace");
}

TEST_CASE("xml attack: digest and signature are plain base64 of the right length") {
  const std::string xml = signed_by_recipe(message);
  const std::string digest = "<ds:DigestValue>";
  CHECK(outcome(replaced(xml, digest, digest + "<!--x-->"), "r1") == "parse: comment");
  CHECK(outcome(replaced(xml, digest, digest + "<x/>"), "r1") == "malformed");
  CHECK(outcome(replaced(xml, digest, digest + "AAAA"), "r1") == "signature_mismatch");
  CHECK(outcome(replaced(xml, digest, digest + "*"), "r1") == "malformed");

  const std::size_t begin = xml.find("<ds:SignatureValue>") + 19;
  const std::string value = xml.substr(begin, xml.find("</ds:SignatureValue>") - begin);
  CHECK(outcome(replaced(xml, value, "\n " + value.substr(0, 76) + "&#13;\n" + value.substr(76)),
                "r1") == "verified");
  CHECK(outcome(replaced(xml, value, value.substr(4)), "r1") == "signature_mismatch");
  CHECK(outcome(replaced(xml, value, value.substr(0, 4)), "r1") == "signature_mismatch");
  CHECK(outcome(replaced(xml, value, "AAAA" + value), "r1") == "signature_mismatch");
  CHECK(outcome(replaced(xml, value, ""), "r1") == "malformed");
  CHECK(outcome(replaced(xml, value, value.substr(1)), "r1") == "malformed");
  CHECK(outcome(replaced(xml, value, "<x>" + value + "</x>"), "r1") == "malformed");
}

TEST_CASE("xml attack: an ECDSA signature of zeros is nobody's") {
  const std::string xml = testdata("ecdsa_p256.xml");
  CHECK(outcome(xml, "_r1", certificate("p256")) == "verified");
  const std::size_t begin = xml.find("<ds:SignatureValue>") + 19;
  const std::string value = xml.substr(begin, xml.find("</ds:SignatureValue>") - begin);
  for (const std::size_t width : {64U, 63U, 0U, 128U}) {
    const std::string zeros = base64_encode(std::string(width, '\0'));
    CHECK(outcome(replaced(xml, value, zeros), "_r1", certificate("p256")) != "verified");
  }
  const std::string large = base64_encode(std::string(64, '\xff'));
  CHECK(outcome(replaced(xml, value, large), "_r1", certificate("p256")) == "signature_mismatch");
}

TEST_CASE("xml attack: canonical XML that grows beyond all measure is given up") {
  std::string xml = "<a xmlns:n=\"urn:" + std::string(100'000, 'x') + "\" ID=\"r1\">@";
  for (int i = 0; i < 50; ++i) xml += "<n:b/>";
  const auto document = Document::parse(replaced(xml, "@", "") + "</a>");
  REQUIRE(document.ok());
  CHECK(canonicalise(document.value().root(), {}) == std::nullopt);
  CHECK(canonicalise(document.value().root(), {.bytes_max = 10'000'000}) != std::nullopt);
}

}  // namespace
}  // namespace gatehouse::xml
