#include "server/applications/catalog.h"

#include <functional>
#include <thread>

#include "server/applications/test_fixture.h"

namespace gatehouse::applications {
namespace {

using storage::Transaction;

struct CatalogFixture : Fixture {
  Catalog catalog{database};

  bool refresh() { return catalog.refresh(context).value(); }
};

TEST_CASE_FIXTURE(CatalogFixture, "catalog: empty before the first refresh, whole after it") {
  REQUIRE(catalog.current() != nullptr);
  CHECK(catalog.current()->entries.empty());
  CHECK(catalog.current()->by_authority("id.acme.test") == nullptr);
  const Application made = make(production, Type::web_app);
  const auto empty = catalog.current();
  CHECK(refresh());
  CHECK(empty->entries.empty());  // a snapshot in use stays as it is
  const auto entry = catalog.current()->by_id(production.id);
  REQUIRE(entry != nullptr);
  CHECK_EQ(entry->environment.base_url, "https://id.acme.test");
  REQUIRE(entry->find(made.client_id) != nullptr);
  CHECK(entry->find(made.client_id)->id == made.id);
  CHECK(entry->find(made.id) == entry->find(made.client_id));
  CHECK(entry->find("webc_0") == nullptr);
  CHECK(entry->find(ApplicationId(5)) == nullptr);
  CHECK(catalog.current()->by_id(development.id)->find(made.client_id) == nullptr);
  CHECK(catalog.current()->by_id(EnvironmentId(5)) == nullptr);
}

TEST_CASE_FIXTURE(CatalogFixture, "catalog: it is read anew only when the version moved") {
  CHECK(refresh());
  const auto first = catalog.current();
  CHECK_FALSE(refresh());
  CHECK(catalog.current() == first);
  const Application made = make(production, Type::web_app);
  CHECK(refresh());
  CHECK(try_secret(production, made).ok());
  CHECK(refresh());
  CHECK_EQ(catalog.current()->by_id(production.id)->find(made.id)->secrets.size(), 1);
  CHECK_EQ(catalog.current()->version, version());
}

TEST_CASE_FIXTURE(CatalogFixture, "catalog: an environment is found by its authority, exactly") {
  CHECK(refresh());
  const auto found = [&](std::string_view authority) -> std::string {
    const auto entry = catalog.current()->by_authority(authority);
    return entry == nullptr ? "" : entry->environment.name;
  };
  CHECK_EQ(found("id.acme.test"), "Production");
  CHECK_EQ(found("id.acme.test:443"), "Production");
  CHECK_EQ(found("localhost:8080"), "Development");
  CHECK_EQ(found("127.0.0.1:8080"), "Development");
  CHECK_EQ(found("[::1]:8080"), "Development");
  for (const char* other : {"", "localhost", "localhost:8081", "127.0.0.1", "127.0.0.1:80",
                            "acme.test", "x.id.acme.test", "id.acme.test:80", "localhost:8080:80",
                            "id.acme.test.", "ID.acme.test", "127.0.0.2:8080"}) {
    CAPTURE(other);
    CHECK_EQ(found(other), "");
  }
}

TEST_CASE_FIXTURE(
    CatalogFixture,
    "catalog: localhost on the usual port goes by all its names, with and without it") {
  make_environment("Secure", environments::Kind::development, "https://localhost");
  CHECK(refresh());
  const auto snapshot = catalog.current();
  for (const char* name :
       {"localhost", "localhost:443", "127.0.0.1", "127.0.0.1:443", "[::1]", "[::1]:443"}) {
    CAPTURE(name);
    REQUIRE(snapshot->by_authority(name) != nullptr);
    CHECK_EQ(snapshot->by_authority(name)->environment.name, "Secure");
  }
  CHECK(snapshot->by_authority("localhost:80") == nullptr);
}

TEST_CASE_FIXTURE(CatalogFixture,
                  "catalog: a name of one's own goes before another's second name") {
  make_environment("Numeric", environments::Kind::development, "http://127.0.0.1:8080");
  make_environment("Sub", environments::Kind::development, "http://localhost.acme.test:8080");
  CHECK(refresh());
  const auto snapshot = catalog.current();
  CHECK_EQ(snapshot->by_authority("127.0.0.1:8080")->environment.name, "Numeric");
  CHECK_EQ(snapshot->by_authority("localhost:8080")->environment.name, "Development");
  CHECK_EQ(snapshot->by_authority("[::1]:8080")->environment.name, "Development");
}

TEST_CASE_FIXTURE(CatalogFixture,
                  "catalog: the origins of callbacks are allowed, and nothing else") {
  NewApplication web{.type = Type::web_app, .name = "Web"};
  web.callback_uris = {"http://localhost:4321/cb", "http://localhost:4321/other",
                       "https://app.acme.test/cb", "https://*.preview.acme.test/cb"};
  web.post_logout_uris = {"https://bye.acme.test"};
  NewApplication native{.type = Type::native, .name = "Native"};
  native.callback_uris = {"com.acme.app:/cb"};
  CHECK(try_create(development, web).ok());
  CHECK(try_create(development, native).ok());
  CHECK(refresh());
  const auto entry = catalog.current()->by_id(development.id);
  CHECK(entry->callback_origins ==
        std::vector<std::string>{"http://localhost:4321", "https://app.acme.test"});
  CHECK(entry->allows_origin("http://localhost:4321"));
  CHECK(entry->allows_origin("https://app.acme.test"));
  CHECK(entry->allows_origin("https://pr-1.preview.acme.test"));
  for (const char* origin :
       {"", "null", "*", "http://localhost", "http://localhost:4321/", "https://localhost:4321",
        "https://bye.acme.test", "com.acme.app:", "https://a.b.preview.acme.test",
        "https://preview.acme.test", "https://*.preview.acme.test", "https://app.acme.test.evil"}) {
    CAPTURE(origin);
    CHECK_FALSE(entry->allows_origin(origin));
  }
  CHECK_FALSE(catalog.current()->by_id(production.id)->allows_origin("https://app.acme.test"));
}

TEST_CASE_FIXTURE(CatalogFixture, "catalog: what cannot be read leaves the old snapshot in place") {
  CHECK(refresh());
  const auto before = catalog.current();
  constexpr storage::Sql damage{"test.damage", "UPDATE environments SET settings = '{'"};
  change(damage, {});
  CHECK(write([](Transaction& transaction) {
          return environments::bump_configuration_version(transaction);
        }).ok());
  CHECK(catalog.refresh(context).error().code == ErrorCode::internal);
  CHECK(catalog.current() == before);
}

// Lets something happen between the end of the next read and its answer.
class Interrupted final : public storage::Database {
 public:
  explicit Interrupted(storage::Database& below) : below_(below) {}
  void after_next_read(std::function<void()> hook) { hook_ = std::move(hook); }

