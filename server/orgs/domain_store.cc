#include "server/orgs/domain_store.h"

#include "server/core/limits.h"

namespace gatehouse::orgs {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql insert_sql{
    "orgs.insert_domain",
    "INSERT INTO domains (environment_id, organization_id, id, type, name, verification_status, "
    "verification_method, txt_record_secret, created_at_ms, updated_at_ms) "
    "SELECT o.environment_id, o.id, $3, $4, $5, $6, $7, $8, $9, $9 FROM organizations o "
    "WHERE o.environment_id = $1 AND o.id = $2 "
    "AND (SELECT COUNT(*) FROM domains d WHERE d.organization_id = o.id) < $10 "
    "AND NOT EXISTS (SELECT 1 FROM domains d WHERE d.environment_id = $1 AND d.type = $4 "
    "AND d.name = $5 AND d.verification_status IN ('VERIFIED', 'AUTO_VERIFIED')) "
    "ON CONFLICT DO NOTHING"};

constexpr Sql find_sql{"orgs.find_domain", "SELECT " GATEHOUSE_DOMAIN_COLUMNS
                                           " FROM domains d WHERE d.environment_id = $1 "
                                           "AND d.organization_id = $2 AND d.id = $3"};

constexpr Sql list_sql{"orgs.list_domains",
                       "SELECT " GATEHOUSE_DOMAIN_COLUMNS
                       " FROM domains d WHERE d.environment_id = $1 AND d.organization_id = $2 "
                       "AND ($3 = '' OR d.type = $3) ORDER BY d.id DESC LIMIT $4 OFFSET $5"};

constexpr Sql remove_sql{
    "orgs.remove_domain",
    "DELETE FROM domains WHERE environment_id = $1 AND organization_id = $2 AND id = $3 "
    "RETURNING id, environment_id, organization_id, type, name, verification_status, "
    "verification_method, txt_record_secret, created_at_ms, updated_at_ms"};

constexpr Sql standing_sql{
    "orgs.find_domain_standing",
    "SELECT (SELECT COUNT(*) FROM organizations WHERE environment_id = $1 AND id = $2), "
    "(SELECT COUNT(*) FROM domains WHERE environment_id = $1 AND organization_id = $2 "
    "AND type = $3 AND name = $4), "
    "(SELECT COUNT(*) FROM domains WHERE environment_id = $1 AND type = $3 AND name = $4 "
    "AND verification_status IN ('VERIFIED', 'AUTO_VERIFIED'))"};

// 0 where the columns were not there yet when the row was made.
constexpr Sql find_check_sql{
    "orgs.find_domain_check",
    "SELECT " GATEHOUSE_DOMAIN_COLUMNS
    ", CASE WHEN d.pending_since_ms = 0 THEN d.created_at_ms ELSE d.pending_since_ms END, "
    "d.next_check_at_ms, d.failed_checks FROM domains d "
    "WHERE d.environment_id = $1 AND d.organization_id = $2 AND d.id = $3"};

constexpr Sql update_check_sql{
    "orgs.update_domain_check",
    "UPDATE domains SET verification_status = $3, updated_at_ms = $4, pending_since_ms = $5, "
    "next_check_at_ms = $6, failed_checks = $7 WHERE environment_id = $1 AND id = $2 "
    "AND verification_status = $8 AND ($3 <> 'VERIFIED' OR NOT EXISTS (SELECT 1 FROM domains o "
    "WHERE o.environment_id = $1 AND o.type = 'ORGANIZATION_DOMAIN' AND o.name = $9 "
    "AND o.verification_status IN ('VERIFIED', 'AUTO_VERIFIED') AND o.id <> $2))"};

constexpr Sql due_sql{"orgs.domains_to_check",
                      "SELECT " GATEHOUSE_DOMAIN_COLUMNS
                      " FROM domains d WHERE d.verification_method = 'DNS' "
                      "AND d.verification_status IN ('PENDING', 'VERIFIED') "
                      "AND d.next_check_at_ms <= $1 ORDER BY d.next_check_at_ms, d.id LIMIT $2"};

}  // namespace

