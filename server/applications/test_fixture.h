// What the tests of this module share: a database with two environments and short forms of the
// acts.

#pragma once

#include <doctest/doctest.h>

#include "server/applications/application.h"
#include "server/applications/invariants.h"
#include "server/audit/query.h"
#include "tests/world/seeded_random.h"
#include "tests/world/test_database.h"

namespace gatehouse::applications {

struct Fixture {
  world::TestDatabase test_database;
  storage::Database& database = test_database.database();
  world::SeededRandom random;
  Context context = world::make_context(EnvironmentId(1));
  environments::Environment development =
      make_environment("Development", environments::Kind::development, "http://localhost:8080");
  environments::Environment production =
      make_environment("Production", environments::Kind::production, "https://id.acme.test");

  template <class Work>
  auto write(Work work) {
    return storage::write(database, context, work);
  }
  template <class Work>
  auto read(Work work) {
    return storage::read(database, context, work);
  }

  environments::Environment make_environment(std::string name, environments::Kind kind,
                                             std::string base_url) {
    return write([&](storage::Transaction& transaction) {
             return environments::create(transaction, context, random,
                                         {.name = name, .kind = kind, .base_url = base_url});
           })
        .value();
  }
  Result<Application, Error> try_create(const environments::Environment& environment,
                                        const NewApplication& wanted) {
    return write([&](storage::Transaction& transaction) {
      return create(transaction, environment, context, random, wanted);
    });
  }
  Application make(const environments::Environment& environment, Type type) {
    return try_create(environment, {.type = type, .name = "Test"}).value();
  }
  Application load(const Application& application) {
    return read([&](storage::Transaction& transaction) {
             return find_application(transaction, application.environment, application.id);
           })
        .value()
        .value();
  }
  Result<Unit, Error> try_add(const environments::Environment& environment,
                              const Application& application, RedirectKind kind,
                              std::string_view uri) {
    return write([&](storage::Transaction& transaction) {
      return add_redirect(transaction, environment, context, random, application.id, kind, uri);
    });
  }
  Result<IssuedSecret, Error> try_secret(const environments::Environment& environment,
                                         const Application& application,
                                         const std::optional<Secret>& chosen = std::nullopt) {
    return write([&](storage::Transaction& transaction) {
      return add_secret(transaction, environment, context, random, application.id, chosen);
    });
  }
  std::int64_t version() {
    return read([](storage::Transaction& transaction) {
             return environments::configuration_version(transaction);
           })
        .value();
  }
  // The newest record of that event; REQUIREs that there is one.
  audit::StoredRecord last_record(EnvironmentId environment, std::string event) {
    auto found =
        read([&](storage::Transaction& transaction) {
          return audit::list(transaction, environment, {.event = std::move(event), .limit = 1});
        }).value();
    REQUIRE(found.size() == 1);
    return found.front();
  }
  std::vector<std::string> findings() {
    return read([](storage::Transaction& transaction) { return check_invariants(transaction); })
        .value();
  }
  void change(const storage::Sql& sql, storage::Params params) {
    REQUIRE(write([&](storage::Transaction& transaction) {
              return transaction.execute(sql, params);
            }).value() > 0);
  }
};

}  // namespace gatehouse::applications
