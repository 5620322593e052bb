#include <doctest/doctest.h>

#include <set>

#include "server/audit/audit_store.h"
#include "server/audit/invariants.h"
#include "server/audit/query.h"
#include "server/audit/record.h"
#include "tests/world/seeded_random.h"
#include "tests/world/test_database.h"

namespace gatehouse::audit {
namespace {

using storage::Sql;
using storage::Transaction;
using world::make_context;
using world::test_start;

const EnvironmentId home(11);
const EnvironmentId elsewhere(12);

struct Fixture {
  world::TestDatabase test_database;
  storage::Database& database = test_database.database();
  world::SeededRandom random;
  Context context = make_context(home);

  void record_one(EnvironmentId environment, const Record& entry) {
    REQUIRE(storage::write(database, context, [&](Transaction& transaction) {
              return record(transaction, environment, context, random, entry);
            }).ok());
  }
  void record_some(int count) {
    for (int i = 0; i < count; ++i) {
      record_one(home, {.event = Event::user_created,
                        .subject_type = "user",
                        .subject_id = "usr_" + std::to_string(i + 1)});
    }
  }
  std::vector<StoredRecord> list_all(EnvironmentId environment, const Filter& filter = {}) {
    return storage::read(
               database, context,
               [&](Transaction& transaction) { return list(transaction, environment, filter); })
        .value();
  }
  std::int64_t seal_at(Instant now, std::int64_t records_max = 100) {
    return storage::write(database, context,
                          [&](Transaction& transaction) {
                            return seal(transaction, home, now, minutes(1), records_max);
                          })
        .value();
  }
  std::vector<std::string> findings() {
    return storage::read(database, context,
                         [&](Transaction& transaction) { return check_invariants(transaction); })
        .value();
  }
  std::int64_t change(const Sql& sql, storage::Params params) {
    return storage::write(
               database, context,
               [&](Transaction& transaction) { return transaction.execute(sql, params); })
        .value();
  }
};

TEST_CASE("audit: every event has a name of its own, made of a thing and what happened to it") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < event_count; ++i) {
    const std::string_view name = event_name(static_cast<Event>(i));
    CAPTURE(name);
    const std::size_t dot = name.find('.');
    REQUIRE(dot != std::string_view::npos);
    CHECK(dot > 0);
    CHECK(dot + 1 < name.size());
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == std::string_view::npos);
    CHECK(names.insert(name).second);
  }
  CHECK_EQ(event_name(Event::session_created), "session.created");
  CHECK_EQ(event_name(Event::logout_refused), "logout.refused");
}

TEST_CASE_FIXTURE(Fixture, "audit: a record tells who, what, when, from where and how it ended") {
  context.actor = {.type = ActorType::user, .id = "usr_5"};
  context.request = RequestId(77);
  context.client_address = "192.0.2.9";
  context.user_agent = "Mozilla/5.0";
  record_one(home, {.event = Event::session_ended,
                    .subject_type = "session",
                    .subject_id = "ses_9",
                    .organization = OrgId(3),
                    .client_id = "skc_1",
                    .detail = "signed_out"});
  const auto all = list_all(home);
  REQUIRE(all.size() == 1);
  const StoredRecord& row = all.front();
  CHECK(row.at == test_start);
  CHECK_EQ(row.event, "session.ended");
  CHECK_EQ(row.outcome, "success");
  CHECK_EQ(row.actor_type, "user");
  CHECK_EQ(row.actor_id, "usr_5");
  CHECK_EQ(row.subject_type, "session");
  CHECK_EQ(row.subject_id, "ses_9");
  CHECK(row.organization == OrgId(3));
  CHECK(row.client_id == "skc_1");
  CHECK(row.request == RequestId(77));
  CHECK_EQ(row.client_address, "192.0.2.9");
  CHECK_EQ(row.user_agent, "Mozilla/5.0");
  CHECK_EQ(row.detail, "signed_out");
}

TEST_CASE_FIXTURE(Fixture, "audit: a record is seen in its own environment only") {
  record_one(home, {.event = Event::user_created, .subject_type = "user", .subject_id = "usr_1"});
  CHECK_EQ(list_all(home).size(), 1);
  CHECK(list_all(elsewhere).empty());
}

