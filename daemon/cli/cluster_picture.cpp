// A cluster as a graph of its accounts and of what they have in common.

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/cli/cluster_report.h"
#include "daemon/cli/link_report.h"

namespace tidewaiter {
namespace {

std::size_t place_of(const LinkedAccount& account, const std::vector<LinkedAccount>& accounts) {
  return static_cast<std::size_t>(std::ranges::lower_bound(accounts, account) - accounts.begin());
}

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
    graph.edges.push_back(
        {place_of(account, accounts), *value, "since " + moment_text(shared.since[i])});
  }
}

using Pairs = std::vector<const PairInStep*>;

/// Of each account's place that of one which stands for all that pairs connect it with.
std::vector<std::size_t> chains(const Pairs& pairs, const std::vector<LinkedAccount>& accounts) {
  std::vector<std::size_t> parent(accounts.size());
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&](std::size_t one) {
    while (parent[one] != one) one = parent[one] = parent[parent[one]];
    return one;
  };
  for (const PairInStep* const pair : pairs) {
    parent[root(place_of(pair->first, accounts))] = root(place_of(pair->second, accounts));
  }
  for (std::size_t one = 0; one < parent.size(); ++one) parent[one] = root(one);
  return parent;
}

/// By one lockstep link: those whom pairs connect as one value of theirs, so that nobody is drawn
/// as in step with a stranger; each two are a line of the page.
void draw_chains(const Pairs& pairs, const std::vector<LinkedAccount>& accounts,
                 ClusterGraph& graph) {
  const std::vector<std::size_t> chain_of = chains(pairs, accounts);
  std::map<std::size_t, std::int64_t> pairs_of;
  std::map<std::size_t, std::set<std::size_t>> actors_of;
  for (const PairInStep* const pair : pairs) {
    const std::size_t first = place_of(pair->first, accounts);
    ++pairs_of[chain_of[first]];
    actors_of[chain_of[first]].insert({first, place_of(pair->second, accounts)});
  }
  const InStep& step = pairs.front()->together;
  for (const auto& [chain, actors] : actors_of) {
    for (const std::size_t actor : actors) graph.edges.push_back({actor, graph.values.size()});
    std::string name = counted(pairs_of[chain], "pair") + " in step";
    if (step.target) name += " by " + std::string(field(*step.target).name);
    graph.values.push_back({"lockstep", std::move(name),
                            step.weight > 0 ? "weight " + weight_text(step.weight) : "", true});
  }
}

void draw_steps(const ClusterEvidence& evidence, ClusterGraph& graph) {
  std::map<std::optional<FieldId>, Pairs> by_target;  // there is one link for each
  for (const PairInStep& pair : evidence.in_step) {
    by_target[pair.together.target].push_back(&pair);
  }
  for (const auto& [target, pairs] : by_target) draw_chains(pairs, evidence.accounts, graph);
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
      graph.edges.push_back({place_of(account, evidence.accounts), graph.values.size()});
    }
    graph.values.push_back({"joined by a person", pair.rulings.front(), "", true});
  }
  return graph;
}

}  // namespace tidewaiter
