#include "server/app/dev/simulator/provider_keys.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/world/manual_clock.h"

namespace gatehouse::app::dev {
namespace {

class Fixture {
 public:
  Fixture() {
    std::string name = (std::filesystem::temp_directory_path() / "gatehouse-idp-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Fixture() { std::filesystem::remove_all(path_); }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  [[nodiscard]] ProviderKeys prepared(Instant now = world::test_start) const {
    const auto folder = DataFolder::open(path_.string());
    REQUIRE(folder.ok());
    auto keys = prepare_provider_keys(folder.value(), now);
    REQUIRE(keys.ok());
    return std::move(keys).value();
  }
  [[nodiscard]] std::filesystem::path file(const char* name) const { return path_ / "idp" / name; }

 private:
  std::filesystem::path path_;
};

TEST_CASE_FIXTURE(Fixture, "simulator: its keys are the same after every start") {
  const ProviderKeys first = prepared();
  const ProviderKeys second = prepared(world::test_start + days(30));
  CHECK(first.current.certificate.pem() == second.current.certificate.pem());
  CHECK(first.next.certificate.pem() == second.next.certificate.pem());
  CHECK(first.current.certificate.pem() != first.next.certificate.pem());
  for (const char* name : {"signing.key", "signing.pem", "next.key", "next.pem"}) {
    CAPTURE(name);
    struct ::stat facts {};
    REQUIRE(::stat(file(name).c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
  }
}

TEST_CASE_FIXTURE(Fixture, "simulator: a key that is damaged or over is made anew, and it alone") {
  const ProviderKeys first = prepared();
  REQUIRE(write_secret_file(file("signing.key").string(), "bm90IGEga2V5").ok());
  const ProviderKeys second = prepared();
  CHECK(first.current.certificate.pem() != second.current.certificate.pem());
  CHECK(first.next.certificate.pem() == second.next.certificate.pem());
  const ProviderKeys later = prepared(second.current.certificate.not_after);
  CHECK(later.current.certificate.pem() != second.current.certificate.pem());
}

}  // namespace
}  // namespace gatehouse::app::dev
