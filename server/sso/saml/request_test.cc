// What we send to providers: requests to sign somebody in, by redirect and by POST.

#include <doctest/doctest.h>

#include "server/encoding/form.h"
#include "server/encoding/gzip.h"
#include "server/encoding/uri.h"
#include "server/sso/saml/authn_request.h"
#include "server/sso/saml/redirect_query.h"
#include "server/sso/saml/test_provider.h"

namespace gatehouse::sso::saml {
namespace {

using connections::NameIdFormat;
using connections::Provider;
using connections::RequestBinding;

ProviderRequest request_now() { return {.id = std::string(test_request), .now = test_now}; }

std::string query_of(const std::string& url) { return url.substr(url.find('?') + 1); }

std::string redirected_xml(const Departure& departure) {
  REQUIRE(departure.kind == Departure::Kind::redirect);
  const auto query = read_redirect_query(query_of(departure.url), "SAMLRequest");
  REQUIRE(query.ok());
  return decode_redirect(query.value().message).value();
}

TEST_CASE("the request by redirect, to the letter") {
  const Departure departure = make_authn_request(test_parties(), request_now(), nullptr);
  CHECK(departure.url.starts_with("https://idp.test/sso?SAMLRequest="));
  CHECK(departure.url.ends_with("&RelayState=" + std::string(test_request)));
  CHECK(departure.fields.empty());
  CHECK(redirected_xml(departure) ==
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\""
        " xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\""
        " ID=\"_0123456789abcdef0123456789abcdef01234567\" Version=\"2.0\""
        " IssueInstant=\"2026-11-22T12:00:00Z\" Destination=\"https://idp.test/sso\""
        " ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\""
        " AssertionConsumerServiceURL=\"https://auth.test/sso/v1/saml/conn_7/callback\">"
        "<saml:Issuer>https://auth.test/sso/v1/saml/conn_7</saml:Issuer></samlp:AuthnRequest>");
}

TEST_CASE("what providers stumble over is not in it, what the connection wants is") {
  SamlParties parties = test_parties();
  ProviderRequest request = request_now();
  request.login_hint = "ada@example.com";
  const std::string plain = redirected_xml(make_authn_request(parties, request, nullptr));
  for (const char* absent : {"Subject", "RequestedAuthnContext", "NameIDPolicy", "ForceAuthn"}) {
    CHECK(plain.find(absent) == std::string::npos);
  }
  parties.configuration.idp_name_id_format = NameIdFormat::unspecified;
  CHECK(redirected_xml(make_authn_request(parties, request, nullptr)) == plain);

  parties.configuration.idp_name_id_format = NameIdFormat::persistent;
  const std::string persistent = redirected_xml(make_authn_request(parties, request, nullptr));
  CHECK(persistent.find("<samlp:NameIDPolicy Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:"
                        "persistent\" AllowCreate=\"true\"/>") != std::string::npos);

  request.authentication = ProviderRequest::Authentication::fresh;
  CHECK(redirected_xml(make_authn_request(parties, request, nullptr)).find("ForceAuthn=\"true\"") !=
        std::string::npos);
  parties.configuration.force_authn = true;
  request.authentication = ProviderRequest::Authentication::as_needed;
  CHECK(redirected_xml(make_authn_request(parties, request, nullptr)).find("ForceAuthn=\"true\"") !=
        std::string::npos);
}

TEST_CASE("the address that was typed goes to those who take it") {
  ProviderRequest request = request_now();
  request.login_hint = "ada+x@example.com";
  const auto url_for = [&request](Provider provider) {
    SamlParties parties = test_parties();
    parties.provider = provider;
    return make_authn_request(parties, request, nullptr).url;
  };
  for (const Provider provider : {Provider::microsoft_ad, Provider::okta, Provider::google}) {
    CHECK(url_for(provider).ends_with("&login_hint=ada%2Bx%40example.com"));
  }
  CHECK(url_for(Provider::adfs).find("login_hint") == std::string::npos);
  request.login_hint.clear();
  CHECK(url_for(Provider::okta).find("login_hint") == std::string::npos);
}

TEST_CASE("an address with a query keeps it") {
  SamlParties parties = test_parties();
  parties.configuration.idp_sso_url = "https://accounts.google.com/o/saml2/idp?idpid=C01";
  const Departure departure = make_authn_request(parties, request_now(), nullptr);
  CHECK(
      departure.url.starts_with("https://accounts.google.com/o/saml2/idp?idpid=C01&SAMLRequest="));
}

TEST_CASE("a signed redirect is signed over the octets that are sent") {
  SamlParties parties = test_parties();
  parties.configuration.want_request_signed = true;
  parties.provider = Provider::microsoft_ad;
  ProviderRequest request = request_now();
  request.login_hint = "ada@example.com";
  const Departure departure = make_authn_request(parties, request, &test_keys().ours);
  const auto query = read_redirect_query(query_of(departure.url), "SAMLRequest");
  REQUIRE(query.ok());
  REQUIRE(query.value().signature.has_value());
  const auto& detached = *query.value().signature;
  CHECK(departure.url.find(detached.octets) != std::string::npos);
  CHECK(detached.octets.find("login_hint") == std::string::npos);
  CHECK(detached.algorithm == "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");
  const auto verifies = [&detached](const xml::KeyPair& key, const std::string& octets) {
    return xml::verify_octets(octets, detached.signature, detached.algorithm,
                              std::span(&key.certificate, 1))
        .ok();
  };
  CHECK(verifies(test_keys().ours, detached.octets));
  CHECK_FALSE(verifies(test_keys().ours, detached.octets + "x"));
  CHECK_FALSE(verifies(test_keys().stranger, detached.octets));
}

TEST_CASE("by POST the request is a form, signed inside where the connection wants it") {
  SamlParties parties = test_parties();
  parties.configuration.idp_sso_request_binding = RequestBinding::http_post;
  Departure departure = make_authn_request(parties, request_now(), nullptr);
  CHECK(departure.kind == Departure::Kind::post);
  CHECK(departure.url == "https://idp.test/sso");
  REQUIRE(departure.fields.size() == 2);
  CHECK(departure.fields[0].name == "SAMLRequest");
  CHECK(departure.fields[1].name == "RelayState");
  CHECK(departure.fields[1].value == test_request);
  const std::string plain = decode_post(departure.fields[0].value).value();
  CHECK_FALSE(xml::has_signature(parse_message(plain).value().root()));

  parties.configuration.want_request_signed = true;
  departure = make_authn_request(parties, request_now(), &test_keys().ours);
  const auto document = parse_message(decode_post(departure.fields[0].value).value());
  REQUIRE(document.ok());
  const std::vector certificates{test_keys().ours.certificate};
  const auto verified =
      xml::verify_signature(document.value(), document.value().root(), certificates);
  REQUIRE(verified.ok());
  CHECK(verified.value().root().attribute("ID") == test_request);
  // [SAML Core §3.2.1] The Issuer comes first, and then the Signature.
  CHECK(document.value().root().children()[0].local_name() == "Issuer");
  CHECK(document.value().root().children()[1].local_name() == "Signature");
}

TEST_CASE("a connection's own view of itself: addresses, overrides, what is missing") {
  connections::Connection connection{.id = ConnectionId(7),
                                     .environment = EnvironmentId(1),
                                     .organization = std::nullopt,
                                     .type = connections::ConnectionType::saml,
                                     .provider = Provider::okta,
                                     .provider_key = {},
                                     .key_id = std::nullopt,
                                     .status = connections::Status::completed,
                                     .is_enabled = true,
                                     .is_debugged = false,
                                     .use = {},
                                     .ui_button_title = {},
                                     .mode = connections::ConfigurationMode::manual,
                                     .configuration = connections::SamlConfiguration(),
                                     .attribute_mapping = {},
                                     .sealed_client_secret = {},
                                     .client_secret_hint = {},
                                     .created_at = test_now,
                                     .updated_at = test_now};
  const ConnectionUrls urls{.saml_entity_id = "https://a.test/conn",
                            .saml_acs = "https://a.test/conn/callback",
                            .saml_metadata = {},
                            .saml_logout = "https://a.test/conn/slo/callback",
                            .oidc_callback = {},
                            .oidc_logout = {},
                            .oidc_back_channel = {}};
  const auto diagnosis = [&connection, &urls]() -> std::optional<Diagnosis> {
    const auto parties = saml_parties(connection, urls);
    return parties.ok() ? std::nullopt : std::optional(parties.error().diagnosis);
  };
  CHECK(diagnosis() == Diagnosis::connection_incomplete);
  auto& saml = std::get<connections::SamlConfiguration>(connection.configuration);
  saml.idp_entity_id = "urn:idp";
  CHECK(diagnosis() == Diagnosis::connection_incomplete);
  saml.idp_sso_url = "https://idp.test/sso";
  CHECK(diagnosis() == Diagnosis::certificate_missing);
  saml.certificates.push_back({.id = {}, .pem = {"damaged"}, .issuer = {}});
  CHECK(diagnosis() == Diagnosis::certificate_missing);
  saml.certificates.push_back(
      {.id = {}, .pem = {test_keys().provider.certificate.pem()}, .issuer = {}});
  SamlParties parties = saml_parties(connection, urls).value();
  CHECK(parties.entity_id == "https://a.test/conn");
  CHECK(parties.acs_urls ==
        std::vector<std::string>{"https://a.test/conn/callback", "https://a.test/conn"});
  CHECK(parties.idp_certificates.size() == 1);
  CHECK(parties.unsigned_cbc == SamlParties::UnsignedCbc::refused);

  saml.sp_entity_id = "urn:old";
  saml.sp_assertion_url = "https://old.test/acs";
  saml.sp_slo_url = "https://old.test/slo";
  parties = saml_parties(connection, urls).value();
  CHECK(parties.entity_id == "urn:old");
  CHECK(parties.acs_urls.front() == "https://old.test/acs");
  CHECK(parties.logout_url == "https://old.test/slo");
  connection.configuration = connections::OidcConfiguration();
  CHECK(diagnosis() == Diagnosis::connection_incomplete);
}

// ——— bytes and times

TEST_CASE("bytes of the redirect binding are inflated within limits") {
  const auto encoded = [](const std::string& bytes) {
    return percent_encode(base64_encode(deflate_raw(bytes)));
  };
  CHECK(decode_redirect(encoded("<a/>")).value() == "<a/>");
  CHECK(decode_redirect(encoded(std::string(15'000, 'x'))).ok());
  const auto bomb = decode_redirect(encoded(std::string(4'000'000, 'x')));
  REQUIRE_FALSE(bomb.ok());
  CHECK(bomb.error().diagnosis == Diagnosis::message_not_base64);
  // Small enough, but made of next to nothing.
  CHECK_FALSE(decode_redirect(encoded(std::string(200'000, 'x'))).ok());
  CHECK(decode_redirect(percent_encode(base64_encode("<a/>"))).error().diagnosis ==
        Diagnosis::message_not_base64);
  CHECK(decode_redirect("%zz").error().diagnosis == Diagnosis::message_not_base64);
  CHECK(decode_redirect(std::string(9'000, 'A')).error().diagnosis == Diagnosis::message_too_long);
}

TEST_CASE("times are read with their zone or not at all") {
  CHECK(parse_time("2026-11-22T12:00:00Z") == test_now);
  CHECK(parse_time(" 2026-11-22T12:00:00Z\n") == test_now);
  CHECK(parse_time("2026-11-22T12:00:00.5Z") == test_now + milliseconds(500));
  CHECK(parse_time("2026-11-22T12:00:00.1234567Z") == test_now + milliseconds(123));
  CHECK(parse_time("2026-11-22T14:30:00+02:30") == test_now);
  CHECK(parse_time("2026-11-22T07:00:00-05:00") == test_now);
  for (const char* wrong :
       {"", "2026-11-22", "2026-11-22T12:00:00", "2026-02-30T12:00:00Z", "2026-13-22T12:00:00Z",
        "2026-11-22T24:00:00Z", "2026-11-22T12:60:00Z", "2026-11-22T12:00:61Z",
        "2026-11-22T12:00:00.Z", "2026-11-22T12:00:00Zx", "-026-11-22T12:00:00Z",
        "2026-11-22T12:00:00+15:00", "2026-11-22T12:00:00+0100", "+026-11-22T12:00:00Z"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_time(wrong).has_value());
  }
  CHECK(time_text(test_now + milliseconds(999)) == "2026-11-22T12:00:00Z");
}

}  // namespace
}  // namespace gatehouse::sso::saml
