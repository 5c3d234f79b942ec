#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/cli/terminal.h"
#include "daemon/world/detection_summary.h"

namespace tidewaiter {

/// What the policies came to in the worlds of one setting.
struct ScoredSetting {
  double effort = 0;
  std::optional<SignalFamily> without;
  DetectionSummary summary;
  // Of the first world: policies that could tell of no record or window at all, and those that read
  // none.
  std::vector<std::string> not_evaluable;
  std::vector<std::string> read_nothing;
  std::int64_t records = 0;
  double seconds = 0;
};

/// What `simulate score` tells.
struct ScoreReport {
  std::int64_t accounts = 0;  ///< honest ones of a world
  std::int64_t days = 0;
  std::vector<std::uint64_t> seeds;
  std::size_t policies = 0;
  std::vector<ScoredSetting> settings;  ///< the first is told in full, the others beside it
};

[[nodiscard]] std::string score_text(const ScoreReport& report, const Terminal& terminal);

/// The same as Markdown, for docs/detection.md.
[[nodiscard]] std::string score_markdown(const ScoreReport& report);

[[nodiscard]] nlohmann::ordered_json score_json(const ScoreReport& report);

/// What of the accounts and of each campaign is caught at which effort: the settings without a
/// family left out, as SVG 1.1 that stands alone. Title, description and the figures in words are
/// in it.
[[nodiscard]] std::string evasion_svg(const ScoreReport& report);

}  // namespace tidewaiter
