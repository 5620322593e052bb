// Sending a message by way of the browser [SAML Bindings §3.4, §3.5].

#pragma once

#include "server/sso/saml/parties.h"

namespace gatehouse::sso::saml {

enum class MessageKind { request, response };  // SAMLRequest, SAMLResponse

struct OutgoingMessage {
  MessageKind kind;
  std::string xml;
  std::string id;  // of its root element
  connections::RequestBinding binding;
  std::string destination;
  std::string relay_state = {};  // empty: none
};

// Signed if there is a key: over the octets of the query, or inside the XML. ENSUREs that the
// message can be signed: we have written it.
[[nodiscard]] Departure depart(const OutgoingMessage& message, const xml::KeyPair* key);

// Appends "name=value" to the query of a URL.
void append_query(std::string& url, std::string_view name, std::string_view value);

}  // namespace gatehouse::sso::saml
