// ScratchFolder: a new folder, in memory where the system has such a place, that goes away with the
// object. It holds databases that nobody wants to keep.

#pragma once

#include <string>

#include "server/core/error.h"
#include "server/core/result.h"

namespace gatehouse::storage {

class ScratchFolder {
 public:
  static Result<ScratchFolder, Error> make();
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}  // takes over the folder
  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;  // empty: moved from
};

}  // namespace gatehouse::storage
