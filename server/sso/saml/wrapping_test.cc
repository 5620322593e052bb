// Signature wrapping: what was signed is still there, and somebody else's assertion stands where it
// might be read instead. Eight ways, under each demand that a connection can make.

#include <doctest/doctest.h>

#include "server/sso/saml/test_provider.h"

namespace gatehouse::sso::saml {
namespace {

using connections::SamlSigning;

// The pieces that an attacker has: a response that somebody else's sign-in was answered with, and
// an assertion of their own making.
struct Loot {
  std::string response;
  std::string response_signature;  // empty: the response is not signed
  std::string assertion;
  std::string assertion_signature;
  std::string bare_assertion;  // without its signature
  TestResponse evil;
};

std::string signature_within(const std::string& xml) {
  const std::size_t name = xml.find("Signature ");
  if (name == xml.npos) return {};
  const std::size_t begin = xml.rfind('<', name);
  const std::string tag = xml.substr(begin + 1, xml.find(' ', begin) - begin - 1);
  const std::string end = "</" + tag + ">";
  return xml.substr(begin, xml.find(end, begin) + end.size() - begin);
}

std::string without(std::string text, const std::string& part) {
  if (!part.empty()) text.erase(text.find(part), part.size());
  return text;
}

std::string after_issuer(std::string xml, const std::string& inserted) {
  const std::string end = "</saml:Issuer>";
  return xml.insert(xml.find(end) + end.size(), inserted);
}

std::string at_the_end(std::string xml, const std::string& inserted) {
  return xml.insert(xml.rfind("</"), inserted);
}

Loot loot(SamlSigning mode) {
  TestResponse good;
  const bool is_response_signed = mode == SamlSigning::response || mode == SamlSigning::both;
  good.response_key = is_response_signed ? &test_keys().provider : nullptr;
  good.assertion_key = mode == SamlSigning::response ? nullptr : &test_keys().provider;
  Loot out{.response = response_xml(good),
           .response_signature = {},
           .assertion = assertion_xml(good),
           .assertion_signature = {},
           .bare_assertion = {},
           .evil = good};
  if (is_response_signed) out.response_signature = signature_within(out.response);
  out.assertion_signature = signature_within(out.assertion);
  out.bare_assertion = without(out.assertion, out.assertion_signature);
  out.evil.response_key = out.evil.assertion_key = nullptr;
  out.evil.id = "_evil_response";
  out.evil.assertion_id = "_evil";
  out.evil.name_id = "admin@example.com";
  return out;
}

// A signature with something else put inside it.
std::string object_within(const std::string& signature, const std::string& inside) {
  if (signature.empty()) return "<o:Object xmlns:o=\"urn:o\">" + inside + "</o:Object>";
  const std::string prefix = signature.substr(1, signature.find("Signature") - 1);
  return at_the_end(signature, "<" + prefix + "Object>" + inside + "</" + prefix + "Object>");
}

// The original response goes into the signature, the attacker's stands around both.
std::string wrap_1(const Loot& loot) {
  const std::string original = without(loot.response, loot.response_signature);
  return after_issuer(response_xml(loot.evil), object_within(loot.response_signature, original));
}
// The original response stands before the signature that was its own.
std::string wrap_2(const Loot& loot) {
  const std::string original = without(loot.response, loot.response_signature);
  return after_issuer(response_xml(loot.evil), original + loot.response_signature);
}
// The attacker's assertion stands before the original.
std::string wrap_3(const Loot& loot) {
  return response_xml(loot.evil, assertion_xml(loot.evil) + loot.assertion);
}
// The original is inside the attacker's.
std::string wrap_4(const Loot& loot) {
  return response_xml(loot.evil, at_the_end(assertion_xml(loot.evil), loot.assertion));
}
// The attacker's has the signature, the original follows.
std::string wrap_5(const Loot& loot) {
  return response_xml(loot.evil, after_issuer(assertion_xml(loot.evil), loot.assertion_signature) +
                                     loot.bare_assertion);
}
// The attacker's has the signature, and the original in it.
std::string wrap_6(const Loot& loot) {
  const std::string signature = object_within(loot.assertion_signature, loot.bare_assertion);
  return response_xml(loot.evil, after_issuer(assertion_xml(loot.evil), signature));
}
// The attacker's is an extension of the response.
std::string wrap_7(const Loot& loot) {
  const std::string extensions =
      "<samlp:Extensions>" + assertion_xml(loot.evil) + "</samlp:Extensions>";
  return after_issuer(loot.response, extensions);
}
// The original becomes an object of its own signature, in the original response.
std::string wrap_8(const Loot& loot) {
  const std::string signature = object_within(loot.assertion_signature, loot.bare_assertion);
  std::string out = loot.response;
  return out.replace(out.find(loot.assertion), loot.assertion.size(),
                     after_issuer(assertion_xml(loot.evil), signature));
}

constexpr SamlSigning modes[] = {SamlSigning::response, SamlSigning::assertion, SamlSigning::both,
                                 SamlSigning::either};

TEST_CASE("eight ways to wrap a signed message, under each demand: nobody is signed in") {
  using Wrap = std::string (*)(const Loot&);
  constexpr Wrap wraps[] = {wrap_1, wrap_2, wrap_3, wrap_4, wrap_5, wrap_6, wrap_7, wrap_8};
  for (const SamlSigning mode : modes) {
    CAPTURE(connections::saml_signings.name(mode));
    SamlParties parties = test_parties();
    parties.configuration.saml_signing_option = mode;
    const Loot pieces = loot(mode);
    const auto twin = read_test_xml(pieces.response, parties);
    REQUIRE(twin.ok());
    CHECK(twin.value().identity.subject == "ada@example.com");
    for (std::size_t i = 0; i < std::size(wraps); ++i) {
      CAPTURE(i + 1);
      const std::string xml = wraps[i](pieces);
      REQUIRE(xml.find("admin@example.com") != xml.npos);
      const auto answer = read_test_xml(xml, parties);
      REQUIRE_FALSE(answer.ok());
      // Each is refused for what it is, not because this test cannot write XML.
      CHECK(answer.error().diagnosis != Diagnosis::xml_malformed);
      CHECK(answer.error().diagnosis != Diagnosis::message_not_base64);
    }
  }
}

TEST_CASE("the same with one ID for both: refused before a signature is looked at") {
  for (const SamlSigning mode : modes) {
    Loot pieces = loot(mode);
    pieces.evil.assertion_id = "_assertion";
    CHECK(diagnosis_of(read_test_xml(wrap_3(pieces))) == Diagnosis::xml_duplicate_id);
    CHECK(diagnosis_of(read_test_xml(wrap_6(pieces))) == Diagnosis::xml_duplicate_id);
  }
}

TEST_CASE("a signature on something else in the message proves nothing about the assertion") {
  const Loot pieces = loot(SamlSigning::assertion);
  // The signed assertion where no assertion belongs, the attacker's in its place.
  const std::string hidden =
      "<samlp:Extensions>" + pieces.assertion + "</samlp:Extensions>" + assertion_xml(pieces.evil);
  CHECK(diagnosis_of(read_test_xml(response_xml(pieces.evil, hidden))) ==
        Diagnosis::assertion_several);
  // A signed status around an unsigned assertion, and a signature beside rather than within.
  const std::string moved =
      response_xml(pieces.evil, pieces.assertion_signature + assertion_xml(pieces.evil));
  CHECK(diagnosis_of(read_test_xml(moved)).has_value());
  // Two signatures in one element.
  const std::string twice = after_issuer(pieces.assertion, pieces.assertion_signature);
  CHECK(diagnosis_of(read_test_xml(response_xml(pieces.evil, twice))).has_value());
  CHECK(read_test_xml(response_xml(pieces.evil, pieces.assertion)).ok());
}

TEST_CASE("ciphertext hides no wrapping either") {
  const Loot pieces = loot(SamlSigning::assertion);
  const auto encrypted = [&pieces](const std::string& inside) {
    return diagnosis_of(read_test_xml(
        response_xml(pieces.evil, "<saml:EncryptedAssertion>" +
                                      xml::encrypt_element(inside, test_keys().ours.certificate,
                                                           xml::ContentCipher::aes256_gcm)
                                          .value() +
                                      "</saml:EncryptedAssertion>")));
  };
  CHECK_FALSE(encrypted(pieces.assertion).has_value());
  CHECK(encrypted(at_the_end(assertion_xml(pieces.evil), pieces.assertion)) ==
        Diagnosis::decryption_failed);
  const std::string signature = object_within(pieces.assertion_signature, pieces.bare_assertion);
  CHECK(encrypted(after_issuer(assertion_xml(pieces.evil), signature)) ==
        Diagnosis::decryption_failed);
  CHECK(encrypted("<saml:Assertion xmlns:saml=\"urn:other\"/>") == Diagnosis::decryption_failed);
  CHECK(encrypted(assertion_xml(pieces.evil)) == Diagnosis::signature_missing);
}

}  // namespace
}  // namespace gatehouse::sso::saml
