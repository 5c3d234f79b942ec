#include "daemon/pipeline/messages.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace tidewaiter {

void Messages::set_channels(std::vector<std::string> channels,
                            std::map<std::string, std::string> grouped) {
  grouped_ = std::move(grouped);
  channels_ = std::set<std::string>(channels.begin(), channels.end());
  rebuild_routes();
}

void Messages::set_policies(const PolicySet& set) {
  written_.clear();
  for (const Policy& policy : set.policies) written_[policy.id] = policy.notify;
  rebuild_routes();
}

void Messages::rebuild_routes() {
  routes_.clear();
  for (const auto& [policy, names] : written_) {
    std::vector<std::string>& there = routes_[policy];
    for (const std::string& name : names) {
      const bool twice = std::ranges::find(there, name) != there.end();
      if (channels_.contains(name) && !twice) there.push_back(name);
    }
  }
}

void Messages::take(const Step& step, bool fresh, std::vector<OutboxMessage>& out) {
  if (step.kind != StepKind::kOpened) return;
  const auto route = routes_.find(step.policy);
  if (route == routes_.end()) return;
  for (const std::string& channel : route->second) {
    if (step.historical) {
      Counts& counts = history_[channel];
      ++counts.all;
      ++counts.by_policy[step.policy];
      continue;
    }
    if (!fresh) continue;
    nlohmann::json body = {
        {"type", "finding.opened"},
        {"origin", origin_},
        {"finding", step.finding},
        {"policy", step.policy},
        {"version", step.policy_version},
        {"severity", std::string(severity_name(step.severity))},
        {"from", format_time(step.run.from)},
        {"to", format_time(step.run.to)},
        {"text", "potential violation of " + step.policy + ": finding " + step.finding}};
    const auto group = grouped_.find(channel);
    if (group != grouped_.end()) body["group_by"] = group->second;
    out.push_back({0, channel, body.dump()});
  }
}

void Messages::end_of_history(std::int64_t seq, bool fresh, std::vector<OutboxMessage>& out) {
  for (const auto& [channel, counts] : history_) {
    if (!fresh) continue;
    const nlohmann::json body = {
        {"type", "history.digest"},
        {"origin", origin_},
        {"findings", counts.all},
        {"by_policy", counts.by_policy},
        {"entry", seq},
        {"text", std::to_string(counts.all) +
                     (counts.all == 1 ? " potential violation" : " potential violations") +
                     " found in stored history"}};
    out.push_back({0, channel, body.dump()});
  }
  history_.clear();
}

}  // namespace tidewaiter
