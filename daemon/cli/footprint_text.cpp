#include "daemon/cli/footprint_text.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "daemon/cli/bytes_text.h"
#include "daemon/cli/terminal.h"

namespace tidewaiter {

std::string footprint_text(const EvaluationFootprint& footprint,
                           std::optional<std::int64_t> at_most) {
  constexpr std::size_t kNamed = 3;
  std::vector<PolicyFootprint> greatest = footprint.policies;
  std::ranges::stable_sort(greatest, std::ranges::greater{}, &PolicyFootprint::bytes);
  greatest.resize(std::min(greatest.size(), kNamed));
  std::string text = bytes_text(footprint.bytes());
  if (at_most) text += ", of at most " + bytes_text(*at_most);
  text += ": ";
  for (const PolicyFootprint& one : greatest) {
    if (one.bytes > 0) text += bytes_text(one.bytes) + " " + printable(one.policy) + ", ";
  }
  return text + bytes_text(footprint.shared_bytes) + " shared";
}

}  // namespace tidewaiter
