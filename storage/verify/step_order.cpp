#include "storage/verify/step_order.h"

namespace tidewaiter {

std::optional<StepPlace> StepOrder::add(std::int64_t index, const ReadEntry& entry) {
  if (!entry.is_step) return std::nullopt;
  const nlohmann::json& step = entry.document["step"];
  StepPlace place{step["seq"].get<std::int64_t>(), step["ordinal"].get<std::int64_t>(),
                  step["log"].get<std::string>(), std::nullopt};
  const std::pair at(place.seq, place.ordinal);
  if (last_ && at <= *last_) {
    problems_.add(VerifyFailure::kEntry, index,
                  "entry " + std::to_string(index) + " is a step out of order");
    return std::nullopt;
  }
  last_ = at;
  if (!entry.document.contains("finding")) return place;
  place.opener = opener_of(index, entry);
  return place.opener ? std::optional(std::move(place)) : std::nullopt;
}

/// The entry itself, if it opens its finding; nothing, and reported, if there is no opener, or
/// another one.
std::optional<std::int64_t> StepOrder::opener_of(std::int64_t index, const ReadEntry& entry) {
  const auto id = entry.document["finding"].get<std::string>();
  const bool opens = entry.type == "finding.opened";
  if (opens == opened_.contains(id)) {
    problems_.add(VerifyFailure::kEntry, index,
                  "entry " + std::to_string(index) +
                      (opens ? " opens the finding `" + id + "` again"
                             : " is about the finding `" + id + "`, which was never opened"));
    return std::nullopt;
  }
  return opens ? opened_[id] = index : opened_[id];
}

}  // namespace tidewaiter
