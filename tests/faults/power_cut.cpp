#include "tests/faults/power_cut.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tidewaiter {
namespace {

using Kind = DiskOperation::Kind;

constexpr std::size_t kSector = 512;

/// Says of a sector of a write, counted from 0, whether it is on the disk.
using Arrives = std::function<bool(std::size_t sector, std::size_t sectors)>;

void apply(const DiskOperation& operation, const Arrives& arrives, std::string& bytes) {
  const auto offset = static_cast<std::size_t>(operation.offset);
  if (operation.kind == Kind::kTruncate) {
    if (arrives(0, 1)) bytes.resize(offset);
    return;
  }
  const std::size_t sectors = (operation.bytes.size() + kSector - 1) / kSector;
  for (std::size_t sector = 0; sector < sectors; ++sector) {
    if (!arrives(sector, sectors)) continue;
    const std::string part = operation.bytes.substr(sector * kSector, kSector);
    const std::size_t at = offset + sector * kSector;
    if (bytes.size() < at + part.size()) bytes.resize(at + part.size());
    bytes.replace(at, part.size(), part);
  }
}

bool all_sectors(std::size_t, std::size_t) { return true; }

}  // namespace

UncertainDisk::UncertainDisk(std::map<std::string, std::string> files) {
  for (auto& [name, bytes] : files) files_[name] = {true, false, std::move(bytes), {}};
}

void UncertainDisk::take(const DiskOperation& operation) {
  if (operation.kind == Kind::kMark) return;
  last_ = &operation;
  File& file = files_[operation.file];
  switch (operation.kind) {
    case Kind::kCreate:
      // Two files of one name, of which neither is sure, are more than this disk knows of.
      if (file.removed) throw std::logic_error(operation.file + " was removed without a sync");
      file = {};
      break;
    case Kind::kWrite:
    case Kind::kTruncate:
      file.unsynced.push_back(&operation);
      break;
    case Kind::kSync:
      if (liars_.contains(operation.file)) break;
      for (const DiskOperation* pending : file.unsynced) apply(*pending, all_sectors, file.bytes);
      file.unsynced.clear();
      file.there = true;
      break;
    case Kind::kRemove:
      if (operation.synced) {
        files_.erase(operation.file);
      } else {
        file.removed = true;
      }
      break;
    case Kind::kMark:
      break;
  }
}

std::map<std::string, std::string> UncertainDisk::cut(Unsynced fate,
                                                      std::mt19937_64& random) const {
  const auto one_of = [&random](int of) {
    return std::uniform_int_distribution<int>(0, of - 1)(random) == 0;
  };
  const auto arrival = [&](const DiskOperation* operation) -> Arrives {
    if (fate == Unsynced::kLost) return [](std::size_t, std::size_t) { return false; };
    if (fate == Unsynced::kRandom) {
      if (one_of(3)) return [one_of](std::size_t, std::size_t) { return one_of(2); };
      return one_of(2) ? Arrives(all_sectors) : [](std::size_t, std::size_t) { return false; };
    }
    if (fate == Unsynced::kKept || operation != last_) return all_sectors;
    const bool head = fate == Unsynced::kTornHead;
    return
        [head](std::size_t sector, std::size_t sectors) { return (sector < sectors / 2) == head; };
  };
  std::map<std::string, std::string> left;
  for (const auto& [name, file] : files_) {
    const bool random_fate = fate == Unsynced::kRandom;
    if (file.removed && (random_fate ? one_of(2) : fate != Unsynced::kLost)) continue;
    if (!file.there && (random_fate ? one_of(2) : fate == Unsynced::kLost)) continue;
    std::string bytes = file.bytes;
    for (const DiskOperation* pending : file.unsynced) apply(*pending, arrival(pending), bytes);
    left[name] = std::move(bytes);
  }
  return left;
}

}  // namespace tidewaiter
