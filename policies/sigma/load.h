#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "policies/language/policy.h"
#include "policies/language/strict_yaml.h"
#include "policies/model/diagnostic.h"
#include "policies/sigma/correlation.h"
#include "policies/sigma/item_reader.h"
#include "policies/sigma/rule.h"

namespace tidewaiter {

/// The Sigma documents that loaded. Correlations come after those that they refer to.
struct SigmaSet {
  std::vector<SigmaRule> rules;
  std::vector<SigmaCorrelation> correlations;
};

struct SigmaOptions {
  SigmaPlaceholders placeholders;
};

/// What loading gives: all errors at once, by file. The set holds every document that has none.
struct SigmaOutcome {
  SigmaSet set;
  std::vector<Diagnostic> diagnostics;
  std::size_t documents = 0;  ///< read, filters and refused ones included
};

/// Reads files of Sigma 2.1 rules, correlations and filters, each a YAML stream, into one set:
/// filters are applied, references resolved over all files. Aggregations of Sigma 1 (`… | count()
/// by x > 5`) become the correlations that took their place. Pure: nothing is opened.
/// Limits: those of strict YAML; 4,096 expansions of a value.
[[nodiscard]] SigmaOutcome load_sigma(std::span<const PolicyText> texts,
                                      const SigmaOptions& options = {});

/// A document that has been parsed already, and the text that it stands in. Both outlive the call.
struct SigmaDocument {
  const YamlText* text = nullptr;
  const YamlNode* node = nullptr;
};

/// The same of documents, each of which is a map.
[[nodiscard]] SigmaOutcome load_sigma(std::span<const SigmaDocument> documents,
                                      const SigmaOptions& options = {});

}  // namespace tidewaiter
