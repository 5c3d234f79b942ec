#include "daemon/report/report_graph.h"

#include <map>
#include <string>

namespace tidewaiter {

ClusterGraph redacted_graph(const ClusterGraph& graph, bool names) {
  ClusterGraph shown;
  // Built from nothing: what is not named here does not get through.
  shown.title = "The cluster: " + std::to_string(graph.accounts.size()) +
                " accounts, and what they have in common";
  shown.accounts.reserve(graph.accounts.size());
  for (const GraphAccount& account : graph.accounts) {
    const std::string number = "account " + std::to_string(shown.accounts.size() + 1);
    shown.accounts.push_back({names ? account.name : number, account.accounts});
  }
  std::map<std::string, std::int64_t> of_type;
  shown.values.reserve(graph.values.size());
  for (const GraphValue& value : graph.values) {
    GraphValue one;
    one.type = value.type;
    one.name = "value " + std::to_string(++of_type[value.type]);
    one.note = value.links ? value.note : "no evidence";
    one.links = value.links;
    one.values = value.values;
    shown.values.push_back(std::move(one));
  }
  shown.edges = graph.edges;
  return shown;
}

}  // namespace tidewaiter
