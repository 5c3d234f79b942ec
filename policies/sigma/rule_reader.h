#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/sigma/aggregation_reader.h"
#include "policies/sigma/correlation.h"
#include "policies/sigma/item_reader.h"
#include "policies/sigma/rule.h"

namespace tidewaiter {

struct SigmaRuleDraft {
  SigmaRule rule;
  std::optional<SigmaAggregation> aggregation;  ///< of a condition of Sigma 1
};

/// A correlation whose references are names yet.
struct SigmaCorrelationDraft {
  SigmaCorrelation correlation;        ///< rules[i].written is set, the rest of it is not
  std::vector<SourceSpan> rule_spans;  ///< where each stands
  bool generate = false;               ///< the rules referred to stand alone, too
};

/// A filter: what is added to the rules that it names.
struct SigmaFilter {
  SigmaHead head;
  SigmaLogsource logsource;
  bool any_rule = false;           ///< `rules: any`
  std::vector<std::string> rules;  ///< ids or names
  std::vector<SourceSpan> rule_spans;
  SigmaDetection detection;
};

// Each gives nothing after an error, which has been added to the reader's.
[[nodiscard]] std::optional<SigmaRuleDraft> read_sigma_rule(DocumentReader& reader,
                                                            const YamlNode& document,
                                                            const SigmaPlaceholders& placeholders);
[[nodiscard]] std::optional<SigmaCorrelationDraft> read_sigma_correlation(DocumentReader& reader,
                                                                          const YamlNode& document);
[[nodiscard]] std::optional<SigmaFilter> read_sigma_filter(DocumentReader& reader,
                                                           const YamlNode& document,
                                                           const SigmaPlaceholders& placeholders);

}  // namespace tidewaiter
