#pragma once

#include <optional>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// Reads a policy's `tests`. Inline records are checked by the reader of the native format, and are
/// of the kind that the policy `reads`. `measures` and `exemptions` say what an expectation may
/// name.
[[nodiscard]] std::vector<PolicyTest> read_tests(DocumentReader& reader, const YamlNode& node,
                                                 RecordKind reads,
                                                 const std::vector<Measure>& measures,
                                                 const std::vector<Exemption>& exemptions);

}  // namespace tidewaiter
