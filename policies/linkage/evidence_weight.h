#pragma once

#include <bit>
#include <cstdint>

#include "policies/linkage/linkage.h"

namespace tidewaiter {

/// Weights are counted in shares, so that every quotient is whole: the least common multiple of
/// 1 to 10, where ten is what the greatest `at_most` (1,000) makes of a divisor, times the power of
/// two by which the longest period of a link that fades divides.
inline constexpr std::int64_t kSharesOfWeight = std::int64_t{2'520} << (kMostHalfLives - 1);

/// What a value that `holders` accounts have weighs, in shares, for any two of them:
///
///   w(d) = weight / ceil(log2 d)    for 2 <= d <= at_most, else 0
///
/// and w(d) / 2^(r - 1) in a period of rung r >= 1 of a link that fades (evidence_period.h),
/// so that 2 accounts have the whole weight, 3 and 4 a half, 5 to 8 a third, 513 to 1,024 a tenth.
/// What two accounts have in common weighs the sum over the links, of each link the heaviest common
/// value: addresses of one carrier's pool, or the cards of one wallet, say one thing together, not
/// each one more. At `threshold` the two are joined; in a linkage without a threshold by any value
/// that weighs something.
///
/// Source: B. Hooi et al., "FRAUDAR: Bounding Graph Fraud in the Face of Camouflage", KDD 2016,
/// section 4: an edge to a column of degree d weighs 1/log(d + c), so that what is common to all
/// says little about each. Two things differ. The logarithm is taken up to a whole number, and so a
/// value that n accounts come to have changes its weight log2 n times, not n times: this bounds
/// what it costs to keep clusters up to date. And accounts are joined in pairs by a threshold,
/// where FRAUDAR looks for one dense block by greedy removal: members then do not depend on what
/// else the graph holds.
[[nodiscard]] inline std::int64_t evidence_weight(const Linkage& linkage, const Link& link,
                                                  std::int64_t holders, std::uint32_t rung = 0) {
  if (holders < 2 || holders > link.at_most) return 0;
  if (linkage.threshold == 0) return 1;
  const auto doublings =
      static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(holders - 1)));
  const std::int64_t whole = link.weight * kSharesOfWeight / doublings;
  return rung == 0 ? whole : whole >> (rung - 1);
}

/// What joins two accounts, in shares.
[[nodiscard]] inline std::int64_t needed_weight(const Linkage& linkage) {
  return linkage.threshold == 0 ? 1 : linkage.threshold * kSharesOfWeight;
}

}  // namespace tidewaiter
