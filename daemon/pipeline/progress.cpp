#include "daemon/pipeline/progress.h"

#include <array>
#include <utility>

namespace tidewaiter {

std::string_view phase_name(CyclePhase phase) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "replay", "pull", "judge", "activate", "sign", "deliver", "save"};
  return kNames[static_cast<std::size_t>(phase)];
}

ProgressMeter::ProgressMeter(CyclePhase phase, std::string source, UtcTime start)
    : phase_(phase), source_(std::move(source)), start_(start) {}

CycleProgress ProgressMeter::at(UtcTime now, std::int64_t records, std::int64_t records_total,
                                std::int64_t bytes, std::int64_t bytes_total, bool done) const {
  CycleProgress progress{phase_,      source_, records, records_total, bytes,
                         bytes_total, 0.0,     {},      done};
  const auto elapsed = static_cast<double>((now - start_).us);
  if (elapsed > 0.0) {
    progress.records_per_second = static_cast<double>(records) * 1e6 / elapsed;
  }
  // Bytes say more about an input than records: its number of records is seldom known.
  const auto part = static_cast<double>(bytes_total > 0 ? bytes : records);
  const auto whole = static_cast<double>(bytes_total > 0 ? bytes_total : records_total);
  if (part > 0.0 && whole >= part && elapsed > 0.0) {
    progress.left = Duration{static_cast<std::int64_t>(elapsed * (whole - part) / part)};
  }
  return progress;
}

}  // namespace tidewaiter
