#include "server/storage/one_time.h"

#include "server/core/ensure.h"

namespace gatehouse::storage {
namespace {

constexpr auto kept_after_expiry = days(1);

constexpr Sql put{"one_time.put",
                  "INSERT INTO one_time (environment_id, purpose, key_hash, subject, payload,"
                  " state, created_at_ms, expires_at_ms)"
                  " VALUES ($1, $2, $3, $4, $5, 'live', $6, $7)"
                  " ON CONFLICT (environment_id, purpose, key_hash) DO NOTHING"};
constexpr Sql consume{"one_time.consume",
                      "UPDATE one_time SET state = 'consumed'"
                      " WHERE environment_id = $1 AND purpose = $2 AND key_hash = $3"
                      " AND state = 'live' AND expires_at_ms > $4"
                      " RETURNING subject, payload"};
constexpr Sql find_used{"one_time.find_consumed",
                        "SELECT subject, payload FROM one_time"
                        " WHERE environment_id = $1 AND purpose = $2 AND key_hash = $3"
                        " AND state = 'consumed'"};
constexpr Sql look_at{"one_time.look_at",
                      "SELECT subject, payload, state, expires_at_ms FROM one_time"
                      " WHERE environment_id = $1 AND purpose = $2 AND key_hash = $3"};
constexpr Sql make_void{"one_time.void_subject",
                        "UPDATE one_time SET state = 'void'"
                        " WHERE environment_id = $1 AND purpose = $2 AND subject = $3"
                        " AND state = 'live'"};
constexpr Sql reclaim{"one_time.reclaim",
                      "DELETE FROM one_time WHERE (environment_id, purpose, key_hash) IN"
                      " (SELECT environment_id, purpose, key_hash FROM one_time"
                      " WHERE expires_at_ms < $1 ORDER BY expires_at_ms LIMIT $2)"};

Consumed to_consumed(const Row& row) {
  Consumed consumed{.subject = std::nullopt, .payload = row.string(1)};
  if (!row.is_null(0)) consumed.subject = row.integer(0);
  return consumed;
}

OneTimeSight to_sight(const Row& row) {
  Consumed thing = to_consumed(row);
  using State = OneTimeSight::State;
  const std::string_view state = row.text(2);
  return {.state = state == "live"       ? State::live
                   : state == "consumed" ? State::consumed
                                         : State::void_,
          .subject = thing.subject,
          .payload = std::move(thing.payload),
          .expires_at = row.instant(3)};
}

}  // namespace

std::string_view one_time_purpose_name(OneTimePurpose purpose) {
  switch (purpose) {
    case OneTimePurpose::authorization_code: return "authorization_code";
    case OneTimePurpose::login_code: return "login_code";
    case OneTimePurpose::login_link: return "login_link";
    case OneTimePurpose::passwordless_code: return "passwordless_code";
    case OneTimePurpose::passwordless_link: return "passwordless_link";
    case OneTimePurpose::sso_request: return "sso_request";
    case OneTimePurpose::sso_proof: return "sso_proof";
    case OneTimePurpose::saml_assertion: return "saml_assertion";
    case OneTimePurpose::sso_logout: return "sso_logout";
    case OneTimePurpose::invitation: return "invitation";
  }
  ensure_failed("one_time_purpose_name: not a OneTimePurpose");
}

Result<Unit, Error> put_one_time(Transaction& transaction, EnvironmentId environment,
                                 const OneTimeThing& thing, Instant now) {
  ENSURE(thing.key_hash.size() == 32);
  const auto added = TRY(transaction.execute(
      put, {environment, one_time_purpose_name(thing.purpose), Blob{thing.key_hash}, thing.subject,
            thing.payload, now, thing.expires_at}));
  if (added == 0) return Error(ErrorCode::already_exists, "one_time: the secret is taken");
  return Unit{};
}

Result<std::optional<Consumed>, Error> consume_one_time(Transaction& transaction,
                                                        EnvironmentId environment,
                                                        OneTimePurpose purpose,
                                                        std::string_view key_hash, Instant now) {
  return transaction.find(
      consume, {environment, one_time_purpose_name(purpose), Blob{key_hash}, now}, to_consumed);
}

Result<std::optional<Consumed>, Error> find_consumed(Transaction& transaction,
                                                     EnvironmentId environment,
                                                     OneTimePurpose purpose,
                                                     std::string_view key_hash) {
  return transaction.find(find_used, {environment, one_time_purpose_name(purpose), Blob{key_hash}},
                          to_consumed);
}

Result<std::optional<OneTimeSight>, Error> look_at_one_time(Transaction& transaction,
                                                            EnvironmentId environment,
                                                            OneTimePurpose purpose,
                                                            std::string_view key_hash) {
  return transaction.find(look_at, {environment, one_time_purpose_name(purpose), Blob{key_hash}},
                          to_sight);
}

Result<Unit, Error> void_subject(Transaction& transaction, EnvironmentId environment,
                                 OneTimePurpose purpose, std::int64_t subject) {
  return transaction.send(make_void, {environment, one_time_purpose_name(purpose), subject});
}

Result<std::int64_t, Error> reclaim_one_time(Transaction& transaction, Instant now,
                                             std::int64_t rows_max) {
  return transaction.execute(reclaim, {now - kept_after_expiry, rows_max});
}

}  // namespace gatehouse::storage
