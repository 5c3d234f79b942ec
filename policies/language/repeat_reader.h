#pragma once

#include <optional>
#include <span>

#include "policies/language/document_reader.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// Reads the `repeat` of a policy with these measures, of which the first is meant where the writer
/// names none. Adds at least one error where it gives nothing.
[[nodiscard]] std::optional<Repeat> read_repeat(DocumentReader& reader, const YamlNode& node,
                                                std::span<const Measure> measures);

}  // namespace tidewaiter
