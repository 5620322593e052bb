// Which database, and opening it: the one place that knows all drivers.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/storage/database.h"
#include "server/storage/migrate.h"

namespace gatehouse::storage {

enum class Engine { sqlite, postgres };

// "sqlite:/var/lib/gatehouse/gatehouse.db" | "postgres://user@host1,host2/gatehouse?sslmode=…".
class Location {
 public:
  // Errors: invalid_argument, whose detail never repeats the text, which may hold a password.
  static Result<Location, Error> parse(std::string_view text);
  static Location sqlite_file(std::string path) { return {Engine::sqlite, std::move(path)}; }

  [[nodiscard]] Engine engine() const { return engine_; }
  // The file's path, or libpq's connection string, which may hold a password.
  [[nodiscard]] const std::string& target() const { return target_; }
  // For messages and reports: without password.
  [[nodiscard]] std::string shown() const;

 private:
  Location(Engine engine, std::string target) : engine_(engine), target_(std::move(target)) {}

  Engine engine_;
  std::string target_;
};

// What a server gives its database for one statement: whoever waits longer does better to come
// again. Commands that read everything have only their deadline.
inline constexpr milliseconds server_answer_timeout{2000};

struct OpenSettings {
  Instant now;  // noted beside each migration that is applied
  // How much is going to be written: `bulk` is given the memory to write each page once.
  enum class Load { small, bulk } load = Load::small;
  int connections_max = 32;        // PostgreSQL: open at a time
  milliseconds answer_timeout{0};  // PostgreSQL: of one statement; zero: until the call's deadline
  std::span<const EmbeddedFile> migrations = embedded_files();
  // `up_to_date` applies what is missing; `as_is` leaves the schema alone.
  enum class Schema { up_to_date, as_is } schema = Schema::up_to_date;
};

// Errors: those of SqliteDatabase::open and PostgresDatabase::open.
Result<std::unique_ptr<Database>, Error> open(const Location& location,
                                              const OpenSettings& settings);

}  // namespace gatehouse::storage
