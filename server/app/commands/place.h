// Where the data is that a command works on: a folder, a database by its URL, or what a
// configuration file names.

#pragma once

#include <memory>
#include <string>

#include "server/app/config.h"
#include "server/crypto/master_key.h"
#include "server/storage/catalog.h"

namespace gatehouse::app::commands {

struct PlaceOptions {
  std::string data_folder = {};  // empty: .gatehouse, unless there is a configuration
  std::string config_file = {};  // empty: none
  std::string database_url =
      {};  // empty: gatehouse.db in the data folder; not with a configuration
};

struct Place {
  std::string data_folder;
  std::string master_key_file;
  std::string config_file;  // empty: a folder of `gatehouse dev`
  storage::Location database;
  storage::OpenSettings opening = {};  // whose time is not yet set

  [[nodiscard]] bool is_sqlite() const { return database.engine() == storage::Engine::sqlite; }
};

// Errors: invalid_argument (two are named that exclude each other; the configuration's), those of
// database_location.
Result<Place, Error> find_place(const PlaceOptions& options);
Result<Place, Error> place_of(const Config& config, std::string config_file);

// How much a command is going to write: a transaction of `bulk` changes much of the file, and is
// given the memory to write each page once.
using Load = storage::OpenSettings::Load;

// The database at that place, its schema up to date. Errors: not_found if there is none, since a
// mistyped folder must not become a new database; those of storage::open and require_schema.
Result<std::unique_ptr<storage::Database>, Error> open_existing(const Place& place, Instant now,
                                                                Load load = Load::small);
// The same, made if it is missing.
Result<std::unique_ptr<storage::Database>, Error> open_or_make(
    const storage::Location& location, const storage::OpenSettings& settings);
// Errors: those of read_secret_file and master_key_from_text.
Result<crypto::MasterKey, Error> read_master_key(const std::string& file);

// The context of somebody at the shell, named by their login.
[[nodiscard]] Context operator_context(const Clock& clock, Random& random);

}  // namespace gatehouse::app::commands
