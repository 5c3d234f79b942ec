#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/report/report.h"

namespace tidewaiter {

// What of a period sources have told of. The stretch that a source covers is a hull: of a hole
// within it the gaps of the policies tell.

/// The parts of `period` before and behind what is covered, in order; all of it where nothing is.
[[nodiscard]] std::vector<Interval> not_covered(const Interval& period,
                                                const std::optional<Interval>& covered);

/// The sources as a report about `period` has them, with what each is missing of it. One that is
/// configured no more is there only where what it covers touches the period: what came later it was
/// not asked for.
[[nodiscard]] std::vector<ReportedSource> sources_within(std::vector<ReportedSource> sources,
                                                         const Interval& period);

/// The report covers a period that somebody asked for, and no source has told of any of it.
[[nodiscard]] bool is_unseen(const Report& report);
/// ... and the sources have not told of all of it, or which of it cannot be told.
[[nodiscard]] bool is_partly_unseen(const Report& report);

/// "2026-10-01T00:00:00Z to 2026-10-05T00:00:00Z; …", or `none` where there is none.
[[nodiscard]] std::string stretches_text(const std::vector<Interval>& stretches, const char* none);

/// What is missing of a period that somebody asked for, a sentence each source.
[[nodiscard]] std::vector<std::string> unseen_sentences(const Report& report);

}  // namespace tidewaiter
