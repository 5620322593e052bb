// Signed and encrypted XML: whatever arrives, nothing is verified but what the provider once signed
// (the files of the corpus that are genuine), and nothing is decrypted with a key that nobody
// encrypted for.

// fuzz-modules: core encoding crypto xml

#include <algorithm>
#include <array>

#include "server/core/ensure.h"
#include "server/crypto/hash.h"
#include "server/encoding/hex.h"
#include "server/xml/canonical.h"
#include "server/xml/encryption.h"
#include "server/xml/names.h"

namespace {

using namespace gatehouse;

constexpr std::string_view certificates =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIDDzCCAfegAwIBAgIUPaPfxd1MBzQQoUxag4pP0xMtON8wDQYJKoZIhvcNAQEL\n"
    "BQAwFjEUMBIGA1UEAwwLaWRwLmV4YW1wbGUwIBcNMjYxMTIyMDczNDU4WhgPMjEy\n"
    "NjEwMjkwNzM0NThaMBYxFDASBgNVBAMMC2lkcC5leGFtcGxlMIIBIjANBgkqhkiG\n"
    "9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwFwNvjWWfqKG38sAdV1w+aTuHFhlMxB22QLc\n"
    "olC8GhpHuk6qcuFiq6L/yKCKqkSwgYTt94G65WmV3wObjwZZjBwWdgpZo+ojzyhw\n"
    "9hZN3vDUgb2pE+KNkFpk36f+TmU4h/WI9wR+Hivucb25xQjqVnTI8XryqY8M7EVl\n"
    "XcqBPNWv/OqxKG1Nb/eeKWMvhvTiL0UJBQo8k5NNRY17Ae4rcHle73iLIpliB8zF\n"
    "dLbzqnLsv8GrrVqop0+ABLj9S64qtAHi8I2b5xguqtzpWtQp58lb5zraZ+wOxmwJ\n"
    "+miqQHb23JYS0KsvZlJYG04zS4uvTS3XKUrCTIMBXp9pAJRKnwIDAQABo1MwUTAd\n"
    "BgNVHQ4EFgQU7zv4rS7+A6C9HpsWfWb48F05qcswHwYDVR0jBBgwFoAU7zv4rS7+\n"
    "A6C9HpsWfWb48F05qcswDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOC\n"
    "AQEAlhhTZn+NLMp+lndvce7Sgj4BwWjzk7cRdWscA+eBtYCBfQnA2zaOofJySSX1\n"
    "WFZSpii4vtS+oTldem3sOpH3INRc5Aw4RrIRlzbOl7DAx0o1LNkC7LrneW2WajiD\n"
    "YZnJlwuqfooOud69ZxuQ1ZAPGlOCwZM9A7RS9WfgqrvGhJjGpyxWFjHrs4OCKC64\n"
    "dGuVrPw7KyHzKkmDGme94DIBBbeRN+vxYNg/9LZB+SXhoGLQ2eK65qaU/+rjY7iT\n"
    "Al9WlWJJwB4vEB9ovjcJsoAzl6OBHQmaBig5a+GoSUR18vKed+swhyHymx/uPHyZ\n"
    "+TGX4Oe5+47c9S6VyI9wGI1eoA==\n"
    "-----END CERTIFICATE-----\n"
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBhTCCASugAwIBAgIUd7Qf6lkcwYRgFUX3siE9IWihy94wCgYIKoZIzj0EAwIw\n"
    "FzEVMBMGA1UEAwwMcDI1Ni5leGFtcGxlMCAXDTI2MTEyMjA3MzQ1OVoYDzIxMjYx\n"
    "MDI5MDczNDU5WjAXMRUwEwYDVQQDDAxwMjU2LmV4YW1wbGUwWTATBgcqhkjOPQIB\n"
    "BggqhkjOPQMBBwNCAASQy56rqKOZQ4eWsQDwePOEig5+YJ9JQNSFUyb+CoTLFNCR\n"
    "WtRDtlgBoR9kC5wIDJnDW7vR1oORgM39HwbotxrUo1MwUTAdBgNVHQ4EFgQUA+wu\n"
    "lOUTrJQJKWNUg8KLrRTuefkwHwYDVR0jBBgwFoAUA+wulOUTrJQJKWNUg8KLrRTu\n"
    "efkwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAho9wcndbtBJ1\n"
    "HZ1k1Ntrn8XbAA7mtYGOn5I478RH0CwCIE1eIT1TcW5keUdQlcq7YkgCrQGOdIDF\n"
    "PKHPmo8yAlla\n"
    "-----END CERTIFICATE-----\n";

// SHA-256 of what is handed on of the genuine files, canonical.
constexpr std::array<std::string_view, 2> genuine = {
    "30586616e8ea0668c3dca071b1b99a28a85d0262ac19c8689808f944dd2a2a5e",
    "4219e78eaeb662ee28e5b5c0bde4cbc7ef39d735de2722de0f869ed3e8e4f4d9",
};

struct Keys {
  std::vector<crypto::Certificate> provider;
  xml::KeyPair own;
};
const Keys& keys() {
  static const Keys made = {crypto::parse_certificates(certificates).value(),
                            xml::make_key_pair("sp.example", instant_from_ms(0)).value()};
  return made;
}

void look_at(const xml::Document& document, const xml::Element& element) {
  const auto verified =
      xml::verify_signature(document, element, keys().provider, xml::WeakAlgorithms::allowed);
  if (verified.ok()) {
    const auto octets = xml::canonicalise(verified.value().root(), {});
    const std::string digest = hex_encode(crypto::sha256(octets.value()));
    ENSURE(std::find(genuine.begin(), genuine.end(), digest) != genuine.end());
    ENSURE(xml::has_signature(element) && !xml::has_signature(verified.value().root()));
  } else {
    (void)xml::signature_problem_name(verified.error());
  }
  if (element.children(xml::names::encryption, "EncryptedData").empty()) return;
  for (const auto surroundings : {xml::Surroundings::verified, xml::Surroundings::unverified}) {
    ENSURE(!xml::decrypt_element(element, keys().own, surroundings).ok());
  }
}

void look_below(const xml::Document& document, const xml::Element& element) {
  look_at(document, element);
  for (const xml::Element& child : element.children()) look_below(document, child);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto document = xml::Document::parse({reinterpret_cast<const char*>(data), size});
  if (document.ok()) look_below(document.value(), document.value().root());
  return 0;
}
