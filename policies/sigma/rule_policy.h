#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/language/policy.h"
#include "policies/sigma/logsource.h"
#include "policies/sigma/rule.h"

namespace tidewaiter {

/// A rule as policies over our own records: docs/sigma.md#rules-of-a-policy-set.
///
/// One policy for each kind of record that a source for the rule reads. Its condition is true of a
/// record exactly if the rule matches the record's event through one of those sources, and false
/// else, never unknown; each record that it selects is reported, as single records are.
///
/// None after an error, which goes to the reader: no source is for the rule (TW1020, TW1021), a
/// part of it is beyond the language (TW1023), nothing names it (TW1025). Hashes are not set.
[[nodiscard]] std::vector<Policy> policies_of(const SigmaRule& rule,
                                              std::span<const SigmaSource> sources,
                                              DocumentReader& reader);

}  // namespace tidewaiter
