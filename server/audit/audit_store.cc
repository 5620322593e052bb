#include "server/audit/audit_store.h"

#include <algorithm>

namespace gatehouse::audit {
namespace {

using storage::Row;
using storage::Sql;

constexpr int list_limit_max = 500;

constexpr Sql insert_record_sql{
    "audit.insert_record",
    "INSERT INTO audit_records (environment_id, id, at_ms, event, outcome, actor_type, actor_id,"
    " subject_type, subject_id, organization_id, client_id, request_id, client_address, user_agent,"
    " detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"};

constexpr Sql list_records_sql{
    "audit.list_records",
    "SELECT id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id,"
    " organization_id, client_id, request_id, client_address, user_agent, detail"
    " FROM audit_records WHERE environment_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"};

constexpr Sql list_records_of_event_sql{
    "audit.list_records_of_event",
    "SELECT id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id,"
    " organization_id, client_id, request_id, client_address, user_agent, detail"
    " FROM audit_records WHERE environment_id = $1 AND id < $2 AND event = $4"
    " ORDER BY id DESC LIMIT $3"};

constexpr Sql visit_records_sql{
    "audit.visit_records",
    "SELECT id, at_ms, event, outcome, actor_type, actor_id, subject_type, subject_id,"
    " organization_id, client_id, request_id, client_address, user_agent, detail"
    " FROM audit_records WHERE environment_id = $1 AND id > $2 AND id <= $3 ORDER BY id LIMIT $4"};

constexpr Sql find_last_seal_sql{
    "audit.find_last_seal",
    "SELECT number, first_id, last_id, record_count, sealed_at_ms, hash FROM audit_seals"
    " WHERE environment_id = $1 ORDER BY number DESC LIMIT 1"};

constexpr Sql list_seals_sql{
    "audit.list_seals",
    "SELECT number, first_id, last_id, record_count, sealed_at_ms, hash FROM audit_seals"
    " WHERE environment_id = $1 AND number > $2 ORDER BY number LIMIT $3"};

constexpr Sql insert_seal_sql{
    "audit.insert_seal",
    "INSERT INTO audit_seals (environment_id, number, first_id, last_id, record_count,"
    " sealed_at_ms, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (environment_id, number) DO NOTHING"};

constexpr Sql list_sealed_environments_sql{
    "audit.list_sealed_environments",
    "SELECT DISTINCT environment_id FROM audit_seals ORDER BY environment_id"};

StoredRecord record_of(const Row& row) {
  return {.id = row.id<AuditId>(0),
          .at = row.instant(1),
          .event = row.string(2),
          .outcome = row.string(3),
          .actor_type = row.string(4),
          .actor_id = row.string(5),
          .subject_type = row.string(6),
          .subject_id = row.string(7),
          .organization = row.optional_id<OrgId>(8),
          .client_id = row.optional_string(9),
          .request = row.id<RequestId>(10),
          .client_address = row.string(11),
          .user_agent = row.string(12),
          .detail = row.string(13)};
}

Seal seal_of(const Row& row) {
  return {.number = row.integer(0),
          .first_id = row.integer(1),
          .last_id = row.integer(2),
          .record_count = row.integer(3),
          .sealed_at = row.instant(4),
          .hash = std::string(row.blob(5))};
}

}  // namespace

Result<Unit, Error> insert_record(storage::Transaction& transaction, EnvironmentId environment,
                                  const StoredRecord& row) {
  return transaction.send(
      insert_record_sql,
      {environment, row.id, row.at, row.event, row.outcome, row.actor_type, row.actor_id,
       row.subject_type, row.subject_id, row.organization, row.client_id, row.request,
       row.client_address, row.user_agent, row.detail});
}

Result<std::vector<StoredRecord>, Error> list_records(storage::Transaction& transaction,
                                                      EnvironmentId environment,
                                                      const Filter& filter) {
  const std::int64_t before = filter.before.has_value() ? filter.before->number()
                                                        : std::numeric_limits<std::int64_t>::max();
  const int limit = std::clamp(filter.limit, 1, list_limit_max);
  if (filter.event.has_value()) {
    return transaction.list(list_records_of_event_sql, {environment, before, limit, *filter.event},
                            record_of);
  }
  return transaction.list(list_records_sql, {environment, before, limit}, record_of);
}

Result<Unit, Error> visit_records(storage::Transaction& transaction, EnvironmentId environment,
                                  const IdRange& range,
                                  FunctionRef<void(const StoredRecord&)> each) {
  return transaction.query(visit_records_sql,
                           {environment, range.after, range.through, range.records_max},
                           [&](const Row& row) { each(record_of(row)); });
}

Result<std::optional<Seal>, Error> find_last_seal(storage::Transaction& transaction,
                                                  EnvironmentId environment) {
  return transaction.find(find_last_seal_sql, {environment}, seal_of);
}

Result<std::vector<Seal>, Error> list_seals(storage::Transaction& transaction,
                                            EnvironmentId environment, std::int64_t after_number,
                                            std::int64_t count_max) {
  return transaction.list(list_seals_sql, {environment, after_number, count_max}, seal_of);
}

Result<bool, Error> insert_seal(storage::Transaction& transaction, EnvironmentId environment,
                                const Seal& seal) {
  return TRY(transaction.execute(
             insert_seal_sql, {environment, seal.number, seal.first_id, seal.last_id,
                               seal.record_count, seal.sealed_at, storage::Blob{seal.hash}})) == 1;
}

Result<std::vector<EnvironmentId>, Error> list_sealed_environments(
    storage::Transaction& transaction) {
  return transaction.list(list_sealed_environments_sql, {},
                          [](const Row& row) { return row.id<EnvironmentId>(0); });
}

}  // namespace gatehouse::audit
