#include "server/events/event_store.h"

namespace gatehouse::events {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql insert_event_sql{
    "events.insert_event",
    "INSERT INTO events (id, environment_id, type, object, organization_id, occurred_at_ms, data) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)"};

// Types are compared inside one text, because a statement has a fixed number of parameters. The
// names of our events hold no "%" and no "!"; their "_" would be a wildcard.
constexpr Sql newest_sql{
    "events.newest",
    "SELECT id, type, object, organization_id, occurred_at_ms, data FROM events "
    "WHERE environment_id = $1 AND id > $2 AND id < $3 "
    "AND ($4 = '' OR $4 LIKE '%,' || replace(type, '_', '!_') || ',%' ESCAPE '!') "
    "AND ($5 = 0 OR (type LIKE 'organization.directory.%') = ($5 = 2)) "
    "AND ($6 = '' OR data LIKE $6 ESCAPE '!') ORDER BY id DESC LIMIT $7"};

constexpr Sql oldest_sql{
    "events.oldest",
    "SELECT id, type, object, organization_id, occurred_at_ms, data FROM events "
    "WHERE environment_id = $1 AND id > $2 AND id < $3 "
    "AND ($4 = '' OR $4 LIKE '%,' || replace(type, '_', '!_') || ',%' ESCAPE '!') "
    "AND ($5 = 0 OR (type LIKE 'organization.directory.%') = ($5 = 2)) "
    "AND ($6 = '' OR data LIKE $6 ESCAPE '!') ORDER BY id ASC LIMIT $7"};

constexpr Sql count_sql{
    "events.count",
    "SELECT COUNT(*) FROM events WHERE environment_id = $1 AND id > $2 AND id < $3 "
    "AND ($4 = '' OR $4 LIKE '%,' || replace(type, '_', '!_') || ',%' ESCAPE '!') "
    "AND ($5 = 0 OR (type LIKE 'organization.directory.%') = ($5 = 2)) "
    "AND ($6 = '' OR data LIKE $6 ESCAPE '!')"};

// The same three for one organization; they have an index of their own.
constexpr Sql newest_of_organization_sql{
    "events.newest_of_organization",
    "SELECT id, type, object, organization_id, occurred_at_ms, data FROM events "
    "WHERE environment_id = $1 AND id > $2 AND id < $3 "
    "AND ($4 = '' OR $4 LIKE '%,' || replace(type, '_', '!_') || ',%' ESCAPE '!') "
    "AND ($5 = 0 OR (type LIKE 'organization.directory.%') = ($5 = 2)) "
    "AND ($6 = '' OR data LIKE $6 ESCAPE '!') AND organization_id = $8 "
    "ORDER BY id DESC LIMIT $7"};

constexpr Sql oldest_of_organization_sql{
    "events.oldest_of_organization",
    "SELECT id, type, object, organization_id, occurred_at_ms, data FROM events "
    "WHERE environment_id = $1 AND id > $2 AND id < $3 "
    "AND ($4 = '' OR $4 LIKE '%,' || replace(type, '_', '!_') || ',%' ESCAPE '!') "
    "AND ($5 = 0 OR (type LIKE 'organization.directory.%') = ($5 = 2)) "
    "AND ($6 = '' OR data LIKE $6 ESCAPE '!') AND organization_id = $8 "
    "ORDER BY id ASC LIMIT $7"};

constexpr Sql count_of_organization_sql{
    "events.count_of_organization",
    "SELECT COUNT(*) FROM events WHERE environment_id = $1 AND id > $2 AND id < $3 "
    "AND ($4 = '' OR $4 LIKE '%,' || replace(type, '_', '!_') || ',%' ESCAPE '!') "
    "AND ($5 = 0 OR (type LIKE 'organization.directory.%') = ($5 = 2)) "
    "AND ($6 = '' OR data LIKE $6 ESCAPE '!') AND organization_id = $7"};

int source_number(Source source) {
  switch (source) {
    case Source::any: return 0;
    case Source::product: return 1;
    case Source::directory_sync: return 2;
  }
  ensure_failed("source_number: not a Source");
}

Event event_of(const Row& row) {
  return {.id = row.id<EventId>(0),
          .type = row.string(1),
          .object = row.string(2),
          .organization = row.optional_id<OrgId>(3),
          .occurred_at = row.instant(4),
          .data = row.string(5)};
}

}  // namespace

Result<Unit, Error> insert_event(Transaction& transaction, EnvironmentId environment,
                                 const NewRow& row, const NewEvent& event) {
  return transaction.send(insert_event_sql, {row.id, environment, event.type, event.object,
                                             event.organization, row.occurred_at, event.data});
}

Result<std::vector<Event>, Error> find_events(Transaction& transaction, EnvironmentId environment,
                                              const Selection& selection, Nearest nearest,
                                              std::int64_t limit) {
  const bool is_newest = nearest == Nearest::newest;
  const int source = source_number(selection.source);
  if (selection.organization.has_value()) {
    return transaction.list(is_newest ? newest_of_organization_sql : oldest_of_organization_sql,
                            {environment, selection.above, selection.below, selection.types, source,
                             selection.mention, limit, *selection.organization},
                            event_of);
  }
  return transaction.list(is_newest ? newest_sql : oldest_sql,
                          {environment, selection.above, selection.below, selection.types, source,
                           selection.mention, limit},
                          event_of);
}

Result<std::int64_t, Error> count_events(Transaction& transaction, EnvironmentId environment,
                                         const Selection& selection) {
  const int source = source_number(selection.source);
  const auto number = [](const Row& row) { return row.integer(0); };
  if (selection.organization.has_value()) {
    const auto found =
        TRY(transaction.find(count_of_organization_sql,
                             {environment, selection.above, selection.below, selection.types,
                              source, selection.mention, *selection.organization},
                             number));
    return found.value_or(0);
  }
  const auto found = TRY(transaction.find(
      count_sql,
      {environment, selection.above, selection.below, selection.types, source, selection.mention},
      number));
  return found.value_or(0);
}

}  // namespace gatehouse::events
