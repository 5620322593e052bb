// Signature wrapping: a genuine signature is kept, what it covers is moved aside, and something
// forged stands where the reader looks. The eight classic variants, with the response signed, the
// assertion, both, and neither.

#include <doctest/doctest.h>

#include <functional>

#include "server/xml/test_fixtures.h"

namespace gatehouse::xml {
namespace {

enum class Mode { response, assertion, both, neither };

std::string issuer() {
  return "<saml:Issuer xmlns:saml=\"" + std::string(saml_assertion) + "\">idp</saml:Issuer>";
}
// `inner` stands between the Issuer and the Subject, where the Signature goes.
std::string assertion(std::string_view id, std::string_view user, std::string_view inner = "") {
  return "<saml:Assertion xmlns:saml=\"" + std::string(saml_assertion) + "\" ID=\"" +
         std::string(id) + "\"><saml:Issuer>idp</saml:Issuer>" + std::string(inner) +
         "<saml:Subject>" + std::string(user) + "</saml:Subject></saml:Assertion>";
}
std::string response(std::string_view id, std::string_view inner) {
  return "<samlp:Response xmlns:samlp=\"" + std::string(saml_protocol) + "\" ID=\"" +
         std::string(id) + "\">" + issuer() + std::string(inner) + "</samlp:Response>";
}
std::string signed_as(std::string_view xml, std::string_view id) {
  return sign_element(xml, id, provider_key(), EmbedCertificate::yes).value();
}
// The first Signature of `xml`; empty if it has none.
std::string signature_in(std::string_view xml) {
  const std::size_t begin = xml.find("<ds:Signature ");
  if (begin == std::string_view::npos) return "";
  constexpr std::string_view close = "</ds:Signature>";
  return std::string(xml.substr(begin, xml.find(close) + close.size() - begin));
}
std::string within(const std::string& signature, const std::string& added) {
  if (signature.empty()) return added;
  return replaced(signature, "</ds:Signature>",
                  "<ds:Object>" + added + "</ds:Object></ds:Signature>");
}

// What a provider sent, and its pieces.
struct Genuine {
  std::string whole;
  std::string response_signature;   // or empty
  std::string assertion_signature;  // or empty
  std::string assertion;            // as it was sent
  std::string bare_assertion;       // without its Signature
  std::string bare_response;        // likewise
};
Genuine genuine(Mode mode) {
  Genuine made;
  made.bare_assertion = assertion("a1", "ada");
  made.assertion = made.bare_assertion;
  if (mode == Mode::assertion || mode == Mode::both) {
    made.assertion = signed_as(made.bare_assertion, "a1");
    made.assertion_signature = signature_in(made.assertion);
  }
  made.bare_response = response("r1", made.assertion);
  made.whole = made.bare_response;
  if (mode == Mode::response || mode == Mode::both) {
    made.whole = signed_as(made.bare_response, "r1");
    made.response_signature = signature_in(made.whole);
  }
  return made;
}

// A response that says mallory where a reader would look first.
struct Variant {
  const char* name;
  std::function<std::string(const Genuine&)> make;
};
const std::vector<Variant>& variants() {
  static const std::vector<Variant> all = {
      {"1: the response inside its signature, in a forged response",
       [](const Genuine& from) {
         return response("evil", within(from.response_signature, from.bare_response) +
                                     assertion("x", "mallory"));
       }},
      {"2: the response beside its signature, in a forged response",
       [](const Genuine& from) {
         return response("evil",
                         from.bare_response + from.response_signature + assertion("x", "mallory"));
       }},
      {"3: a forged assertion before the genuine one",
       [](const Genuine& from) {
         return response("r1",
                         from.response_signature + assertion("x", "mallory") + from.assertion);
       }},
      {"4: the genuine assertion inside a forged one",
       [](const Genuine& from) {
         return response("r1", from.response_signature + assertion("x", "mallory", from.assertion));
       }},
      {"5: the signature in a forged assertion, the genuine one behind it",
       [](const Genuine& from) {
         return response("r1", from.response_signature +
                                   assertion("x", "mallory", from.assertion_signature) +
                                   from.bare_assertion);
       }},
      {"6: the genuine assertion inside its signature, in a forged assertion",
       [](const Genuine& from) {
         return response("r1", from.response_signature + assertion("x", "mallory",
                                                                   within(from.assertion_signature,
                                                                          from.bare_assertion)));
       }},
      {"7: a forged assertion in Extensions, before the genuine one",
       [](const Genuine& from) {
         return response("r1", from.response_signature + "<samlp:Extensions>" +
                                   assertion("x", "mallory") + "</samlp:Extensions>" +
                                   from.assertion);
       }},
      {"8: the genuine assertion in an Object of its signature, in a forged assertion",
       [](const Genuine& from) {
         return response(
             "r1", from.response_signature +
                       assertion("x", "mallory",
                                 within(from.assertion_signature,
                                        "<q xmlns=\"urn:q\">" + from.bare_assertion + "</q>")));
       }},
  };
  return all;
}

const std::vector<crypto::Certificate>& certificates() {
  static const std::vector<crypto::Certificate> ours = {provider_key().certificate};
  return ours;
}

// Every response and assertion that a reader could ask for.
std::vector<Element> readable(const Document& document) {
  std::vector<Element> found = document.all(saml_protocol, "Response");
  for (const Element& each : document.all(saml_assertion, "Assertion")) found.push_back(each);
  return found;
}

TEST_CASE("xml wrapping: the genuine message is verified in each mode") {
  CHECK(outcome(genuine(Mode::response).whole, "r1") == "verified");
  CHECK(outcome(genuine(Mode::response).whole, "a1") == "absent");
  CHECK(outcome(genuine(Mode::assertion).whole, "r1") == "absent");
  CHECK(outcome(genuine(Mode::assertion).whole, "a1") == "verified");
  CHECK(outcome(genuine(Mode::both).whole, "r1") == "verified");
  CHECK(outcome(genuine(Mode::both).whole, "a1") == "verified");
  CHECK(outcome(genuine(Mode::neither).whole, "r1") == "absent");
  CHECK(outcome(genuine(Mode::neither).whole, "a1") == "absent");
}

TEST_CASE("xml wrapping: whatever is asked for, nothing forged is ever verified") {
  for (const Mode mode : {Mode::response, Mode::assertion, Mode::both, Mode::neither}) {
    for (const Variant& variant : variants()) {
      CAPTURE(variant.name);
      CAPTURE(static_cast<int>(mode));
      const std::string xml = variant.make(genuine(mode));
      const auto document = Document::parse(xml);
      REQUIRE(document.ok());
      for (const Element& each : readable(document.value())) {
        const auto verified = verify_signature(document.value(), each, certificates());
        if (!verified.ok()) continue;
        CHECK(verified.value().root().text().find("mallory") == std::string::npos);
        CHECK(each.attribute("ID") == "a1");  // the response was changed in every variant
      }
    }
  }
}

TEST_CASE("xml wrapping: what was forged is refused for what it is") {
  const auto refusal = [](std::size_t number, Mode mode, std::string_view id) {
    return outcome(variants()[number - 1].make(genuine(mode)), id);
  };
  CHECK(refusal(1, Mode::response, "evil") == "malformed");
  CHECK(refusal(2, Mode::response, "evil") == "reference_foreign");
  CHECK(refusal(3, Mode::response, "r1") == "digest_mismatch");
  CHECK(refusal(3, Mode::assertion, "x") == "absent");
  CHECK(refusal(4, Mode::response, "r1") == "digest_mismatch");
  CHECK(refusal(4, Mode::assertion, "x") == "absent");
  CHECK(refusal(5, Mode::assertion, "x") == "reference_foreign");
  CHECK(refusal(5, Mode::both, "r1") == "digest_mismatch");
  CHECK(refusal(6, Mode::assertion, "x") == "malformed");
  CHECK(refusal(7, Mode::response, "r1") == "digest_mismatch");
  CHECK(refusal(7, Mode::assertion, "x") == "absent");
  CHECK(refusal(8, Mode::assertion, "x") == "malformed");
  for (std::size_t number = 3; number <= 8; ++number) {
    CHECK(refusal(number, Mode::neither, "x") == "absent");
  }
}

TEST_CASE("xml wrapping: a forged element under the genuine ID is refused before anything else") {
  for (const Mode mode : {Mode::response, Mode::assertion, Mode::both, Mode::neither}) {
    for (const Variant& variant : variants()) {
      const std::string xml = variant.make(genuine(mode));
      const bool is_response = xml.find("ID=\"evil\"") != std::string::npos;
      const std::string same = is_response ? replaced(xml, "ID=\"evil\"", "ID=\"r1\"")
                                           : replaced(xml, "ID=\"x\"", "ID=\"a1\"");
      // Where the response is not signed, variant 1 and 2 still carry it.
      CHECK(outcome(same, "r1") == "parse: duplicate_id");
    }
  }
}

TEST_CASE("xml wrapping: a Signature counts for the element that holds it alone") {
  const Genuine from = genuine(Mode::response);
  const auto moved_to = [&](std::string_view open, std::string_view close) {
    return response("r1", std::string(open) + from.response_signature + std::string(close) +
                              from.bare_assertion);
  };
  CHECK(outcome(moved_to("", ""), "r1") == "verified");
  CHECK(outcome(moved_to("<samlp:Extensions>", "</samlp:Extensions>"), "r1") == "absent");
  CHECK(outcome(moved_to("<samlp:Status ID=\"s\">", "</samlp:Status>"), "s") ==
        "reference_foreign");
  const std::string twice = replaced(from.whole, from.response_signature,
                                     from.response_signature + from.response_signature);
  CHECK(outcome(twice, "r1") == "several");
}

}  // namespace
}  // namespace gatehouse::xml
