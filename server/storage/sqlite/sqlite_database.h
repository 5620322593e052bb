// SqliteDatabase: the embedded database, one file in WAL mode. What write() has answered survives a
// crash of the process and of the machine.
//
//   auto database = TRY(SqliteDatabase::open({.path = "/var/lib/gatehouse/gatehouse.db",
//                                             .now = clock.now()}));
//
// Reads run on the calling thread, each on one snapshot, and wait for no writer. Writes run on one
// thread of the database's own, which commits what is waiting together (see writer.h).

#pragma once

#include <memory>
#include <span>
#include <string>

#include "server/core/embedded.h"
#include "server/core/time.h"
#include "server/storage/database.h"
#include "server/storage/migrate.h"

namespace gatehouse::storage {

struct SqliteSettings {
  // `memory`: nothing survives the object; otherwise the same driver, doing the same.
  enum class Place { file, memory };

  Place place = Place::file;
  std::string path;  // of the file; made if missing, readable by its owner only. Not for `memory`.
  std::span<const EmbeddedFile> migrations = embedded_files();
  // `as_is`: the schema is left alone, whatever it is.
  enum class Schema { up_to_date, as_is } schema = Schema::up_to_date;
  Instant now;  // noted beside each migration that is applied

  int readers_max = 8;              // connections for reading, opened when needed
  std::size_t batch_max = 256;      // writes in one commit
  int checkpoint_pages = 2000;      // WAL pages of 4 KiB before they move to the database file
  milliseconds busy_timeout{5000};  // how long to wait for another process's write
  // What the writing connection keeps of the file. A transaction that changes more writes some
  // pages more than once.
  std::int64_t write_cache_kib = 2048;
  std::int64_t pages_max = 0;  // the file's largest size in pages of 4 KiB; 0: no bound
  std::string vfs;             // for tests that stand in for the disk; empty: the system's
};

class SqliteDatabase final : public Database {
 public:
  // Opens the database and brings its schema up to date. Errors: unavailable (no such folder, not
  // ours to write, disk full), failed_precondition (see migrate.h), internal (not a database,
  // damaged).
  static Result<std::unique_ptr<SqliteDatabase>, Error> open(const SqliteSettings& settings);

  // Finishes what is queued, moves the WAL into the database file and closes. No calls may be under
  // way.
  ~SqliteDatabase() override;

  Result<Unit, Error> run_read(const Context& context,
                               FunctionRef<void(Transaction&)> work) override;
  Result<Unit, Error> run_write(const Context& context,
                                FunctionRef<Verdict(Transaction&)> work) override;

  // The disk failed to keep a commit.
  [[nodiscard]] bool failed() const override;

  struct Parts;
  explicit SqliteDatabase(std::unique_ptr<Parts> parts);  // for open()

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace gatehouse::storage
