#include "storage/review/tlp_marking.h"

#include <algorithm>

namespace tidewaiter {

const TlpMarking* tlp_marking(std::string_view name) {
  const auto* const found = std::ranges::find(kTlpMarkings, name, &TlpMarking::name);
  return found == kTlpMarkings.end() ? nullptr : found;
}

std::vector<std::string> tlp_names() {
  std::vector<std::string> names;
  for (const TlpMarking& marking : kTlpMarkings) names.emplace_back(marking.name);
  return names;
}

bool is_laxer(std::string_view as, std::string_view than) {
  return std::ranges::find(kTlpMarkings, as, &TlpMarking::name) >
         std::ranges::find(kTlpMarkings, than, &TlpMarking::name);
}

}  // namespace tidewaiter
