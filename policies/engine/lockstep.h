#pragma once

#include <span>

#include "policies/engine/samples.h"

namespace tidewaiter {

/// How closely those who act do so in step, 0 to 1:
///
///   Σ |A(v) ∩ A(w)| / Σ |A(v) ∪ A(w)|   over all pairs of different v, w of the measure's group
///
/// A(v) are the actions of v: the slots of time, counted from the epoch, in which it has a sample,
/// with the argument's value if the measure has one. Of two it is their Jaccard similarity, as
/// SynchroTrap has it of pairs of accounts. Source: Q. Cao, X. Yang, J. Yu, C. Palow, "Uncovering
/// Large Groups of Active Malicious Accounts in Online Social Networks", CCS 2014.
///
/// Null with fewer than two that act. Exact; time as sorting the samples takes, whatever the
/// number of pairs. Pure.
[[nodiscard]] Value lockstep_of(const Measure& measure, std::span<const Sample> samples);

}  // namespace tidewaiter
