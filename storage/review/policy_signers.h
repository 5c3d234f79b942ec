#pragma once

#include <cstdint>
#include <string_view>

namespace tidewaiter {

/// Four eyes need two people who may sign policies. A site with fewer is in unsigned policy mode:
/// nothing can be published there, the rules by which something is found are one person's, and no
/// report is issued.
inline constexpr std::int64_t kPolicySigners = 2;

/// Whether people of this role may sign a publication of policies.
[[nodiscard]] bool role_signs_policies(std::string_view role);

}  // namespace tidewaiter
