// The data folder: database, master key and, in development, the credentials handed to the example.
// Everything in it is readable by its owner only.

#pragma once

#include <memory>
#include <string>

#include "server/core/error.h"
#include "server/core/random.h"
#include "server/core/result.h"
#include "server/crypto/master_key.h"

namespace gatehouse::app {

class DataFolder {
 public:
  // Makes the folder if it is missing. Errors: unavailable, naming the path.
  static Result<DataFolder, Error> open(const std::string& path);
  // As it is, there or not.
  static DataFolder at(std::string path) { return DataFolder(std::move(path)); }

  [[nodiscard]] std::string database_path() const { return path_ + "/gatehouse.db"; }
  [[nodiscard]] const std::string& path() const { return path_; }

  // The master key in master.key; made on first use. Errors: unavailable, invalid_argument (not 32
  // bytes in hexadecimal), failed_precondition (others than the owner may read the file).
  Result<crypto::MasterKey, Error> master_key(Random& random) const;

 private:
  explicit DataFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Held by a server on the folder of its database file, and exclusively by what must find no server
// there. Ends with the process, however that ends.
class FolderLock {
 public:
  enum class Kind { shared, exclusive };

  // Errors: failed_precondition if somebody holds it against `kind`; unavailable.
  static Result<std::unique_ptr<FolderLock>, Error> take(const std::string& folder, Kind kind);
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}  // for take()
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

 private:
  const int descriptor_;
};

// A file of secrets: the whole of it, without the line's end. Errors: not_found, unavailable,
// failed_precondition if group or others may read it; the group may where the file is root's and we
// are not.
Result<Secret, Error> read_secret_file(const std::string& path);
// Written under another name, synced and renamed: never half there. Mode 0600.
Result<Unit, Error> write_secret_file(const std::string& path, std::string_view bytes);
// The same with mode 0644, for what is no secret (a ready file).
Result<Unit, Error> write_public_file(const std::string& path, std::string_view bytes);

// 64 hexadecimal digits to a master key. Errors: invalid_argument.
Result<crypto::MasterKey, Error> master_key_from_text(const Secret& text);

}  // namespace gatehouse::app
