#include "policies/engine/policy_change.h"

#include <algorithm>
#include <utility>

#include "policies/language/interval_set.h"

namespace tidewaiter {
namespace {

using Standing = PolicyRuntime::Standing;

constexpr const char* kReason = "policy-changed";

/// The findings of one subject on both sides.
struct SubjectFindings {
  std::vector<Standing> before;
  std::vector<Standing> after;
};

/// Leads one subject's findings over to the new policy.
class Comparison {
 public:
  Comparison(PolicyChange& change, std::int64_t seq, std::vector<PendingStep>& steps)
      : change_(change), seq_(seq), steps_(steps) {}

  void run(const SubjectFindings& findings) {
    std::vector<bool> taken(findings.before.size(), false);
    std::vector<Standing> closed;
    for (const Standing& standing : findings.after) {
      const bool ended = change_.after->has_ended(standing);
      const std::size_t oldest = oldest_overlapping(findings.before, taken, standing);
      bool was_closed = false;
      if (oldest < findings.before.size()) {
        taken[oldest] = true;
        was_closed = take(findings.before[oldest], standing);
      } else {
        open(standing);
      }
      if (ended && !was_closed) closed.push_back(standing);
    }
    withdraw_others(findings.before, taken);
    for (const Standing& standing : closed) {
      steps_.push_back(change_.after->step_about(standing, StepKind::kClosed, seq_));
    }
  }

 private:
  [[nodiscard]] std::size_t oldest_overlapping(const std::vector<Standing>& before,
                                               const std::vector<bool>& taken,
                                               const Standing& standing) const {
    const Interval run = change_.after->interval(change_.after->finding(standing).run);
    std::size_t oldest = before.size();
    for (std::size_t i = 0; i < before.size(); ++i) {
      const LiveFinding& old = change_.before->finding(before[i]);
      if (taken[i] || !overlap(change_.before->interval(old.run), run)) continue;
      if (oldest == before.size() || old.order < change_.before->finding(before[oldest]).order) {
        oldest = i;
      }
    }
    return oldest;
  }

  void open(const Standing& standing) {
    LiveFinding& finding = change_.after->finding(standing);
    finding.order = change_.after->next_order++;
    finding.historical = true;
    finding.closed = change_.after->has_ended(standing);
    change_.after->state_anew(standing);
    steps_.push_back(change_.after->step_about(standing, StepKind::kOpened, seq_));
  }

  /// Continues an old finding. Says whether it is closed as it was.
  bool take(const Standing& old_standing, const Standing& standing) {
    const LiveFinding& old = change_.before->finding(old_standing);
    LiveFinding& finding = change_.after->finding(standing);
    finding.order = old.order;
    finding.historical = old.historical;
    const bool same_run = change_.before->interval(old.run) == change_.after->interval(finding.run);
    const bool still_closed = old.closed && same_run;
    finding.closed = change_.after->has_ended(standing) || still_closed;
    change_.after->state_anew(standing);
    PendingStep step = change_.after->step_about(standing, StepKind::kRestated, seq_);
    step.step.previous = change_.before->stated_figures(old);
    step.step.reason = kReason;
    steps_.push_back(std::move(step));
    return still_closed;
  }

  void withdraw_others(const std::vector<Standing>& before, const std::vector<bool>& taken) {
    std::vector<Standing> left;
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (!taken[i]) left.push_back(before[i]);
    }
    std::ranges::sort(left, {}, [&](const Standing& standing) {
      return change_.before->finding(standing).order;
    });
    for (const Standing& standing : left) {
      const LiveFinding& finding = change_.before->finding(standing);
      Step step = change_.before->withdrawal(standing.subject_id, finding, seq_, kReason);
      if (change_.after != nullptr) {
        // The policy that the set in force has under this id.
        const Policy& policy = change_.after->policy();
        step.policy_version = policy.version;
        step.policy_hash = policy.hash;
        step.severity = policy.severity;
      }
      steps_.push_back({std::move(step), finding.order, {}});
    }
  }

  PolicyChange& change_;
  std::int64_t seq_;
  std::vector<PendingStep>& steps_;
};

}  // namespace

void compare_findings(PolicyChange& change, std::int64_t seq, std::int64_t known,
                      std::vector<PendingStep>& steps) {
  if (change.after != nullptr) {
    change.after->next_order = known;
    change.after->take_gaps(seq, steps);
  }
  std::vector<std::pair<Subject, SubjectFindings>> subjects;
  const auto gather = [&](PolicyRuntime* runtime, std::vector<Standing> SubjectFindings::*side) {
    if (runtime == nullptr) return;
    for (Standing& standing : runtime->standing()) {
      subjects.emplace_back(standing.subject, SubjectFindings{});
      (subjects.back().second.*side).push_back(std::move(standing));
    }
  };
  gather(change.before.get(), &SubjectFindings::before);
  gather(change.after.get(), &SubjectFindings::after);
  std::ranges::stable_sort(subjects, {}, [](const auto& entry) { return entry.first; });
  Comparison comparison(change, seq, steps);
  for (std::size_t i = 0; i < subjects.size();) {
    SubjectFindings all;
    const Subject& subject = subjects[i].first;
    std::size_t end = i;
    for (; end < subjects.size() && subjects[end].first == subject; ++end) {
      std::ranges::move(subjects[end].second.before, std::back_inserter(all.before));
      std::ranges::move(subjects[end].second.after, std::back_inserter(all.after));
    }
    comparison.run(all);
    i = end;
  }
}

}  // namespace tidewaiter
