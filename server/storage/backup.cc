#include "server/storage/backup.h"

#include <algorithm>

#include "server/crypto/hash.h"
#include "server/encoding/hex.h"
#include "server/storage/fsck.h"

namespace gatehouse::storage {
namespace {

constexpr Sql make_manifest{"backup.make_manifest",
                            "CREATE TABLE backup_manifest (migration INTEGER NOT NULL PRIMARY KEY,"
                            " taken_at_ms INTEGER NOT NULL, program TEXT NOT NULL,"
                            " row_count INTEGER NOT NULL, digest TEXT NOT NULL) STRICT"};
constexpr Sql put_manifest{"backup.put_manifest",
                           "INSERT INTO backup_manifest"
                           " (migration, taken_at_ms, program, row_count, digest)"
                           " SELECT MAX(number), $1, $2, $3, $4 FROM schema_migrations"};
constexpr Sql get_manifest{"backup.get_manifest",
                           "SELECT migration, taken_at_ms, program, row_count, digest"
                           " FROM backup_manifest"};
constexpr Sql drop_manifest{"backup.drop_manifest", "DROP TABLE backup_manifest"};

Error refused(const std::string& why) { return {ErrorCode::failed_precondition, why}; }

struct Content {
  std::int64_t rows = 0;
  std::string digest;
};

Result<Content, Error> digest_content(Database& copy, TableStatements& statements,
                                      const Context& context, Advance advance) {
  const auto tables = TRY(digest_tables({copy, Engine::sqlite}, statements, context, advance));
  Content content;
  std::string lines;
  for (const TableDigest& table : tables) {
    content.rows += table.rows;
    lines += table.table + " " + std::to_string(table.rows) + " " + table.digest + "\n";
  }
  content.digest = hex_encode(crypto::sha256(lines));
  return content;
}

Result<BackupManifest, Error> load_manifest(Database& copy, const Context& context) {
  const auto found = TRY(read(copy, context, [](Transaction& transaction) {
    return transaction.find(get_manifest, {}, [](const Row& row) {
      return BackupManifest{row.integer(0), row.instant(1), row.string(2), row.integer(3),
                            row.string(4)};
    });
  }));
  if (!found.has_value()) return refused("the backup's manifest is empty");
  return *found;
}

Result<Unit, Error> check_sound(Database& copy, const Context& context) {
  const auto findings = TRY(check_sqlite(copy, context));
  if (findings.empty()) return Unit{};
  return refused("the copy is damaged: " + findings.front().check + ": " + findings.front().detail);
}

}  // namespace

Result<BackupManifest, Error> seal_backup(Database& copy, TableStatements& statements,
                                          const Context& context, std::string_view program,
                                          Advance advance) {
  TRY(check_sound(copy, context));
  const Content content = TRY(digest_content(copy, statements, context, advance));
  TRY(write(copy, context, [&](Transaction& transaction) -> Result<Unit, Error> {
    TRY(transaction.execute(make_manifest, {}));
    TRY(transaction.execute(put_manifest, {context.now, program, content.rows, content.digest}));
    return Unit{};
  }));
  return load_manifest(copy, context);
}

Result<BackupManifest, Error> verify_backup(Database& copy, TableStatements& statements,
                                            const Context& context, Advance advance) {
  const auto tables = TRY(read(copy, context, [](Transaction& transaction) {
    return read_catalog(transaction, Engine::sqlite);
  }));
  if (std::ranges::find(tables, "backup_manifest", &CatalogTable::name) == tables.end()) {
    return refused("this is no backup: it has no manifest (`gatehouse backup` makes one)");
  }
  TRY(check_sound(copy, context));
  BackupManifest manifest = TRY(load_manifest(copy, context));
  const Content content = TRY(digest_content(copy, statements, context, advance));
  if (content.rows != manifest.rows || content.digest != manifest.digest) {
    return refused("the backup was changed after it was made: it has " +
                   std::to_string(content.rows) + " rows, the manifest says " +
                   std::to_string(manifest.rows) + ", with another digest");
  }
  return manifest;
}

Result<Unit, Error> remove_manifest(Database& copy, const Context& context) {
  TRY(write(copy, context,
            [](Transaction& transaction) { return transaction.execute(drop_manifest, {}); }));
  return Unit{};
}

}  // namespace gatehouse::storage
