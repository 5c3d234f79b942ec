#include "storage/ledger/finding_row.h"

#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/jcs.h"
#include "policies/model/named_severity.h"
#include "storage/ledger/figure_json.h"

namespace tidewaiter {
namespace {

constexpr StepKind kFindingKinds[] = {StepKind::kOpened, StepKind::kRestated, StepKind::kWithdrawn,
                                      StepKind::kClosed};

constexpr EvidenceChoice kChoices[] = {EvidenceChoice::kLast, EvidenceChoice::kLargest};

tl::unexpected<Error> damaged(const std::string& id, std::string_view column) {
  return fail(ErrorCode::kCorruption, "the stored finding `" + id + "` has a damaged " +
                                          std::string(column) + "; verify the ledger");
}

/// Columns that are names of ours: state, severity, policy hash, choice of evidence.
Result<void> read_names(const FindingRow& row, FindingState& finding) {
  bool known = false;
  for (const StepKind kind : kFindingKinds) {
    if (step_name(kind) != row.state) continue;
    finding.state = kind;
    known = true;
  }
  if (!known) return damaged(finding.id, "state");
  const auto severity = severity_named(row.severity);
  if (!severity) return damaged(finding.id, "severity");
  finding.severity = *severity;
  const auto hash = digest_from_hex(row.policy_hash);
  if (!hash) return damaged(finding.id, "policy hash");
  finding.policy_hash = *hash;
  if (!row.chosen) return {};
  known = false;
  for (const EvidenceChoice candidate : kChoices) {
    if (choice_name(candidate) != *row.chosen) continue;
    finding.evidence_choice = candidate;
    known = true;
  }
  if (!known) return damaged(finding.id, "choice of evidence");
  return {};
}

Result<void> read_lists(const FindingRow& row, FindingState& finding) {
  auto figures = figures_from_json(row.figures);
  if (!figures) return damaged(finding.id, "list of figures");
  finding.figures = std::move(*figures);
  const auto evidence = nlohmann::json::parse(row.evidence, nullptr, false);
  if (!evidence.is_array()) return damaged(finding.id, "list of evidence");
  for (const auto& item : evidence) {
    if (item.is_number_integer()) {
      finding.evidence.push_back(item.get<std::int64_t>());
    } else if (item.is_string()) {
      finding.evidence_findings.push_back(item.get<std::string>());
    } else {
      return damaged(finding.id, "list of evidence");
    }
  }
  return {};
}

}  // namespace

Result<FindingState> finding_from_row(FindingRow row) {
  FindingState finding;
  finding.id = std::move(row.id);
  if (auto names = read_names(row, finding); !names) return tl::unexpected(names.error());
  finding.ended = row.ended;
  finding.policy = std::move(row.policy);
  finding.policy_version = row.policy_version;
  finding.subject = std::move(row.subject);
  finding.run = {{row.run_from}, {row.run_to}};
  finding.windows = row.windows;
  finding.historical = row.historical;
  finding.reason = std::move(row.reason);
  if (auto lists = read_lists(row, finding); !lists) return tl::unexpected(lists.error());
  finding.evidence_total = row.evidence_total;
  finding.opened_seq = row.opened_seq;
  finding.opened_ordinal = row.opened_ordinal;
  finding.recorded = {row.recorded};
  return finding;
}

Result<CarriedColumns> carried_columns(const Step& step, const BuiltEntry& entry) {
  CarriedColumns columns;
  if (std::string subject = to_text(step.subject); !subject.empty()) {
    columns.subject = std::move(subject);
  }
  if (!step.figures.empty()) {
    auto figures = to_jcs(figures_to_json(step.figures, true));
    if (!figures) return tl::unexpected(figures.error());
    columns.figures = std::move(*figures);
  }
  nlohmann::json items = evidence_items(step);
  if (!items.empty() || step.evidence_total != 0) {
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(entry.evidence), items.end());
    auto evidence = to_jcs(items);
    if (!evidence) return tl::unexpected(evidence.error());
    columns.evidence = std::move(*evidence);
  }
  return columns;
}

}  // namespace tidewaiter
