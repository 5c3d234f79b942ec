#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// The least `run.from` of findings' entries. A finding's state has its last run alone: where it
/// has shrunk, only the entries know. A plain value.
class EarliestRun {
 public:
  /// Errors: kCorruption for an entry without a run.
  [[nodiscard]] Result<void> take(std::int64_t index, std::string_view body);
  [[nodiscard]] std::optional<UtcTime> earliest() const { return earliest_; }

 private:
  std::optional<UtcTime> earliest_;
};

}  // namespace tidewaiter
