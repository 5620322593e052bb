#include "server/storage/sqlite/sqlite_database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "server/core/ensure.h"
#include "server/core/story.h"
#include "server/storage/sqlite/errors.h"
#include "server/storage/sqlite/migration_target.h"
#include "server/storage/sqlite/reader_pool.h"
#include "server/storage/sqlite/scratch_folder.h"
#include "server/storage/sqlite/writer.h"

namespace gatehouse::storage {
namespace {

constexpr Sql set_wal{"sqlite.set_wal", "PRAGMA journal_mode=WAL"};

// SQLite counts its memory under one lock that all connections share; nobody reads the figures.
void configure_library_once() {
  static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)
      configured;  // SQLITE_MISUSE if somebody else started the library first: slower, no less safe
}

// SQLite itself would make the file readable by everybody. The WAL gets the same mode as the file.
Result<Unit, Error> make_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return Error(ErrorCode::unavailable,
                 "cannot open the database " + path + ": " + std::strerror(errno));
  }
  ::close(file);
  return Unit{};
}

Result<std::unique_ptr<Connection>, Error> open_writer(const ConnectionSettings& settings) {
  auto connection = TRY(Connection::open(settings));
  if (sqlite3_db_readonly(connection->handle(), "main") != 0) {
    return Error(ErrorCode::unavailable, "the database " + settings.path + " is read-only");
  }
  const int code = connection->run_control(set_wal);
  if (code != SQLITE_OK) return connection->error(code, "open " + settings.path);
  return connection;
}

}  // namespace

// In the order in which they are made; readers go before the writer, whose connection, the last to
// close, moves the WAL into the file.
struct SqliteDatabase::Parts {
  Parts(std::optional<ScratchFolder> folder, std::unique_ptr<Connection> connection,
        const WriterSettings& writer_settings, ConnectionSettings reader_settings, int readers_max)
      : scratch(std::move(folder)),
        writer(std::move(connection), writer_settings),
        readers(std::move(reader_settings), readers_max) {}

  std::optional<ScratchFolder> scratch;
  Writer writer;
  ReaderPool readers;
};

Result<std::unique_ptr<SqliteDatabase>, Error> SqliteDatabase::open(
    const SqliteSettings& settings) {
  configure_library_once();
  ConnectionSettings connection_settings;
  connection_settings.vfs = settings.vfs;
  connection_settings.busy_timeout = settings.busy_timeout;
  connection_settings.pages_max = settings.pages_max;
  connection_settings.write_cache_kib = settings.write_cache_kib;
  std::optional<ScratchFolder> scratch;
  if (settings.place == SqliteSettings::Place::memory) {
    scratch.emplace(TRY(ScratchFolder::make()));
    connection_settings.path = scratch->path() + "/gatehouse.db";
    connection_settings.durability = ConnectionSettings::Durability::none;
  } else {
    if (settings.path.empty()) {
      return Error(ErrorCode::invalid_argument, "the database has no path");
    }
    connection_settings.path = settings.path;
  }
  TRY(make_private_file(connection_settings.path));

  connection_settings.access = ConnectionSettings::Access::write;
  auto writer = TRY(open_writer(connection_settings));
  if (settings.schema == SqliteSettings::Schema::up_to_date) {
    SqliteMigrationTarget target(*writer);
    TRY(migrate(target, settings.migrations, settings.now));
  }

  WriterSettings writer_settings;
  writer_settings.batch_max = settings.batch_max;
  writer_settings.checkpoint_pages = settings.checkpoint_pages;
  writer_settings.checkpoint_pages_must = 16 * settings.checkpoint_pages;
  writer_settings.busy_timeout = settings.busy_timeout;
  connection_settings.access = ConnectionSettings::Access::read;
  return std::make_unique<SqliteDatabase>(
      std::make_unique<Parts>(std::move(scratch), std::move(writer), writer_settings,
                              std::move(connection_settings), settings.readers_max));
}

SqliteDatabase::SqliteDatabase(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SqliteDatabase::~SqliteDatabase() = default;

Result<Unit, Error> SqliteDatabase::run_read(const Context& context,
                                             FunctionRef<void(Transaction&)> work) {
  return parts_->readers.run(context, work);
}

Result<Unit, Error> SqliteDatabase::run_write(const Context& context,
                                              FunctionRef<Verdict(Transaction&)> work) {
  auto outcome = parts_->writer.run(context, work);
  if (!outcome.ok()) tell(context, "write failed", error_code_name(outcome.error().code));
  return outcome;
}

bool SqliteDatabase::failed() const { return parts_->writer.failed(); }

}  // namespace gatehouse::storage
