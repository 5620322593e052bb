// What SAML 2.0 calls things: namespaces, bindings, formats, status codes [SAML Core §8].

#pragma once

#include <string_view>

namespace gatehouse::sso::saml {

inline constexpr std::string_view protocol_ns = "urn:oasis:names:tc:SAML:2.0:protocol";
inline constexpr std::string_view assertion_ns = "urn:oasis:names:tc:SAML:2.0:assertion";
inline constexpr std::string_view metadata_ns = "urn:oasis:names:tc:SAML:2.0:metadata";
inline constexpr std::string_view signature_ns = "http://www.w3.org/2000/09/xmldsig#";

inline constexpr std::string_view post_binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
inline constexpr std::string_view redirect_binding =
    "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

inline constexpr std::string_view bearer_method = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
inline constexpr std::string_view entity_format =
    "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";

inline constexpr std::string_view unspecified_format =
    "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
inline constexpr std::string_view email_format =
    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
inline constexpr std::string_view windows_format =
    "urn:oasis:names:tc:SAML:1.1:nameid-format:WindowsDomainQualifiedName";
inline constexpr std::string_view persistent_format =
    "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
inline constexpr std::string_view transient_format =
    "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";

// Of every status code; what follows is a word: "Success", "Requester", "AuthnFailed", …
inline constexpr std::string_view status_prefix = "urn:oasis:names:tc:SAML:2.0:status:";

}  // namespace gatehouse::sso::saml
