#include "server/sso/diagnosis.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "server/encoding/json.h"
#include "server/encoding/utf8.h"
#include "server/sso/diagnosis_document.h"
#include "server/sso/diagnosis_value.h"
#include "server/sso/remedies.h"

namespace gatehouse::sso {
namespace {

using connections::Provider;

// What an application's callback may be told, as the reference of the authorization endpoint says.
const std::set<std::string_view> known_codes = {"access_denied",
                                                "invalid_request",
                                                "server_error",
                                                "connection_not_active",
                                                "invalid_connection_id",
                                                "invalid_user_domain",
                                                "user_not_active",
                                                "mandatory_attribute_missing",
                                                "invalid_id_token",
                                                "failed_to_exchange_token",
                                                "user_info_retrieve_failed",
                                                "invalid_saml_metadata",
                                                "invalid_saml_response",
                                                "invalid_saml_request",
                                                "invalid_saml_form_params",
                                                "signature_validation_failed",
                                                "invalid_acs_url",
                                                "invalid_assertion_url",
                                                "invalid_status",
                                                "malformed_saml_response",
                                                "assertion_expired",
                                                "response_expired",
                                                "authentication_not_completed",
                                                "user_login_required"};

std::vector<Diagnosis> all() {
  std::vector<Diagnosis> every;
  for (int i = 0; i < diagnoses; ++i) every.push_back(static_cast<Diagnosis>(i));
  return every;
}

bool is_sentence(std::string_view text) {
  return text.size() > 20 && text.ends_with('.') && is_utf8(text) &&
         text.find("  ") == std::string_view::npos && text.find('\n') == std::string_view::npos;
}

// The enumerators of diagnosis.h in their order.
std::vector<std::string> enumerators() {
  std::ifstream header("server/sso/diagnosis.h");
  REQUIRE(header.good());
  std::vector<std::string> names;
  bool is_inside = false;
  for (std::string line; std::getline(header, line);) {
    if (line == "enum class Diagnosis {") is_inside = true;
    if (line == "};" && is_inside) break;
    const std::size_t comma = line.find(',');
    if (is_inside && line.starts_with("  ") && !line.starts_with("  //") &&
        comma != std::string::npos) {
      names.push_back(line.substr(2, comma - 2));
    }
  }
  return names;
}

TEST_CASE("diagnosis: each has all its texts, and a name of its own") {
  std::set<std::string_view> names;
  for (const Diagnosis diagnosis : all()) {
    const DiagnosisText& text = text_of(diagnosis);
    CAPTURE(text.name);
    CHECK(names.insert(text.name).second);
    CHECK(is_sentence(text.title));
    CHECK(text.title.size() <= 110);
    CHECK(is_sentence(text.explanation));
    CHECK(is_sentence(text.remedy));
    CHECK(parse_diagnosis(text.name) == diagnosis);
  }
  CHECK(names.size() >= 40);
  CHECK(!parse_diagnosis("").has_value());
  CHECK(!parse_diagnosis("Audience_Mismatch").has_value());
}

TEST_CASE("diagnosis: its name is the one that the code has for it") {
  const auto names = enumerators();
  REQUIRE(names.size() == static_cast<std::size_t>(diagnoses));
  for (const Diagnosis diagnosis : all()) {
    CHECK(text_of(diagnosis).name == names[static_cast<std::size_t>(diagnosis)]);
  }
}

TEST_CASE(
    "diagnosis: applications read no code but those of the reference, and every one of them") {
  std::set<std::string_view> used;
  for (const Diagnosis diagnosis : all()) {
    CAPTURE(text_of(diagnosis).name);
    CHECK(known_codes.contains(text_of(diagnosis).code));
    used.insert(text_of(diagnosis).code);
  }
  for (const std::string_view code : known_codes) {
    CAPTURE(code);
    CHECK(used.contains(code));
  }
}

TEST_CASE("docs/sso/diagnoses.md is what the table says, and has all of it") {
  const std::string made = diagnoses_document();
  for (const Diagnosis diagnosis : all()) {
    CHECK(made.find("### `" + std::string(text_of(diagnosis).name) + "`\n") != std::string::npos);
  }
  constexpr const char* path = "docs/sso/diagnoses.md";
  const char* mode = std::getenv("GATEHOUSE_GOLDEN");
  if (mode != nullptr && std::string_view(mode) == "update") std::ofstream(path) << made;
  std::ostringstream there;
  there << std::ifstream(path).rdbuf();
  INFO("if it should differ: GATEHOUSE_GOLDEN=update");
  CHECK(there.str() == made);
}

TEST_CASE("diagnosis: a provider's remedy is there once, and the general one for all others") {
  std::set<std::pair<Diagnosis, Provider>> seen;
  for (const auto& group : {request_remedies(), saml_signature_remedies(),
                            saml_assertion_remedies(), oidc_remedies(), person_remedies()}) {
    for (const Remedy& remedy : group) {
      CAPTURE(text_of(remedy.diagnosis).name);
      CAPTURE(remedy.text);
      CHECK(seen.insert({remedy.diagnosis, remedy.provider}).second);
      CHECK(remedy.text.size() > 20);
      CHECK((remedy.text.ends_with('.') || remedy.text.ends_with("…")));
      CHECK(remedy_for(remedy.diagnosis, remedy.provider) == remedy.text);
    }
  }
  CHECK(seen.size() > 100);
  CHECK(remedy_for(Diagnosis::audience_mismatch, Provider::okta).find("Audience URI") !=
        std::string_view::npos);
  CHECK(remedy_for(Diagnosis::audience_mismatch, Provider::custom) ==
        text_of(Diagnosis::audience_mismatch).remedy);
  CHECK(remedy_for(Diagnosis::xml_forbidden, Provider::okta) ==
        text_of(Diagnosis::xml_forbidden).remedy);
}

TEST_CASE("failure: values are one line of UTF-8, cut at a character") {
  const Failure failure(Diagnosis::issuer_mismatch, "one\r\ntwo\t\x1b[31mred\x7f",
                        "a\xff" + std::string("\xe2\x80\xae") + "b");
  CHECK(failure.expected == "one two [31mred");
  CHECK(failure.received ==
        "a\xef\xbf\xbd"
        "b");
  for (const std::size_t before : {495u, 496u, 497u, 498u, 499u, 500u}) {
    const std::string text = std::string(before, 'x') + "äöü" + std::string(50, 'y');
    const std::string shown = Failure(Diagnosis::issuer_mismatch, text).expected;
    CHECK(shown.size() <= 500);
    CHECK(shown.size() > 490);
    CHECK(is_utf8(shown));
    CHECK(shown.ends_with("…"));
  }
  const std::string whole(500, 'x');
  CHECK(Failure(Diagnosis::issuer_mismatch, whole).expected == whole);
}

TEST_CASE("check log: what passed and what failed, in order, as JSON") {
  CheckLog log;
  log.passed("The answer is signed.", "RSA with SHA-256");
  log.passed("The issuer is the provider.");
  log.failed(Failure(Diagnosis::audience_mismatch, "https://here", "https://\"there\""));
  REQUIRE(log.entries().size() == 3);
  CHECK(log.entries()[2].outcome == CheckLog::Entry::Outcome::failed);
  const auto json = Json::parse(log.json());
  REQUIRE(json.ok());
  const auto& entries = *json.value().array();
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].string("check") == "The answer is signed.");
  CHECK(entries[0].string("detail") == "RSA with SHA-256");
  CHECK(entries[0].boolean("passed") == true);
  CHECK(entries[2].string("check") ==
        "The assertion is meant for another audience than this connection's entity ID.");
  CHECK(entries[2].string("detail") == "expected https://here; received https://\"there\"");
  CHECK(entries[2].boolean("passed") == false);
  CHECK(CheckLog().json() == "[]");
}

