#include "server/storage/sqlite/scratch_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace gatehouse::storage {

Result<ScratchFolder, Error> ScratchFolder::make() {
  std::error_code ignored;
  for (const std::string& base :
       {std::string("/dev/shm"), std::filesystem::temp_directory_path(ignored).string()}) {
    std::string path = base + "/gatehouse-XXXXXX";
    if (::mkdtemp(path.data()) != nullptr) return ScratchFolder(std::move(path));
  }
  return Error(ErrorCode::unavailable,
               std::string("no place for a temporary folder: ") + std::strerror(errno));
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;  // a leftover in memory is no reason to fail
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace gatehouse::storage
