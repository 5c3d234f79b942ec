// What an evaluation says of a random log, as texts that can be compared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policies/engine/evaluation.h"
#include "policies/engine/resting_limits.h"
#include "tests/property/random_log.h"

namespace tidewaiter {

/// Everything that a step says, as one text.
[[nodiscard]] std::string described(const Step& step);

/// How a log is given to an evaluation.
struct Reading {
  EngineKind engine = EngineKind::kColumnar;
  enum class Cut : std::uint8_t { kEachEntry, kRandom, kWhole } cut = Cut::kEachEntry;
  Random* cuts = nullptr;  // for kRandom
  /// The evaluation is made when the log has grown to here, and reads what is stored then.
  std::int64_t started_at = 0;
  std::size_t threads = 1;
  std::optional<RestingLimits> resting = {};  ///< of the columnar engine
  /// If set, draws after which pieces the evaluation is saved, and another one goes on.
  Random* restarts = nullptr;
};

struct Said {
  std::vector<Step> steps;
  std::vector<PolicyCoverage> coverage;

  [[nodiscard]] std::vector<std::string> all() const;
  /// Every step about a finding, and all steps after an entry.
  [[nodiscard]] std::vector<std::string> recorded(std::int64_t after) const;
};

[[nodiscard]] Said run(const RandomLog& log, const Reading& reading);

/// The policies of a log, for the message of a test that fails.
[[nodiscard]] std::string policies_of(const RandomLog& log);

/// Where two that speak part, or nothing.
[[nodiscard]] std::string difference(const std::vector<std::string>& got,
                                     const std::vector<std::string>& want);

}  // namespace tidewaiter
