// What follows from a finding: who sees it, and with what evidence.

#include <set>
#include <string>

#include "policies/lint/checks.h"
#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

void warn_repeated(const YamlNode* list, DocumentReader& report) {
  if (list == nullptr) return;
  std::set<std::string> seen;
  for (const YamlNode* item : DocumentReader::items(*list)) {
    if (seen.insert(item->scalar).second) continue;
    report.warn(item->span, kRepeatedName, in_backticks(item->scalar) + " stands twice in the list",
                "remove one of them");
  }
}

void check_evidence(const LintedPolicy& linted, bool grave, DocumentReader& report) {
  const YamlNode* evidence = linted.find("evidence");
  if (evidence == nullptr) return;
  const YamlNode* records = evidence->find("records");
  if (grave && records != nullptr && linted.policy.evidence.records == 0) {
    report.warn(records->span, kNoEvidence,
                "findings of severity `" + std::string(severity_name(linted.policy.severity)) +
                    "` come without a record as evidence",
                "write how many records a reviewer is shown: `records: 20`");
  }
  warn_repeated(evidence->find("fields"), report);
}

}  // namespace

void check_responses(const LintedPolicy& linted, DocumentReader& report) {
  const Policy& policy = linted.policy;
  const bool grave = policy.severity >= Severity::kHigh;
  if (grave && policy.review_queue.empty()) {
    report.warn(
        linted.find("respond") != nullptr ? linted.key_place("respond") : linted.place("severity"),
        kNoReviewQueue,
        "findings of severity `" + std::string(severity_name(policy.severity)) +
            "` land in no review queue",
        "add `respond: [{case: " + policy.kind + "}]`");
  }
  if (!policy.proposals.empty() && policy.notify.empty() && policy.review_queue.empty()) {
    report.warn(linted.key_place("respond"), kProposalUnseen,
                "`" + policy.proposals.front() + "` is proposed, but nobody is told",
                "add `notify` or `case`");
  }
  check_evidence(linted, grave, report);
  const YamlNode* respond = linted.find("respond");
  if (respond == nullptr) return;
  for (const YamlNode* item : DocumentReader::items(*respond)) {
    warn_repeated(item->find("notify"), report);
    warn_repeated(item->find("propose"), report);
  }
}

}  // namespace tidewaiter
