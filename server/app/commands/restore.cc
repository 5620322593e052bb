#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "server/app/bearer_store.h"
#include "server/app/commands/backup.h"
#include "server/app/commands/keys.h"
#include "server/app/commands/progress.h"
#include "server/app/data_folder.h"
#include "server/app/setup.h"
#include "server/audit/record.h"
#include "server/sessions/session.h"
#include "server/storage/backup.h"

namespace gatehouse::app::commands {
namespace {

using environments::Environment;
using storage::BackupManifest;
using storage::OpenSettings;
using storage::Transaction;

constexpr std::int64_t sessions_at_once = 200;

Error refused(std::string why) { return {ErrorCode::failed_precondition, std::move(why)}; }
Error file_error(const std::string& path) {
  return {errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
          path + ": " + std::strerror(errno)};
}

Result<Unit, Error> sync_path(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return file_error(path);
  const int code = ::fsync(file);
  ::close(file);
  if (code != 0) return file_error(path);
  return Unit{};
}

void remove_draft(const std::string& draft) {
  for (const char* suffix : {"", "-wal", "-shm"}) ::unlink((draft + suffix).c_str());
}

// A copy of the backup, of mode 0600, whose name no server knows.
Result<Unit, Error> copy_file(const std::string& from, const std::string& draft) {
  remove_draft(draft);
  const int made = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0) return file_error(draft);
  ::close(made);
  std::error_code problem;
  std::filesystem::copy_file(from, draft, std::filesystem::copy_options::overwrite_existing,
                             problem);
  if (problem) return Error(ErrorCode::unavailable, from + ": " + problem.message());
  if (::chmod(draft.c_str(), 0600) != 0) return file_error(draft);
  return Unit{};
}

struct Ended {
  std::int64_t sessions = 0;
  Voided voided;
};

Result<std::int64_t, Error> end_sessions(Act& act) {
  std::int64_t ended = 0;
  while (true) {
    const auto some = TRY(
        act.write([&act](Transaction& transaction) -> Result<std::vector<LiveSessionRow>, Error> {
          const auto rows = TRY(list_live_sessions(transaction, act.context.now, sessions_at_once));
          for (const LiveSessionRow& row : rows) {
            TRY(sessions::end(transaction, row.environment,
                              in_environment(act.context, row.environment), act.random, row.session,
                              sessions::EndReason::revoked));
          }
          return rows;
        }));
    ended += static_cast<std::int64_t>(some.size());
    if (some.size() < static_cast<std::size_t>(sessions_at_once)) return ended;
  }
}

Result<Ended, Error> end_everything(Act& act) {
  Ended ended;
  ended.sessions = TRY(end_sessions(act));
  ended.voided = TRY(act.write(
      [&act](Transaction& transaction) { return void_all_proofs(transaction, act.context.now); }));
  return ended;
}

Result<Unit, Error> note_restore(Act& act, const BackupManifest& manifest,
                                 const std::vector<Environment>& all) {
  return act.write([&](Transaction& transaction) -> Result<Unit, Error> {
    for (const Environment& environment : all) {
      TRY(audit::record(transaction, environment.id, in_environment(act.context, environment.id),
                        act.random,
                        {.event = audit::Event::data_restored,
                         .subject_type = "environment",
                         .subject_id = environment.id.text(),
                         .detail = "from a backup of " + to_rfc3339(manifest.taken_at)}));
    }
    return Unit{};
  });
}

// The copy, found whole and made ready: what it was when it was made, minus what could have been
// revoked since.
struct Restored {
  BackupManifest manifest;
  Ended ended;
};
Result<Restored, Error> prepare(const std::string& draft, const RestoreOptions& options,
                                const Place& place, const Context& context, Console& console) {
  OsRandom random;
  storage::TableStatements statements;
  OpenSettings settings;
  settings.now = context.now;
  settings.schema = OpenSettings::Schema::as_is;
  const auto location = storage::Location::sqlite_file(draft);
  Restored restored;
  {
    const auto copy = TRY(storage::open(location, settings));
    Progress progress(console, "Checking", "rows", 0);
    restored.manifest = TRY(storage::verify_backup(
        *copy, statements, context, [&progress](std::int64_t rows) { progress.advance(rows); }));
    TRY(storage::remove_manifest(*copy, context));
  }
  settings.schema = OpenSettings::Schema::up_to_date;
  const auto copy = TRY(storage::open(location, settings));
  Act act{.database = *copy,
          .random = random,
          .context = context,
          .chosen = std::nullopt,
          .master_key = [&place] { return read_master_key(place.master_key_file); }};
  const auto all = TRY(act.read(environments::list_environments));
  if (options.sessions == RestoreOptions::Sessions::ended) {
    restored.ended = TRY(end_everything(act));
    for (const Environment& environment : all) {
      act.chosen = environment;
      act.context.environment = environment.id;
      const auto withdrawn = withdraw_every_key(act);
      if (!withdrawn.ok()) {
        return Error(withdrawn.error().code,
                     place.master_key_file + ": " + withdrawn.error().detail);
      }
    }
  }
  TRY(note_restore(act, restored.manifest, all));
  return restored;
}

// What is there is closed properly, so that its WAL is in its file, and gets a name of its own. A
// WAL that stayed would be taken for the new file's.
Result<std::string, Error> keep_aside(const std::string& path, Instant now) {
  {
    OpenSettings settings;
    settings.now = now;
    settings.schema = OpenSettings::Schema::as_is;
    const auto opened = storage::open(storage::Location::sqlite_file(path), settings);
    static_cast<void>(opened.ok());  // damaged, perhaps: its files are kept as they are
  }
  const std::string aside = path + ".before-restore-" + std::to_string(to_ms(now));
  for (const char* suffix : {"-wal", "-shm"}) {
    if (::rename((path + suffix).c_str(), (aside + suffix).c_str()) != 0 && errno != ENOENT) {
      return file_error(path + suffix);
    }
  }
  // A second name, and not another: at no moment is there no database under the first.
  if (::link(path.c_str(), aside.c_str()) != 0) return file_error(aside);
  return aside;
}

Answer answer_of(const Restored& restored, const RestoreOptions& options, const Place& place,
                 const std::string& aside) {
  const Voided& voided = restored.ended.voided;
  const bool is_ended = options.sessions == RestoreOptions::Sessions::ended;
  std::string sentence = "Restored " + place.database.shown() + " as it was at " +
                         to_rfc3339(restored.manifest.taken_at) + ".\n";
  sentence += is_ended ? "Every session is over, and no code, link or token from before is valid:"
                         " people sign in anew,\nand applications that keep the key set for long"
                         " are restarted.\n"
                       : "Sessions go on, those too that were ended after the backup was made.\n";
  sentence +=
      "What else was removed or disabled after that moment is there again: users, memberships,"
      " passkeys,\nclient secrets, API tokens. Go through them.";
  if (!aside.empty()) sentence += "\nThe database that was there is kept as " + aside + ".";
  return {.document = Json(Json::Object{{"database", text_json(place.database.shown())},
                                        {"taken_at", time_json(restored.manifest.taken_at)},
                                        {"rows", Json(restored.manifest.rows)},
                                        {"sessions_ended", Json(restored.ended.sessions)},
                                        {"refresh_families_ended", Json(voided.families)},
                                        {"codes_voided", Json(voided.one_time)},
                                        {"kept_aside", text_json(aside)}}),
          .sentence = std::move(sentence)};
}

}  // namespace

