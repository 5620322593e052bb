// What is posted to a connection's address. Nobody can write a response that is believed without
// the provider's key; and what the provider itself writes, whatever it is, is taken or refused
// whole. An input that begins with "S" is XML that the provider signs before it is read.

// fuzz-modules: sso

#include "server/core/ensure.h"
#include "server/sso/saml/test_provider.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace gatehouse;
  using namespace gatehouse::sso;
  static const saml::SamlParties parties = saml::test_parties();
  const std::string_view input(reinterpret_cast<const char*>(data), size);

  if (!input.starts_with('S')) {
    ENSURE(!saml::read_test_xml(std::string(input), parties).ok());
    CheckLog log;
    ENSURE(!saml::read_response(input, parties, {.now = saml::test_now}, log).ok());
    ENSURE(!log.entries().empty());
    return 0;
  }
  std::string text(input.substr(1));
  for (const std::string_view id : {"_assertion", "_response"}) {
    const auto with_signature =
        xml::sign_element(text, id, saml::test_keys().provider, xml::EmbedCertificate::no);
    if (with_signature.ok()) text = with_signature.value();
  }
  const auto answer = saml::read_test_xml(text, parties);
  if (!answer.ok()) return 0;
  const login::OutsideIdentity& identity = answer.value().identity;
  ENSURE(identity.issuer == parties.idp_entity_id);
  ENSURE(!identity.subject.empty() && identity.subject.size() <= 1024);
  ENSURE(identity.name_id_format != saml::transient_format ||
         identity.subject != identity.name_id || identity.email.has_value());
  ENSURE(!answer.value().assertion_id.empty());
  ENSURE(answer.value().assertion_expires_at > saml::test_now);
  return 0;
}
