#pragma once

#include <string>
#include <vector>

#include "policies/model/record.h"

namespace tidewaiter {

// The figures of a usage record: what it counts, and not what it is about. `requests`, tokens that
// went in or out, and money.

/// A figure that two versions of a record have differently, in words: "none" where it is absent.
struct FigureChange {
  std::string name;
  std::string before;
  std::string after;
};

/// In the order of the catalogue; `requests` is the first.
[[nodiscard]] std::vector<FigureChange> changed_figures(const Record& before, const Record& after);

/// What `status` of a record says once its source has it no longer.
inline constexpr const char* kVanishedStatus = "vanished";

/// The version that follows where the source has the record no longer: each figure that it had is
/// 0, and `status` says so; what it is about stays.
[[nodiscard]] Record zero_revision(Record record);
[[nodiscard]] bool is_vanished(const Record& record);

}  // namespace tidewaiter
