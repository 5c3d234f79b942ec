#pragma once

#include <span>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/app/config.h"
#include "daemon/cli/text_table.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// A configured source beside what the record log knows of it. Either may be missing.
struct SourceView {
  std::string name;
  const SourceConfig* config = nullptr;  ///< null: no longer configured
  SourceState state;
};

/// Configured sources in the configuration's order, then those that only the log knows.
[[nodiscard]] std::vector<SourceView> source_views(const Config& config,
                                                   std::span<const SourceState> states);

[[nodiscard]] TextTable source_table(std::span<const SourceView> sources);

/// Shape: docs/commands.md#source.
[[nodiscard]] nlohmann::ordered_json source_json(std::span<const SourceView> sources);

}  // namespace tidewaiter
