// What each profile sends, held against its golden file and read back as this server reads it; and
// that every outcome differs from success in the one thing that it is named for.

#include "server/app/dev/simulator/saml_answer.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "server/encoding/base64.h"
#include "server/sso/saml/names.h"
#include "server/sso/saml/response.h"
#include "tests/world/manual_clock.h"
#include "tests/world/seeded_random.h"

namespace gatehouse::app::dev {
namespace {

using sso::Diagnosis;
using world::test_start;

const ConnectionId connection(7);
constexpr std::string_view request = "_0123456789abcdef0123456789abcdef01234567";
constexpr std::string_view simulator = "http://localhost:8080/dev/idp/any/conn_7";

struct Keys {
  ProviderKeys provider;
  xml::KeyPair ours;
};
// Making keys is slow: one set for all tests.
const Keys& keys() {
  static const Keys made{{xml::make_key_pair("current", test_start).value(),
                          xml::make_key_pair("next", test_start).value()},
                         xml::make_key_pair("ours", test_start).value()};
  return made;
}

Person ada() {
  return {.login = "ada@example.com",
          .email = "ada@example.com",
          .given_name = "Ada",
          .family_name = "Lovelace",
          .groups = {"Engineering", "Everyone"},
          .more = {{"department", "Analysis & <Engines>"}}};
}

SamlOrder order_for(ProfileName name, Outcome outcome = Outcome::success) {
  const Profile& kept = profile(name);
  return {.profile = kept,
          .entity_id = entity_id_of(kept, connection, simulator),
          .tenant = tenant_of(connection),
          .audience = {.entity_id = "http://localhost:8080/sso/v1/saml/conn_7",
                       .acs_url = "http://localhost:8080/sso/v1/saml/conn_7/callback",
                       .in_response_to = std::string(request)},
          .person = ada(),
          .outcome = outcome,
          .now = test_start};
}

std::string finished(const SamlOrder& order) {
  world::SeededRandom random(5);
  const auto response = saml_response(order, keys().provider, random);
  REQUIRE(response.ok());
  return response.value().xml;
}

// One element a line, so that a difference can be read.
std::vector<std::string> lines_of(const SamlOrder& order) {
  world::SeededRandom random(5);
  const std::string xml = bare_saml_response(order, random);
  std::vector<std::string> lines(1);
  for (std::size_t i = 0; i < xml.size(); ++i) {
    lines.back() += xml[i];
    if (xml[i] == '>' && i + 1 < xml.size() && xml[i + 1] == '<') lines.emplace_back();
  }
  return lines;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

void check_golden(const std::string& name, const std::string& text) {
  const std::string path = "server/app/dev/simulator/testdata/" + name;
  const char* wish = std::getenv("GATEHOUSE_GOLDEN");
  if (wish != nullptr && std::string_view(wish) == "update") {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ostringstream there;
  there << std::ifstream(path, std::ios::binary).rdbuf();
  INFO("differs from ", path, "; if it should, run `make golden` and review the diff");
  CHECK(there.str() == text);
}

sso::saml::SamlParties parties_for(const SamlOrder& order) {
  connections::SamlConfiguration configuration;
  configuration.saml_signing_option = signing_option(order.profile);
  return {.connection = connection,
          .provider = connections::Provider::idp_simulator,
          .configuration = configuration,
          .attribute_mapping = {},
          .entity_id = order.audience.entity_id,
          .acs_urls = {order.audience.acs_url},
          .logout_url = {},
          .idp_entity_id = order.entity_id,
          .idp_certificates = {keys().provider.current.certificate}};
}

Result<sso::saml::Answer, sso::Failure> read_back(const SamlOrder& order, const std::string& xml) {
  sso::CheckLog log;
  return sso::saml::read_response(base64_encode(xml), parties_for(order),
                                  {.now = order.now, .keys = {&keys().ours, 1}}, log);
}

template <class Check>
void for_every_profile(Check check) {
  for (int i = 0; i < profiles_count; ++i) {
    const auto name = static_cast<ProfileName>(i);
    CAPTURE(profile_names.name(name));
    check(name);
  }
}

TEST_CASE("simulator: what each profile sends is written down") {
  for_every_profile([](ProfileName name) {
    check_golden(std::string(profile_names.name(name)) + ".xml",
                 text_of(lines_of(order_for(name))));
  });
}

TEST_CASE("simulator: each profile signs what the real product signs, and nothing else") {
  for_every_profile([](ProfileName name) {
    const auto document = xml::Document::parse(finished(order_for(name)));
    REQUIRE(document.ok());
    const xml::Element response = document.value().root();
    const auto assertion = response.only_child(sso::saml::assertion_ns, "Assertion");
    REQUIRE(assertion.has_value());
    const Signs signs = profile(name).signs;
    const std::vector<crypto::Certificate> current = {keys().provider.current.certificate};
    CHECK(xml::has_signature(response) == (signs != Signs::assertion));
    CHECK(xml::has_signature(*assertion) == (signs != Signs::response));
    if (signs != Signs::assertion) {
      CHECK(xml::verify_signature(document.value(), response, current).ok());
    }
    if (signs != Signs::response) {
      CHECK(xml::verify_signature(document.value(), *assertion, current).ok());
    }
  });
}

TEST_CASE("simulator: this server takes what each profile sends") {
  for_every_profile([](ProfileName name) {
    const SamlOrder order = order_for(name);
    const auto answer = read_back(order, finished(order));
    REQUIRE_MESSAGE(answer.ok(), (answer.ok() ? "" : sso::text_of(answer.error().diagnosis).name));
    const login::OutsideIdentity& identity = answer.value().identity;
    CHECK(answer.value().in_response_to == request);
    REQUIRE(identity.email.has_value());
    CHECK(identity.email->text() == "ada@example.com");
    CHECK(identity.given_name == "Ada");
    CHECK(identity.family_name == "Lovelace");
    CHECK_FALSE(identity.groups.empty());
    CHECK_FALSE(identity.subject.empty());
  });
}

TEST_CASE("simulator: Google without mapped attributes sends none") {
  SamlOrder order = order_for(ProfileName::google);
  order.person.groups.clear();
  order.person.more.clear();
  CHECK(text_of(lines_of(order)).find("AttributeStatement") == std::string::npos);
  const auto answer = read_back(order, finished(order));
  REQUIRE(answer.ok());
  CHECK(answer.value().identity.email->text() == "ada@example.com");
}

TEST_CASE("simulator: Entra ID leaves out more than 150 groups and says where they are") {
  SamlOrder order = order_for(ProfileName::entra);
  order.person.groups.clear();
  for (int i = 0; i < 150; ++i) order.person.groups.push_back("group " + std::to_string(i));
  CHECK(text_of(lines_of(order)).find("claims/groups\"") != std::string::npos);
  order.person.groups.emplace_back("one more");
  CHECK(text_of(lines_of(order)).find("claims/groups\"") == std::string::npos);
  CHECK(text_of(lines_of(order)).find("claims/groups.link") != std::string::npos);
}

TEST_CASE("simulator: Shibboleth encrypts where our metadata has a key") {
  SamlOrder order = order_for(ProfileName::shibboleth);
  order.audience.encryption_certificate = keys().ours.certificate;
  const std::string xml = finished(order);
  CHECK(xml.find("EncryptedAssertion") != std::string::npos);
  CHECK(xml.find("aes128-gcm") != std::string::npos);
  CHECK(xml.find("Lovelace") == std::string::npos);
  const auto answer = read_back(order, xml);
  REQUIRE_MESSAGE(answer.ok(), (answer.ok() ? "" : sso::text_of(answer.error().diagnosis).name));
  CHECK(answer.value().identity.email->text() == "ada@example.com");
  // Where nobody else could, it is not for nothing.
  SamlOrder okta = order_for(ProfileName::okta);
  okta.audience.encryption_certificate = keys().ours.certificate;
  CHECK(finished(okta).find("EncryptedAssertion") == std::string::npos);
}

// The names of the elements and attributes in which two answers differ.
std::set<std::string> differences(const SamlOrder& a, const SamlOrder& b) {
  const auto words = [](const SamlOrder& order) {
    std::multiset<std::string> all;
    for (const std::string& line : lines_of(order)) {
      const std::string element = line.substr(1, line.find_first_of(" />", 1) - 1);
      const std::string name = element.substr(element.find(':') + 1);
      std::istringstream parts(line);
      for (std::string part; parts >> part;) {
        all.insert(name + "|" + part.substr(0, part.find_last_not_of("/>") + 1));
      }
    }
    return all;
  };
  const auto first = words(a);
  const auto second = words(b);
  std::vector<std::string> differing;
  std::ranges::set_symmetric_difference(first, second, std::back_inserter(differing));
  std::set<std::string> names;
  for (const std::string& word : differing) {
    const std::size_t bar = word.find('|');
    const std::size_t equals = word.find("=\"");
    names.insert(word.substr(0, bar) +
                 (equals == std::string::npos ? "" : " " + word.substr(bar + 1, equals - bar - 1)));
  }
  return names;
}

TEST_CASE("simulator: an outcome differs from success in what it is named for, and no more") {
  using Names = std::set<std::string>;
  const auto differing = [](Outcome outcome) {
    return differences(order_for(ProfileName::okta), order_for(ProfileName::okta, outcome));
  };
  CHECK(differing(Outcome::slow).empty());
  CHECK(differing(Outcome::unsigned_).empty());
  CHECK(differing(Outcome::bad_signature).empty());
  CHECK(differing(Outcome::rotated_certificate).empty());
  CHECK(differing(Outcome::wrong_audience) == Names{"Audience"});
  CHECK(differing(Outcome::idp_initiated) ==
        Names{"Response InResponseTo", "SubjectConfirmationData InResponseTo"});
  CHECK(differing(Outcome::expired) == Names{"Conditions NotBefore", "Conditions NotOnOrAfter",
                                             "SubjectConfirmationData NotOnOrAfter"});
  CHECK(differing(Outcome::skewed_clock) ==
        Names{"Assertion IssueInstant", "AuthnStatement AuthnInstant", "Conditions NotBefore",
              "Conditions NotOnOrAfter", "Response IssueInstant",
              "SubjectConfirmationData NotOnOrAfter"});
}

TEST_CASE("simulator: without an e-mail nothing in the answer looks like one") {
  for_every_profile([](ProfileName name) {
    const std::string text = text_of(lines_of(order_for(name, Outcome::missing_mail)));
    CHECK(text.find("example.com<") == std::string::npos);
    CHECK(text.find("Lovelace") != std::string::npos);
  });
}

TEST_CASE("simulator: each bad outcome is refused for its own reason, with every profile") {
  const std::pair<Outcome, std::set<Diagnosis>> refused[] = {
      {Outcome::wrong_audience, {Diagnosis::audience_mismatch}},
      {Outcome::expired, {Diagnosis::assertion_expired}},
      {Outcome::skewed_clock, {Diagnosis::response_expired}},
      {Outcome::unsigned_,
       {Diagnosis::signature_missing, Diagnosis::signature_of_response_missing,
        Diagnosis::signature_of_assertion_missing}},
      {Outcome::bad_signature, {Diagnosis::signature_invalid}},
      {Outcome::rotated_certificate, {Diagnosis::signature_key_unknown}},
      {Outcome::refused, {Diagnosis::provider_refused}},
  };
  for_every_profile([&](ProfileName name) {
    for (const auto& expected : refused) {
      const Outcome outcome = expected.first;
      CAPTURE(outcome_names.name(outcome));
      const SamlOrder order = order_for(name, outcome);
      const auto answer = read_back(order, finished(order));
      REQUIRE_FALSE(answer.ok());
      CAPTURE(sso::text_of(answer.error().diagnosis).name);
      CHECK(expected.second.contains(answer.error().diagnosis));
    }
  });
}

TEST_CASE("simulator: what is missing or late is taken by the reader, for others to judge") {
  for_every_profile([](ProfileName name) {
    const SamlOrder unasked = order_for(name, Outcome::idp_initiated);
    const auto answer = read_back(unasked, finished(unasked));
    REQUIRE(answer.ok());
    CHECK_FALSE(answer.value().in_response_to.has_value());
    const SamlOrder nameless = order_for(name, Outcome::missing_mail);
    const auto without = read_back(nameless, finished(nameless));
    REQUIRE(without.ok());
    CHECK_FALSE(without.value().identity.email.has_value());
  });
}

TEST_CASE("simulator: a provider that may show no page says so") {
  world::SeededRandom random(5);
  const SamlOrder order = order_for(ProfileName::adfs);
  const auto xml = no_passive_response(order, keys().provider, random);
  REQUIRE(xml.ok());
  const auto answer = read_back(order, xml.value());
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().diagnosis == Diagnosis::provider_needs_user);
}

}  // namespace
}  // namespace gatehouse::app::dev
