#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "policies/model/time.h"

namespace tidewaiter {

enum class CyclePhase : std::uint8_t {
  kReplay,
  kPull,
  kJudge,
  kActivate,
  kSign,
  kDeliver,
  kSave,  ///< a snapshot of evaluation: counted in bytes
};
[[nodiscard]] std::string_view phase_name(CyclePhase phase);  // "replay", "pull", …

/// How far a phase has come. Zero totals are unknown.
struct CycleProgress {
  CyclePhase phase = CyclePhase::kPull;
  std::string source;        ///< kPull: which one
  std::int64_t records = 0;  ///< done in this phase: records, or log entries
  std::int64_t records_total = 0;
  std::int64_t bytes = 0;  ///< kPull: of the input; kSave: written
  std::int64_t bytes_total = 0;
  double records_per_second = 0.0;  ///< since the phase began
  std::optional<Duration> left;     ///< estimate of the time that it still takes
  bool done = false;                ///< the phase's last word
};

/// Called on the loop's thread after each page or chunk. Must return soon.
using ProgressSink = std::function<void(const CycleProgress&)>;

/// Adds rate and time left to what a phase counts.
class ProgressMeter {
 public:
  ProgressMeter(CyclePhase phase, std::string source, UtcTime start);
  [[nodiscard]] CycleProgress at(UtcTime now, std::int64_t records, std::int64_t records_total,
                                 std::int64_t bytes, std::int64_t bytes_total, bool done) const;

 private:
  CyclePhase phase_;
  std::string source_;
  UtcTime start_;
};

}  // namespace tidewaiter
