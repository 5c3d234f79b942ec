#pragma once

#include <span>

#include "policies/language/policy.h"
#include "policies/language/set_documents.h"

namespace tidewaiter {

/// SHA-256 over a canonical text of what the policy means: `key length:value` lines for id,
/// version, status, in_force, basis, kind, severity, reads, condition, for_each, linkage, window,
/// measures, report_when, repeat, exempt and evidence. Selections count where they are used.
[[nodiscard]] Digest policy_hash(const Policy& policy);

/// What the policy's hash says of its meaning, whichever version and status it has: with the same
/// version two policies must have the same.
[[nodiscard]] Digest meaning_hash(Policy policy);

/// Whether a policy means something else than it did, under the version that it had.
[[nodiscard]] bool needs_higher_version(const Policy& policy, const Policy& former);

/// SHA-256 over the framed ids and hashes, in order; and over the issues that lists have been
/// loaded with, and up to when they are known to hold, if there are any.
[[nodiscard]] Digest set_hash(const PolicySet& set, std::span<const ListDocument> lists);

}  // namespace tidewaiter