  Result<Unit, Error> run_read(const Context& context,
                               FunctionRef<void(Transaction&)> work) override {
    auto outcome = below_.run_read(context, work);
    if (const auto hook = std::exchange(hook_, nullptr)) hook();
    return outcome;
  }
  Result<Unit, Error> run_write(const Context& context,
                                FunctionRef<storage::Verdict(Transaction&)> work) override {
    return below_.run_write(context, work);
  }

 private:
  storage::Database& below_;
  std::function<void()> hook_;
};

TEST_CASE_FIXTURE(Fixture,
                  "catalog: a slow refresh does not put an older snapshot in a newer's place") {
  Interrupted slow(database);
  Catalog catalog(slow);
  REQUIRE(catalog.refresh(context).value());
  make(production, Type::web_app);
  Application late = make(production, Type::web_app);
  slow.after_next_read([&] {
    late = make(production, Type::spa);
    CHECK(catalog.refresh(context).value());
  });
  CHECK_FALSE(catalog.refresh(context).value());
  CHECK_EQ(catalog.current()->version, version());
  CHECK(catalog.current()->by_id(production.id)->find(late.id) != nullptr);
}

TEST_CASE_FIXTURE(CatalogFixture, "catalog: threads may ask while it is replaced") {
  std::atomic<bool> done{false};
  std::thread asking([&] {
    while (!done) {
      const auto entry = catalog.current()->by_authority("id.acme.test");
      if (entry != nullptr) CHECK_EQ(entry->environment.name, "Production");
    }
  });
  for (int i = 0; i < 20; ++i) {
    make(production, Type::m2m);
    CHECK(refresh());
  }
  done = true;
  asking.join();
  CHECK_EQ(catalog.current()->by_id(production.id)->by_client_id.size(), 20);
}

}  // namespace
}  // namespace gatehouse::applications
