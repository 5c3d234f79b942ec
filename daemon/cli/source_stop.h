#pragma once

#include <span>
#include <string>
#include <vector>

#include "policies/model/time.h"
#include "storage/ledger/ledger.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// A source failed for good, and nothing has come from it since: nobody sees what it holds. A
/// restart or a reload asks it again; when that works, its next page ends the stop.
struct SourceStop {
  std::string source;
  UtcTime at;         ///< when the ledger got to know it
  std::string error;  ///< the kind of error: "corruption"
};

/// The stops that still hold, by the ledger's entries `config.changed` of change `source-stopped`
/// and the time of each source's last page. Reads the whole ledger. Errors: those of reading it.
[[nodiscard]] Result<std::vector<SourceStop>> source_stops(const Ledger& ledger,
                                                           std::span<const SourceState> sources);

}  // namespace tidewaiter
