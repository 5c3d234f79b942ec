#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "storage/review/case_book.h"

namespace tidewaiter {

/// What people decided about the findings of one version of a policy. Withdrawn findings do not
/// count.
struct Verdicts {
  std::int64_t confirmed = 0;
  std::int64_t false_positive = 0;
  std::int64_t accepted_risk = 0;
  std::int64_t referred = 0;
  /// Without a decision, with one that awaits a second person or asks for information, and found
  /// since the decision about their case.
  std::int64_t undecided = 0;
  bool operator==(const Verdicts&) const = default;
};

/// By version. A merged case's findings count in the case that it goes on in. Pure.
[[nodiscard]] std::map<std::int64_t, Verdicts> verdicts_by_version(const CaseBook& book,
                                                                   std::string_view policy);

}  // namespace tidewaiter
