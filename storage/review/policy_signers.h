#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tidewaiter {

/// Four eyes need two people who may sign policies. A site with fewer is in unsigned policy mode:
/// nothing can be published there, the rules by which something is found are one person's, and no
/// report is issued.
inline constexpr std::int64_t kPolicySigners = 2;

/// Whether people of this role may sign a publication of policies.
[[nodiscard]] bool role_signs_policies(std::string_view role);

/// How many people have these verifier keys: one key under two names is one person's.
[[nodiscard]] std::int64_t count_signers(std::span<const std::string> keys);

}  // namespace tidewaiter