TEST_CASE_FIXTURE(Fixture, "audit: a record goes when the change it belongs to is rolled back") {
  const auto outcome =
      storage::write(database, context, [&](Transaction& transaction) -> Result<Unit, Error> {
        TRY(record(transaction, home, context, random,
                   {.event = Event::user_created, .subject_type = "user", .subject_id = "usr_1"}));
        return Error(ErrorCode::failed_precondition, "the change is refused");
      });
  CHECK(outcome.error().code == ErrorCode::failed_precondition);
  CHECK(list_all(home).empty());
}

TEST_CASE_FIXTURE(Fixture, "audit: texts from outside are cut at whole characters and printable") {
  context.user_agent = std::string("a\r\nb\0c\xff", 7) + "\xc3\xa4";
  record_one(home, {.event = Event::authorize_refused,
                    .outcome = Outcome::refused,
                    .subject_type = "application",
                    .subject_id = std::string(300, 'x'),
                    .client_id = "\x1b[31m",
                    .detail = std::string(499, 'd') + "\xc3\xa4"});
  const auto all = list_all(home);
  REQUIRE(all.size() == 1);
  CHECK_EQ(all[0].user_agent, "a??b?c?\xc3\xa4");
  CHECK_EQ(all[0].subject_id, std::string(256, 'x'));
  CHECK(all[0].client_id == "?[31m");
  CHECK_EQ(all[0].detail, std::string(499, 'd'));
  CHECK_EQ(all[0].outcome, "refused");
}

TEST_CASE_FIXTURE(Fixture, "audit: a record whose id is taken is refused, and its change with it") {
  const auto write_with_the_same_id = [&] {
    world::SeededRandom same(1);
    return storage::write(database, context, [&](Transaction& transaction) {
      return record(transaction, home, context, same,
                    {.event = Event::user_created, .subject_type = {}, .subject_id = {}});
    });
  };
  CHECK(write_with_the_same_id().ok());
  const auto refused = write_with_the_same_id();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::already_exists);
  CHECK_EQ(list_all(home).size(), 1);
}

TEST_CASE_FIXTURE(Fixture, "audit: the list is newest first, by page, by event, and bounded") {
  for (int i = 0; i < 4; ++i) {
    context.now = test_start + seconds(i);
    const Event event = i % 2 == 0 ? Event::user_created : Event::user_deleted;
    record_one(home, {.event = event, .subject_type = "user", .subject_id = std::to_string(i)});
  }
  const auto first = list_all(home, {.limit = 3});
  REQUIRE(first.size() == 3);
  CHECK_EQ(first[0].subject_id, "3");
  CHECK_EQ(first[2].subject_id, "1");
  const auto rest = list_all(home, {.before = first[2].id, .limit = 3});
  REQUIRE(rest.size() == 1);
  CHECK_EQ(rest[0].subject_id, "0");
  const auto deleted = list_all(home, {.event = "user.deleted"});
  REQUIRE(deleted.size() == 2);
  CHECK_EQ(deleted[0].subject_id, "3");
  CHECK(list_all(home, {.event = "user.created' OR 1=1 --"}).empty());
  CHECK_EQ(list_all(home, {.limit = -5}).size(), 1);
  CHECK_EQ(list_all(home, {.limit = 1'000'000}).size(), 4);
}

