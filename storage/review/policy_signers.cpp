#include "storage/review/policy_signers.h"

#include <algorithm>

#include "storage/ledger/act.h"

namespace tidewaiter {

bool role_signs_policies(std::string_view role) {
  return role == "policy-writer" || role == "approver";
}

std::int64_t count_signers(std::span<const std::string> keys) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const bool known = std::ranges::any_of(
        keys.first(i), [&](const std::string& key) { return same_signer(key, keys[i]); });
    if (!known) ++count;
  }
  return count;
}

}  // namespace tidewaiter
