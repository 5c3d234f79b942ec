#include "policies/language/policy_status.h"

#include <algorithm>

namespace tidewaiter {

std::string_view policy_status_name(PolicyStatus status) {
  return std::ranges::find(kPolicyStatuses, status,
                           &std::pair<std::string_view, PolicyStatus>::second)
      ->first;
}

}  // namespace tidewaiter
