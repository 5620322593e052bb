#include "server/app/dev/simulator/provider_keys.h"

#include "server/crypto/signature.h"
#include "server/encoding/base64.h"

namespace gatehouse::app::dev {
namespace {

// A file that was never written reads as empty, and nothing empty is good.
Result<std::string, Error> read_if_there(const std::string& path) {
  auto text = read_secret_file(path);
  if (!text.ok() && text.error().code == ErrorCode::not_found) return std::string();
  if (!text.ok()) return std::move(text).error();
  return std::string(text.value().reveal());
}

std::optional<xml::KeyPair> parse_pair(std::string_view key, std::string_view certificate) {
  const auto der = base64_decode(key);
  const auto certificates = crypto::parse_certificates(certificate);
  if (!der.has_value() || !certificates.ok() || certificates.value().size() != 1) {
    return std::nullopt;
  }
  if (!crypto::SigningKey::import_pkcs8(Secret(*der)).ok()) return std::nullopt;
  return xml::KeyPair{Secret(*der), certificates.value().front()};
}

// The key is written first: a certificate without its key is noticed at the next start.
Result<xml::KeyPair, Error> ensure_pair(const std::string& path, std::string_view name,
                                        Instant now) {
  const std::string key = TRY(read_if_there(path + ".key"));
  const std::string certificate = TRY(read_if_there(path + ".pem"));
  if (auto kept = parse_pair(key, certificate)) {
    if (kept->certificate.not_after > now) return *std::move(kept);
  }
  xml::KeyPair made = TRY(xml::make_key_pair(name, now));
  TRY(write_secret_file(path + ".key", base64_encode(made.private_key.reveal())));
  TRY(write_secret_file(path + ".pem", made.certificate.pem()));
  return made;
}

}  // namespace

Result<ProviderKeys, Error> prepare_provider_keys(const DataFolder& folder, Instant now) {
  const DataFolder place = TRY(DataFolder::open(folder.path() + "/idp"));
  xml::KeyPair current = TRY(ensure_pair(place.path() + "/signing", "Simulated provider", now));
  xml::KeyPair next = TRY(ensure_pair(place.path() + "/next", "Simulated provider, next", now));
  return ProviderKeys{std::move(current), std::move(next)};
}

}  // namespace gatehouse::app::dev
