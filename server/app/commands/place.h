// Where the data is that a command works on: a folder, or what a configuration file names.

#pragma once

#include <memory>
#include <string>

#include "server/crypto/master_key.h"
#include "server/storage/sqlite/sqlite_database.h"

namespace gatehouse::app::commands {

struct PlaceOptions {
  std::string data_folder = {};  // empty: .gatehouse, unless there is a configuration
  std::string config_file = {};  // empty: none
};

struct Place {
  std::string data_folder;
  std::string master_key_file;
  std::string config_file;  // empty: a folder of `gatehouse dev`

  [[nodiscard]] std::string database_file() const { return data_folder + "/gatehouse.db"; }
};

// Errors: invalid_argument (both are named; the configuration's).
Result<Place, Error> find_place(const PlaceOptions& options);

// How much a command is going to write: a transaction of `bulk` changes much of the file, and is
// given the memory to write each page once.
enum class Load { small, bulk };

// The database at that place, brought up to date. Errors: not_found if there is none, since a
// mistyped folder must not become a new database; those of SqliteDatabase::open.
Result<std::unique_ptr<storage::SqliteDatabase>, Error> open_existing(const Place& place,
                                                                      Instant now,
                                                                      Load load = Load::small);
// Errors: those of read_secret_file and master_key_from_text.
Result<crypto::MasterKey, Error> read_master_key(const std::string& file);

// The context of somebody at the shell, named by their login.
[[nodiscard]] Context operator_context(const Clock& clock, Random& random);

}  // namespace gatehouse::app::commands
