#include "daemon/pipeline/state_limit.h"

#include <algorithm>

namespace tidewaiter {

std::vector<std::string> policies_to_evict(const EvaluationFootprint& footprint,
                                           std::int64_t at_most) {
  std::int64_t held = footprint.bytes();
  if (held <= at_most) return {};
  std::vector<PolicyFootprint> greatest = footprint.policies;
  std::erase_if(greatest, [at_most](const PolicyFootprint& one) {
    return one.reads == RecordKind::kFinding || one.bytes < at_most / 64;
  });
  std::ranges::stable_sort(greatest, std::ranges::greater{}, &PolicyFootprint::bytes);
  std::vector<std::string> chosen;
  for (const PolicyFootprint& one : greatest) {
    if (held <= at_most / 4 * 3) break;
    chosen.push_back(one.policy);
    held -= one.bytes;
  }
  // Nobody is blind for nothing.
  return held <= at_most ? chosen : std::vector<std::string>{};
}

}  // namespace tidewaiter
