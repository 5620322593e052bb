#include "server/sso/attempt.h"

#include <doctest/doctest.h>

#include "tests/world/rows.h"

namespace gatehouse::sso {
namespace {

using connections::ConnectionType;
using connections::Provider;
using storage::Transaction;

const ConnectionId okta(7);
const OrgId acme(5);

class Fixture : public world::DomainFixture {
 public:
  NewAttempt failed(Diagnosis diagnosis = Diagnosis::audience_mismatch) {
    NewAttempt attempt{.connection = okta,
                       .organization = acme,
                       .flow = FlowId(9),
                       .provider = Provider::okta,
                       .type = ConnectionType::saml,
                       .failure = Failure(diagnosis, "https://here", "https://there")};
    attempt.checks.passed("The answer is signed.", "by ada@example.com");
    attempt.checks.failed(*attempt.failure);
    return attempt;
  }
  SsoAttemptId record(const NewAttempt& attempt, EnvironmentId environment = here) {
    context.now += milliseconds(1);
    return must([&](Transaction& transaction) {
      return record_attempt(transaction, environment, context, random, attempt);
    });
  }
  std::optional<Attempt> find(SsoAttemptId id, EnvironmentId environment = here) {
    return must(
        [&](Transaction& transaction) { return find_attempt(transaction, environment, id); });
  }
  std::string stored(SsoAttemptId id) {
    static constexpr storage::Sql sql{
        "test.sso_attempt",
        "SELECT expected || received || checks || user_agent FROM sso_attempts WHERE id = $1"};
    return must([&](Transaction& transaction) {
             return transaction.find(sql, {id},
                                     [](const storage::Row& row) { return row.string(0); });
           })
        .value_or("");
  }
  Page<Attempt> list(const AttemptFilter& filter = {}, const PageQuery& query = {}) {
    return must(
        [&](Transaction& transaction) { return list_attempts(transaction, here, filter, query); });
  }
  std::int64_t reclaim(std::int64_t rows_max = 100) {
    return must([&](Transaction& transaction) {
      return reclaim_attempts(transaction, context.now, rows_max);
    });
  }
};

TEST_CASE("attempt: what failed can be read again by its reference, in its environment only") {
  Fixture fixture;
  const auto id = fixture.record(fixture.failed());
  CHECK(id.text().starts_with("err_"));
  const auto found = fixture.find(id);
  REQUIRE(found.has_value());
  CHECK(found->connection == okta);
  CHECK(found->organization == acme);
  CHECK(found->flow == FlowId(9));
  CHECK(found->provider == Provider::okta);
  CHECK(found->type == ConnectionType::saml);
  REQUIRE(found->failure.has_value());
  CHECK(found->failure->diagnosis == Diagnosis::audience_mismatch);
  CHECK(found->failure->expected == "https://here");
  CHECK(found->failure->received == "https://there");
  REQUIRE(found->checks.size() == 2);
  CHECK(found->checks[0].check == "The answer is signed.");
  CHECK(found->checks[0].outcome == CheckLog::Entry::Outcome::passed);
  CHECK(found->checks[1].outcome == CheckLog::Entry::Outcome::failed);
  CHECK(found->client_address == "127.0.0.1");
  CHECK(found->user_agent == "test");
  CHECK(found->created_at == fixture.context.now);
  CHECK(!fixture.find(id, Fixture::elsewhere).has_value());
  CHECK(!fixture.find(SsoAttemptId(1)).has_value());
}

TEST_CASE("attempt: of a connection that nobody found, and of a test that succeeded") {
  Fixture fixture;
  const auto unknown =
      fixture.record({.failure = Failure(Diagnosis::connection_unknown, {}, "conn_1")});
  const auto found = fixture.find(unknown);
  REQUIRE(found.has_value());
  CHECK(!found->connection.has_value());
  CHECK(!found->provider.has_value());
  CHECK(!found->type.has_value());
  CHECK(found->checks.empty());
  const auto tried = fixture.find(fixture.record({.connection = okta}));
  REQUIRE(tried.has_value());
  CHECK(!tried->failure.has_value());
}

TEST_CASE("attempt: nothing secret and no address is kept") {
  Fixture fixture;
  const std::string token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
  NewAttempt attempt{.failure = Failure(Diagnosis::email_unverified, "code=s3cr3t-code",
                                        "ada@example.com " + token)};
  attempt.checks.passed("The token was read.", token);
  attempt.checks.failed(*attempt.failure);
  fixture.context.user_agent = std::string(400, 'u');
  const auto id = fixture.record(attempt);
  const auto found = fixture.find(id);
  REQUIRE(found.has_value());
  CHECK(found->failure->received == "…@example.com [left out]");
  CHECK(found->user_agent.size() <= 200);
  const std::string stored = fixture.stored(id);
  for (const std::string_view secret : {"ada", "eyJ", "s3cr3t"}) {
    CHECK(stored.find(secret) == std::string::npos);
  }
  CHECK(stored.find("example.com") != std::string::npos);
}

TEST_CASE("attempt: lists are newest first, by page, organization, connection and diagnosis") {
  Fixture fixture;
  std::vector<SsoAttemptId> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(fixture.record(fixture.failed()));
  NewAttempt other = fixture.failed(Diagnosis::assertion_expired);
  other.connection = ConnectionId(8);
  other.organization = OrgId(6);
  const auto last = fixture.record(other);
  fixture.record(fixture.failed(), Fixture::elsewhere);

  const auto all = fixture.list();
  CHECK(all.total == 6);
  REQUIRE(all.items.size() == 6);
  CHECK(all.items.front().id == last);
  CHECK(all.items.back().id == ids.front());
  CHECK(fixture.list({.organization = acme}).total == 5);
  CHECK(fixture.list({.connection = okta}).total == 5);
  CHECK(fixture.list({.diagnosis = Diagnosis::assertion_expired}).items.size() == 1);
  CHECK(fixture.list({.organization = OrgId(6), .diagnosis = Diagnosis::audience_mismatch})
            .items.empty());

  const auto first = fixture.list({.connection = okta}, {.limit = 2});
  REQUIRE(first.items.size() == 2);
  CHECK(first.items[0].id == ids[4]);
  CHECK(!first.newer.has_value());
  REQUIRE(first.older.has_value());
  const auto second = fixture.list({.connection = okta}, {.from = first.older, .limit = 2});
  REQUIRE(second.items.size() == 2);
  CHECK(second.items[0].id == ids[2]);
  REQUIRE(second.newer.has_value());
  const auto back =
      fixture.list({.connection = okta},
                   {.direction = PageQuery::Direction::newer, .from = second.newer, .limit = 2});
  REQUIRE(back.items.size() == 2);
  CHECK(back.items[0].id == ids[4]);
}

TEST_CASE("attempt: they are kept seven days, and reclaimed a portion at a time") {
  Fixture fixture;
  for (int i = 0; i < 3; ++i) fixture.record(fixture.failed());
  fixture.context.now += attempts_kept - minutes(1);
  CHECK(fixture.reclaim() == 0);
  fixture.context.now += minutes(1);
  const auto young = fixture.record(fixture.failed());
  CHECK(fixture.reclaim(2) == 2);
  CHECK(fixture.reclaim(2) == 1);
  CHECK(fixture.reclaim(2) == 0);
  CHECK(fixture.find(young).has_value());
}

}  // namespace
}  // namespace gatehouse::sso
