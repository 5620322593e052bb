// What simulated providers send at single logout is taken by this server, however they write it.

#include "server/app/dev/simulator/saml_logout.h"

#include <doctest/doctest.h>

#include "server/sso/saml/logout_messages.h"
#include "tests/world/manual_clock.h"
#include "tests/world/seeded_random.h"

namespace gatehouse::app::dev {
namespace {

using world::test_start;

const ProviderKeys& keys() {
  static const ProviderKeys made{xml::make_key_pair("current", test_start).value(),
                                 xml::make_key_pair("next", test_start).value()};
  return made;
}

constexpr std::string_view target = "http://localhost:8080/sso/v1/saml/conn_7/slo/callback";
const ConnectionId connection(7);

LogoutMessage message_of(ProfileName name) {
  const Profile& kept = profile(name);
  return {.profile = kept,
          .entity_id = entity_id_of(kept, connection, "http://localhost:8080/x"),
          .target = std::string(target),
          .relay_state = "a/b:c",
          .now = test_start};
}

sso::saml::SamlParties parties_for(const LogoutMessage& message) {
  return {.connection = connection,
          .provider = connections::Provider::idp_simulator,
          .configuration = {},
          .attribute_mapping = {},
          .entity_id = "http://localhost:8080/sso/v1/saml/conn_7",
          .acs_urls = {},
          .logout_url = std::string(target),
          .idp_entity_id = message.entity_id,
          .idp_certificates = {keys().current.certificate}};
}

std::string query_of(const std::string& url) { return url.substr(url.find('?') + 1); }

TEST_CASE("simulator: a logout response is taken, with every profile") {
  for (int i = 0; i < profiles_count; ++i) {
    CAPTURE(i);
    world::SeededRandom random(3);
    const LogoutMessage message = message_of(static_cast<ProfileName>(i));
    const std::string query = query_of(logout_response_url(message, "_1f", keys(), random));
    sso::CheckLog log;
    const auto read =
        sso::saml::read_logout_response({.binding = sso::saml::LogoutArrival::Binding::redirect,
                                         .payload = query,
                                         .now = test_start},
                                        parties_for(message), log);
    REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : sso::text_of(read.error().diagnosis).name));
    CHECK(read.value().in_response_to == "_1f");
    CHECK(read.value().relay_state == "a/b:c");
    CHECK(read.value().proof == sso::saml::LogoutResponse::Proof::signed_by_provider);
  }
}

TEST_CASE("simulator: AD FS and Entra ID write escapes in lower case, the others in upper case") {
  for (int i = 0; i < profiles_count; ++i) {
    const auto name = static_cast<ProfileName>(i);
    CAPTURE(profile_names.name(name));
    world::SeededRandom random(3);
    const std::string url = logout_response_url(message_of(name), "_1f", keys(), random);
    const bool is_lower = name == ProfileName::adfs || name == ProfileName::entra;
    CHECK((url.find("RelayState=a%2fb%3ac") != std::string::npos) == is_lower);
    CHECK((url.find("RelayState=a%2Fb%3Ac") != std::string::npos) == !is_lower);
  }
}

TEST_CASE("simulator: a logout request names the session, and a changed one is refused") {
  world::SeededRandom random(3);
  const LogoutMessage message = message_of(ProfileName::entra);
  const SamlSession session{
      .name_id = "ada@example.com",
      .name_id_format = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
      .session_index = "_5"};
  std::string query = query_of(logout_request_url(message, session, keys(), random));
  const auto read = [&] {
    sso::CheckLog log;
    return sso::saml::read_logout_request({.binding = sso::saml::LogoutArrival::Binding::redirect,
                                           .payload = query,
                                           .now = test_start},
                                          parties_for(message), log);
  };
  const auto request = read();
  REQUIRE_MESSAGE(request.ok(), (request.ok() ? "" : sso::text_of(request.error().diagnosis).name));
  CHECK(request.value().name_id.text == "ada@example.com");
  CHECK(request.value().session_indexes == std::vector<std::string>{"_5"});
  query.replace(query.find("a%2fb"), 5, "a%2Fb");
  CHECK_FALSE(read().ok());
}

TEST_CASE("simulator: a session without a name cannot be ended") {
  SamlSessions sessions;
  CHECK_FALSE(sessions.find(connection).has_value());
  sessions.put(connection, {.name_id = "", .name_id_format = "", .session_index = "_5"});
  CHECK_FALSE(sessions.find(connection).has_value());
  sessions.put(connection, {.name_id = "ada", .name_id_format = "", .session_index = "_6"});
  CHECK(sessions.find(connection)->session_index == "_6");
  sessions.forget(connection);
  CHECK_FALSE(sessions.find(connection).has_value());
}

}  // namespace
}  // namespace gatehouse::app::dev
