#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

// Time limits that begin with a dated event. Pure; any thread. Days are those of UTC, and the day
// of the event is not counted.

/// A time limit that a law or a house sets.
struct ClockRule {
  std::string_view name;   ///< "ofac-report"
  std::string_view basis;  ///< citation
  std::string_view text;   ///< what has to be done by then
  std::int64_t days = 0;
  bool business = false;  ///< only business days count
};

/// The rules that have a name: 31 CFR 501.603 and 501.604 (ten business days for the report of
/// blocked property or a rejected transaction), 15 CFR 764.5 (180 days for the narrative of a
/// voluntary self-disclosure).
[[nodiscard]] const std::vector<ClockRule>& clock_rules();

/// A rule by name, or one of the house: "days:30", "business-days:5", from 1 to 3,660.
/// Errors: kInvalidInput, with what there is.
[[nodiscard]] Result<ClockRule> clock_rule(std::string_view name);

/// Whether the day that begins at `day` is a Saturday, a Sunday or a legal public holiday of the
/// United States, observed as 5 U.S.C. 6103 and Executive Order 11582 say: on the Friday before a
/// Saturday, on the Monday after a Sunday. Inauguration Day is a holiday only around Washington,
/// and counts as a business day.
[[nodiscard]] bool is_business_day(UtcTime day);

/// Midnight of the last day by which what `rule` asks for is to be done, where `event` lies in the
/// day that begins it.
[[nodiscard]] UtcTime due_day(const ClockRule& rule, UtcTime event);

/// The days that are left on the day of `now`, 0 on the last one; negative where it has passed.
/// Counted as the rule counts.
[[nodiscard]] std::int64_t days_left(const ClockRule& rule, UtcTime due, UtcTime now);

}  // namespace tidewaiter
