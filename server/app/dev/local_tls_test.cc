#include "server/app/dev/local_tls.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>

#include "server/http/server/tls.h"
#include "tests/world/seeded_random.h"

namespace gatehouse::app::dev {
namespace {

constexpr Instant now = instant_from_ms(1'800'000'000'000);

class Fixture {
 public:
  Fixture() {
    std::string name = (std::filesystem::temp_directory_path() / "gatehouse-ca-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Fixture() { std::filesystem::remove_all(path_); }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  Result<LocalTls, Error> prepare(Instant at) {
    const DataFolder folder = TRY(DataFolder::open(path_.string()));
    return prepare_local_tls(folder, at, random_);
  }
  LocalTls prepared(Instant at = now) {
    const auto tls = prepare(at);
    REQUIRE_MESSAGE(tls.ok(), (tls.ok() ? "" : tls.error().detail));
    return tls.value();
  }
  [[nodiscard]] std::string path(const char* name) const { return (path_ / "tls" / name).string(); }
  [[nodiscard]] std::string bytes(const char* name) const {
    return std::string(read_secret_file(path(name)).value().reveal());
  }

 private:
  std::filesystem::path path_;
  world::SeededRandom random_{3};
};

TEST_CASE_FIXTURE(Fixture, "local TLS: a server can be started with what is made") {
  const LocalTls tls = prepared();
  CHECK(tls.authority == LocalTls::Authority::new_);
  CHECK(std::filesystem::path(tls.authority_path).is_absolute());
  CHECK(http::server::TlsContext::load(
            {tls.certificate_path, tls.key_path, tls.addressed_certificate_path})
            .ok());
}

TEST_CASE_FIXTURE(Fixture, "local TLS: nobody but the owner can read any of the files") {
  prepared();
  for (const char* name : {"ca.pem", "ca.key", "localhost.pem", "localhost.key", "loopback.pem"}) {
    CAPTURE(name);
    struct ::stat facts {};
    REQUIRE(::stat(path(name).c_str(), &facts) == 0);
    CHECK_EQ(facts.st_mode & 0777, 0600);
  }
  ::chmod(path("ca.key").c_str(), 0644);
  const auto outcome = prepare(now);
  REQUIRE(!outcome.ok());
  CHECK(outcome.error().code == ErrorCode::failed_precondition);
  CHECK(outcome.error().detail.find("ca.key") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "local TLS: a second start keeps everything") {
  prepared();
  const std::string root = bytes("ca.pem");
  const std::string leaf = bytes("localhost.pem");
  CHECK(prepared(now + days(300)).authority == LocalTls::Authority::kept);
  CHECK_EQ(bytes("ca.pem"), root);
  CHECK_EQ(bytes("localhost.pem"), leaf);
}

TEST_CASE_FIXTURE(Fixture,
                  "local TLS: the leaf is made anew within 30 days of its end, the root kept") {
  prepared();
  const std::string root = bytes("ca.pem");
  const std::string leaf = bytes("localhost.pem");
  const Instant late = now + crypto::local_certificate_lifetime - days(20);
  CHECK(prepared(late).authority == LocalTls::Authority::kept);
  CHECK_EQ(bytes("ca.pem"), root);
  CHECK_NE(bytes("localhost.pem"), leaf);
}

TEST_CASE_FIXTURE(Fixture, "local TLS: a root about to end is replaced, and its leaf with it") {
  prepared();
  const std::string root = bytes("ca.pem");
  const Instant late = now + crypto::local_authority_lifetime - days(20);
  CHECK(prepared(late).authority == LocalTls::Authority::new_);
  CHECK_NE(bytes("ca.pem"), root);
  CHECK(prepared(late).authority == LocalTls::Authority::kept);
}

TEST_CASE_FIXTURE(Fixture, "local TLS: what is missing, damaged or of another pair is made anew") {
  prepared();
  const std::string root = bytes("ca.pem");
  for (const char* name : {"localhost.pem", "localhost.key", "loopback.pem"}) {
    CAPTURE(name);
    std::filesystem::remove(path(name));
    CHECK(prepared().authority == LocalTls::Authority::kept);
    REQUIRE(write_secret_file(path(name), "damaged").ok());
    CHECK(prepared().authority == LocalTls::Authority::kept);
    REQUIRE(write_secret_file(path(name), bytes("ca.key")).ok());
    CHECK(prepared().authority == LocalTls::Authority::kept);
    CHECK(http::server::TlsContext::load(
              {path("localhost.pem"), path("localhost.key"), path("loopback.pem")})
              .ok());
  }
  CHECK_EQ(bytes("ca.pem"), root);
  REQUIRE(write_secret_file(path("ca.key"), bytes("localhost.key")).ok());
  CHECK(prepared().authority == LocalTls::Authority::new_);
  CHECK_NE(bytes("ca.pem"), root);
}

TEST_CASE_FIXTURE(Fixture, "local TLS: the instructions name the root for each kind of client") {
  const LocalTls tls = prepared();
  const std::string text = trust_instructions(tls);
  for (const char* name :
       {"NODE_EXTRA_CA_CERTS=", "SSL_CERT_FILE=", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=",
        "REQUESTS_CA_BUNDLE=", "-file ", "--cacert "}) {
    CAPTURE(name);
    CHECK(text.find(name + tls.authority_path) != std::string::npos);
  }
}

}  // namespace
}  // namespace gatehouse::app::dev