Domain domain_from_row(const Row& row) {
  return {.id = row.id<DomainId>(0),
          .environment = row.id<EnvironmentId>(1),
          .organization = row.id<OrgId>(2),
          .type = domain_types.stored(row.text(3)),
          .name = row.string(4),
          .status = domain_statuses.stored(row.text(5)),
          .method = verification_methods.stored(row.text(6)),
          .txt_record_secret = row.string(7),
          .created_at = row.instant(8),
          .updated_at = row.instant(9)};
}

Result<bool, Error> insert_domain(Transaction& transaction, EnvironmentId environment,
                                  const Domain& domain) {
  const auto changed = TRY(transaction.execute(
      insert_sql,
      {environment, domain.organization, domain.id, domain_types.name(domain.type), domain.name,
       domain_statuses.name(domain.status), verification_methods.name(domain.method),
       domain.txt_record_secret, domain.created_at, limits::domains_per_organization_max}));
  return changed == 1;
}

Result<std::optional<Domain>, Error> find_domain(Transaction& transaction,
                                                 EnvironmentId environment, OrgId organization,
                                                 DomainId domain) {
  return transaction.find(find_sql, {environment, organization, domain}, domain_from_row);
}

Result<std::vector<Domain>, Error> select_domains(Transaction& transaction,
                                                  EnvironmentId environment, OrgId organization,
                                                  const DomainQuery& query) {
  const std::string_view type = query.type.has_value() ? domain_types.name(*query.type) : "";
  const std::int64_t offset = std::int64_t{query.page_number} * query.page_size;
  return transaction.list(list_sql, {environment, organization, type, query.page_size, offset},
                          domain_from_row);
}

Result<std::optional<Domain>, Error> remove_domain(Transaction& transaction,
                                                   EnvironmentId environment, OrgId organization,
                                                   DomainId domain) {
  return transaction.find(remove_sql, {environment, organization, domain}, domain_from_row);
}

Result<std::optional<CheckedDomain>, Error> find_domain_check(Transaction& transaction,
                                                              EnvironmentId environment,
                                                              OrgId organization, DomainId domain) {
  return transaction.find(find_check_sql, {environment, organization, domain}, [](const Row& row) {
    return CheckedDomain{.domain = domain_from_row(row),
                         .check = {.pending_since = row.instant(10),
                                   .next_at = row.instant(11),
                                   .failures = static_cast<int>(row.integer(12))}};
  });
}

Result<bool, Error> update_domain_check(Transaction& transaction, EnvironmentId environment,
                                        const Domain& domain, DomainStatus from,
                                        const DomainCheck& check) {
  return TRY(transaction.execute(update_check_sql,
                                 {environment, domain.id, domain_statuses.name(domain.status),
                                  domain.updated_at, check.pending_since, check.next_at,
                                  check.failures, domain_statuses.name(from), domain.name})) == 1;
}

Result<std::vector<Domain>, Error> select_domains_to_check(Transaction& transaction, Instant now,
                                                           int rows_max) {
  return transaction.list(due_sql, {now, rows_max}, domain_from_row);
}

Result<DomainStanding, Error> find_standing(Transaction& transaction, EnvironmentId environment,
                                            OrgId organization, DomainType type,
                                            std::string_view name) {
  const auto found = TRY(transaction.find(
      standing_sql, {environment, organization, domain_types.name(type), name}, [](const Row& row) {
        return DomainStanding{.has_organization = row.integer(0) != 0,
                              .is_own = row.integer(1) != 0,
                              .is_anyones = row.integer(2) != 0};
      }));
  ENSURE(found.has_value());
  return *found;
}

}  // namespace gatehouse::orgs
