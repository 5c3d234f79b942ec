#include "storage/ledger/earliest_run.h"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

std::optional<UtcTime> start_of_run(std::string_view body) {
  const auto entry = nlohmann::json::parse(body, nullptr, false);
  if (!entry.is_object() || !entry.contains("run")) return std::nullopt;
  const auto& run = entry["run"];
  if (!run.is_object() || !run.contains("from") || !run["from"].is_string()) return std::nullopt;
  const auto from = parse_time(run["from"].get_ref<const std::string&>());
  return from ? std::optional(*from) : std::nullopt;
}

}  // namespace

Result<void> EarliestRun::take(std::int64_t index, std::string_view body) {
  const auto from = start_of_run(body);
  if (!from) {
    return fail(ErrorCode::kCorruption, "entry " + std::to_string(index) +
                                            " is a finding's and has no run; verify the ledger");
  }
  earliest_ = earliest_ ? std::min(*earliest_, *from) : *from;
  return {};
}

}  // namespace tidewaiter
