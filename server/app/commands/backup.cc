#include "server/app/commands/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "server/app/commands/progress.h"
#include "server/app/version.h"
#include "server/storage/backup.h"
#include "server/storage/sqlite/snapshot.h"

namespace gatehouse::app::commands {
namespace {

using storage::BackupManifest;
using storage::OpenSettings;

Error file_error(const std::string& path) {
  return {errno == EEXIST ? ErrorCode::already_exists : ErrorCode::unavailable,
          path + ": " + std::strerror(errno)};
}

// What a folder lists survives a crash only once the folder is synced.
Result<Unit, Error> sync_folder_of(const std::string& path) {
  auto folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return file_error(folder);
  const int code = ::fsync(file);
  ::close(file);
  if (code != 0) return file_error(folder);
  return Unit{};
}

// Under its name only when it is whole, and never over another file.
Result<Unit, Error> publish(const std::string& draft, const std::string& path) {
  const int file = ::open(draft.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return file_error(draft);
  const int code = ::fsync(file);
  ::close(file);
  if (code != 0) return file_error(draft);
  if (::link(draft.c_str(), path.c_str()) != 0) return file_error(path);
  ::unlink(draft.c_str());
  return sync_folder_of(path);
}

void remove_draft(const std::string& draft) {
  for (const char* suffix : {"", "-wal", "-shm"}) ::unlink((draft + suffix).c_str());
}

Result<BackupManifest, Error> seal(const std::string& draft, const Context& context,
                                   Console& console) {
  storage::TableStatements statements;
  OpenSettings settings;
  settings.now = context.now;
  settings.schema = OpenSettings::Schema::as_is;
  const auto copy = TRY(storage::open(storage::Location::sqlite_file(draft), settings));
  Progress progress(console, "Checking", "rows", 0);
  return storage::seal_backup(*copy, statements, context, version,
                              [&progress](std::int64_t rows) { progress.advance(rows); });
}

Result<BackupManifest, Error> make_backup(const std::string& from, const std::string& draft,
                                          const Context& context, Console& console) {
  {
    Progress progress(console, "Copying", "%", 100);
    std::int64_t shown = 0;
    TRY(storage::snapshot_sqlite(from, draft, [&](double part) {
      const auto now = static_cast<std::int64_t>(part * 100);
      progress.advance(now - shown);
      shown = now;
    }));
  }
  return seal(draft, context, console);
}

}  // namespace

Answer postgres_answer() {
  return {.document = Json(Json::Object{{"error", text_json("failed_precondition")},
                                        {"message", text_json("the database is PostgreSQL")}}),
          .sentence =
              "The database is PostgreSQL, which is backed up by its own tools: pg_dump for one"
              " moment,\npg_basebackup with an archive of the WAL for any moment. See"
              " docs/operations.",
          .exit_status = 2};
}

Result<Answer, Error> run_backup(const BackupOptions& options, Console& console) {
  const SystemClock clock;
  OsRandom random;
  const Place place = TRY(find_place(options.place));
  if (!place.is_sqlite()) return postgres_answer();
  const Context context = operator_context(clock, random);
  std::error_code none;
  if (!std::filesystem::exists(place.database.target(), none)) {
    return Error(ErrorCode::not_found, "there is no " + place.database.shown());
  }
  if (std::filesystem::exists(options.to, none)) {
    return Error(ErrorCode::already_exists, options.to + " is there already; name another file");
  }
  const std::string draft = options.to + ".unfinished";
  auto manifest = make_backup(place.database.target(), draft, context, console);
  if (manifest.ok()) {
    const auto published = publish(draft, options.to);
    if (!published.ok()) manifest = Error(ErrorCode::unavailable, published.error().detail);
  }
  if (!manifest.ok()) {
    if (manifest.error().code == ErrorCode::already_exists) {
      return Error(
          ErrorCode::already_exists,
          draft + " is there: another backup is at work, or one was interrupted; remove it");
    }
    remove_draft(draft);
    return manifest.error();
  }
  const BackupManifest& made = manifest.value();
  return Answer{.document = Json(Json::Object{{"file", text_json(options.to)},
                                              {"taken_at", time_json(made.taken_at)},
                                              {"migration", Json(made.migration)},
                                              {"rows", Json(made.rows)},
                                              {"digest", text_json(made.digest)}}),
                .sentence = "Backed up " + place.database.shown() + " to " + options.to +
                            ".\nThe master key is not in it: keep " + place.master_key_file +
                            " as well, in another place. Without it the backup is of no use.",
                .details = Answer::Details::shown};
}

}  // namespace gatehouse::app::commands
