#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tidewaiter {

/// What SQLite asked a disk to do, in order.
struct DiskOperation {
  enum class Kind : std::uint8_t {
    kCreate,    ///< a file that was not there
    kWrite,     ///< `bytes` at `offset`
    kTruncate,  ///< to `offset` bytes
    kSync,      ///< the file, and its name in the folder
    kRemove,    ///< with its folder synced if `synced`
    kMark,      ///< nothing on the disk: `bytes` is what somebody was told at this place
  };
  Kind kind = Kind::kMark;
  std::string file;  ///< without its folder
  std::int64_t offset = 0;
  std::string bytes;
  bool synced = false;
};

/// While it is there, databases that are opened go through it to the system's files, and every
/// change that they make is noted. One at a time, one thread.
class RecordingDisk {
 public:
  RecordingDisk();
  ~RecordingDisk();
  RecordingDisk(const RecordingDisk&) = delete;
  RecordingDisk& operator=(const RecordingDisk&) = delete;

  void mark(std::string words);
  [[nodiscard]] const std::vector<DiskOperation>& operations() const;

 private:
  struct Vfs;
  std::unique_ptr<Vfs> vfs_;
};

}  // namespace tidewaiter
