#include "policies/engine/layered_evaluation.h"

#include <algorithm>
#include <exception>
#include <istream>
#include <iterator>
#include <map>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/engine/finding_records.h"
#include "policies/engine/held_memory.h"
#include "policies/engine/state_archive.h"

namespace tidewaiter {
namespace {

bool is_gap(const Step& step) { return step.kind == StepKind::kGap; }

/// The policies of a set that read findings, or the others.
std::shared_ptr<const PolicySet> layer_of(const std::shared_ptr<const PolicySet>& set,
                                          bool reads_findings) {
  const auto belongs = [reads_findings](const Policy& policy) {
    return (policy.reads == RecordKind::kFinding) == reads_findings;
  };
  if (std::ranges::all_of(set->policies, belongs)) return set;
  auto layer = std::make_shared<PolicySet>();
  layer->hash = set->hash;
  std::ranges::copy_if(set->policies, std::back_inserter(layer->policies), belongs);
  return layer;
}

class LayeredEvaluation final : public Evaluation {
 public:
  LayeredEvaluation(std::unique_ptr<Evaluation> over_records,
                    std::unique_ptr<Evaluation> over_findings, std::string log_id)
      : log_id_(std::move(log_id)),
        over_records_(std::move(over_records)),
        over_findings_(std::move(over_findings)) {}

  void apply(std::span<const LogEntry> entries, std::vector<Step>& steps) override {
    std::vector<Step> lower;
    over_records_->apply(entries, lower);
    std::vector<LogEntry> findings;
    records_.forget_origins();
    records_.take(entries, lower, findings);
    std::vector<Step> upper;
    over_findings_->apply(findings, upper);
    put_together(std::move(lower), std::move(upper), steps);
  }

  Result<void> activate(std::shared_ptr<const PolicySet> set, std::int64_t seq,
                        const LogReplay& replay, std::vector<Step>& steps) override {
    std::vector<Step> lower;
    const auto lower_set = layer_of(set, false);
    if (auto done = over_records_->activate(lower_set, seq, replay, lower); !done) return done;
    records_.forget_origins();
    records_.set_policies(*lower_set);
    // The policies that read findings come into force over the findings as they stood before the
    // entry; what the entry does to these comes after that.
    std::vector<Step> upper;
    const LogReplay standing = [this](std::int64_t, const auto& batch) -> Result<void> {
      batch(records_.standing());
      return {};
    };
    const std::int64_t place = records_.next_seq(seq);
    if (auto done = over_findings_->activate(layer_of(set, true), place, standing, upper); !done) {
      return done;
    }
    std::vector<LogEntry> findings;
    records_.take_activation(lower, findings);
    over_findings_->apply(findings, upper);
    put_together(std::move(lower), std::move(upper), steps);
    return {};
  }

  std::vector<PolicyCoverage> coverage() const override {
    std::vector<PolicyCoverage> all = over_records_->coverage();
    std::ranges::move(over_findings_->coverage(), std::back_inserter(all));
    std::ranges::sort(all, {}, &PolicyCoverage::policy);
    return all;
  }

  std::int64_t last_seq() const override { return over_records_->last_seq(); }

  void set_clock(ThreadClock clock) override {
    over_records_->set_clock(clock);
    over_findings_->set_clock(std::move(clock));
  }

  EvaluationFootprint footprint() const override {
    EvaluationFootprint all = over_records_->footprint();
    EvaluationFootprint above = over_findings_->footprint();
    std::ranges::move(above.policies, std::back_inserter(all.policies));
    std::ranges::sort(all.policies, {}, &PolicyFootprint::policy);
    HeldMemory own;
    own(records_, ids_);
    all.shared_bytes += above.shared_bytes + own.bytes();
    return all;
  }

  Result<void> save(std::ostream& bytes) const override {
    if (auto saved = over_records_->save(bytes); !saved) return saved;
    if (auto saved = over_findings_->save(bytes); !saved) return saved;
    StateWriter writer(bytes);
    writer(records_, ids_);
    return {};
  }

  Result<void> restore(std::shared_ptr<const PolicySet> set, std::istream& bytes) override {
    const auto lower = layer_of(set, false);
    if (auto taken = over_records_->restore(lower, bytes); !taken) return taken;
    if (auto taken = over_findings_->restore(layer_of(set, true), bytes); !taken) return taken;
    records_.set_policies(*lower);
    try {
      StateReader reader(bytes);
      reader(records_, ids_);
    } catch (const std::exception& fault) {
      return fail(ErrorCode::kCorruption,
                  std::string("the saved findings cannot be read: ") + fault.what());
    }
    return {};
  }

 private:
  /// Gives a step of the upper layer its place in the log, and names evidence by finding.
  void bring_down(Step& step) const {
    step.seq = records_.origin(step.seq);
    for (std::int64_t& seq : step.evidence) {
      if (const std::string* finding = records_.finding_of(seq)) {
        step.evidence_findings.push_back(*finding);
      } else {
        seq = records_.own_seq(seq);
      }
    }
    if (!step.evidence_findings.empty()) step.evidence.clear();
  }

  /// The finding's id as the log's own (seq, ordinal) gives it.
  void name(Step& step) {
    if (step.kind == StepKind::kOpened) {
      ids_[step.finding] = finding_id(log_id_, step.policy, step.seq, step.ordinal);
    }
    step.finding = ids_.at(step.finding);
    constexpr std::string_view kMerged = "merged:";
    if (step.reason.starts_with(kMerged)) {
      step.reason = std::string(kMerged) + ids_.at(step.reason.substr(kMerged.size()));
    }
  }

  /// Within an entry: what the lower layer says of findings, what the upper one does, gaps.
  void put_together(std::vector<Step> lower, std::vector<Step> upper, std::vector<Step>& steps) {
    for (Step& step : upper) bring_down(step);
    auto low = lower.begin();
    auto high = upper.begin();
    while (low != lower.end() || high != upper.end()) {
      std::int64_t seq = low != lower.end() ? low->seq : high->seq;
      if (high != upper.end()) seq = std::min(seq, high->seq);
      const auto is_other = [seq](const Step& step) { return step.seq != seq; };
      const std::span own(low, std::find_if(low, lower.end(), is_other));
      const std::span above(high, std::find_if(high, upper.end(), is_other));
      std::int32_t ordinal = 0;
      for (const bool gaps : {false, true}) {
        for (Step& step : own) {
          if (is_gap(step) != gaps) continue;
          step.ordinal = ordinal++;
          steps.push_back(std::move(step));
        }
        for (Step& step : above) {
          if (is_gap(step) != gaps) continue;
          step.ordinal = ordinal++;
          if (!gaps) name(step);
          steps.push_back(std::move(step));
        }
      }
      low += static_cast<std::ptrdiff_t>(own.size());
      high += static_cast<std::ptrdiff_t>(above.size());
    }
  }

  std::string log_id_;
  std::unique_ptr<Evaluation> over_records_;
  std::unique_ptr<Evaluation> over_findings_;
  FindingRecords records_;
  std::map<std::string, std::string> ids_;  ///< of findings of the upper layer, by its own ids
};

}  // namespace

std::unique_ptr<Evaluation> make_layered_evaluation(std::unique_ptr<Evaluation> over_records,
                                                    std::unique_ptr<Evaluation> over_findings,
                                                    std::string log_id) {
  return std::make_unique<LayeredEvaluation>(std::move(over_records), std::move(over_findings),
                                             std::move(log_id));
}

}  // namespace tidewaiter
