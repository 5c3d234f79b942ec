#pragma once

#include <cstdint>
#include <vector>

#include "daemon/report/report.h"
#include "storage/review/report_kinds.h"

namespace tidewaiter {

/// What an author writes where something was asked and nobody knows it.
inline constexpr std::string_view kNotKnown = "unknown";

/// Each element that the kind asks for, in its order: absent where the report says nothing,
/// unknown where it says that nobody knows, or that something could not be read. Pure.
[[nodiscard]] std::vector<CheckedElement> check_elements(const Report& report,
                                                         const ReportKind& kind);

/// How many are not present.
[[nodiscard]] std::int64_t gaps_of(const std::vector<CheckedElement>& elements);

}  // namespace tidewaiter
