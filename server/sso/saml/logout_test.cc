// Single logout, both ways: what we write is read back, what others send is verified or refused.

#include <doctest/doctest.h>

#include "server/encoding/gzip.h"
#include "server/encoding/uri.h"
#include "server/sso/saml/logout_messages.h"
#include "server/sso/saml/redirect_query.h"
#include "server/sso/saml/test_provider.h"

namespace gatehouse::sso::saml {
namespace {

using Binding = LogoutArrival::Binding;
using connections::RequestBinding;

// The provider's own view: it sends to our address and signs with its key.
SamlParties provider_side(RequestBinding binding) {
  SamlParties parties = test_parties();
  parties.entity_id = parties.idp_entity_id;
  parties.configuration.idp_slo_url = test_parties().logout_url;
  parties.configuration.idp_slo_request_binding = binding;
  return parties;
}

struct Sent {
  Binding binding;
  std::string payload;
};

Sent sent(const Departure& departure) {
  if (departure.kind == Departure::Kind::post) return {Binding::post, departure.fields[0].value};
  return {Binding::redirect, departure.url.substr(departure.url.find('?') + 1)};
}

Sent request_by(RequestBinding binding, const xml::KeyPair* key) {
  return sent(make_logout_request(provider_side(binding),
                                  {.id = "_logout",
                                   .subject = {.name_id = "ada@example.com",
                                               .name_id_format = std::string(email_format),
                                               .session_index = "session-1"},
                                   .relay_state = "back&forth",
                                   .now = test_now},
                                  key));
}

Result<LogoutRequest, Failure> read(const Sent& message, Instant now = test_now) {
  CheckLog log;
  return read_logout_request({.binding = message.binding, .payload = message.payload, .now = now},
                             test_parties(), log);
}

std::optional<Diagnosis> refusal(const Sent& message, Instant now = test_now) {
  const auto request = read(message, now);
  return request.ok() ? std::nullopt : std::optional(request.error().diagnosis);
}

TEST_CASE("a signed request is read, by either binding") {
  for (const auto binding : {RequestBinding::http_redirect, RequestBinding::http_post}) {
    const auto request = read(request_by(binding, &test_keys().provider));
    REQUIRE(request.ok());
    CHECK(request.value().id == "_logout");
    CHECK(request.value().name_id.text == "ada@example.com");
    CHECK(request.value().name_id.format == email_format);
    CHECK(request.value().session_indexes == std::vector<std::string>{"session-1"});
  }
  CHECK(
      read(request_by(RequestBinding::http_redirect, &test_keys().provider)).value().relay_state ==
      "back&forth");
}

TEST_CASE("a request without a signature, or with another's, ends nobody's session") {
  for (const auto binding : {RequestBinding::http_redirect, RequestBinding::http_post}) {
    CHECK(refusal(request_by(binding, nullptr)) == Diagnosis::signature_missing);
    CHECK(refusal(request_by(binding, &test_keys().stranger)).has_value());
    CHECK_FALSE(refusal(request_by(binding, &test_keys().provider)).has_value());
  }
}

TEST_CASE("the signature of a redirect is over the octets as they came") {
  const Sent good = request_by(RequestBinding::http_redirect, &test_keys().provider);
  // AD FS and Entra ID escape with lower-case digits, and sign that.
  std::string xml =
      decode_redirect(read_redirect_query(good.payload, "SAMLRequest").value().message).value();
  std::string octets =
      "SAMLRequest=" + percent_encode(base64_encode(deflate_raw(xml))) +
      "&RelayState=a+b%2fc&SigAlg=" +
      percent_encode(xml::redirect_algorithm_uri(xml::RedirectAlgorithm::rsa_sha256));
  for (std::size_t at = octets.find('%'); at != octets.npos; at = octets.find('%', at + 1)) {
    for (const std::size_t digit : {at + 1, at + 2}) {
      if (octets[digit] >= 'A') octets[digit] = static_cast<char>(octets[digit] | 0x20);
    }
  }
  const std::string signature =
      "&Signature=" + percent_encode(base64_encode(xml::sign_octets(octets, test_keys().provider)));
  const auto request = read({Binding::redirect, octets + signature});
  REQUIRE(request.ok());
  CHECK(request.value().relay_state == "a b/c");
  // The order in the query does not matter, nor what else is in it.
  CHECK_FALSE(refusal({Binding::redirect, "x=1&" + octets + signature + "&login_hint=a"}));

  std::string upper = octets;
  upper.replace(upper.find("%2f"), 3, "%2F");
  CHECK(refusal({Binding::redirect, upper + signature}) == Diagnosis::signature_invalid);
}

TEST_CASE("nothing of a signed redirect can be changed, doubled or left out") {
  const std::string good = request_by(RequestBinding::http_redirect, &test_keys().provider).payload;
  const auto with = [&good](const std::string& mark, const std::string& instead) {
    std::string query = good;
    const std::size_t at = query.find(mark);
    REQUIRE(at != std::string::npos);
    return refusal({Binding::redirect, query.replace(at, mark.size(), instead)});
  };
  const std::string other =
      read_redirect_query(request_by(RequestBinding::http_redirect, nullptr).payload, "SAMLRequest")
          .value()
          .message;
  CHECK(with("&RelayState=back%26forth", "") == Diagnosis::signature_invalid);
  CHECK(with("RelayState=back", "RelayState=forth") == Diagnosis::signature_invalid);
  CHECK(with("rsa-sha256", "rsa-sha512") == Diagnosis::signature_invalid);
  CHECK(with("more%23rsa-sha256", "more%23hmac-sha256").has_value());
  CHECK(with("&SigAlg=", "&x=") == Diagnosis::signature_malformed);
  CHECK(with("&Signature=", "&x=") == Diagnosis::signature_malformed);
  CHECK(with("&SigAlg=", "&SAMLRequest=" + other + "&SigAlg=") == Diagnosis::message_unexpected);
  CHECK(with("&SigAlg=", "&SAML%52equest=" + other + "&SigAlg=") == Diagnosis::message_unexpected);
  CHECK(with("SAMLRequest=", "SAML%52equest=") == Diagnosis::message_unexpected);
  CHECK(with("SAMLRequest=", "SAMLResponse=") == Diagnosis::answer_missing);
  CHECK(with("&Signature=", "&Signature=%") == Diagnosis::signature_malformed);
  CHECK_FALSE(with("&Signature=", "&Signature=").has_value());
}

TEST_CASE("a request is for us, of now and of the connection's provider") {
  const Sent good = request_by(RequestBinding::http_post, &test_keys().provider);
  CHECK_FALSE(refusal(good, test_now + minutes(7)).has_value());
  CHECK(refusal(good, test_now + minutes(9)) == Diagnosis::assertion_expired);
  CHECK(refusal(good, test_now + minutes(19)) == Diagnosis::response_expired);
  CHECK(refusal(good, test_now - minutes(5)) == Diagnosis::response_expired);

  const auto sent_as = [](auto change) {
    SamlParties parties = provider_side(RequestBinding::http_post);
    LogoutAsk ask{.id = "_logout", .subject = {.name_id = "ada"}, .now = test_now};
    change(parties, ask);
    return refusal(sent(make_logout_request(parties, ask, &test_keys().provider)));
  };
  CHECK_FALSE(sent_as([](auto&, auto&) {}).has_value());
  CHECK(sent_as([](auto& parties, auto&) {
          parties.configuration.idp_slo_url = "https://auth.test/sso/v1/saml/conn_8/slo/callback";
        }) == Diagnosis::destination_mismatch);
  CHECK(sent_as([](auto& parties, auto&) { parties.configuration.idp_slo_url = ""; }) ==
        Diagnosis::destination_mismatch);
  CHECK(sent_as([](auto& parties, auto&) { parties.entity_id = "https://other.test/"; }) ==
        Diagnosis::issuer_mismatch);
  CHECK(sent_as([](auto&, auto& ask) { ask.subject.name_id = ""; }) == Diagnosis::name_id_missing);
}

TEST_CASE("a response is told from a request, and its status is read") {
  const auto reply = [](RequestBinding binding, const xml::KeyPair* key,
                        LogoutReply::Outcome outcome) {
    return sent(make_logout_response(provider_side(binding),
                                     {.id = "_reply",
                                      .in_response_to = "_ours",
                                      .outcome = outcome,
                                      .relay_state = "r",
                                      .now = test_now},
                                     key));
  };
  const auto read_reply = [](const Sent& message) {
    CheckLog log;
    return read_logout_response(
        {.binding = message.binding, .payload = message.payload, .now = test_now}, test_parties(),
        log);
  };
  using Outcome = LogoutReply::Outcome;
  for (const auto binding : {RequestBinding::http_redirect, RequestBinding::http_post}) {
    for (const Outcome outcome : {Outcome::success, Outcome::partial}) {
      const auto read_signed = read_reply(reply(binding, &test_keys().provider, outcome));
      REQUIRE(read_signed.ok());
      CHECK(read_signed.value().in_response_to == "_ours");
      CHECK(read_signed.value().proof == LogoutResponse::Proof::signed_by_provider);
    }
    const auto read_unsigned = read_reply(reply(binding, nullptr, Outcome::success));
    REQUIRE(read_unsigned.ok());
    CHECK(read_unsigned.value().proof == LogoutResponse::Proof::unsigned_text);
    CHECK_FALSE(read_reply(reply(binding, &test_keys().stranger, Outcome::success)).ok());
    CHECK(refusal(reply(binding, &test_keys().provider, Outcome::success)).has_value());
  }
  const Sent request = request_by(RequestBinding::http_post, &test_keys().provider);
  CHECK(read_reply(request).error().diagnosis == Diagnosis::message_unexpected);
}

TEST_CASE("a query says which of the two it carries") {
  CHECK(kind_of_query("SAMLRequest=a&RelayState=b") == LogoutKind::request);
  CHECK(kind_of_query("SAMLResponse=a") == LogoutKind::response);
  CHECK_FALSE(kind_of_query("SAMLRequest=a&SAMLResponse=b").has_value());
  CHECK_FALSE(kind_of_query("").has_value());
}

TEST_CASE("what we send asks for one person's session, signed if there is a key") {
  const LogoutAsk ask{.id = "_logout",
                      .subject = {.name_id = "ada@example.com", .session_index = "session-1"},
                      .now = test_now};
  const Departure plain = make_logout_request(test_parties(), ask, nullptr);
  const auto query =
      read_redirect_query(plain.url.substr(plain.url.find('?') + 1), "SAMLRequest").value();
  CHECK(plain.url.starts_with("https://idp.test/slo?SAMLRequest="));
  CHECK_FALSE(query.signature.has_value());
  CHECK(decode_redirect(query.message).value() ==
        "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\""
        " xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_logout\" Version=\"2.0\""
        " IssueInstant=\"2026-11-22T12:00:00Z\" Destination=\"https://idp.test/slo\""
        " NotOnOrAfter=\"2026-11-22T12:05:00Z\">"
        "<saml:Issuer>https://auth.test/sso/v1/saml/conn_7</saml:Issuer>"
        "<saml:NameID>ada@example.com</saml:NameID>"
        "<samlp:SessionIndex>session-1</samlp:SessionIndex></samlp:LogoutRequest>");
  const Departure with_key = make_logout_request(test_parties(), ask, &test_keys().ours);
  CHECK(read_redirect_query(with_key.url.substr(with_key.url.find('?') + 1), "SAMLRequest")
            .value()
            .signature.has_value());
}

}  // namespace
}  // namespace gatehouse::sso::saml
