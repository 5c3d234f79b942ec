#pragma once

#include <optional>

#include "policies/language/document_reader.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// Reads `aggregate(expression) [where truth]`, such as `sum(output_tokens) where long`. `scope`
/// has the record's fields and the policy's selections. The name is left to the caller.
[[nodiscard]] std::optional<Measure> read_measure(DocumentReader& reader, const YamlNode& node,
                                                  const ExprScope& scope);

}  // namespace tidewaiter
