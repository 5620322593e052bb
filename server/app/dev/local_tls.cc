#include "server/app/dev/local_tls.h"

#include <filesystem>

#include "server/encoding/shell_word.h"

namespace gatehouse::app::dev {
namespace {

using crypto::CertifiedKey;
using crypto::LocalCertificates;
using crypto::Period;

// A file that was never written reads as empty, and nothing empty is good.
Result<Secret, Error> read_if_there(const std::string& path) {
  auto text = read_secret_file(path);
  if (!text.ok() && text.error().code == ErrorCode::not_found) return Secret();
  return text;
}

Result<std::string, Error> read_certificate(const std::string& path) {
  const Secret text = TRY(read_if_there(path));
  return std::string(text.reveal());
}

struct Root {
  CertifiedKey authority;
  LocalTls::Authority is;
};

// Keys are written first: a certificate without its key is noticed at the next start.
Result<Root, Error> ensure_root(const std::string& folder, Period needed, Random& random) {
  const std::string certificate_path = folder + "/ca.pem";
  const std::string key_path = folder + "/ca.key";
  std::string certificate = TRY(read_certificate(certificate_path));
  Secret key = TRY(read_if_there(key_path));
  CertifiedKey kept{std::move(certificate), std::move(key)};
  if (crypto::check_local_authority(kept, needed).ok()) {
    return Root{std::move(kept), LocalTls::Authority::kept};
  }
  CertifiedKey made = crypto::make_local_authority(needed.from, random);
  TRY(write_secret_file(key_path, made.key.reveal()));
  TRY(write_secret_file(certificate_path, made.certificate));
  return Root{std::move(made), LocalTls::Authority::new_};
}

Result<Unit, Error> ensure_certificates(const LocalTls& tls, const CertifiedKey& authority,
                                        Period needed, Random& random) {
  LocalCertificates kept;
  kept.hosts = TRY(read_certificate(tls.certificate_path));
  kept.hosts_and_addresses = TRY(read_certificate(tls.addressed_certificate_path));
  kept.key = TRY(read_if_there(tls.key_path));
  if (crypto::check_local_certificates(kept, authority.certificate, needed).ok()) return Unit{};
  const auto made = TRY(crypto::make_local_certificates(authority, needed.from, random));
  TRY(write_secret_file(tls.key_path, made.key.reveal()));
  TRY(write_secret_file(tls.certificate_path, made.hosts));
  TRY(write_secret_file(tls.addressed_certificate_path, made.hosts_and_addresses));
  return Unit{};
}

}  // namespace

Result<LocalTls, Error> prepare_local_tls(const DataFolder& folder, Instant now, Random& random) {
  const DataFolder place = TRY(DataFolder::open(folder.path() + "/tls"));
  const Period needed{now, now + certificate_renewal_margin};
  const Root root = TRY(ensure_root(place.path(), needed, random));
  const auto authority_path = std::filesystem::absolute(place.path() + "/ca.pem");
  LocalTls tls{.authority_path = authority_path.lexically_normal().string(),
               .certificate_path = place.path() + "/localhost.pem",
               .addressed_certificate_path = place.path() + "/loopback.pem",
               .key_path = place.path() + "/localhost.key",
               .authority = root.is};
  TRY(ensure_certificates(tls, root.authority, needed, random));
  return tls;
}

std::string trust_instructions(const LocalTls& tls) {
  const std::string ca = shell_word(tls.authority_path);
  const std::filesystem::path folder = std::filesystem::path(tls.authority_path).parent_path();
  const std::string store = shell_word((folder / "truststore.p12").string());
  std::string text = "  Trust its root where a client asks for it; it can only vouch for this";
  text += " machine's own names.\n";
  text += "    Node       export NODE_EXTRA_CA_CERTS=" + ca + "\n";
  text += "    Go         export SSL_CERT_FILE=" + ca + "\n";
  text += "    Python     export REQUESTS_CA_BUNDLE=" + ca + "\n";
  text += "               export GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=" + ca + "\n";
  text += "    Java       keytool -importcert -noprompt -alias gatehouse -storepass changeit \\\n";
  text += "                 -storetype PKCS12 -keystore " + store + " -file " + ca + "\n";
  text += "               export JAVA_TOOL_OPTIONS=\"-Djavax.net.ssl.trustStore=" + store;
  text += " -Djavax.net.ssl.trustStorePassword=changeit\"\n";
  text += "    curl       curl --cacert " + ca + "\n\n";
  return text;
}

}  // namespace gatehouse::app::dev
