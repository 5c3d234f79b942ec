#pragma once

#include <optional>
#include <span>

#include "policies/language/document_reader.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// Reads `aggregate(expression) [where truth]`, such as `sum(output_tokens) where long`, or an
/// expression over `earlier` measures, such as `tokens / n`. `scope` has the record's fields and
/// the policy's selections. The name is left to the caller.
[[nodiscard]] std::optional<Measure> read_measure(DocumentReader& reader, const YamlNode& node,
                                                  const ExprScope& scope,
                                                  std::span<const Measure> earlier);

}  // namespace tidewaiter
