#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// What `sequence` or `absent` comes to: one measure, over windows that hold every pattern whole
/// (docs/evaluation.md, Steps).
struct PatternShape {
  Measure measure;  ///< INVARIANT: has a pattern
  Window window;    ///< length == pattern.within + every
};

/// Reads the `sequence` or the `absent` of a policy, which has one of them. `selections` are the
/// policy's; the names of those that the steps are made of are added to `used`. Adds at least one
/// error where it gives nothing.
[[nodiscard]] std::optional<PatternShape> read_pattern(
    DocumentReader& reader, const YamlNode& document,
    const std::vector<std::pair<std::string, Expr>>& selections, std::set<std::string>& used);

/// True of the records that a pattern has to see: of any step, or of `without`.
[[nodiscard]] Expr any_step(const StepPattern& pattern);

/// Both of two truth values; a literal true adds nothing.
[[nodiscard]] Expr joined(Expr a, Expr b);

}  // namespace tidewaiter
