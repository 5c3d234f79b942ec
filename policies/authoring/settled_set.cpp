#include "policies/authoring/settled_set.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tidewaiter {
namespace {

SettledFinding settled(const Step& step) {
  return {step.finding, step.policy,  step.severity, step.subject,
          step.run,     step.windows, step.figures,  false};
}

}  // namespace

void SettledSet::take(std::span<const Step> steps) {
  for (const Step& step : steps) {
    ++counts_[static_cast<std::size_t>(step.kind)];
    switch (step.kind) {
      case StepKind::kOpened:
        standing_[step.finding] = settled(step);
        break;
      case StepKind::kRestated: {
        SettledFinding& finding = standing_[step.finding];
        const bool ended = finding.ended && finding.run == step.run;
        finding = settled(step);
        finding.ended = ended;
        break;
      }
      case StepKind::kClosed:
        standing_[step.finding] = settled(step);
        standing_[step.finding].ended = true;
        break;
      case StepKind::kWithdrawn:
        standing_.erase(step.finding);
        break;
      case StepKind::kGap:
        break;
    }
  }
}

std::vector<SettledFinding> SettledSet::findings() const {
  std::vector<SettledFinding> all;
  all.reserve(standing_.size());
  for (const auto& [id, finding] : standing_) all.push_back(finding);
  std::ranges::sort(all, [](const SettledFinding& a, const SettledFinding& b) {
    return std::tie(a.policy, a.subject, a.run) < std::tie(b.policy, b.subject, b.run);
  });
  return all;
}

}  // namespace tidewaiter
