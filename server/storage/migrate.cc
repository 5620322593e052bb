#include "server/storage/migrate.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "server/crypto/hash.h"
#include "server/encoding/hex.h"

namespace gatehouse::storage {
namespace {

constexpr Sql make_table{"migrate.make_table",
                         "CREATE TABLE IF NOT EXISTS schema_migrations ("
                         " number BIGINT NOT NULL PRIMARY KEY,"
                         " name TEXT NOT NULL,"
                         " checksum TEXT NOT NULL,"
                         " applied_at_ms BIGINT NOT NULL)"};
// Beside the table and not in it: a column more would be a change of its own.
constexpr Sql make_compatible_table{"migrate.make_compatible_table",
                                    "CREATE TABLE IF NOT EXISTS compatible_migrations ("
                                    " number BIGINT NOT NULL PRIMARY KEY)"};
constexpr Sql list_applied{"migrate.list",
                           "SELECT m.number, m.name, m.checksum,"
                           " CASE WHEN c.number IS NULL THEN 0 ELSE 1 END"
                           " FROM schema_migrations m"
                           " LEFT JOIN compatible_migrations c ON c.number = m.number"
                           " ORDER BY m.number"};
constexpr Sql note_applied{"migrate.note",
                           "INSERT INTO schema_migrations (number, name, checksum, applied_at_ms)"
                           " VALUES ($1, $2, $3, $4)"};
constexpr Sql note_compatible{"migrate.note_compatible",
                              "INSERT INTO compatible_migrations (number) VALUES ($1)"
                              " ON CONFLICT (number) DO NOTHING"};

struct Applied {
  std::int64_t number;
  std::string name;
  std::string checksum;
  enum class Compatible { yes, no } compatible;
};

Migration::Compatible compatible_of(std::string_view script) {
  const std::string_view line = script.substr(0, script.find('\n'));
  if (line == "-- compatible: yes") return Migration::Compatible::yes;
  if (line == "-- compatible: no") return Migration::Compatible::no;
  return Migration::Compatible::unsaid;
}

struct FileName {
  std::int64_t number = 0;
  std::string_view name;
  std::string_view engine;  // empty: for every engine
};

std::optional<FileName> parse_file_name(std::string_view path) {
  constexpr std::size_t digits = 4;
  constexpr std::string_view suffix = ".sql";
  if (path.size() <= digits + 1 + suffix.size() || path[digits] != '_' || !path.ends_with(suffix)) {
    return std::nullopt;
  }
  FileName parsed;
  const auto [stop, status] = std::from_chars(path.data(), path.data() + digits, parsed.number);
  if (status != std::errc{} || stop != path.data() + digits || parsed.number < 1) {
    return std::nullopt;
  }
  std::string_view rest = path.substr(digits + 1);
  rest.remove_suffix(suffix.size());
  const std::size_t dot = rest.find('.');
  parsed.name = rest.substr(0, dot);
  if (dot != std::string_view::npos) parsed.engine = rest.substr(dot + 1);
  const bool complete =
      !parsed.name.empty() && (dot == std::string_view::npos || !parsed.engine.empty());
  return complete ? std::optional(parsed) : std::nullopt;
}

std::string label(std::int64_t number, std::string_view name) {
  return "migration " + std::to_string(number) + " (" + std::string(name) + ")";
}

Error refused(std::string why) { return Error(ErrorCode::failed_precondition, std::move(why)); }

// What the database has must be the beginning of what the binary has, word for word, or go on from
// there with what the binary can do without.
Result<Unit, Error> check_history(const std::vector<Applied>& applied,
                                  const std::vector<Migration>& known) {
  for (std::size_t i = 0; i < applied.size(); ++i) {
    const Applied& row = applied[i];
    if (row.number == unfinished_copy_number) {
      return refused("a copy into this database was not finished (" + row.name +
                     "): run `gatehouse copy` again, or begin with an empty database");
    }
    if (row.number != static_cast<std::int64_t>(i) + 1) {
      return refused("migration " + std::to_string(i + 1) +
                     " is missing from the database, which has " + label(row.number, row.name));
    }
    if (i >= known.size()) {
      if (row.compatible == Applied::Compatible::yes) continue;
      return refused("the database is newer than this program, which cannot work on it: it has " +
                     label(row.number, row.name) + ", the program knows " +
                     std::to_string(known.size()) + " migrations");
    }
    if (row.checksum != known[i].checksum) {
      return refused(label(row.number, row.name) +
                     " was applied with another text than this program has");
    }
  }
  return Unit{};
}

Result<std::vector<Applied>, Error> load_applied(Transaction& transaction) {
  return transaction.list(list_applied, {}, [](const Row& row) {
    return Applied{row.integer(0), row.string(1), row.string(2),
                   row.integer(3) == 1 ? Applied::Compatible::yes : Applied::Compatible::no};
  });
}

enum class Progress { more, up_to_date };

// Applies the first migration that is missing. Looks anew each time: another process may be at it.
Result<Progress, Error> apply_next(MigrationTarget& target, Transaction& transaction,
                                   const std::vector<Migration>& known, Instant now) {
  TRY(transaction.execute(make_table, {}));
  TRY(transaction.execute(make_compatible_table, {}));
  const auto applied = TRY(load_applied(transaction));
  TRY(check_history(applied, known));
  if (applied.size() >= known.size()) return Progress::up_to_date;

  const Migration& next = known[applied.size()];
  auto ran = target.run_script(next.script);
  if (!ran.ok()) {
    Error error = std::move(ran).error();
    error.detail = label(next.number, next.name) + ": " + error.detail;
    return error;
  }
  TRY(transaction.execute(note_applied, {next.number, next.name, next.checksum, now}));
  if (next.compatible == Migration::Compatible::yes) {
    TRY(transaction.execute(note_compatible, {next.number}));
  }
  return applied.size() + 1 == known.size() ? Progress::up_to_date : Progress::more;
}

}  // namespace

Result<std::vector<Migration>, Error> migrations_for(std::string_view engine,
                                                     std::span<const EmbeddedFile> files) {
  struct Choice {
    FileName file;
    std::string_view script;
  };
  std::vector<Choice> choices;
  for (const EmbeddedFile& file : files) {
    const auto parsed = parse_file_name(file.path);
    if (!parsed) {
      return Error(ErrorCode::internal, "not a migration's name: " + std::string(file.path));
    }
    if (parsed->engine.empty() || parsed->engine == engine)
      choices.push_back({*parsed, file.bytes});
  }
  // Of one migration, the engine's own file first.
  std::ranges::sort(choices, [](const Choice& a, const Choice& b) {
    if (a.file.number != b.file.number) return a.file.number < b.file.number;
    return a.file.engine > b.file.engine;
  });
  std::vector<Migration> migrations;
  std::string_view own_name;  // of the last one, while a plain file of its name may follow
  for (const auto& [file, script] : choices) {
    const auto expected = static_cast<std::int64_t>(migrations.size()) + 1;
    if (file.number == expected) {
      migrations.push_back({file.number, std::string(file.name), hex_encode(crypto::sha256(script)),
                            std::string(script), compatible_of(script)});
      own_name = file.engine.empty() ? std::string_view() : file.name;
    } else if (file.number == expected - 1 && file.name == own_name) {
      own_name = {};
    } else {
      return Error(ErrorCode::internal,
                   "migrations are not numbered one by one: " + label(file.number, file.name) +
                       " where " + std::to_string(expected) + " is next");
    }
  }
  return migrations;
}

Result<Unit, Error> migrate(MigrationTarget& target, std::span<const EmbeddedFile> files,
                            Instant now) {
  const std::vector<Migration> known = TRY(migrations_for(target.engine(), files));
  Progress progress = Progress::more;
  const auto step = [&](Transaction& transaction) -> Result<Unit, Error> {
    progress = TRY(apply_next(target, transaction, known, now));
    return Unit{};
  };
  while (progress == Progress::more) TRY(target.in_transaction(step));
  return Unit{};
}

Result<Unit, Error> check_schema(Transaction& transaction, std::string_view engine,
                                 std::span<const EmbeddedFile> files) {
  const std::vector<Migration> known = TRY(migrations_for(engine, files));
  const auto applied = TRY(load_applied(transaction));
  TRY(check_history(applied, known));
  if (applied.size() >= known.size()) return Unit{};
  const Migration& next = known[applied.size()];
  return refused(label(next.number, next.name) +
                 " is missing from the database: run `gatehouse migrate`");
}

}  // namespace gatehouse::storage
