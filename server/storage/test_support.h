// What the storage tests share: a context, a small table, where the embedded engine keeps it.

#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "server/storage/sqlite/scratch_folder.h"
#include "server/storage/sqlite/sqlite_database.h"

namespace gatehouse::storage::testing {

inline constexpr EnvironmentId environment{1};
inline constexpr Instant noon = instant_from_ms(1'800'000'000'000);

inline Context context_with(Deadline deadline) {
  return Context{.request = RequestId(1),
                 .now = noon,
                 .deadline = deadline,
                 .environment = environment,
                 .actor = {.type = ActorType::system, .id = {}},
                 .client_address = {},
                 .user_agent = {}};
}

inline Context context() { return context_with(Deadline::max()); }

inline constexpr EmbeddedFile things_schema[] = {
    {"0001_things.sqlite.sql",
     "CREATE TABLE thing (id INTEGER NOT NULL PRIMARY KEY, name TEXT UNIQUE,"
     " content BLOB, parent INTEGER REFERENCES thing (id)) STRICT;"
     "CREATE TABLE debt (id INTEGER NOT NULL PRIMARY KEY,"
     " thing INTEGER NOT NULL REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED) STRICT;"},
    {"0001_things.postgres.sql",
     "CREATE TABLE thing (id BIGINT NOT NULL PRIMARY KEY, name TEXT COLLATE \"C\" UNIQUE,"
     " content BYTEA, parent BIGINT REFERENCES thing (id));"
     "CREATE TABLE debt (id BIGINT NOT NULL PRIMARY KEY,"
     " thing BIGINT NOT NULL REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED);"}};

inline constexpr EmbeddedFile things_migration = things_schema[0];  // the embedded engine's

inline constexpr Sql add_thing{"thing.add", "INSERT INTO thing (id, name) VALUES ($1, $2)"};
inline constexpr Sql add_full{"thing.add_full",
                              "INSERT INTO thing (id, name, content, parent)"
                              " VALUES ($1, $2, $3, $4)"};
inline constexpr Sql get_thing{"thing.get",
                               "SELECT id, name, content, parent FROM thing WHERE id = $1"};
inline constexpr Sql rename_thing{"thing.rename", "UPDATE thing SET name = $2 WHERE id = $1"};
inline constexpr Sql list_ids{"thing.list", "SELECT id FROM thing ORDER BY id"};
inline constexpr Sql count_things{"thing.count", "SELECT count(*) FROM thing"};
inline constexpr Sql remove_all{"thing.remove_all", "DELETE FROM thing"};

inline Result<std::int64_t, Error> add(Database& database, std::int64_t id,
                                       const std::optional<std::string>& name = std::nullopt) {
  return write(database, context(), [&](Transaction& transaction) {
    return transaction.execute(add_thing, {id, name});
  });
}

inline Result<std::vector<std::int64_t>, Error> ids(Database& database) {
  return read(database, context(), [](Transaction& transaction) {
    return transaction.list(list_ids, {}, [](const Row& row) { return row.integer(0); });
  });
}

inline SqliteSettings in_memory(std::span<const EmbeddedFile> migrations = things_schema) {
  SqliteSettings settings;
  settings.place = SqliteSettings::Place::memory;
  settings.migrations = migrations;
  settings.now = noon;
  return settings;
}

inline SqliteSettings in_file(std::string path,
                              std::span<const EmbeddedFile> migrations = things_schema) {
  SqliteSettings settings;
  settings.path = std::move(path);
  settings.migrations = migrations;
  settings.now = noon;
  return settings;
}

}  // namespace gatehouse::storage::testing
