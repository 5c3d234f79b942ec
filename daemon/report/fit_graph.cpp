// How a graph of many accounts becomes one that can be drawn.

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "daemon/report/cluster_graph.h"
#include "policies/model/counted_text.h"

namespace tidewaiter {
namespace {

/// What is drawn as what: of each old place the new one.
using Places = std::vector<std::size_t>;

/// The values that each account holds.
std::vector<std::set<std::size_t>> held_by_account(const ClusterGraph& graph) {
  std::vector<std::set<std::size_t>> held(graph.accounts.size());
  for (const GraphEdge& edge : graph.edges) held[edge.account].insert(edge.value);
  return held;
}

/// The edges between what is drawn: those that have become one count together, and have no note.
std::vector<GraphEdge> merged_edges(const ClusterGraph& graph, const Places& accounts,
                                    const Places& values) {
  std::map<std::pair<std::size_t, std::size_t>, GraphEdge> merged;
  for (const GraphEdge& edge : graph.edges) {
    const std::pair place(accounts[edge.account], values[edge.value]);
    const auto [at, fresh] =
        merged.try_emplace(place, GraphEdge{place.first, place.second, edge.note, edge.holdings});
    if (fresh) continue;
    at->second.holdings += edge.holdings;
    at->second.note.clear();
  }
  std::vector<GraphEdge> edges;
  edges.reserve(merged.size());
  for (auto& [place, edge] : merged) edges.push_back(std::move(edge));
  return edges;
}

/// Accounts that hold the same values, by the place of the first of them.
std::vector<std::vector<std::size_t>> alike(const ClusterGraph& graph) {
  const std::vector<std::set<std::size_t>> held = held_by_account(graph);
  std::map<std::set<std::size_t>, std::size_t> places;
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < held.size(); ++i) {
    const auto [place, fresh] = places.try_emplace(held[i], groups.size());
    if (fresh) groups.emplace_back();
    groups[place->second].push_back(i);
  }
  return groups;
}

void fit_accounts(DrawnGraph& drawn, std::size_t most, Places& places) {
  const ClusterGraph& whole = drawn.graph;
  places.resize(whole.accounts.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  if (whole.accounts.size() <= most) return;
  std::vector<std::vector<std::size_t>> groups = alike(whole);
  std::ranges::stable_sort(groups, std::ranges::greater{},
                           [](const auto& group) { return group.size(); });
  const std::size_t alone = groups.size() <= most ? groups.size() : most - 1;
  std::vector<GraphAccount> accounts;
  std::int64_t together = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto size = static_cast<std::int64_t>(groups[i].size());
    if (i < alone) {
      GraphAccount& one = accounts.emplace_back(whole.accounts[groups[i].front()]);
      one.accounts = size;
      if (size > 1) one.name += " and " + counted_text(size - 1, "more alike", "more alike");
    } else {
      if (i == alone) accounts.push_back({"", 0});
      accounts.back().accounts += size;
    }
    for (const std::size_t account : groups[i]) places[account] = std::min(i, alone);
    together += size > 1 && i < alone ? size : 0;
  }
  if (together > 0) {
    drawn.aggregated.push_back(counted_text(together, "account", "accounts") +
                               " drawn together with those that hold the very same values");
  }
  if (alone < groups.size()) {
    accounts.back().name =
        counted_text(accounts.back().accounts, "other account", "other accounts");
    drawn.aggregated.push_back(accounts.back().name + " drawn as one");
  }
  drawn.graph.accounts = std::move(accounts);
}

/// How many accounts hold each value.
std::vector<std::int64_t> holders_of(const ClusterGraph& graph) {
  std::vector<std::int64_t> holders(graph.values.size());
  for (const GraphEdge& edge : graph.edges) holders[edge.value] += edge.holdings;
  return holders;
}

void fit_values(DrawnGraph& drawn, std::size_t most, Places& places) {
  const std::vector<GraphValue> whole = drawn.graph.values;
  places.resize(whole.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  if (whole.size() <= most) return;
  std::set<std::pair<std::string, bool>> types;
  for (const GraphValue& value : whole) types.emplace(value.type, value.links);
  const std::size_t alone = most - types.size();
  const std::vector<std::int64_t> holders = holders_of(drawn.graph);
  std::vector<std::size_t> order = places;
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t value) {
    return std::pair(whole[value].links, holders[value]);
  });
  std::vector<GraphValue> values;
  std::map<std::pair<std::string, bool>, std::size_t> rest;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const GraphValue& value = whole[order[i]];
    if (i < alone) {
      places[order[i]] = values.size();
      values.push_back(value);
      continue;
    }
    const auto [place, fresh] = rest.try_emplace({value.type, value.links}, values.size());
    if (fresh) values.push_back(value);  // it stays itself where it is the only one
    places[order[i]] = place->second;
    if (!fresh) ++values[place->second].values;
  }
  for (const auto& [type, place] : rest) {
    if (values[place].values == 1) continue;
    values[place].note.clear();
    values[place].name = counted_text(values[place].values, "other value", "other values");
    drawn.aggregated.push_back(values[place].name + " of " + type.first + " drawn as one");
  }
  drawn.graph.values = std::move(values);
}

}  // namespace

DrawnGraph fit_graph(const ClusterGraph& graph, std::size_t most) {
  DrawnGraph drawn{graph, {}};
  Places accounts;
  Places values;
  fit_accounts(drawn, most, accounts);
  fit_values(drawn, most, values);
  drawn.graph.edges = merged_edges(graph, accounts, values);
  return drawn;
}

}  // namespace tidewaiter
