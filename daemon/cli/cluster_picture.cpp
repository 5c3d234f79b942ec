// A cluster as a graph of its accounts and of what they have in common.

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "daemon/cli/cluster_report.h"
#include "daemon/cli/link_report.h"

namespace tidewaiter {
namespace {

/// The lines of one value: those of accounts that are cut off it link nobody, and are another one.
void draw_value(const SharedValue& shared, const std::vector<LinkedAccount>& accounts,
                ClusterGraph& graph) {
  std::string note = suppression_text(shared);
  if (note.empty() && shared.value.weight > 0) note = "weight " + weight_text(shared.value.weight);
  const std::string type(field(shared.value.field).name);
  const bool links = shared.standing == EvidenceStanding::kWeighs;
  std::optional<std::size_t> uncut;
  std::optional<std::size_t> cut;
  for (std::size_t i = 0; i < shared.value.accounts.size(); ++i) {
    const LinkedAccount& account = shared.value.accounts[i];
    const auto holding = std::ranges::find(shared.cut, account, &CutHolding::account);
    const bool is_cut = links && holding != shared.cut.end();
    std::optional<std::size_t>& value = is_cut ? cut : uncut;
    if (!value) {
      value = graph.values.size();
      graph.values.push_back(
          {type, shared.value.text, is_cut ? "cut by a person" : note, links && !is_cut});
    }
    const auto place = std::ranges::lower_bound(accounts, account);
    graph.edges.push_back({static_cast<std::size_t>(place - accounts.begin()), *value,
                           "since " + moment_text(shared.since[i])});
  }
}

/// All that act in step as one value of theirs: each two are a line of the page.
void draw_steps(const ClusterEvidence& evidence, ClusterGraph& graph) {
  std::set<LinkedAccount> actors;
  for (const PairInStep& pair : evidence.in_step) {
    actors.insert(pair.first);
    actors.insert(pair.second);
  }
  if (actors.empty()) return;
  for (const LinkedAccount& account : actors) {
    const auto place = std::ranges::lower_bound(evidence.accounts, account);
    graph.edges.push_back(
        {static_cast<std::size_t>(place - evidence.accounts.begin()), graph.values.size()});
  }
  graph.values.push_back(
      {"lockstep", counted(static_cast<std::int64_t>(evidence.in_step.size()), "pair") + " in step",
       "", true});
}

}  // namespace

ClusterGraph cluster_graph(const ShownCluster& cluster) {
  const ClusterEvidence& evidence = cluster.evidence;
  ClusterGraph graph;
  graph.title = "Cluster " + name_of(evidence.name) + ", " +
                counted(static_cast<std::int64_t>(evidence.accounts.size()), "account") +
                ", and what links them";
  graph.accounts.reserve(evidence.accounts.size());
  for (const LinkedAccount& account : evidence.accounts) {
    graph.accounts.push_back({name_of(account)});
  }
  for (const SharedValue& shared : evidence.values) draw_value(shared, evidence.accounts, graph);
  draw_steps(evidence, graph);
  for (const JoinedPair& pair : evidence.joined) {
    for (const LinkedAccount& account : {pair.first, pair.second}) {
      const auto place = std::ranges::lower_bound(evidence.accounts, account);
      graph.edges.push_back(
          {static_cast<std::size_t>(place - evidence.accounts.begin()), graph.values.size()});
    }
    graph.values.push_back({"joined by a person", pair.rulings.front(), "", true});
  }
  return graph;
}

}  // namespace tidewaiter
