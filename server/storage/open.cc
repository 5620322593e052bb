#include "server/storage/open.h"

#include "server/storage/postgres/postgres_database.h"
#include "server/storage/sqlite/sqlite_database.h"

namespace gatehouse::storage {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";

// Of a transaction that changes much of the file, each page is to be written once.
constexpr std::int64_t bulk_cache_kib = 256 * 1024;
constexpr int bulk_checkpoint_pages = 50'000;

// "postgres://ada:secret@db/gatehouse?sslmode=x" → "postgres://ada@db/gatehouse".
std::string without_secrets(const std::string& url) {
  const std::string shown = url.substr(0, url.find('?'));
  const std::size_t scheme_end = shown.find("//");
  if (scheme_end == std::string::npos) return "postgres";
  const std::size_t begin = scheme_end + 2;
  const std::size_t at = shown.rfind('@', shown.find('/', begin));
  if (at == std::string::npos || at < begin) return shown;
  const std::size_t colon = shown.find(':', begin);
  if (colon == std::string::npos || colon > at) return shown;
  return shown.substr(0, colon) + shown.substr(at);
}

SqliteSettings sqlite_settings(const Location& location, const OpenSettings& wanted) {
  SqliteSettings settings{
      .path = location.target(), .migrations = wanted.migrations, .now = wanted.now};
  if (wanted.schema == OpenSettings::Schema::as_is) {
    settings.schema = SqliteSettings::Schema::as_is;
  }
  if (wanted.load == OpenSettings::Load::bulk) {
    settings.write_cache_kib = bulk_cache_kib;
    settings.checkpoint_pages = bulk_checkpoint_pages;
  }
  return settings;
}

}  // namespace

Result<Location, Error> Location::parse(std::string_view text) {
  if (text.starts_with(sqlite_scheme)) {
    std::string path(text.substr(sqlite_scheme.size()));
    if (path.starts_with("//")) path.erase(0, 2);  // sqlite:///var/lib/… is as good
    if (!path.empty()) return sqlite_file(std::move(path));
  }
  if (text.starts_with("postgres://") || text.starts_with("postgresql://")) {
    return Location(Engine::postgres, std::string(text));
  }
  return Error(ErrorCode::invalid_argument,
               "not a database: write sqlite:/path/to/gatehouse.db or"
               " postgres://user@host/database");
}

std::string Location::shown() const {
  return engine_ == Engine::sqlite ? target_ : without_secrets(target_);
}

Result<std::unique_ptr<Database>, Error> open(const Location& location,
                                              const OpenSettings& wanted) {
  if (location.engine() == Engine::sqlite) {
    auto database = TRY(SqliteDatabase::open(sqlite_settings(location, wanted)));
    return std::unique_ptr<Database>(std::move(database));
  }
  auto database = TRY(PostgresDatabase::open({.conninfo = location.target(),
                                              .migrations = wanted.migrations,
                                              .schema = wanted.schema == OpenSettings::Schema::as_is
                                                            ? PostgresSettings::Schema::as_is
                                                            : PostgresSettings::Schema::up_to_date,
                                              .now = wanted.now,
                                              .connections_max = wanted.connections_max,
                                              .answer_timeout = wanted.answer_timeout}));
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace gatehouse::storage
