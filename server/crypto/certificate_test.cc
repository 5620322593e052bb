#include "server/crypto/certificate.h"

#include <doctest/doctest.h>

namespace gatehouse::crypto {
namespace {

// Self-signed, of an EC key.
constexpr std::string_view certificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBpTCCAUugAwIBAgIUdpTQ6EmlvLOR8O79k8aPJcX9YAswCgYIKoZIzj0EAwIw\n"
    "KDEQMA4GA1UECgwHRXhhbXBsZTEUMBIGA1UEAwwLaWRwLmV4YW1wbGUwHhcNMjYx\n"
    "MTIxMjM0MzM1WhcNNDYxMTE2MjM0MzM1WjAoMRAwDgYDVQQKDAdFeGFtcGxlMRQw\n"
    "EgYDVQQDDAtpZHAuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAKJ\n"
    "l6I5Tw+dBATjDu1FweLB+QaWRiiuk/AuoCSmNtSVokxJnQnPbKF2AUqeghp8itk4\n"
    "cH+dcan6xCozZonAdZ6jUzBRMB0GA1UdDgQWBBRuljkAXvr5VL05ET7Zn9ilu6u4\n"
    "3DAfBgNVHSMEGDAWgBRuljkAXvr5VL05ET7Zn9ilu6u43DAPBgNVHRMBAf8EBTAD\n"
    "AQH/MAoGCCqGSM49BAMCA0gAMEUCIQCPmHfZ+z/4QXCLOaOeQee/fkghrYQu9ILI\n"
    "uUZVKQ5dKgIgE5sKnTD04ArxuBRlgV9oD1T6veX59pwef2OniSdzmus=\n"
    "-----END CERTIFICATE-----\n";

// The lines between head and foot.
std::string body() {
  const std::size_t begin = certificate.find('\n') + 1;
  return std::string(certificate.substr(begin, certificate.rfind("-----END") - begin));
}

}  // namespace

TEST_CASE("certificates: PEM is read, and written as it was") {
  const auto found = parse_certificates(certificate).take();
  REQUIRE(found.size() == 1);
  CHECK(found[0].subject == "CN=idp.example,O=Example");
  CHECK(found[0].issuer == "CN=idp.example,O=Example");
  CHECK(to_rfc3339(found[0].not_before) == "2026-11-21T23:43:35.000Z");
  CHECK(to_rfc3339(found[0].not_after) == "2046-11-16T23:43:35.000Z");
  CHECK(found[0].pem() == certificate);
}

TEST_CASE("certificates: bare base64 of metadata is read, with any blanks in it") {
  CHECK(parse_certificates(body()).take()[0].pem() == certificate);
  std::string spread = " \t" + body() + "\r\n";
  CHECK(parse_certificates(spread).take()[0].pem() == certificate);
}

TEST_CASE("certificates: several stand one after the other, up to a number") {
  std::string all = "Subject: somebody\n";
  for (std::size_t i = 0; i < certificates_max; ++i) all += certificate;
  CHECK(parse_certificates(all).take().size() == certificates_max);
  CHECK_FALSE(parse_certificates(all + std::string(certificate)).ok());
}

TEST_CASE("certificates: what is none, cut off, damaged or too long is refused") {
  const std::string pem(certificate);
  const auto refused = [](std::string_view text) {
    const auto outcome = parse_certificates(text);
    return !outcome.ok() && outcome.error().code == ErrorCode::invalid_argument;
  };
  CHECK(refused(""));
  CHECK(refused("nonsense"));
  CHECK(refused("AAAA"));
  CHECK(refused(pem.substr(0, 300)));
  CHECK(refused(pem.substr(0, 200) + pem.substr(204)));
  CHECK(refused("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"));
  CHECK(refused("-----BEGIN CERTIFICATE-----\n" + body() + "AAAA\n-----END CERTIFICATE-----\n"));
  CHECK(refused(pem + std::string(64 * 1024, ' ')));
}

}  // namespace gatehouse::crypto
