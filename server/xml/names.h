// The names of [XML Signature 1.1] and [XML Encryption 1.1] that we know.

#pragma once

#include <string_view>

namespace gatehouse::xml::names {

inline constexpr std::string_view signature = "http://www.w3.org/2000/09/xmldsig#";
inline constexpr std::string_view encryption = "http://www.w3.org/2001/04/xmlenc#";
inline constexpr std::string_view encryption_11 = "http://www.w3.org/2009/xmlenc11#";

// Canonicalisation and transforms
inline constexpr std::string_view exclusive_c14n = "http://www.w3.org/2001/10/xml-exc-c14n#";
inline constexpr std::string_view enveloped =
    "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

// Digests
inline constexpr std::string_view sha1 = "http://www.w3.org/2000/09/xmldsig#sha1";
inline constexpr std::string_view sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
inline constexpr std::string_view sha384 = "http://www.w3.org/2001/04/xmldsig-more#sha384";
inline constexpr std::string_view sha512 = "http://www.w3.org/2001/04/xmlenc#sha512";

// Signatures
inline constexpr std::string_view rsa_sha1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
inline constexpr std::string_view rsa_sha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
inline constexpr std::string_view rsa_sha384 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384";
inline constexpr std::string_view rsa_sha512 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
inline constexpr std::string_view ecdsa_sha1 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1";
inline constexpr std::string_view ecdsa_sha256 =
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
inline constexpr std::string_view ecdsa_sha384 =
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
inline constexpr std::string_view ecdsa_sha512 =
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512";

// Encryption
inline constexpr std::string_view element_type = "http://www.w3.org/2001/04/xmlenc#Element";
inline constexpr std::string_view aes128_cbc = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
inline constexpr std::string_view aes192_cbc = "http://www.w3.org/2001/04/xmlenc#aes192-cbc";
inline constexpr std::string_view aes256_cbc = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
inline constexpr std::string_view aes128_gcm = "http://www.w3.org/2009/xmlenc11#aes128-gcm";
inline constexpr std::string_view aes192_gcm = "http://www.w3.org/2009/xmlenc11#aes192-gcm";
inline constexpr std::string_view aes256_gcm = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
inline constexpr std::string_view rsa_oaep_mgf1p =
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
inline constexpr std::string_view rsa_oaep = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
inline constexpr std::string_view mgf1_sha1 = "http://www.w3.org/2009/xmlenc11#mgf1sha1";
inline constexpr std::string_view mgf1_sha256 = "http://www.w3.org/2009/xmlenc11#mgf1sha256";
inline constexpr std::string_view mgf1_sha384 = "http://www.w3.org/2009/xmlenc11#mgf1sha384";
inline constexpr std::string_view mgf1_sha512 = "http://www.w3.org/2009/xmlenc11#mgf1sha512";

}  // namespace gatehouse::xml::names