TEST_CASE("redaction: nothing stays that can be used, and of addresses only the domain") {
  const std::string jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
  CHECK(redact_value("got " + jwt + " here") == "got [left out] here");
  CHECK(redact_value(std::string(71, 'A')) == "[left out]");
  CHECK(redact_value(std::string(60, 'A') + "/" + std::string(60, 'b')) == "[left out]");
  CHECK(redact_value("Response <samlp:Response><a/></samlp:Response>") == "Response [left out]");
  CHECK(redact_value("https://a.test/cb?code=abc&state=xyz&iss=https://b.test") ==
        "https://a.test/cb?code=…&state=…&iss=https://b.test");
  CHECK(redact_value("{\"id_token\":\"abc\",\"expires_in\":5}") ==
        "{\"id_token\":\"…\",\"expires_in\":5}");
  CHECK(redact_value("Client_Secret=abc SAMLResponse=PHNhbWw") == "Client_Secret=… SAMLResponse=…");
  CHECK(redact_value("ada.l+x@example.com, Бо@пример.рф") == "…@example.com, …@пример.рф");
  CHECK(redact_value("login_hint=ada%40example.com") == "login_hint=…%40example.com");
  CHECK(redact_value("ada_example.com#EXT#@acme.onmicrosoft.com") == "…@acme.onmicrosoft.com");
  CHECK(redact_value("\"ada lovelace\"@example.com") == "…@example.com");
}

TEST_CASE("redaction: what explains a failure stays") {
  for (const std::string_view text :
       {"https://sts.windows.net/5f4e0d7a-1111-2222-3333-444455556666/",
        "https://gatehouse.example.com/sso/v1/saml/conn_7203948571234567890/callback",
        "a5:16:ff 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "urn:oasis:names:tc:SAML:2.0:status:Responder", "status_code=400 error=invalid_client",
        "AADSTS7000215: Invalid client secret provided.", "2026-11-22T07:00:00Z", "@", "a @ b",
        "AES-128-CBC", "", "code"}) {
    CHECK(redact_value(text) == text);
  }
}

}  // namespace
}  // namespace gatehouse::sso
