// TestDisk: a SQLite VFS between the driver and the real files, for tests of what disks do: fail,
// fill up, lose what was not synced. It reports every change to a function, which may refuse it.

#pragma once

#include <sqlite3.h>

#include <cstring>
#include <functional>
#include <string>
#include <utility>

namespace gatehouse::storage::testing {

struct DiskEvent {
  enum class Kind { write, truncate, sync };
  Kind kind;
  std::string path;
  std::int64_t offset = 0;  // of a truncation: the new size
  std::string bytes;

  [[nodiscard]] bool is_wal() const { return path.ends_with("-wal"); }
};

class TestDisk {
 public:
  // Asked before each change; SQLITE_OK lets it through, anything else is the disk's answer.
  using Gate = std::function<int(const DiskEvent&)>;

  TestDisk(std::string name, Gate gate)
      : name_(std::move(name)), gate_(std::move(gate)), system_(sqlite3_vfs_find(nullptr)) {
    vfs_ = *system_;
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + system_->szOsFile;
    vfs_.zName = name_.c_str();
    vfs_.pNext = nullptr;
    vfs_.pAppData = this;
    vfs_.xOpen = open;
    sqlite3_vfs_register(&vfs_, 0);
  }
  TestDisk(const TestDisk&) = delete;
  TestDisk& operator=(const TestDisk&) = delete;
  ~TestDisk() { sqlite3_vfs_unregister(&vfs_); }

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  struct File {
    sqlite3_file base;
    TestDisk* disk;
    const char* path;  // SQLite keeps it as long as the file is open; null for temporary files
    [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };

  static File* self(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
  static const sqlite3_io_methods* real(sqlite3_file* file) { return self(file)->real()->pMethods; }
  static int ask(sqlite3_file* file, DiskEvent::Kind kind, std::int64_t offset, std::string bytes) {
    if (self(file)->path == nullptr) return SQLITE_OK;
    return self(file)->disk->gate_({kind, self(file)->path, offset, std::move(bytes)});
  }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out) {
    auto* disk = static_cast<TestDisk*>(vfs->pAppData);
    File* opened = self(file);
    opened->base.pMethods = nullptr;
    opened->disk = disk;
    opened->path = path;
    std::memset(opened->real(), 0, static_cast<std::size_t>(disk->system_->szOsFile));
    const int code = disk->system_->xOpen(disk->system_, path, opened->real(), flags, out);
    if (opened->real()->pMethods != nullptr) opened->base.pMethods = &methods;
    return code;
  }
  static int close(sqlite3_file* file) { return real(file)->xClose(self(file)->real()); }
  static int read(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
    return real(file)->xRead(self(file)->real(), to, size, offset);
  }
  static int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
    const int code =
        ask(file, DiskEvent::Kind::write, offset,
            std::string(static_cast<const char*>(from), static_cast<std::size_t>(size)));
    return code != SQLITE_OK ? code : real(file)->xWrite(self(file)->real(), from, size, offset);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    const int code = ask(file, DiskEvent::Kind::truncate, size, {});
    return code != SQLITE_OK ? code : real(file)->xTruncate(self(file)->real(), size);
  }
  static int sync(sqlite3_file* file, int flags) {
    const int code = ask(file, DiskEvent::Kind::sync, 0, {});
    return code != SQLITE_OK ? code : real(file)->xSync(self(file)->real(), flags);
  }
  static int size(sqlite3_file* file, sqlite3_int64* out) {
    return real(file)->xFileSize(self(file)->real(), out);
  }
  static int lock(sqlite3_file* file, int level) {
    return real(file)->xLock(self(file)->real(), level);
  }
  static int unlock(sqlite3_file* file, int level) {
    return real(file)->xUnlock(self(file)->real(), level);
  }
  static int check_lock(sqlite3_file* file, int* out) {
    return real(file)->xCheckReservedLock(self(file)->real(), out);
  }
  static int control(sqlite3_file* file, int code, void* argument) {
    return real(file)->xFileControl(self(file)->real(), code, argument);
  }
  static int sector(sqlite3_file* file) { return real(file)->xSectorSize(self(file)->real()); }
  static int traits(sqlite3_file* file) {
    return real(file)->xDeviceCharacteristics(self(file)->real());
  }
  static int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
    return real(file)->xShmMap(self(file)->real(), page, size, extend, out);
  }
  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return real(file)->xShmLock(self(file)->real(), offset, count, flags);
  }
  static void shm_barrier(sqlite3_file* file) { real(file)->xShmBarrier(self(file)->real()); }
  static int shm_unmap(sqlite3_file* file, int remove) {
    return real(file)->xShmUnmap(self(file)->real(), remove);
  }

  // Version 2: no memory mapping, so that every change comes through write().
  static constexpr sqlite3_io_methods methods{2,           close,     read,    write,   truncate,
                                              sync,        size,      lock,    unlock,  check_lock,
                                              control,     sector,    traits,  shm_map, shm_lock,
                                              shm_barrier, shm_unmap, nullptr, nullptr};

  const std::string name_;
  const Gate gate_;
  sqlite3_vfs* const system_;
  sqlite3_vfs vfs_{};
};

}  // namespace gatehouse::storage::testing
