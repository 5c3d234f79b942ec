#include "policies/authoring/backtest.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <variant>

namespace tidewaiter {
namespace {

bool is_activation(const LogEntry& entry) {
  const auto* control = std::get_if<Control>(&entry.body);
  return control != nullptr && std::holds_alternative<PolicySetActivated>(*control);
}

}  // namespace

std::shared_ptr<const PolicySet> tried_policies(const PolicySet& set) {
  auto tried = std::make_shared<PolicySet>();
  tried->hash = set.hash;
  for (const Policy& policy : set.policies) {
    if (policy.status == PolicyStatus::kRetired) continue;
    tried->policies.push_back(policy);
    tried->policies.back().status = PolicyStatus::kActive;
  }
  return tried;
}

Backtest::Backtest(std::shared_ptr<const PolicySet> set, const std::string& log_id,
                   std::optional<UtcTime> dropped_before, EngineKind engine,
                   std::function<void(std::span<const Step>)> on_steps, std::size_t threads)
    : set_(std::move(set)),
      evaluation_(make_evaluation(engine, log_id, dropped_before, threads)),
      on_steps_(std::move(on_steps)) {
  std::vector<Step> steps;
  // Errors are those of the replay alone, and this one has none.
  (void)evaluation_->activate(set_, 0, nothing_before(), steps);
}

void Backtest::apply(std::span<const LogEntry> entries) {
  if (entries.empty()) return;
  std::vector<Step> steps;
  evaluation_->apply(entries, steps);
  settled_.take(steps);
  if (on_steps_ && !steps.empty()) on_steps_(steps);
}

void Backtest::take(std::span<const LogEntry> entries) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!is_activation(entries[i])) continue;
    apply(entries.subspan(begin, i - begin));
    begin = i + 1;
  }
  apply(entries.subspan(begin));
}

std::map<UtcTime, std::int64_t> hits_by_day(std::span<const SettledFinding> findings) {
  std::map<UtcTime, std::int64_t> days;
  for (const SettledFinding& finding : findings) ++days[align_down(finding.run.from, kDay)];
  return days;
}

std::vector<SubjectHits> hits_by_subject(std::span<const SettledFinding> findings) {
  std::map<std::string, SubjectHits> by_text;
  for (const SettledFinding& finding : findings) {
    std::string text = to_text(finding.subject);
    SubjectHits& hits = by_text[text];
    hits.subject = std::move(text);
    ++hits.findings;
    hits.windows += finding.windows;
  }
  std::vector<SubjectHits> all;
  all.reserve(by_text.size());
  for (auto& [text, hits] : by_text) all.push_back(std::move(hits));
  std::ranges::stable_sort(all, [](const SubjectHits& a, const SubjectHits& b) {
    return std::tie(b.findings, b.windows) < std::tie(a.findings, a.windows);
  });
  return all;
}

}  // namespace tidewaiter
