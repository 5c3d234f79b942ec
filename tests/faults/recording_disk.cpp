#include "tests/faults/recording_disk.h"

#include <string_view>
#include <utility>

#include <sqlite3.h>

namespace tidewaiter {

/// A VFS of SQLite (sqlite.org/vfs.html) around the one of the system.
struct RecordingDisk::Vfs {
  sqlite3_vfs base{};
  sqlite3_vfs* real = nullptr;
  std::vector<DiskOperation> operations;
};

namespace {

using Kind = DiskOperation::Kind;

std::string file_name(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

/// Where the operations go: SQLite hands back `pAppData`, which is that vector.
std::vector<DiskOperation>& operations_of(sqlite3_vfs* vfs) {
  return *static_cast<std::vector<DiskOperation>*>(vfs->pAppData);
}

sqlite3_vfs* system_vfs() { return sqlite3_vfs_find("unix"); }

/// SQLite allocates it, with room for the system's file behind it.
struct RecordedFile {
  sqlite3_file base;
  std::vector<DiskOperation>* operations;
  std::string* name;  ///< null: a temporary file without one
};

sqlite3_file* real_of(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<RecordedFile*>(file) + 1);
}

void note(sqlite3_file* file, DiskOperation operation) {
  const auto& recorded = *reinterpret_cast<RecordedFile*>(file);
  if (recorded.name == nullptr) return;
  operation.file = *recorded.name;
  recorded.operations->push_back(std::move(operation));
}

int close_file(sqlite3_file* file) {
  const int result = real_of(file)->pMethods->xClose(real_of(file));
  delete reinterpret_cast<RecordedFile*>(file)->name;
  return result;
}

int read_file(sqlite3_file* file, void* bytes, int size, sqlite3_int64 at) {
  return real_of(file)->pMethods->xRead(real_of(file), bytes, size, at);
}

int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  note(file, {Kind::kWrite, "", at,
              std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size)), false});
  return real_of(file)->pMethods->xWrite(real_of(file), bytes, size, at);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  note(file, {Kind::kTruncate, "", size, "", false});
  return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

int sync_file(sqlite3_file* file, int flags) {
  const int result = real_of(file)->pMethods->xSync(real_of(file), flags);
  note(file, {Kind::kSync, "", 0, "", false});
  return result;
}

// What changes no byte goes on to the system as it comes.
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
int lock_file(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xLock(real_of(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
int check_reserved(sqlite3_file* file, int* answer) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), answer);
}
int control_file(sqlite3_file* file, int what, void* argument) {
  return real_of(file)->pMethods->xFileControl(real_of(file), what, argument);
}
int sector_size(sqlite3_file* file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); }
int characteristics(sqlite3_file* file) {
  return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}
int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** at) {
  return real_of(file)->pMethods->xShmMap(real_of(file), region, size, extend, at);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}
void fence_shared(sqlite3_file* file) { real_of(file)->pMethods->xShmBarrier(real_of(file)); }
int unmap_shared(sqlite3_file* file, int remove) {
  return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

// Version 2: with shared memory for the WAL, without memory-mapped reading and writing.
const sqlite3_io_methods kMethods{2,
                                  close_file,
                                  read_file,
                                  write_file,
                                  truncate_file,
                                  sync_file,
                                  file_size,
                                  lock_file,
                                  unlock_file,
                                  check_reserved,
                                  control_file,
                                  sector_size,
                                  characteristics,
                                  map_shared,
                                  lock_shared,
                                  fence_shared,
                                  unmap_shared,
                                  nullptr,
                                  nullptr};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* opened) {
  sqlite3_vfs* real = system_vfs();
  auto& recorded = *reinterpret_cast<RecordedFile*>(file);
  recorded.base.pMethods = nullptr;  // there is nothing to close if it cannot be opened
  int there = 0;
  if (path != nullptr) real->xAccess(real, path, SQLITE_ACCESS_EXISTS, &there);
  const int result = real->xOpen(real, path, real_of(file), flags, opened);
  if (result != SQLITE_OK) return result;
  recorded.base.pMethods = &kMethods;
  recorded.operations = &operations_of(vfs);
  recorded.name = path == nullptr ? nullptr : new std::string(file_name(path));
  if (there == 0) note(file, {Kind::kCreate, "", 0, "", false});
  return result;
}

int remove_file(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  sqlite3_vfs* real = system_vfs();
  const int result = real->xDelete(real, path, sync_folder);
  if (result == SQLITE_OK) {
    operations_of(vfs).push_back({Kind::kRemove, file_name(path), 0, "", sync_folder != 0});
  }
  return result;
}

}  // namespace

RecordingDisk::RecordingDisk() : vfs_(std::make_unique<Vfs>()) {
  vfs_->real = system_vfs();
  vfs_->base = *vfs_->real;  // what is not stood before is the system's
  vfs_->base.szOsFile = static_cast<int>(sizeof(RecordedFile)) + vfs_->real->szOsFile;
  vfs_->base.zName = "recording-disk";
  vfs_->base.pNext = nullptr;
  vfs_->base.pAppData = &vfs_->operations;
  vfs_->base.xOpen = open_file;
  vfs_->base.xDelete = remove_file;
  sqlite3_vfs_register(&vfs_->base, 1);
}

RecordingDisk::~RecordingDisk() {
  sqlite3_vfs_unregister(&vfs_->base);
  sqlite3_vfs_register(vfs_->real, 1);
}

void RecordingDisk::mark(std::string words) {
  vfs_->operations.push_back({Kind::kMark, "", 0, std::move(words), false});
}

const std::vector<DiskOperation>& RecordingDisk::operations() const { return vfs_->operations; }

}  // namespace tidewaiter
