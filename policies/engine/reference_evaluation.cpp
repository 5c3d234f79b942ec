#include "policies/engine/reference_evaluation.h"

#include <array>
#include <istream>
#include <map>
#include <ostream>
#include <utility>

#include "policies/engine/reference_policy.h"

namespace tidewaiter {
namespace {

using reference::Coverage;
using reference::Found;
using reference::PolicyState;
using reference::Report;
using reference::StoredRecords;

/// Coverage of each kind of record.
using CoverageByKind = std::array<Coverage, kRecordKinds.size()>;

/// What a control entry changes of the coverage.
void take_control(const LogEntry& entry, CoverageByKind& coverage) {
  const auto* const control = std::get_if<Control>(&entry.body);
  if (control == nullptr) return;
  for (const RecordKind kind : kRecordKinds) {
    coverage[static_cast<std::size_t>(kind)].take(*control, kind);
  }
}

/// Policy states by id: the order of steps.
using States = std::map<std::string, PolicyState>;

/// One occasion: an entry, and those that are joined to it.
void apply_occasion(std::span<const LogEntry> occasion, const std::string& log_id, States& states,
                    CoverageByKind& coverage, StoredRecords& records, bool silent,
                    std::vector<Step>& steps) {
  const LogEntry& last = occasion.back();
  const CoverageByKind before = coverage;
  take_control(last, coverage);
  for (const LogEntry& entry : occasion) records.take(entry);
  Report report(log_id, last.seq, steps);
  for (auto& [id, state] : states) {
    const auto kind = static_cast<std::size_t>(state.policy().reads);
    state.apply(occasion, before[kind], coverage[kind], records, silent, report);
  }
  for (auto& [id, state] : states) {
    const auto kind = static_cast<std::size_t>(state.policy().reads);
    state.report_gaps(last, before[kind], coverage[kind], report);
  }
}

void apply_entries(std::span<const LogEntry> entries, const std::string& log_id, States& states,
                   CoverageByKind& coverage, StoredRecords& records, bool silent,
                   std::vector<Step>& steps) {
  while (!entries.empty()) {
    std::size_t size = 1;
    while (size < entries.size() && entries[size].joined) ++size;
    apply_occasion(entries.first(size), log_id, states, coverage, records, silent, steps);
    entries = entries.subspan(size);
  }
}

Result<void> keeps_no_state() {
  return fail(ErrorCode::kUnsupported,
              "the reference engine's state is not saved: it is made by judging the log again");
}

class ReferenceEvaluation final : public Evaluation {
 public:
  ReferenceEvaluation(std::string log_id, UtcTime dropped_before) : log_id_(std::move(log_id)) {
    for (Coverage& kind : coverage_) kind.dropped(dropped_before);
    records_.drop(dropped_before);
  }

  void apply(std::span<const LogEntry> entries, std::vector<Step>& steps) override {
    if (entries.empty()) return;
    apply_entries(entries, log_id_, states_, coverage_, records_, false, steps);
    last_seq_ = entries.back().seq;
  }

  Result<void> activate(std::shared_ptr<const PolicySet> set, std::int64_t seq,
                        const LogReplay& replay, std::vector<Step>& steps) override {
    States fresh;
    for (const Policy& policy : set->policies) {
      if (policy.status == PolicyStatus::kActive && !goes_on(policy)) {
        fresh.emplace(policy.id, PolicyState(policy));
      }
    }
    CoverageByKind coverage;
    for (Coverage& kind : coverage) kind.dropped(coverage_.front().dropped_before());
    StoredRecords records;
    records.drop(coverage_.front().dropped_before());
    std::vector<Step> silent;
    if (!fresh.empty()) {
      const auto replayed = replay(seq - 1, [&](std::span<const LogEntry> entries) {
        apply_entries(entries, log_id_, fresh, coverage, records, true, silent);
      });
      if (!replayed) return tl::unexpected(replayed.error());
    }
    put_in_force(*set, std::move(fresh), silent, seq, steps);
    set_ = std::move(set);
    last_seq_ = seq;
    return {};
  }

  std::vector<PolicyCoverage> coverage() const override {
    std::vector<PolicyCoverage> all;
    for (const auto& [id, state] : states_) {
      all.push_back(state.coverage(coverage_[static_cast<std::size_t>(state.policy().reads)]));
    }
    return all;
  }

  std::int64_t last_seq() const override { return last_seq_; }

  void set_clock(ThreadClock /*clock*/) override {}
  EvaluationFootprint footprint() const override { return {}; }

  Result<void> save(std::ostream& /*bytes*/) const override { return keeps_no_state(); }
  Result<void> restore(std::shared_ptr<const PolicySet> /*set*/, std::istream& /*bytes*/) override {
    return keeps_no_state();
  }

 private:
  [[nodiscard]] bool goes_on(const Policy& policy) const {
    const auto it = states_.find(policy.id);
    return it != states_.end() && it->second.policy().hash == policy.hash;
  }

  void put_in_force(const PolicySet& set, States fresh, const std::vector<Step>& silent,
                    std::int64_t seq, std::vector<Step>& steps) {
    Report report(log_id_, seq, steps);
    States next;
    std::map<std::string, const Policy*> ids;
    for (const auto& [id, state] : states_) ids.emplace(id, nullptr);
    for (const Policy& policy : set.policies) {
      if (policy.status == PolicyStatus::kActive) ids[policy.id] = &policy;
    }
    for (const auto& [id, policy] : ids) {
      const auto old = states_.find(id);
      if (policy == nullptr) {
        old->second.retire(report);
      } else if (goes_on(*policy)) {
        old->second.rebind(*policy);
        next.emplace(id, std::move(old->second));
      } else {
        PolicyState& state = fresh.at(id);
        state.adopt(old == states_.end() ? std::vector<Found>{} : old->second.findings(),
                    coverage_[static_cast<std::size_t>(policy->reads)], report);
        next.emplace(id, std::move(state));
      }
    }
    for (auto& [id, state] : next) {
      if (fresh.contains(id)) state.report_stored_gaps(silent, report);
    }
    states_ = std::move(next);
  }

  std::string log_id_;
  std::shared_ptr<const PolicySet> set_;  // shared with whoever loaded it; states point into it
  States states_;
  CoverageByKind coverage_;
  StoredRecords records_;
  std::int64_t last_seq_ = 0;
};

}  // namespace

std::unique_ptr<Evaluation> make_reference_evaluation(std::string log_id, UtcTime dropped_before) {
  return std::make_unique<ReferenceEvaluation>(std::move(log_id), dropped_before);
}

}  // namespace tidewaiter
