#pragma once

#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "storage/snapshot/snapshot_file.h"

namespace tidewaiter {

/// The two lines that a snapshot begins with.
[[nodiscard]] std::string head_lines(const SnapshotHead& head);

/// The head, from the beginning of a file; `length` is where the body begins. Errors: kUnsupported
/// for a file that is no snapshot of this form, kCorruption.
struct ReadHead {
  SnapshotHead head;
  std::size_t length = 0;
};
[[nodiscard]] Result<ReadHead> read_head(std::string_view beginning);

/// More than any head has.
inline constexpr std::size_t kLongestSnapshotHead = 4096;

}  // namespace tidewaiter
