// What a response has to say to be believed: each refusal beside what is accepted.

#include "server/sso/saml/response.h"

#include <doctest/doctest.h>

#include "server/sso/saml/test_provider.h"

namespace gatehouse::sso::saml {
namespace {

using connections::SamlSigning;

// The default shape, but for one thing.
template <class Change>
std::optional<Diagnosis> diagnosis_with(Change change) {
  TestResponse shape;
  change(shape);
  return diagnosis_of(read_test_response(shape));
}

SamlParties parties_that_demand(SamlSigning signing) {
  SamlParties parties = test_parties();
  parties.configuration.saml_signing_option = signing;
  return parties;
}

TEST_CASE("a response with a signed assertion is an answer") {
  TestResponse shape;
  shape.attributes = {{.name = "firstName", .values = {"Ada"}}};
  const auto answer = read_test_response(shape);
  REQUIRE(answer.ok());
  const Answer& found = answer.value();
  CHECK(found.identity.connection == ConnectionId(7));
  CHECK(found.identity.issuer == "https://idp.test/metadata");
  CHECK(found.identity.subject == "ada@example.com");
  CHECK(found.identity.email->text() == "ada@example.com");
  CHECK(found.identity.given_name == "Ada");
  CHECK(found.identity.session_index == "session-1");
  CHECK(found.identity.name_id == "ada@example.com");
  CHECK(found.identity.name_id_format == email_format);
  CHECK(found.in_response_to == test_request);
  CHECK(found.assertion_id == "_assertion");
  CHECK(found.assertion_expires_at == test_now + minutes(8));
  CHECK(found.authenticated_at == test_now);
  CHECK_FALSE(found.session_not_on_or_after.has_value());
}

TEST_CASE("every check is noted in its order, and the failed one last") {
  CheckLog log;
  const std::string good = base64_encode(response_xml(TestResponse{}));
  REQUIRE(read_response(good, test_parties(), {.now = test_now}, log).ok());
  CHECK(log.entries().size() >= 10);
  for (const auto& entry : log.entries()) {
    CHECK(entry.outcome == CheckLog::Entry::Outcome::passed);
  }
  CheckLog refused;
  TestResponse shape;
  shape.audiences = {"somebody else"};
  const std::string bad = base64_encode(response_xml(shape));
  REQUIRE_FALSE(read_response(bad, test_parties(), {.now = test_now}, refused).ok());
  CHECK(refused.entries().back().outcome == CheckLog::Entry::Outcome::failed);
  CHECK(refused.entries().size() < log.entries().size());
}

// ——— the bytes

TEST_CASE("what is no base64, empty or too long is refused") {
  const auto read = [](std::string_view field) {
    CheckLog log;
    return diagnosis_of(read_response(field, test_parties(), {.now = test_now}, log));
  };
  std::string lines = base64_encode(response_xml(TestResponse{}));
  for (std::size_t at = 76; at < lines.size(); at += 78) lines.insert(at, "\r\n");
  CHECK_FALSE(read(lines).has_value());
  CHECK(read("") == Diagnosis::answer_missing);
  CHECK(read(" \r\n") == Diagnosis::answer_missing);
  CHECK(read("<Response/>") == Diagnosis::message_not_base64);
  CHECK(read(std::string(600'000, 'A')) == Diagnosis::message_too_long);
  CHECK(read(std::string(352'000, 'A')) == Diagnosis::message_too_long);
}

TEST_CASE("XML that could mean two things is refused before anything is read") {
  const std::string good = response_xml(TestResponse{});
  const auto with = [&good](const std::string& mark, const std::string& instead) {
    std::string xml = good;
    const std::size_t at = xml.find(mark);
    REQUIRE(at != std::string::npos);
    return diagnosis_of(read_test_xml(xml.replace(at, mark.size(), instead)));
  };
  CHECK_FALSE(diagnosis_of(read_test_xml(good)).has_value());
  CHECK(diagnosis_of(read_test_xml("<!DOCTYPE a>" + good)) == Diagnosis::xml_forbidden);
  CHECK(with("ada@example.com", "ada@example.com<!-- -->.evil.test") == Diagnosis::xml_forbidden);
  CHECK(with("ada@example.com", "ada@example.com<?x?>.evil.test") == Diagnosis::xml_forbidden);
  CHECK(with("ada@example.com", "ada&x;") == Diagnosis::xml_forbidden);
  CHECK(with("_response", "_assertion") == Diagnosis::xml_duplicate_id);
  CHECK(diagnosis_of(read_test_xml(good.substr(0, good.size() - 5))) == Diagnosis::xml_malformed);
  std::string deep;
  for (int i = 0; i < 60; ++i) deep += "<a>";
  for (int i = 0; i < 60; ++i) deep += "</a>";
  CHECK(diagnosis_of(read_test_xml(deep)) == Diagnosis::xml_too_complex);
}

TEST_CASE("what is no SAML 2.0 Response is refused") {
  CHECK(diagnosis_of(read_test_xml(assertion_xml(TestResponse{}))) ==
        Diagnosis::message_unexpected);
  CHECK(diagnosis_of(read_test_xml("<Response xmlns=\"urn:oasis:names:tc:SAML:1.0:protocol\"/>")) ==
        Diagnosis::message_unexpected);
  CHECK(diagnosis_with([](auto& shape) { shape.version = "1.1"; }) ==
        Diagnosis::message_unexpected);
  CHECK(diagnosis_with([](auto& shape) { shape.assertion_version = "1.1"; }) ==
        Diagnosis::message_unexpected);
  CHECK(diagnosis_with([](auto& shape) { shape.status.clear(); }) == Diagnosis::message_unexpected);
}

// ——— what the provider says instead of yes

TEST_CASE("another status than success is told with its codes and its message") {
  const auto refusal = [](std::vector<std::string> status, std::string message) {
    TestResponse shape;
    shape.status = std::move(status);
    shape.status_message = std::move(message);
    shape.has_assertion = false;
    const auto answer = read_test_response(shape);
    REQUIRE_FALSE(answer.ok());
    return answer.error();
  };
  CHECK(refusal({"Responder", "AuthnFailed"}, "").diagnosis == Diagnosis::provider_refused);
  CHECK(refusal({"Requester", "RequestDenied"}, "").diagnosis == Diagnosis::provider_refused);
  CHECK(refusal({"Responder", "NoPassive"}, "").diagnosis == Diagnosis::provider_needs_user);
  CHECK(refusal({"Responder"}, "").diagnosis == Diagnosis::provider_error);
  CHECK(refusal({"Requester", "InvalidNameIDPolicy"}, "").diagnosis ==
        Diagnosis::provider_request_refused);
  CHECK(refusal({"Responder", "NoAuthnContext"}, "").diagnosis ==
        Diagnosis::provider_request_refused);
  CHECK(refusal({"VersionMismatch"}, "").diagnosis == Diagnosis::provider_request_refused);

  const std::string entra = "AADSTS75011: Authentication method does not match. Trace ID: 1";
  const Failure failure = refusal({"Requester", "RequestUnsupported"}, entra);
  CHECK(failure.diagnosis == Diagnosis::provider_request_refused);
  CHECK(failure.received == "Requester / RequestUnsupported: " + entra);
  CHECK(refusal({"Requester", "RequestUnsupported"}, "AADSTS50105: not assigned").diagnosis ==
        Diagnosis::provider_refused);
}

TEST_CASE("a signed refusal is a refusal, also with an assertion put beside it") {
  TestResponse refused;
  refused.status = {"Responder", "AuthnFailed"};
  refused.has_assertion = false;
  refused.response_key = &test_keys().provider;
  CHECK(diagnosis_of(read_test_response(refused)) == Diagnosis::provider_refused);

  // Its status says nothing of the assertion that somebody wraps around it.
  TestResponse forged;
  forged.assertion_key = nullptr;
  forged.response_end = response_xml(refused);
  forged.id = "_outer";
  CHECK(diagnosis_of(read_test_response(forged)).has_value());
  TestResponse unsigned_success = refused;
  unsigned_success.status = {"Success"};
  const std::string was = "status:Responder";
  std::string xml = response_xml(refused);
  xml.replace(xml.find(was), was.size(), "status:Success");
  CHECK(diagnosis_of(read_test_xml(xml)) == Diagnosis::signature_invalid);
}

// ——— signatures

TEST_CASE("what has to be signed is the connection's choice, unsigned never is") {
  const xml::KeyPair* key = &test_keys().provider;
  struct Row {
    SamlSigning wanted;
    std::optional<Diagnosis> response_only, assertion_only, both;
  };
  const std::optional<Diagnosis> fine;
  const Row rows[] = {
      {SamlSigning::none, fine, fine, fine},
      {SamlSigning::either, fine, fine, fine},
      {SamlSigning::response, fine, Diagnosis::signature_of_response_missing, fine},
      {SamlSigning::assertion, Diagnosis::signature_of_assertion_missing, fine, fine},
      {SamlSigning::both, Diagnosis::signature_of_assertion_missing,
       Diagnosis::signature_of_response_missing, fine}};
  for (const Row& row : rows) {
    CAPTURE(connections::saml_signings.name(row.wanted));
    const SamlParties parties = parties_that_demand(row.wanted);
    const auto signed_by = [&parties](const xml::KeyPair* response, const xml::KeyPair* assertion) {
      TestResponse shape;
      shape.response_key = response;
      shape.assertion_key = assertion;
      return diagnosis_of(read_test_response(shape, parties));
    };
    CHECK(signed_by(key, nullptr) == row.response_only);
    CHECK(signed_by(nullptr, key) == row.assertion_only);
    CHECK(signed_by(key, key) == row.both);
    CHECK(signed_by(nullptr, nullptr) == Diagnosis::signature_missing);
  }
}

TEST_CASE("a signature that is there has to be right, wanted or not") {
  TestResponse shape;
  shape.response_key = &test_keys().stranger;
  shape.embed = xml::EmbedCertificate::no;
  CHECK(diagnosis_of(read_test_response(shape)) == Diagnosis::signature_invalid);
  shape.response_key = &test_keys().provider;
  shape.assertion_key = &test_keys().stranger;
  CHECK(diagnosis_of(read_test_response(shape, parties_that_demand(SamlSigning::response))) ==
        Diagnosis::signature_invalid);
  shape.assertion_key = &test_keys().provider;
  CHECK_FALSE(diagnosis_of(read_test_response(shape)).has_value());
}

TEST_CASE("a key that comes along proves nothing, and its certificate is told from a wrong one") {
  TestResponse shape;
  shape.assertion_key = &test_keys().stranger;
  CHECK(diagnosis_of(read_test_response(shape)) == Diagnosis::signature_key_unknown);
  shape.assertion_key = &test_keys().provider;
  CHECK_FALSE(diagnosis_of(read_test_response(shape)).has_value());
}

TEST_CASE("during a rollover both certificates count, and without any nothing does") {
  TestResponse shape;
  shape.assertion_key = &test_keys().provider_next;
  CHECK(diagnosis_of(read_test_response(shape)) == Diagnosis::signature_key_unknown);
  SamlParties parties = test_parties();
  parties.idp_certificates.push_back(test_keys().provider_next.certificate);
  CHECK_FALSE(diagnosis_of(read_test_response(shape, parties)).has_value());
  parties.idp_certificates.clear();
  CHECK(diagnosis_of(read_test_response(shape, parties)) == Diagnosis::certificate_missing);
}

TEST_CASE("whatever is changed after signing is seen") {
  for (const auto key : {&TestResponse::response_key, &TestResponse::assertion_key}) {
    TestResponse shape;
    shape.assertion_key = nullptr;
    shape.*key = &test_keys().provider;
    const std::string good = response_xml(shape);
    for (const std::string mark : {"ada@example.com", "conn_7</saml:Audience", "session-1"}) {
      std::string xml = good;
      xml.replace(xml.find(mark), 1, "x");
      CHECK(diagnosis_of(read_test_xml(xml)) == Diagnosis::signature_invalid);
    }
    CHECK_FALSE(diagnosis_of(read_test_xml(good)).has_value());
  }
}

// ——— the assertion

TEST_CASE("there is exactly one assertion") {
  TestResponse shape;
  shape.has_assertion = false;
  CHECK(diagnosis_of(read_test_response(shape)) == Diagnosis::assertion_missing);
  TestResponse other;
  other.assertion_id = "_other";
  other.assertion_key = nullptr;
  const std::string second = assertion_xml(other);
  CHECK(diagnosis_with([&](auto& s) { s.response_end = second; }) == Diagnosis::assertion_several);
  CHECK(diagnosis_with([&](auto& s) { s.response_extra = second; }) ==
        Diagnosis::assertion_several);
  CHECK(diagnosis_with([&](auto& s) {
          s.response_extra = "<samlp:Extensions>" + second + "</samlp:Extensions>";
        }) == Diagnosis::assertion_several);
}

TEST_CASE("response and assertion name the connection's provider") {
  const auto padded = [](auto& shape) {
    shape.issuer = " https://idp.test/metadata\n";
    shape.assertion_issuer = "\n https://idp.test/metadata ";
  };
  CHECK_FALSE(diagnosis_with(padded).has_value());
  CHECK_FALSE(diagnosis_with([](auto& shape) { shape.issuer = ""; }).has_value());
  CHECK(diagnosis_with([](auto& shape) { shape.issuer = "https://other.test/"; }) ==
        Diagnosis::issuer_mismatch);
  CHECK(diagnosis_with([](auto& shape) { shape.assertion_issuer = "https://other.test/"; }) ==
        Diagnosis::issuer_mismatch);
  CHECK(diagnosis_with([](auto& shape) { shape.assertion_issuer = ""; }) ==
        Diagnosis::issuer_mismatch);
  CHECK(diagnosis_with([](auto& s) { s.assertion_issuer = "https://idp.test/metadata/"; }) ==
        Diagnosis::issuer_mismatch);
}

TEST_CASE("the destination is ours; a signed response has to have one") {
  CHECK_FALSE(diagnosis_with([](auto& shape) { shape.destination = ""; }).has_value());
  CHECK_FALSE(diagnosis_with([](auto& shape) {
                shape.destination = "https://auth.test/sso/v1/saml/conn_7";
              }).has_value());
  CHECK(diagnosis_with([](auto& shape) {
          shape.destination = "https://auth.test/sso/v1/saml/conn_8/callback";
        }) == Diagnosis::destination_mismatch);
  CHECK(diagnosis_with([](auto& shape) {
          shape.destination = "";
          shape.response_key = &test_keys().provider;
        }) == Diagnosis::destination_mismatch);
}

TEST_CASE("the confirmation is a bearer's, for our address, with an end") {
  CHECK(diagnosis_with([](auto& shape) { shape.method = ""; }) ==
        Diagnosis::subject_confirmation_missing);
  CHECK(diagnosis_with([](auto& shape) {
          shape.method = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches";
        }) == Diagnosis::subject_confirmation_missing);
  CHECK(diagnosis_with([](auto& shape) { shape.recipient = ""; }) == Diagnosis::recipient_mismatch);
  CHECK(diagnosis_with([](auto& shape) {
          shape.recipient = "https://auth.test/sso/v1/saml/conn_8/callback";
        }) == Diagnosis::recipient_mismatch);
  CHECK(diagnosis_with([](auto& shape) { shape.confirmed_until.reset(); }) ==
        Diagnosis::assertion_expired);
}

TEST_CASE("one good confirmation among several suffices, and the longest decides about replays") {
  TestResponse shape;
  shape.recipient = "https://other.test/acs";
  CHECK(diagnosis_of(read_test_response(shape)) == Diagnosis::recipient_mismatch);
  const std::string data =
      " Recipient=\"https://auth.test/sso/v1/saml/conn_7/callback\" InResponseTo=\"" +
      std::string(test_request) + "\"/></saml:SubjectConfirmation>";
  const std::string begin =
      "<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">"
      "<saml:SubjectConfirmationData NotOnOrAfter=\"";
  shape.subject_extra = begin + time_text(test_now + minutes(2)) + "\"" + data + begin +
                        time_text(test_now + hours(2)) + "\"" + data;
  shape.valid_until.reset();
  const auto answer = read_test_response(shape);
  REQUIRE(answer.ok());
  CHECK(answer.value().assertion_expires_at == test_now + hours(2) + minutes(3));
}

TEST_CASE("clocks may be three minutes apart, in every place that has a time, and not five") {
  struct Row {
    Diagnosis refused;
    void (*set)(TestResponse&, Instant);
    int direction;  // which way the other clock goes: 1 ahead of ours, -1 behind
  };
  const Row rows[] = {
      {Diagnosis::assertion_not_yet_valid,
       [](TestResponse& shape, Instant at) { shape.valid_from = at; }, 1},
      {Diagnosis::assertion_not_yet_valid,
       [](TestResponse& shape, Instant at) { shape.confirmed_from = at; }, 1},
      {Diagnosis::response_expired, [](TestResponse& shape, Instant at) { shape.issued_at = at; },
       1},
      {Diagnosis::assertion_expired,
       [](TestResponse& shape, Instant at) { shape.valid_until = at + seconds(1); }, -1},
      {Diagnosis::assertion_expired,
       [](TestResponse& shape, Instant at) { shape.confirmed_until = at + seconds(1); }, -1},
      {Diagnosis::session_expired,
       [](TestResponse& shape, Instant at) { shape.session_until = at + seconds(1); }, -1}};
  for (const Row& row : rows) {
    CAPTURE(static_cast<int>(row.refused));
    TestResponse near;
    row.set(near, test_now + row.direction * minutes(3));
    CHECK_FALSE(diagnosis_of(read_test_response(near)).has_value());
    TestResponse far;
    row.set(far, test_now + row.direction * minutes(5));
    CHECK(diagnosis_of(read_test_response(far)) == row.refused);
  }
}

TEST_CASE("a response is fresh, and an assertion good for a day at most") {
  CHECK_FALSE(diagnosis_with([](auto& s) { s.issued_at = test_now - minutes(15); }).has_value());
  CHECK(diagnosis_with([](auto& s) { s.issued_at = test_now - minutes(19); }) ==
        Diagnosis::response_expired);
  CHECK_FALSE(diagnosis_with([](auto& s) { s.valid_until = test_now + hours(24); }).has_value());
  CHECK(diagnosis_with([](auto& s) { s.valid_until = test_now + hours(25); }) ==
        Diagnosis::assertion_too_long_lived);
  CHECK(diagnosis_with([](auto& s) { s.confirmed_until = test_now + hours(25); }) ==
        Diagnosis::assertion_too_long_lived);
}

TEST_CASE("every audience restriction names us") {
  CHECK_FALSE(diagnosis_with([](auto& shape) {
                shape.audiences = {"other", " https://auth.test/sso/v1/saml/conn_7\n"};
              }).has_value());
  CHECK(diagnosis_with([](auto& shape) { shape.audiences.clear(); }) ==
        Diagnosis::audience_missing);
  CHECK(diagnosis_with([](auto& shape) {
          shape.audiences = {"https://auth.test/sso/v1/saml/conn_8"};
        }) == Diagnosis::audience_mismatch);
  CHECK(diagnosis_with([](auto& shape) {
          shape.conditions_extra =
              "<saml:AudienceRestriction><saml:Audience>other"
              "</saml:Audience></saml:AudienceRestriction>";
        }) == Diagnosis::audience_mismatch);
  CHECK_FALSE(
      diagnosis_with([](auto& s) { s.conditions_extra = "<saml:OneTimeUse/>"; }).has_value());
  CHECK(diagnosis_with([](auto& s) { s.conditions_extra = "<saml:Condition/>"; }) ==
        Diagnosis::condition_unknown);
}

TEST_CASE("what it is in response to is what was signed") {
  const auto requests = [](std::string response, std::string assertion,
                           const xml::KeyPair* response_key) {
    TestResponse shape;
    shape.in_response_to = std::move(response);
    shape.confirmed_request = std::move(assertion);
    shape.response_key = response_key;
    return read_test_response(shape);
  };
  const xml::KeyPair* key = &test_keys().provider;
  CHECK(requests("_a", "_a", nullptr).value().in_response_to == "_a");
  CHECK(requests("", "_a", nullptr).value().in_response_to == "_a");
  CHECK(requests("_a", "", key).value().in_response_to == "_a");
  CHECK_FALSE(requests("", "", nullptr).value().in_response_to.has_value());
  CHECK(diagnosis_of(requests("_a", "_b", nullptr)) == Diagnosis::in_response_to_mismatch);
  CHECK(diagnosis_of(requests("_a", "_b", key)) == Diagnosis::in_response_to_mismatch);
  // An assertion that nobody asked for, wrapped into an answer.
  CHECK(diagnosis_of(requests("_a", "", nullptr)) == Diagnosis::in_response_to_mismatch);
}

// ——— encryption

TEST_CASE("an encrypted assertion is read; in CBC only under a signed response") {
  const xml::KeyPair* key = &test_keys().provider;
  const auto encrypted = [](xml::ContentCipher cipher, const xml::KeyPair* response,
                            const xml::KeyPair* assertion) {
    TestResponse shape;
    shape.cipher = cipher;
    shape.response_key = response;
    shape.assertion_key = assertion;
    return diagnosis_of(read_test_response(shape));
  };
  for (const auto cipher : {xml::ContentCipher::aes128_gcm, xml::ContentCipher::aes256_gcm}) {
    CHECK_FALSE(encrypted(cipher, nullptr, key).has_value());
    CHECK_FALSE(encrypted(cipher, key, nullptr).has_value());
    CHECK_FALSE(encrypted(cipher, key, key).has_value());
    CHECK(encrypted(cipher, nullptr, nullptr) == Diagnosis::signature_missing);
  }
  for (const auto cipher : {xml::ContentCipher::aes128_cbc, xml::ContentCipher::aes256_cbc}) {
    CHECK_FALSE(encrypted(cipher, key, nullptr).has_value());
    CHECK_FALSE(encrypted(cipher, key, key).has_value());
    CHECK(encrypted(cipher, nullptr, key) == Diagnosis::encryption_algorithm_refused);
  }
}

TEST_CASE("where a connection wants encryption, an assertion in the open is refused") {
  SamlParties parties = test_parties();
  parties.configuration.assertion_encrypted = true;
  TestResponse shape;
  CHECK(diagnosis_of(read_test_response(shape, parties)) == Diagnosis::encryption_missing);
  shape.cipher = xml::ContentCipher::aes128_gcm;
  CHECK_FALSE(diagnosis_of(read_test_response(shape, parties)).has_value());
}

TEST_CASE("what was encrypted for another key is not read, for one of ours it is") {
  TestResponse shape;
  shape.cipher = xml::ContentCipher::aes128_gcm;
  const std::string field = base64_encode(response_xml(shape));
  const auto read = [&field](const std::vector<xml::KeyPair>& keys) {
    CheckLog log;
    return diagnosis_of(read_response(field, test_parties(), {.now = test_now, .keys = keys}, log));
  };
  CHECK(read({}) == Diagnosis::decryption_failed);
  CHECK(read({test_keys().stranger}) == Diagnosis::decryption_failed);
  CHECK_FALSE(read({test_keys().stranger, test_keys().ours}).has_value());
}

}  // namespace
}  // namespace gatehouse::sso::saml
