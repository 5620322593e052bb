#include "server/xml/encryption.h"

#include <doctest/doctest.h>

#include "server/xml/test_fixtures.h"

namespace gatehouse::xml {
namespace {

constexpr std::string_view text = "<a xmlns=\"urn:a\">ada &amp; \xC3\xA5</a>";

const KeyPair& recipient() {
  static const KeyPair key = {Secret(base64_decode(testdata("sp.key.b64")).value()),
                              certificate("sp")[0]};
  return key;
}

std::string decrypted(const std::string& xml, Surroundings surroundings = Surroundings::unverified,
                      const KeyPair& key = recipient()) {
  const auto document = Document::parse(xml);
  ENSURE(document.ok());
  const auto element = decrypt_element(document.value().root(), key, surroundings);
  return element.ok() ? element.value() : std::string(encryption_problem_name(element.error()));
}

std::string encrypted(std::string_view content, ContentCipher cipher = ContentCipher::aes256_gcm) {
  return "<E xmlns=\"urn:e\">" + encrypt_element(content, recipient().certificate, cipher).value() +
         "</E>";
}

// Between the last `open` and the next `close`.
std::string last_between(const std::string& xml, std::string_view open, std::string_view close) {
  const std::size_t begin = xml.rfind(open) + open.size();
  return xml.substr(begin, xml.find(close, begin) - begin);
}
std::string content_of(const std::string& xml) {
  return last_between(xml, "<xenc:CipherValue>", "</xenc:CipherValue>");
}
std::string with_content(const std::string& xml, const std::string& octets) {
  return replaced(xml, content_of(xml), base64_encode(octets));
}

TEST_CASE("xml encryption: what xmlsec and xml-encryption have encrypted is decrypted") {
  const std::string plain =
      "<saml:Assertion ID=\"_a1\"><saml:Issuer>https://idp.example/</saml:Issuer></saml:Assertion>";
  // Cut out of its place, where the prefix is declared.
  const std::string whole =
      replaced(plain, "<saml:Assertion",
               "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"");
  for (const char* file :
       {"encrypted_aes128_gcm.xml", "encrypted_aes192_gcm.xml", "encrypted_aes256_gcm.xml"}) {
    CAPTURE(file);
    CHECK(decrypted(testdata(file)) == whole);
  }
  const std::string by_javascript =
      "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_a2\"/>";
  for (const char* file :
       {"xml_encryption.xml", "oaep_mgf1p_sha256.xml", "oaep_sha256_mgf1_sha256.xml"}) {
    CAPTURE(file);
    CHECK(decrypted(testdata(file)) == by_javascript);
  }
}

TEST_CASE("xml encryption: CBC counts only where what surrounds it was verified") {
  const std::string xml = testdata("encrypted_aes256_cbc.xml");
  CHECK(decrypted(xml, Surroundings::unverified) == "cbc_without_signature");
  CHECK(decrypted(xml, Surroundings::verified).find("https://idp.example/") != std::string::npos);
  for (const auto cipher : {ContentCipher::aes128_cbc, ContentCipher::aes256_cbc}) {
    CHECK(decrypted(encrypted(text, cipher), Surroundings::unverified) == "cbc_without_signature");
    CHECK(decrypted(encrypted(text, cipher), Surroundings::verified) == text);
  }
}

TEST_CASE("xml encryption: a key encrypted with PKCS#1 v1.5 is refused, whatever it holds") {
  const std::string xml = testdata("encrypted_pkcs1.xml");
  CHECK(decrypted(xml) == "algorithm_refused");
  CHECK(decrypted(xml, Surroundings::verified) == "algorithm_refused");
  // Not by naming another algorithm either.
  CHECK(decrypted(replaced(xml, "xmlenc#rsa-1_5", "xmlenc#rsa-oaep-mgf1p")) == "failed");
  const std::string oaep = testdata("encrypted_aes256_gcm.xml");
  CHECK(decrypted(replaced(oaep, "xmlenc#rsa-oaep-mgf1p", "xmlenc#rsa-1_5")) ==
        "algorithm_refused");
}

TEST_CASE("xml encryption: whatever is damaged, the answer is one") {
  const std::string xml = encrypted(text);
  CHECK(decrypted(xml) == text);
  const std::string octets = base64_decode(content_of(xml)).value();
  for (const std::size_t at : {std::size_t{0}, std::size_t{20}, octets.size() - 1}) {
    std::string changed = octets;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK(decrypted(with_content(xml, changed)) == "failed");
  }
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{27}, std::size_t{28}, octets.size() - 1}) {
    CHECK(decrypted(with_content(xml, octets.substr(0, size))) == "failed");
  }
  CHECK(decrypted(xml, Surroundings::verified, attacker_key()) == "failed");
  CHECK(decrypted(replaced(xml, "#aes256-gcm", "#aes128-gcm")) == "failed");
  // The same key under another mode: the octets are no GCM any more.
  CHECK(decrypted(replaced(xml, "2009/xmlenc11#aes256-gcm", "2001/04/xmlenc#aes256-cbc"),
                  Surroundings::verified) == "failed");
  const std::string wrapped = last_between(xml.substr(0, xml.find("</ds:KeyInfo>")),
                                           "<xenc:CipherValue>", "</xenc:CipherValue>");
  std::string key = base64_decode(wrapped).value();
  CHECK(decrypted(replaced(xml, wrapped, base64_encode(key.substr(1)))) == "failed");
  key[0] = static_cast<char>(key[0] ^ 1);
  CHECK(decrypted(replaced(xml, wrapped, base64_encode(key))) == "failed");
  CHECK(decrypted(replaced(xml, names::sha1, names::sha256)) == "failed");
}

TEST_CASE("xml encryption: damage under CBC has the same answer") {
  const std::string xml = encrypted(text, ContentCipher::aes128_cbc);
  const std::string octets = base64_decode(content_of(xml)).value();
  CHECK(decrypted(with_content(xml, octets), Surroundings::verified) == text);
  for (std::size_t at = 0; at < octets.size(); ++at) {
    std::string changed = octets;
    changed[at] = static_cast<char>(changed[at] ^ 0x80);
    const std::string outcome = decrypted(with_content(xml, changed), Surroundings::verified);
    // CBC does not notice a change of what the text says, which is why it must be signed outside.
    CHECK((outcome == "failed" || outcome.starts_with("<a ")));
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{16}, octets.size() - 1}) {
    CHECK(decrypted(with_content(xml, octets.substr(0, size)), Surroundings::verified) == "failed");
  }
}

