#include <limits>

#include "server/encoding/json.h"
#include "server/sso/attempt.h"
#include "server/sso/diagnosis_value.h"

namespace gatehouse::sso {
namespace {

using connections::connection_types;
using connections::provider_names;
using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr std::size_t user_agent_bytes_max = 200;
constexpr std::size_t checks_max = 100;

constexpr Sql insert_sql{
    "sso.insert_attempt",
    "INSERT INTO sso_attempts (environment_id, id, connection_id, organization_id, flow_id, "
    "provider, type, diagnosis, expected, received, checks, client_address, user_agent, "
    "created_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"};

#define GATEHOUSE_SSO_ATTEMPT                                                                 \
  "SELECT id, connection_id, organization_id, flow_id, provider, type, diagnosis, expected, " \
  "received, checks, client_address, user_agent, created_at_ms FROM sso_attempts "
#define GATEHOUSE_SSO_ATTEMPT_CONDITIONS                      \
  "WHERE environment_id = $1 AND id > $2 AND id < $3 "        \
  "AND (CAST($4 AS BIGINT) IS NULL OR organization_id = $4) " \
  "AND (CAST($5 AS BIGINT) IS NULL OR connection_id = $5) "   \
  "AND ($6 = '' OR diagnosis = $6) "

constexpr Sql find_sql{"sso.find_attempt",
                       GATEHOUSE_SSO_ATTEMPT "WHERE environment_id = $1 AND id = $2"};
constexpr Sql newest_sql{"sso.newest_attempts",
                         GATEHOUSE_SSO_ATTEMPT GATEHOUSE_SSO_ATTEMPT_CONDITIONS
                         "ORDER BY id DESC LIMIT $7"};
constexpr Sql oldest_sql{"sso.oldest_attempts",
                         GATEHOUSE_SSO_ATTEMPT GATEHOUSE_SSO_ATTEMPT_CONDITIONS
                         "ORDER BY id ASC LIMIT $7"};
constexpr Sql count_sql{"sso.count_attempts",
                        "SELECT COUNT(*) FROM sso_attempts " GATEHOUSE_SSO_ATTEMPT_CONDITIONS};
constexpr Sql reclaim_sql{
    "sso.reclaim_attempts",
    "DELETE FROM sso_attempts WHERE id IN (SELECT id FROM sso_attempts WHERE created_at_ms < $1 "
    "ORDER BY created_at_ms LIMIT $2)"};

std::string checks_to_json(const CheckLog& checks) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_array();
  std::size_t count = 0;
  for (const CheckLog::Entry& entry : checks.entries()) {
    if (++count > checks_max) break;
    writer.begin_object();
    writer.field("check", entry.check).field("detail", redact_value(entry.detail));
    writer.field("passed", entry.outcome == CheckLog::Entry::Outcome::passed);
    writer.end_object();
  }
  writer.end_array();
  return out;
}

std::vector<CheckLog::Entry> checks_from_json(std::string_view text) {
  const auto parsed = Json::parse(text);
  ENSURE(parsed.ok() && parsed.value().array() != nullptr);  // only checks_to_json writes it
  std::vector<CheckLog::Entry> checks;
  for (const Json& entry : *parsed.value().array()) {
    checks.push_back({std::string(entry.string("check").value_or("")),
                      std::string(entry.string("detail").value_or("")),
                      entry.boolean("passed").value_or(false) ? CheckLog::Entry::Outcome::passed
                                                              : CheckLog::Entry::Outcome::failed});
  }
  return checks;
}

// A diagnosis that this version does not know was written by a newer one.
std::optional<Failure> failure_from_row(const Row& row) {
  const auto diagnosis = parse_diagnosis(row.text(6));
  if (!diagnosis.has_value()) return std::nullopt;
  return Failure(*diagnosis, row.string(7), row.string(8));
}

Attempt attempt_from_row(const Row& row) {
  return {.id = row.id<SsoAttemptId>(0),
          .connection = row.optional_id<ConnectionId>(1),
          .organization = row.optional_id<OrgId>(2),
          .flow = row.optional_id<FlowId>(3),
          .provider = provider_names.parse(row.text(4)),
          .type = connection_types.parse(row.text(5)),
          .failure = failure_from_row(row),
          .checks = checks_from_json(row.text(9)),
          .client_address = row.string(10),
          .user_agent = row.string(11),
          .created_at = row.instant(12)};
}

std::string_view diagnosis_name(const std::optional<Diagnosis>& diagnosis) {
  return diagnosis.has_value() ? text_of(*diagnosis).name : std::string_view();
}

}  // namespace

NewAttempt attempt_of(const connections::Connection& connection) {
  return {.connection = connection.id,
          .organization = connection.organization,
          .provider = connection.provider,
          .type = connection.type};
}

Result<SsoAttemptId, Error> record_attempt(Transaction& transaction, EnvironmentId environment,
                                           const Context& context, Random& random,
                                           const NewAttempt& attempt) {
  const auto id = SsoAttemptId::make(random, context.now);
  const auto& failure = attempt.failure;
  const std::string_view name =
      failure.has_value() ? text_of(failure->diagnosis).name : std::string_view();
  const std::string expected = failure.has_value() ? redact_value(failure->expected) : "";
  const std::string received = failure.has_value() ? redact_value(failure->received) : "";
  const std::string user_agent =
      clean_value(std::string_view(context.user_agent).substr(0, user_agent_bytes_max));
  const std::string_view provider =
      attempt.provider.has_value() ? provider_names.name(*attempt.provider) : "";
  const std::string_view type =
      attempt.type.has_value() ? connection_types.name(*attempt.type) : "";
  const std::string checks = checks_to_json(attempt.checks);
  TRY(transaction.execute(insert_sql, {environment, id, attempt.connection, attempt.organization,
                                       attempt.flow, provider, type, name, expected, received,
                                       checks, context.client_address, user_agent, context.now}));
  return id;
}

Result<std::optional<Attempt>, Error> find_attempt(Transaction& transaction,
                                                   EnvironmentId environment, SsoAttemptId id) {
  return transaction.find(find_sql, {environment, id}, attempt_from_row);
}

Result<Page<Attempt>, Error> list_attempts(Transaction& transaction, EnvironmentId environment,
                                           const AttemptFilter& filter, const PageQuery& query) {
  constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();
  const bool is_older = query.direction == PageQuery::Direction::older;
  const std::int64_t above = is_older ? 0 : query.from.value_or(0);
  const std::int64_t below = is_older ? query.from.value_or(highest) : highest;
  const std::string_view diagnosis = diagnosis_name(filter.diagnosis);
  auto page = make_page(query,
                        TRY(transaction.list(is_older ? newest_sql : oldest_sql,
                                             {environment, above, below, filter.organization,
                                              filter.connection, diagnosis, query.limit + 1},
                                             attempt_from_row)),
                        [](const Attempt& attempt) { return attempt.id.number(); });
  const auto total = TRY(transaction.find(
      count_sql, {environment, 0, highest, filter.organization, filter.connection, diagnosis},
      [](const Row& row) { return row.integer(0); }));
  page.total = total.value_or(0);
  return page;
}

Result<std::int64_t, Error> reclaim_attempts(Transaction& transaction, Instant now,
                                             std::int64_t rows_max) {
  return transaction.execute(reclaim_sql, {now - attempts_kept, rows_max});
}

}  // namespace gatehouse::sso
