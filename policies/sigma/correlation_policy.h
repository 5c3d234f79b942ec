#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>

#include "policies/language/document_reader.h"
#include "policies/language/policy.h"
#include "policies/sigma/load.h"
#include "policies/sigma/logsource.h"

namespace tidewaiter {

/// Correlations as policies over our own records: docs/sigma.md#correlations-of-a-policy-set.
///
/// A record is a match of a rule exactly if `policy sigma` says so, a group is a subject, and the
/// figure `matches` counts the instants at which the correlation matches, each in one window
/// (docs/evaluation.md, Correlations); of `temporal_ordered` `completed` counts the last steps.
class SigmaCorrelationPolicies {
 public:
  /// Gives the reader of the document that something stands in.
  using ReaderOf = std::function<DocumentReader(const SourceSpan&)>;

  /// All outlive this.
  SigmaCorrelationPolicies(const SigmaSet& set, std::span<const SigmaSource> sources,
                           const ReaderOf& reader_of)
      : set_(set), sources_(sources), reader_of_(reader_of) {}

  /// Nothing after an error: what no policy says (TW1024), a fault of a rule (TW1020, TW1021,
  /// TW1023), which is told once, or an id that is none (TW1025). The hash is not set.
  [[nodiscard]] std::optional<Policy> policy_of(const SigmaCorrelation& correlation);

 private:
  struct Parts;
  [[nodiscard]] bool add_rule(const SigmaCorrelation& correlation, std::size_t rule, Parts& parts);
  /// What a rule reads through one source, and whether that goes with what is known so far.
  [[nodiscard]] static bool add_source(const SigmaCorrelation& correlation, std::size_t rule,
                                       const SigmaSource& source, Parts& parts);
  [[nodiscard]] static bool add_value(const SigmaCorrelation& correlation, const std::string& name,
                                      const SigmaSource& source, Parts& parts);
  [[nodiscard]] static Measure measure_of(const SigmaCorrelation& correlation, Parts& parts);
  [[nodiscard]] std::optional<Expr> rule_condition(const SigmaRule& rule, std::size_t index,
                                                   const std::vector<std::size_t>& members);

  const SigmaSet& set_;
  std::span<const SigmaSource> sources_;
  const ReaderOf& reader_of_;
  std::set<std::size_t> told_;  ///< rules whose faults have been told
};

}  // namespace tidewaiter
