// Queries of the redirect binding. Nobody ends a session without the provider's key, and what is
// verified is made of the octets that came.

// fuzz-modules: sso

#include "server/core/ensure.h"
#include "server/core/limits.h"
#include "server/sso/saml/logout_messages.h"
#include "server/sso/saml/redirect_query.h"
#include "server/sso/saml/test_provider.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace gatehouse;
  using namespace gatehouse::sso;
  static const saml::SamlParties parties = saml::test_parties();
  const std::string_view input(reinterpret_cast<const char*>(data), size);

  const auto query = saml::read_redirect_query(input, "SAMLRequest");
  if (query.ok()) {
    ENSURE(input.find(query.value().message) != input.npos);
    const auto xml = saml::decode_redirect(query.value().message);
    if (xml.ok()) ENSURE(xml.value().size() <= limits::saml_message_bytes_max);
  }
  const saml::LogoutArrival arrival{
      .binding = saml::LogoutArrival::Binding::redirect, .payload = input, .now = saml::test_now};
  CheckLog log;
  ENSURE(!saml::read_logout_request(arrival, parties, log).ok());
  const auto response = saml::read_logout_response(arrival, parties, log);
  ENSURE(!response.ok() || response.value().proof == saml::LogoutResponse::Proof::unsigned_text);
  return 0;
}
