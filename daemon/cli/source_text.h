#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/app/config.h"
#include "daemon/cli/source_stop.h"
#include "daemon/cli/text_table.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// A configured source beside what the record log knows of it. Either may be missing.
struct SourceView {
  std::string name;
  const SourceConfig* config = nullptr;  ///< null: no longer configured
  SourceState state;
  std::optional<SourceStop> stop = std::nullopt;  ///< failed for good, and silent since
};

/// Configured sources in the configuration's order, then those that only the log knows.
[[nodiscard]] std::vector<SourceView> source_views(const Config& config,
                                                   std::span<const SourceState> states,
                                                   std::span<const SourceStop> stops = {});

/// A row a source, and below the table a line for each that stopped, is silent, reads a long
/// window, is asked for less, or whose key is known to expire; a sentence if there is none.
[[nodiscard]] std::string sources_text(std::span<const SourceView> sources, UtcTime now,
                                       const Terminal& terminal);

/// Shape: docs/commands.md#source.
[[nodiscard]] nlohmann::ordered_json source_json(std::span<const SourceView> sources);

}  // namespace tidewaiter