TEST_CASE_FIXTURE(Fixture, "seal: what has settled is sealed once, in stretches, and holds") {
  record_some(5);
  CHECK_EQ(seal_at(test_start + seconds(60)), 0);  // not yet older than `settle`
  CHECK_EQ(seal_at(test_start + seconds(61), 3), 3);
  CHECK_EQ(seal_at(test_start + seconds(61), 3), 2);
  CHECK_EQ(seal_at(test_start + seconds(61), 3), 0);
  context.now = test_start + hours(1);
  record_some(1);
  CHECK_EQ(seal_at(test_start + hours(2)), 1);
  CHECK(findings().empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "seal: the chains of two environments have nothing to do with each other") {
  record_some(2);
  record_one(elsewhere, {.event = Event::user_created, .subject_type = {}, .subject_id = {}});
  CHECK_EQ(seal_at(test_start + hours(1)), 2);
  constexpr Sql remove{"test.remove", "DELETE FROM audit_records WHERE environment_id = $1"};
  CHECK_EQ(change(remove, {elsewhere}), 1);
  CHECK(findings().empty());
}

struct Tampering {
  const char* what;
  Sql sql;
  const char* finding;
};

// Records 1 to 5 under seals 1 (usr_1 … usr_3) and 2 (usr_4, usr_5).
constexpr Tampering tamperings[] = {
    {"one field altered",
     {"test.alter", "UPDATE audit_records SET subject_id = 'usr_6' WHERE subject_id = 'usr_2'"},
     "seal 1 of env_11 (3 records, sealed 2026-11-21T21:00:00.000Z): a record, or the seal, was "
     "altered"},
    {"text moved from one field to its neighbour",
     {"test.shift",
      "UPDATE audit_records SET subject_type = 'us', subject_id = 'er' || subject_id"
      " WHERE subject_id = 'usr_5'"},
     "seal 2 of env_11 (2 records, sealed 2026-11-21T21:00:00.000Z): a record, or the seal, was "
     "altered"},
    {"absent made empty",
     {"test.empty", "UPDATE audit_records SET client_id = '' WHERE subject_id = 'usr_4'"},
     "a record, or the seal, was altered"},
    {"time altered",
     {"test.time", "UPDATE audit_records SET at_ms = at_ms + 1 WHERE subject_id = 'usr_1'"},
     "a record, or the seal, was altered"},
    {"a record removed",
     {"test.remove_one", "DELETE FROM audit_records WHERE subject_id = 'usr_3'"},
     "seal 1 of env_11 (3 records, sealed 2026-11-21T21:00:00.000Z): there are 2 records now"},
    {"all records of a seal removed",
     {"test.remove_all", "DELETE FROM audit_records WHERE subject_id IN ('usr_4', 'usr_5')"},
     "all of its records are gone"},
    {"a record smuggled in",
     {"test.smuggle",
      "INSERT INTO audit_records SELECT id - 1, environment_id, at_ms, event, outcome,"
      " actor_type, actor_id, subject_type, subject_id, organization_id, client_id, request_id,"
      " client_address, user_agent, detail FROM audit_records"
      " WHERE id = (SELECT min(id) FROM audit_records)"},
     "there are 4 records now"},
    {"a record replaced under another id",
     {"test.replace",
      "UPDATE audit_records SET id = id - 1 WHERE id = (SELECT min(id) FROM "
      "audit_records)"},
     "its records are not those that were sealed"},
    {"the first seal removed",
     {"test.unseal", "DELETE FROM audit_seals WHERE number = 1"},
     "the seals before it are missing, from number 1"},
    {"a seal's own hash altered",
     {"test.reseal",
      "UPDATE audit_seals SET hash = (SELECT hash FROM audit_seals WHERE number = 1)"
      " WHERE number = 2"},
     "a record, or the seal, was altered"},
    {"a seal's time altered",
     {"test.redate", "UPDATE audit_seals SET sealed_at_ms = sealed_at_ms - 1 WHERE number = 2"},
     "a record, or the seal, was altered"},
};

TEST_CASE("seal: whatever is done to sealed records or seals is found and named") {
  for (const Tampering& tampering : tamperings) {
    CAPTURE(tampering.what);
    Fixture fixture;
    for (int i = 0; i < 5; ++i) {
      fixture.context.now = test_start + seconds(i);
      fixture.record_one(home, {.event = Event::user_created,
                                .subject_type = "user",
                                .subject_id = "usr_" + std::to_string(i + 1)});
    }
    REQUIRE(fixture.seal_at(test_start + hours(1), 3) == 3);
    REQUIRE(fixture.seal_at(test_start + hours(1), 3) == 2);
    REQUIRE(fixture.findings().empty());
    REQUIRE(fixture.change(tampering.sql, {}) > 0);
    const auto found = fixture.findings();
    REQUIRE(found.size() == 1);
    CAPTURE(found[0]);
    CHECK(found[0].ends_with(tampering.finding));
  }
}

TEST_CASE_FIXTURE(Fixture, "seal: of two sealers that compute the same link, one writes it") {
  record_some(1);
  const Seal link{.number = 1,
                  .first_id = 1,
                  .last_id = 1,
                  .record_count = 1,
                  .sealed_at = test_start,
                  .hash = std::string(32, 'h')};
  const auto write_link = [&] {
    return storage::write(
               database, context,
               [&](Transaction& transaction) { return insert_seal(transaction, home, link); })
        .value();
  };
  CHECK(write_link());
  CHECK_FALSE(write_link());
}

}  // namespace
}  // namespace gatehouse::audit