TEST_CASE("xml encryption: nothing is fetched, and there is one ciphertext for a few keys") {
  const std::string xml = encrypted(text);
  const std::string reference = "<xenc:CipherReference URI=\"http://127.0.0.1:1/\"/>";
  const std::string value = "<xenc:CipherValue>" + content_of(xml) + "</xenc:CipherValue>";
  CHECK(decrypted(replaced(xml, value, reference)) == "malformed");
  CHECK(decrypted(replaced(xml, value, value + reference)) == "malformed");
  CHECK(decrypted(replaced(xml, value, value + value)) == "malformed");
  const std::size_t begin = xml.find("<xenc:EncryptedKey>");
  const std::size_t end = xml.find("</xenc:EncryptedKey>") + 20;
  const std::string key = xml.substr(begin, end - begin);
  CHECK(decrypted(replaced(xml, key, "<ds:RetrievalMethod URI=\"http://127.0.0.1:1/\"/>")) ==
        "malformed");
  CHECK(decrypted(replaced(xml, key, key + key + key)) == text);
  CHECK(decrypted(replaced(xml, key, key + key + key + key)) == "malformed");
  // Another recipient's key before ours; one that is refused is passed over.
  const std::string other =
      encrypt_element(text, attacker_key().certificate, ContentCipher::aes256_gcm).value();
  const std::string others_key =
      other.substr(other.find("<xenc:EncryptedKey>"),
                   other.find("</ds:KeyInfo>") - other.find("<xenc:EncryptedKey>"));
  CHECK(decrypted(replaced(xml, key, others_key + key)) == text);
  CHECK(decrypted(replaced(xml, key, others_key)) == "failed");
  CHECK(decrypted("<E xmlns=\"urn:e\"/>") == "malformed");
  CHECK(decrypted(replaced(xml, "#Element", "#Content")) == "malformed");
  CHECK(decrypted(replaced(xml, "#aes256-gcm", "#tripledes-cbc")) == "algorithm_refused");
}

TEST_CASE("xml encryption: what comes out is one element, or nothing") {
  CHECK(decrypted(encrypted("<?xml version=\"1.0\"?>\n" + std::string(text))) == text);
  for (const char* wrong : {"", "text", "<a/><b/>", "<a/>text", "text<a/>", "<p:a/>", "<a>",
                            "<!DOCTYPE a><a xmlns='urn:a'/>", "<a xmlns='urn:a'><!--x--></a>",
                            "</place><place>", "</place><a/><place>", "\xff"}) {
    CAPTURE(wrong);
    CHECK(decrypted(encrypted(wrong)) == "failed");
  }
}

TEST_CASE("xml encryption: an element takes the namespaces of its place where it needs them") {
  const auto in_place = [](std::string_view content) {
    const std::string data =
        encrypt_element(content, recipient().certificate, ContentCipher::aes128_gcm).value();
    const auto document = Document::parse(
        "<r xmlns='urn:r' xmlns:p='urn:p' xmlns:q='urn:q'>"
        "<e xmlns:p='urn:p2'>" +
        data + "</e></r>");
    return decrypt_element(document.value().root().children()[0], recipient(),
                           Surroundings::unverified)
        .value();
  };
  CHECK(in_place("<x:a xmlns:x='urn:x'/>") == "<x:a xmlns:x='urn:x'/>");
  const auto parsed = [&](std::string_view content) {
    return Document::parse(in_place(content)).value();
  };
  CHECK(parsed("<p:a/>").root().is("urn:p2", "a"));
  CHECK(parsed("<a>t</a>").root().is("urn:r", "a"));
  const Document own = parsed("<p:a xmlns:p\n =\n'urn:own'><q:b/></p:a>");
  CHECK(own.root().is("urn:own", "a"));
  CHECK(own.root().children()[0].is("urn:q", "b"));
}

TEST_CASE("xml encryption: an assertion is signed, then encrypted, and verified again") {
  const std::string assertion =
      sign_element("<a xmlns='urn:a' ID='a1'>ada</a>", "a1", provider_key(), EmbedCertificate::yes)
          .value();
  const std::string element = decrypted(encrypted(assertion));
  CHECK(element == assertion);
  CHECK(outcome(element, "a1") == "verified");
}

}  // namespace
}  // namespace gatehouse::xml
