#pragma once

#include <optional>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// Reads the `tests` of a policy whose other parts have been read. Inline records are checked by
/// the reader of the native format, and are of the kind that the policy `reads`; if it is about
/// clusters, of any, since any may link accounts.
[[nodiscard]] std::vector<PolicyTest> read_tests(DocumentReader& reader, const YamlNode& node,
                                                 const Policy& policy);

}  // namespace tidewaiter
