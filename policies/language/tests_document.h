#pragma once

#include <vector>

#include "policies/language/document_reader.h"
#include "policies/language/policy.h"
#include "policies/language/set_documents.h"

namespace tidewaiter {

/// Reads what a document whose first key is `tests` says of itself: whose tests it has, and for
/// people its title, version, owner and description. Whether there is such a policy is not asked.
[[nodiscard]] TestsDocument read_tests_document(DocumentReader& reader, const YamlNode& document);

/// Reads the document's `cases` as tests of the policy that they are about.
[[nodiscard]] std::vector<PolicyTest> read_cases(DocumentReader& reader, const YamlNode& document,
                                                 const Policy& policy);

}  // namespace tidewaiter
