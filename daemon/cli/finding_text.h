#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/terminal.h"
#include "daemon/cli/text_table.h"
#include "policies/language/policy.h"
#include "storage/ledger/ledger.h"
#include "storage/review/verdicts.h"

namespace tidewaiter {

/// "2026-10-06 00:00 to 2026-10-07 00:00": minutes, where seconds are zero. UTC.
[[nodiscard]] std::string interval_text(Interval interval);

/// A figure's value for people: whole numbers with separators, others as format_value.
[[nodiscard]] std::string figure_value_text(const Figure& figure);

/// "peak 1,204, median 96".
[[nodiscard]] std::string figures_text(std::span<const Figure> figures);

/// The same of a finding, which has those of its first window: "peak 1,204 in the first of 7
/// windows".
[[nodiscard]] std::string figures_text(const FindingState& finding);

[[nodiscard]] bool is_withdrawn(const FindingState& finding);

/// "potential", "potential, ended", "confirmed, ended", "withdrawn": the words for a finding's
/// state: potential, until a person decides what it is.
[[nodiscard]] std::string state_text(const FindingState& finding, const FindingOutcomes& outcomes);

/// Findings by what they are now. Each is counted once: what is withdrawn as that alone.
struct FindingCounts {
  std::array<std::int64_t, 4> potential{};  ///< by severity, low to critical: nobody has decided
  std::map<Outcome, std::int64_t> decided;  ///< only those that there are
  std::int64_t withdrawn = 0;
};
[[nodiscard]] FindingCounts count_findings(std::span<const FindingState> findings,
                                           const FindingOutcomes& outcomes);

/// "3 confirmed, 1 false-positive"; empty where nothing was decided.
[[nodiscard]] std::string decided_text(const FindingCounts& counts);

/// What a list of findings comes to: "2 potential violations, until a person decides; decided: 1
/// confirmed; 1 withdrawn".
[[nodiscard]] std::string findings_summary(std::span<const FindingState> findings,
                                           const FindingOutcomes& outcomes);

/// "law, Export Administration Regulations, US, 15 CFR 744.11, settled: disputed".
[[nodiscard]] std::string basis_text(const Basis& basis);

[[nodiscard]] Tone severity_tone(Severity severity);

/// A finding's row: id, severity, policy, subject, window, figures, state.
[[nodiscard]] TextTable findings_table(std::span<const FindingState> findings,
                                       const FindingOutcomes& outcomes);

/// Shape: docs/commands.md#finding.
[[nodiscard]] nlohmann::ordered_json finding_json(const FindingState& finding);
/// As a list has it: with `outcome`, null where nobody has decided.
[[nodiscard]] nlohmann::ordered_json listed_finding_json(const FindingState& finding,
                                                         const FindingOutcomes& outcomes);
[[nodiscard]] nlohmann::ordered_json figures_json(std::span<const Figure> figures);
[[nodiscard]] nlohmann::ordered_json value_json(const Value& value, ValueType type);

}  // namespace tidewaiter
