#pragma once

#include <cstdint>
#include <functional>

#include "policies/engine/reference_policy.h"

namespace tidewaiter::reference {

/// How a subject's window was judged; null where it has no input.
using JudgedEarlier = std::function<const Judgement*(std::int64_t k)>;

/// What has been known before window `k` of a subject, for measures that compare with it. `judged`
/// answers for every earlier window. Pure.
[[nodiscard]] Past past_of(const Policy& policy, std::int64_t k, const Coverage& coverage,
                           const JudgedEarlier& judged);

}  // namespace tidewaiter::reference
