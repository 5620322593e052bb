#include "server/crypto/hash.h"
#include "server/login/throttle.h"

namespace gatehouse::login {
namespace {

using storage::Blob;
using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql count_up{
    "login.throttle_count",
    "INSERT INTO throttles (environment_id, bucket, key_hash, window_start_ms, count, "
    "expires_at_ms) VALUES ($1, $2, $3, $4, 1, $5) "
    "ON CONFLICT (environment_id, bucket, key_hash) DO UPDATE SET "
    "count = CASE WHEN throttles.window_start_ms = excluded.window_start_ms "
    "THEN throttles.count + 1 ELSE 1 END, "
    "window_start_ms = excluded.window_start_ms, expires_at_ms = excluded.expires_at_ms "
    "RETURNING count"};

constexpr Sql read_count{"login.throttle_read",
                         "SELECT count FROM throttles WHERE environment_id = $1 AND bucket = $2 "
                         "AND key_hash = $3 AND window_start_ms = $4"};

constexpr Sql delete_over{
    "login.reclaim_throttles",
    "DELETE FROM throttles WHERE (environment_id, bucket, key_hash) IN "
    "(SELECT environment_id, bucket, key_hash FROM throttles WHERE expires_at_ms < $1 LIMIT $2)"};

struct Bucket {
  std::string_view name;
  Duration window;
};
constexpr Bucket mail_address_minute{"mail/address/minute", minutes(1)};
constexpr Bucket mail_address_hour{"mail/address/hour", hours(1)};
constexpr Bucket mail_source_hour{"mail/source/hour", hours(1)};
constexpr Bucket wrong_address_hour{"wrong/address/hour", hours(1)};
constexpr Bucket wrong_source_hour{"wrong/source/hour", hours(1)};
constexpr Bucket sign_on_source_hour{"sign-on/source/hour", hours(1)};

Instant window_start(const Bucket& bucket, Instant now) {
  return now - Duration(to_ms(now) % bucket.window.count());
}

Result<std::int64_t, Error> count(Transaction& transaction, EnvironmentId environment,
                                  const Bucket& bucket, std::string_view key, Instant now) {
  const Instant start = window_start(bucket, now);
  const std::string hash = crypto::sha256(key);
  const auto counted = TRY(transaction.find(
      count_up, {environment, bucket.name, Blob{hash}, start, start + bucket.window},
      [](const Row& row) { return row.integer(0); }));
  ENSURE(counted.has_value());
  return *counted;
}

Result<std::int64_t, Error> so_far(Transaction& transaction, EnvironmentId environment,
                                   const Bucket& bucket, std::string_view key, Instant now) {
  const std::string hash = crypto::sha256(key);
  const auto counted = TRY(transaction.find(
      read_count, {environment, bucket.name, Blob{hash}, window_start(bucket, now)},
      [](const Row& row) { return row.integer(0); }));
  return counted.value_or(0);
}

}  // namespace

Result<Allowed, Error> count_mail_to_address(Transaction& transaction, EnvironmentId environment,
                                             const Context& context, const ThrottleLimits& limits,
                                             const users::Email& email) {
  const std::string& address = email.text();
  // Both are counted, whatever the first says: else one could learn which limit was hit.
  const auto minute =
      TRY(count(transaction, environment, mail_address_minute, address, context.now));
  const auto hour = TRY(count(transaction, environment, mail_address_hour, address, context.now));
  const bool within =
      minute <= limits.mails_per_address_per_minute && hour <= limits.mails_per_address_per_hour;
  return within ? Allowed::yes : Allowed::no;
}

Result<Allowed, Error> count_mail(Transaction& transaction, EnvironmentId environment,
                                  const Context& context, const ThrottleLimits& limits,
                                  const users::Email& email) {
  // The source is counted even if the address has had enough: the same reason.
  const Allowed by_address =
      TRY(count_mail_to_address(transaction, environment, context, limits, email));
  const auto by_source =
      TRY(count(transaction, environment, mail_source_hour, context.client_address, context.now));
  return by_source <= limits.mails_per_source_per_hour ? by_address : Allowed::no;
}

Result<Allowed, Error> may_try_code_of_address(Transaction& transaction, EnvironmentId environment,
                                               const Context& context, const ThrottleLimits& limits,
                                               const users::Email& email) {
  const auto by_address =
      TRY(so_far(transaction, environment, wrong_address_hour, email.text(), context.now));
  return by_address < limits.wrong_codes_per_address_per_hour ? Allowed::yes : Allowed::no;
}

Result<Allowed, Error> may_try_code(Transaction& transaction, EnvironmentId environment,
                                    const Context& context, const ThrottleLimits& limits,
                                    const users::Email& email) {
  const Allowed by_address =
      TRY(may_try_code_of_address(transaction, environment, context, limits, email));
  const auto by_source =
      TRY(so_far(transaction, environment, wrong_source_hour, context.client_address, context.now));
  return by_source < limits.wrong_codes_per_source_per_hour ? by_address : Allowed::no;
}

Result<Unit, Error> count_wrong_try_of_address(Transaction& transaction, EnvironmentId environment,
                                               const Context& context, const users::Email& email) {
  TRY(count(transaction, environment, wrong_address_hour, email.text(), context.now));
  return Unit{};
}

Result<Unit, Error> count_wrong_try(Transaction& transaction, EnvironmentId environment,
                                    const Context& context, const users::Email& email) {
  TRY(count_wrong_try_of_address(transaction, environment, context, email));
  TRY(count(transaction, environment, wrong_source_hour, context.client_address, context.now));
  return Unit{};
}

Result<Allowed, Error> count_sign_on_record(Transaction& transaction, EnvironmentId environment,
                                            const Context& context, const ThrottleLimits& limits) {
  const auto so_many = TRY(
      count(transaction, environment, sign_on_source_hour, context.client_address, context.now));
  return so_many <= limits.sign_on_records_per_source_per_hour ? Allowed::yes : Allowed::no;
}

Result<std::int64_t, Error> reclaim_throttles(Transaction& transaction, Instant now,
                                              std::int64_t rows_max) {
  return transaction.execute(delete_over, {now, rows_max});
}

}  // namespace gatehouse::login
