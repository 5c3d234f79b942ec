#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "policies/engine/kind_coverage.h"
#include "policies/engine/ranges.h"
#include "policies/model/varint.h"

namespace tidewaiter {

/// Where a span of neighbouring windows lies, and how it stands.
struct SpanStanding {
  std::int64_t from = 0;  ///< first window
  std::int64_t to = 0;    ///< last window
  /// Which thresholds of the policy the certain figures have passed; see Thresholds.
  std::uint64_t passed = 0;
  bool judged = false;  ///< `passed` and `answer` have been set
  WindowStatus status = WindowStatus::kUnsettled;
  RangeAnswer answer = RangeAnswer::kUnknown;
  /// The answer under which the policy's coverage counts its windows, if it does.
  std::optional<RangeAnswer> counted;

  /// Wherever both lie.
  [[nodiscard]] bool stands_as(const SpanStanding& other) const {
    return status == other.status && answer == other.answer && counted == other.counted &&
           judged == other.judged && passed == other.passed;
  }

  template <class Archive>
  void serialize_standing(Archive& archive) {
    archive(from, to, passed, judged, status, answer, counted);
  }
};

/// The same of a span without what it holds. `passed` counts where it is judged.
struct SpanOutline : SpanStanding {
  bool falls = false;           ///< false once it is closed, if no record comes to it or goes
  bool joins_previous = false;  ///< it is one with the span before it but for how they stand
};

void append_outline(std::span<const SpanOutline> spans, std::vector<std::uint8_t>& bytes);
/// Replaces what is in `spans`.
void read_outline(VarintReader& reader, std::vector<SpanOutline>& spans);

/// Closes the windows [first, last] of an outline, and makes one span of those that are one then.
/// Calls `counts(span)` before a span changes. False, and nothing is of any use then: what a window
/// answers needs more than the outline.
template <class Counts>
[[nodiscard]] bool close_outline(std::vector<SpanOutline>& spans, std::int64_t first,
                                 std::int64_t last, const Counts& counts);

/// Cuts spans so that none reaches across the borders of [first, last]; gives where these begin.
std::size_t cut_outline(std::vector<SpanOutline>& spans, std::int64_t first, std::int64_t last);
/// Makes one span of neighbours that hold the same records and stand alike.
void join_outline(std::vector<SpanOutline>& spans);

template <class Counts>
bool close_outline(std::vector<SpanOutline>& spans, std::int64_t first, std::int64_t last,
                   const Counts& counts) {
  for (std::size_t i = cut_outline(spans, first, last); i < spans.size(); ++i) {
    SpanOutline& span = spans[i];
    if (span.from > last) break;
    if (!span.falls) return false;
    counts(span);
    span.status = WindowStatus::kClosed;
    span.answer = RangeAnswer::kFalse;
    span.counted = RangeAnswer::kFalse;
    span.judged = false;
    span.passed = 0;
  }
  join_outline(spans);
  return true;
}

}  // namespace tidewaiter
