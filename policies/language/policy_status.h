#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "policies/language/policy.h"

namespace tidewaiter {

/// The words of the language for what a policy is in force for.
inline constexpr std::array kPolicyStatuses = {
    std::pair<std::string_view, PolicyStatus>{"draft", PolicyStatus::kDraft},
    std::pair<std::string_view, PolicyStatus>{"active", PolicyStatus::kActive},
    std::pair<std::string_view, PolicyStatus>{"shadow", PolicyStatus::kShadow},
    std::pair<std::string_view, PolicyStatus>{"retired", PolicyStatus::kRetired}};

/// "active". Pure.
[[nodiscard]] std::string_view policy_status_name(PolicyStatus status);

}  // namespace tidewaiter
