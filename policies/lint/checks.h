#pragma once

#include <span>
#include <string_view>

#include "policies/language/document_reader.h"
#include "policies/language/policy.h"
#include "policies/lint/lint.h"
#include "policies/lint/lint_code.h"

namespace tidewaiter {

/// One policy as checks see it: typed, and as it is written.
struct LintedPolicy {
  const Policy& policy;
  const YamlNode& document;
  UtcTime as_of;
  std::span<const SourceSupply> sources;

  /// The value of a top-level key, or nullptr.
  [[nodiscard]] const YamlNode* find(std::string_view key) const { return document.find(key); }
  /// Where the key's value stands; the policy's first key if it is not there.
  [[nodiscard]] const SourceSpan& place(std::string_view key) const;
  /// Where the key itself stands; the policy's first key if it is not there.
  [[nodiscard]] const SourceSpan& key_place(std::string_view key) const;
};

/// Looks at one policy and reports what it finds. `report` reads nothing here: it knows the file.
using PolicyCheck = void (*)(const LintedPolicy& linted, DocumentReader& report);

// Each in a file of its theme: truth_checks.cpp, selection_checks.cpp and so on.
void check_truth(const LintedPolicy& linted, DocumentReader& report);
void check_branches(const LintedPolicy& linted, DocumentReader& report);
void check_selections(const LintedPolicy& linted, DocumentReader& report);
void check_missing_fields(const LintedPolicy& linted, DocumentReader& report);
void check_units(const LintedPolicy& linted, DocumentReader& report);
void check_supply(const LintedPolicy& linted, DocumentReader& report);
void check_measures(const LintedPolicy& linted, DocumentReader& report);
void check_header(const LintedPolicy& linted, DocumentReader& report);
void check_responses(const LintedPolicy& linted, DocumentReader& report);
void check_parties(const LintedPolicy& linted, DocumentReader& report);
void check_tests(const LintedPolicy& linted, DocumentReader& report);

/// Looks at those tests of a policy that stand in one file, which need not be the policy's own.
void check_written_tests(const Policy& policy, std::string_view file, const FixtureText& fixtures,
                         DocumentReader& report);

/// The expressions over records that a policy has, each where it is written: what it selects,
/// measures and exempts. Selections that others name are not there a second time.
[[nodiscard]] std::vector<const Expr*> record_expressions(const Policy& policy);

/// The expression for people, measures by their names.
[[nodiscard]] std::string shown(const Policy& policy, const Expr& expr);

}  // namespace tidewaiter
