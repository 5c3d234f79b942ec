#include "storage/review/policy_signers.h"

namespace tidewaiter {

bool role_signs_policies(std::string_view role) {
  return role == "policy-writer" || role == "approver";
}

}  // namespace tidewaiter
