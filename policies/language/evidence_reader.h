#pragma once

#include <vector>

#include "policies/language/document_reader.h"
#include "policies/language/expression_source.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// Reads `evidence` of a policy document, adds errors and leaves defaults where a key is absent or
/// wrong. `scope` is that of expressions over records; `measures` are the policy's, of which the
/// first with an ordered argument says what `choose: largest` compares: else `requests`.
void read_evidence(DocumentReader& reader, const YamlNode& document, const ExprScope& scope,
                   const std::vector<Measure>& measures, EvidenceRequest& evidence);

}  // namespace tidewaiter
