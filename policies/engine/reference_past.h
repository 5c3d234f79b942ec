#pragma once

#include <cstdint>
#include <functional>

#include "policies/engine/reference_peers.h"
#include "policies/engine/reference_policy.h"

namespace tidewaiter::reference {

/// How a subject's window was judged; null where it has no input.
using JudgedEarlier = std::function<const Judgement*(std::int64_t k)>;

/// What has been known before window `k` of a subject, for measures that compare with it. `judged`
/// answers for every earlier window of the subject, `peers` for the others'. Pure.
[[nodiscard]] Past past_of(const Policy& policy, const Subject& subject, std::int64_t k,
                           const Coverage& coverage, const JudgedEarlier& judged,
                           const PeerRecords& peers);

}  // namespace tidewaiter::reference
