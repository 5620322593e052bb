#include "server/sso/saml/name_id.h"

#include "server/sso/saml/message.h"
#include "server/sso/saml/names.h"

namespace gatehouse::sso::saml {
namespace {

NameId read(const xml::Element& element) {
  return {.text = element.trimmed_text(),
          .format = element.attribute("Format").value_or(""),
          .name_qualifier = element.attribute("NameQualifier").value_or(""),
          .sp_name_qualifier = element.attribute("SPNameQualifier").value_or("")};
}

}  // namespace

Result<NameId, Failure> read_name_id(const xml::Element& parent,
                                     std::span<const xml::KeyPair> keys) {
  const std::vector<xml::Element> plain = parent.children(assertion_ns, "NameID");
  const std::vector<xml::Element> encrypted = parent.children(assertion_ns, "EncryptedID");
  if (plain.size() + encrypted.size() > 1) {
    return Failure(Diagnosis::name_id_missing, "one NameID", "several");
  }
  if (!plain.empty()) return read(plain.front());
  if (encrypted.empty()) return NameId{};

  Failure failure(Diagnosis::decryption_failed, "a key of this connection", "it has none");
  for (const xml::KeyPair& key : keys) {
    auto text = xml::decrypt_element(encrypted.front(), key, xml::Surroundings::verified);
    if (!text.ok()) {
      failure = to_failure(text.error());
      continue;
    }
    const xml::Document inner = TRY(parse_message(text.value()));
    if (!inner.root().is(assertion_ns, "NameID")) {
      return Failure(Diagnosis::decryption_failed, "a NameID", "something else");
    }
    return read(inner.root());
  }
  return failure;
}

}  // namespace gatehouse::sso::saml