Result<Answer, Error> run_restore(const RestoreOptions& options, Console& console) {
  const SystemClock clock;
  OsRandom random;
  const Place place = TRY(find_place(options.place));
  if (!place.is_sqlite()) return postgres_answer();
  const Context context = operator_context(clock, random);
  const std::string& path = place.database.target();
  const auto folder = std::filesystem::path(path).parent_path().string();
  TRY(DataFolder::open(folder));
  const auto lock = TRY(FolderLock::take(folder, FolderLock::Kind::exclusive));
  std::error_code none;
  const bool has_data = std::filesystem::exists(path, none);
  if (has_data && options.existing == Existing::kept) {
    return refused("there is a database at " + path +
                   " already; --replace keeps it aside and puts the backup in its place");
  }
  const std::string draft = path + ".restoring";
  const auto copied = copy_file(options.from, draft);
  if (!copied.ok()) {
    remove_draft(draft);
    return copied.error();
  }
  auto restored = prepare(draft, options, place, context, console);
  if (!restored.ok()) {
    remove_draft(draft);
    return Error(restored.error().code, options.from + ": " + restored.error().detail);
  }
  TRY(sync_path(draft));
  const std::string aside = has_data ? TRY(keep_aside(path, context.now)) : std::string();
  if (::rename(draft.c_str(), path.c_str()) != 0) return file_error(path);
  TRY(sync_path(folder));
  return answer_of(restored.value(), options, place, aside);
}

}  // namespace gatehouse::app::commands
