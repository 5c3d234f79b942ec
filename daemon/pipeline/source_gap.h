#pragma once

#include <optional>
#include <set>
#include <string>

#include "daemon/sources/source_config.h"
#include "policies/model/time.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// How long there may be something to read of a source over HTTP before nobody reading it is a gap:
/// two cycles. A cycle is as long as it polls, or as its buckets are. REQUIRES: `config.contract`.
[[nodiscard]] Duration longest_silence(const SourceConfig& config);

/// A source that was not read.
struct SourceGap {
  std::string source;
  UtcTime since;    ///< there was something to read from here on
  UtcTime noticed;  ///< now
  std::string why;
};

/// The page of kOwnSource that says so in the log (storage/records/own_records.h), with the cursor
/// that remembers it; nothing if `cursor`, that of the last such page, says that it was told.
/// `sources`: those that there are; of others nothing is remembered.
[[nodiscard]] std::optional<Page> page_of_gap(const std::string& cursor, const SourceGap& gap,
                                              const std::set<std::string>& sources);

}  // namespace tidewaiter
