#pragma once

#include <vector>

#include "policies/language/document_reader.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// `{from: 2026-01-01, until: 2026-12-31}`, one of which may be left out: an unbounded side is the
/// least or the greatest int64. A date in `until` means through the end of that day.
[[nodiscard]] std::optional<Interval> read_interval(DocumentReader& reader, const YamlNode& node);

/// The document's `in_force`: event time, sorted, apart from each other; empty: always.
[[nodiscard]] std::vector<Interval> read_in_force(DocumentReader& reader, const YamlNode& document);

}  // namespace tidewaiter
