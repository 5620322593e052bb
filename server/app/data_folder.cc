#include "server/app/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "server/encoding/hex.h"

namespace gatehouse::app {
namespace {

constexpr std::size_t secret_file_bytes_max = 4096;

Error failure(ErrorCode code, const std::string& path, const char* what) {
  return Error(code, path + ": " + what);
}
Error system_failure(const std::string& path) {
  return failure(errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable, path,
                 std::strerror(errno));
}

// Closes a file descriptor when it goes.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

Result<Unit, Error> write_file(const std::string& path, std::string_view bytes, ::mode_t mode) {
  const std::string draft = path + ".new";
  {
    const Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (file.number() < 0) return system_failure(draft);
    if (::write(file.number(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
        ::fsync(file.number()) != 0) {
      return system_failure(draft);
    }
  }
  if (::rename(draft.c_str(), path.c_str()) != 0) return system_failure(path);
  return Unit{};
}

}  // namespace

Result<Secret, Error> read_secret_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) return system_failure(path);
  struct ::stat facts {};
  if (::fstat(file.number(), &facts) != 0) return system_failure(path);
  // What systemd and Kubernetes hand to a service belongs to root, and its group may read it.
  const bool is_handed_over = facts.st_uid == 0 && ::geteuid() != 0;
  const ::mode_t refused = is_handed_over ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO;
  if ((facts.st_mode & refused) != 0) {
    return failure(ErrorCode::failed_precondition, path,
                   "others than its owner may read this file; run: chmod 600 on it");
  }
  std::string bytes(secret_file_bytes_max, '\0');
  const ssize_t count = ::read(file.number(), bytes.data(), bytes.size());
  if (count < 0) return system_failure(path);
  bytes.resize(static_cast<std::size_t>(count));
  while (!bytes.empty() && (bytes.back() == '\n' || bytes.back() == '\r')) bytes.pop_back();
  return Secret(std::move(bytes));
}

Result<Unit, Error> write_secret_file(const std::string& path, std::string_view bytes) {
  return write_file(path, bytes, 0600);
}

Result<Unit, Error> write_public_file(const std::string& path, std::string_view bytes) {
  return write_file(path, bytes, 0644);
}

Result<crypto::MasterKey, Error> master_key_from_text(const Secret& text) {
  auto bytes = hex_decode(text.reveal());
  if (!bytes.has_value()) {
    return Error(ErrorCode::invalid_argument, "a master key is 64 hexadecimal digits");
  }
  return crypto::MasterKey::from_bytes(Secret(std::move(*bytes)));
}

Result<DataFolder, Error> DataFolder::open(const std::string& path) {
  std::string so_far;
  for (std::size_t at = 0; at != std::string::npos;) {
    at = path.find('/', at + 1);
    so_far = path.substr(0, at);
    if (!so_far.empty() && ::mkdir(so_far.c_str(), 0700) != 0 && errno != EEXIST) {
      return system_failure(so_far);
    }
  }
  return DataFolder(path);
}

Result<crypto::MasterKey, Error> DataFolder::master_key(Random& random) const {
  const std::string file = path_ + "/master.key";
  auto text = read_secret_file(file);
  if (!text.ok() && text.error().code == ErrorCode::not_found) {
    const std::string fresh = hex_encode(random_bytes(random, crypto::MasterKey::key_bytes));
    TRY(write_secret_file(file, fresh + "\n"));
    text = read_secret_file(file);
  }
  return master_key_from_text(TRY(std::move(text)));
}

Result<std::unique_ptr<FolderLock>, Error> FolderLock::take(const std::string& folder, Kind kind) {
  const std::string path = folder + "/gatehouse.lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return system_failure(path);
  auto lock = std::make_unique<FolderLock>(file);
  if (::flock(file, (kind == Kind::shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
    return failure(ErrorCode::failed_precondition, folder,
                   kind == Kind::shared ? "a command is at work on the database there; wait for it"
                                        : "a server runs on the database there; stop it first");
  }
  return lock;
}

FolderLock::~FolderLock() { ::close(descriptor_); }

}  // namespace gatehouse::app
