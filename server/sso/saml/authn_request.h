// Asking an identity provider to sign somebody in [SAML Core §3.4] [SAML Profiles §4.1.4.1].
//
// What providers stumble over is left out: a Subject and a RequestedAuthnContext altogether, a
// NameIDPolicy unless the connection wants a format.

#pragma once

#include "server/sso/saml/parties.h"

namespace gatehouse::sso::saml {

// By the connection's binding, by redirect where it names none. The request's id is the ID and the
// RelayState. `key` is ours; it is used, and has to be there, if the connection wants its requests
// signed. Where the provider takes one, the address that was typed goes along as `login_hint`.
[[nodiscard]] Departure make_authn_request(const SamlParties& parties,
                                           const ProviderRequest& request, const xml::KeyPair* key);

// The URI of a format; empty for `unspecified`, which asks for nothing.
[[nodiscard]] std::string_view name_id_format_uri(connections::NameIdFormat format);

}  // namespace gatehouse::sso::saml
