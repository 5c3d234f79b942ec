#pragma once

#include <span>

#include "policies/language/expression.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Expressions over a record's `time`, as written at `span`.
[[nodiscard]] Expr record_time(const SourceSpan& span);

/// time >= from
[[nodiscard]] Expr not_before(UtcTime from, const SourceSpan& span);

/// Whether the time lies in one of the intervals, of which there is at least one. A side that is
/// the least or the greatest int64 is no bound.
[[nodiscard]] Expr within(std::span<const Interval> intervals, const SourceSpan& span);

/// `truth`, and the time lies in one of the intervals in which a list holds what it is about;
/// `truth` itself if that is always.
[[nodiscard]] Expr while_listed(Expr truth, std::span<const Interval> times,
                                const SourceSpan& span);

}  // namespace tidewaiter
