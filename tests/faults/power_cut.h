#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tests/faults/recording_disk.h"

namespace tidewaiter {

/// What becomes, at a power cut, of writes that no sync came after.
enum class Unsynced : std::uint8_t {
  kLost,      ///< none has reached the disk
  kKept,      ///< all have
  kTornHead,  ///< all have, of the very last only the first half of its sectors
  kTornTail,  ///< all have, of the very last only the second half
  kRandom,    ///< each has, has not, or has in some of its sectors
};

/// A disk of which only what was synced is sure.
class UncertainDisk {
 public:
  /// Files that are on the disk, with what is in them.
  explicit UncertainDisk(std::map<std::string, std::string> files);

  /// Syncs of these files say that all is well, and do nothing: a drive that lies.
  void lie_about(std::set<std::string> files) { liars_ = std::move(files); }

  /// Goes on by one operation.
  void take(const DiskOperation& operation);

  /// What is on the disk if the power goes now.
  [[nodiscard]] std::map<std::string, std::string> cut(Unsynced fate,
                                                       std::mt19937_64& random) const;

 private:
  struct File {
    bool there = false;                          ///< for sure
    bool removed = false;                        ///< not for sure
    std::string bytes;                           ///< for sure
    std::vector<const DiskOperation*> unsynced;  ///< since then
  };
  std::map<std::string, File> files_;
  std::set<std::string> liars_;
  const DiskOperation* last_ = nullptr;
};

}  // namespace tidewaiter
