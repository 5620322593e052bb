// Rows that the tests of the domain modules stand on, put there without the modules that own them:
// environments, applications, back-channel logout URIs. And questions about any table.

#pragma once

#include <string>
#include <string_view>

#include "server/applications/application.h"
#include "tests/world/seeded_random.h"
#include "tests/world/test_database.h"

namespace gatehouse::world {

inline void put_environment(storage::Transaction& transaction, EnvironmentId environment) {
  static constexpr storage::Sql sql{
      "test.put_environment",
      "INSERT INTO environments (id, name, kind, base_url, settings, created_at_ms, updated_at_ms) "
      "VALUES ($1, $2, 'development', $3, '{}', $4, $4)"};
  const std::string name = environment.text();
  const std::string base_url = "http://" + name + ".localhost";
  static_cast<void>(transaction.execute(sql, {environment, name, base_url, test_start}).value());
}

inline void put_application(storage::Transaction& transaction, EnvironmentId environment,
                            ApplicationId application,
                            applications::Type type = applications::Type::web_app) {
  static constexpr storage::Sql sql{
      "test.put_application",
      "INSERT INTO applications (id, environment_id, client_id, type, name, signing_algorithm, "
      "enforce_pkce, allow_api_access, initiate_login_uri, access_token_lifetime_s, scopes, "
      "audience, created_at_ms, updated_at_ms) "
      "VALUES ($1, $2, $3, $4, 'An application', 'RS256', 0, 0, NULL, NULL, '[]', '[]', $5, $5)"};
  const std::string client_id = "client_" + std::to_string(application.number());
  static_cast<void>(transaction
                        .execute(sql, {application, environment, client_id,
                                       applications::type_name(type), test_start})
                        .value());
}

inline void put_back_channel_uri(storage::Transaction& transaction, EnvironmentId environment,
                                 ApplicationId application, std::string_view uri) {
  static constexpr storage::Sql sql{
      "test.put_back_channel_uri",
      "INSERT INTO application_redirects (environment_id, application_id, kind, uri, "
      "created_at_ms) VALUES ($1, $2, 'back_channel_logout', $3, $4)"};
  static_cast<void>(transaction.execute(sql, {environment, application, uri, test_start}).value());
}

// How many audit records of an event there are.
inline std::int64_t count_audit(storage::Transaction& transaction, std::string_view event) {
  static constexpr storage::Sql sql{"test.count_audit",
                                    "SELECT COUNT(*) FROM audit_records WHERE event = $1"};
  return transaction.find(sql, {event}, [](const storage::Row& row) { return row.integer(0); })
      .value()
      .value();
}

// A database with two empty environments, and what an act needs beside it.
class DomainFixture {
 public:
  static constexpr EnvironmentId here{1};
  static constexpr EnvironmentId elsewhere{2};

  DomainFixture() {
    must([](storage::Transaction& transaction) -> Result<Unit, Error> {
      put_environment(transaction, here);
      put_environment(transaction, elsewhere);
      return Unit{};
    });
  }

  // What `work` makes of a transaction, committed if it is a value.
  template <class Work>
  auto act(Work work) -> std::invoke_result_t<Work, storage::Transaction&> {
    return storage::write(database.database(), context, work);
  }
  // The same for work that cannot fail unless something is broken.
  template <class Work>
  auto must(Work work) -> typename std::invoke_result_t<Work, storage::Transaction&>::Value {
    return act(work).take();
  }
  std::int64_t audited(std::string_view event) {
    return must([&](storage::Transaction& transaction) -> Result<std::int64_t, Error> {
      return count_audit(transaction, event);
    });
  }

  TestDatabase database;
  SeededRandom random;
  Context context = make_context(here);
};

}  // namespace gatehouse::world
