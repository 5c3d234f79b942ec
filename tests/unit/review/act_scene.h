#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "storage/ledger/act.h"
#include "storage/review/act_rules.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

inline constexpr UtcTime kMorning{1'791'187'200'000'000};  // 2026-10-05T08:00:00Z

/// People with their keys, and acts and findings as a ledger has them. By hand.
class ActScene {
 public:
  ActScene() {
    enrol("jo", "officer");
    enrol("kim", "officer");
    enrol("ada", "approver");
    enrol("ben", "approver");
    enrol("cy", "counsel");
    enrol("di", "viewer");
  }

  void enrol(const std::string& handle, const std::string& role) {
    SigningKey key = *SigningKey::generate();
    reviewers.push_back({handle, role, format_verifier_key({handle, key.public_key()}), false});
    keys.emplace(handle, std::move(key));
  }

  /// A finding about `subject` that entry `index` opened.
  static FindingState finding(std::int64_t index, const std::string& subject,
                              Severity severity = Severity::kLow) {
    FindingState finding;
    finding.id = std::string(28, '0') + std::to_string(1000 + index);
    finding.id = to_hex(sha256(finding.id)).substr(0, 32);
    finding.policy = "test.volume";
    finding.severity = severity;
    finding.subject = subject;
    finding.entries = {index};
    return finding;
  }

  [[nodiscard]] SignedAct act(const std::string& by, const std::string& case_id, ActBody body,
                              std::int64_t seen = 100) const {
    Act act;
    act.origin = "review.example/ledger";
    act.case_id = case_id;
    act.by = by;
    act.at = kMorning;
    act.seen = seen;
    act.body = std::move(body);
    return *sign_act(std::move(act), keys.at(by));
  }

  [[nodiscard]] RecordedAct recorded(std::int64_t index, const std::string& by,
                                     const std::string& case_id, ActBody body,
                                     bool second_needed = false) const {
    return {index, kMorning, act(by, case_id, std::move(body)), second_needed};
  }

  std::vector<Reviewer> reviewers;
  std::map<std::string, SigningKey> keys;
};

}  // namespace tidewaiter
