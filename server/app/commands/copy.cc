#include "server/app/commands/copy.h"

#include <filesystem>
#include <optional>

#include "server/app/commands/progress.h"
#include "server/app/config_database.h"
#include "server/app/data_folder.h"
#include "server/cluster/node.h"
#include "server/cluster/node_store.h"
#include "server/storage/table_copy.h"

namespace gatehouse::app::commands {
namespace {

using storage::CopyOrder;
using storage::CopySide;
using storage::Location;
using storage::OpenSettings;
using storage::TableDigest;
using storage::Transaction;

Error refused(std::string why) { return {ErrorCode::failed_precondition, std::move(why)}; }

// Of a database file; empty for a server's database.
std::string folder_of(const Location& location) {
  if (location.engine() != storage::Engine::sqlite) return {};
  const auto folder = std::filesystem::path(location.target()).parent_path().string();
  return folder.empty() ? "." : folder;
}

// Where a database file is, no server may be, and none may start meanwhile.
Result<std::unique_ptr<FolderLock>, Error> lock_folder(const Location& location) {
  const std::string folder = folder_of(location);
  if (folder.empty()) return std::unique_ptr<FolderLock>();
  return FolderLock::take(folder, FolderLock::Kind::exclusive);
}

bool is_there(const Location& location) {
  std::error_code none;
  return location.engine() != storage::Engine::sqlite ||
         std::filesystem::exists(location.target(), none);
}

Result<std::unique_ptr<storage::Database>, Error> open(const Location& location, Instant now,
                                                       OpenSettings::Schema schema) {
  OpenSettings settings;
  settings.now = now;
  settings.load = OpenSettings::Load::bulk;
  settings.connections_max = 2;
  settings.schema = schema;
  auto database = storage::open(location, settings);
  if (database.ok()) return database;
  return Error(database.error().code, location.shown() + ": " + database.error().detail);
}

// On a server nodes are seen in its table. The file's own lock says more.
Result<Unit, Error> refuse_if_served(const Location& location, storage::Database& database,
                                     const Context& context) {
  if (location.engine() == storage::Engine::sqlite) return Unit{};
  const auto nodes = TRY(storage::read(database, context, cluster::list_nodes));
  for (const cluster::NodeRow& node : nodes) {
    if (node.seen_at + cluster::slot_hold < context.now) continue;
    return refused(location.shown() + ": a server runs on it, on " + node.host +
                   "; stop it first (what was killed is forgotten after a minute)");
  }
  return Unit{};
}

// The target with the newest schema, unless it holds what nobody said to replace.
Result<std::unique_ptr<storage::Database>, Error> open_target(const Location& to,
                                                              const CopyOptions& options,
                                                              const Context& context) {
  {
    const auto database = TRY(open(to, context.now, OpenSettings::Schema::as_is));
    const auto found = TRY(storage::look_at_target({*database, to.engine()}, context));
    if (found == storage::CopyTarget::filled && options.existing == Existing::kept) {
      return refused(to.shown() +
                     " holds an installation; --replace removes it and puts the copy in its place");
    }
    // It has the schema of the copy that was interrupted, and refuses to be opened otherwise.
    if (found == storage::CopyTarget::unfinished_copy) {
      return open(to, context.now, OpenSettings::Schema::as_is);
    }
  }
  auto database = TRY(open(to, context.now, OpenSettings::Schema::up_to_date));
  TRY(refuse_if_served(to, *database, context));
  return database;
}

Json describe(const TableDigest& from, const TableDigest& to) {
  return Json(Json::Object{{"table", text_json(from.table)},
                           {"rows_from", Json(from.rows)},
                           {"rows_to", Json(to.rows)},
                           {"digest_from", text_json(from.digest)},
                           {"digest_to", text_json(to.digest)},
                           {"result", text_json(from == to ? "same" : "DIFFERENT")}});
}

Result<Answer, Error> verify(const CopyOrder& order, storage::TableStatements& statements,
                             const Context& context, Progress& progress) {
  const auto advance = [&progress](std::int64_t rows) { progress.advance(rows); };
  const auto from = TRY(storage::digest_tables(order.from, statements, context, advance));
  const auto to = TRY(storage::digest_tables(order.to, statements, context, advance));
  ENSURE(from.size() == to.size());
  Json::Array items;
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    items.push_back(describe(from[i], to[i]));
    rows += from[i].rows;
  }
  Answer answer{.document = Json(std::move(items)),
                .columns = {{"table", "TABLE"},
                            {"rows_from", "ROWS"},
                            {"rows_to", "COPIED"},
                            {"digest_to", "SHA-256"},
                            {"result", "RESULT"}}};
  if (from != to) {
    answer.sentence = "The copy differs from its source, and cannot be used: run it again.\n";
    answer.exit_status = 1;
    return answer;
  }
  TRY(storage::finish_copy(order.to, context));
  answer.sentence = "Copied " + std::to_string(rows) + " rows; every table is the same.\n";
  return answer;
}

}  // namespace

Result<Answer, Error> run_copy(const CopyOptions& options, Console& console) {
  const SystemClock clock;
  OsRandom random;
  const Context context = operator_context(clock, random);
  const Location from = TRY(named_database("--from", options.from));
  const Location to = TRY(named_database("--to", options.to));
  if (from.target() == to.target()) return refused("--from and --to are the same database");
  if (!is_there(from)) return Error(ErrorCode::not_found, "there is no " + from.shown());
  const auto from_lock = TRY(lock_folder(from));
  const bool is_one_folder = folder_of(from) == folder_of(to);
  std::unique_ptr<FolderLock> to_lock;
  if (!is_one_folder) to_lock = TRY(lock_folder(to));
  storage::TableStatements statements;
  const auto source = TRY(open(from, context.now, OpenSettings::Schema::as_is));
  const auto has_schema = storage::require_schema(*source, from.engine());
  if (!has_schema.ok()) return refused(from.shown() + ": " + has_schema.error().detail);
  TRY(refuse_if_served(from, *source, context));
  const auto target = TRY(open_target(to, options, context));

  const std::string source_name = from.shown();
  const CopyOrder order{{*source, from.engine()}, {*target, to.engine()}, source_name};
  const std::int64_t rows = TRY(storage::prepare_copy(order, statements, context));
  {
    Progress progress(console, "Copying", "rows", rows);
    TRY(storage::copy_tables(order, statements, context,
                             [&progress](std::int64_t more) { progress.advance(more); }));
  }
  Progress progress(console, "Comparing", "rows", 2 * rows);
  return verify(order, statements, context, progress);
}

}  // namespace gatehouse::app::commands
