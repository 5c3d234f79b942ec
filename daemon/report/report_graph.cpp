#include "daemon/report/report_graph.h"

#include <map>
#include <string>

namespace tidewaiter {

std::string account_disclosed(std::string_view text) {
  for (const std::string_view kind : {"cluster:", "account:"}) {
    if (!text.starts_with(kind)) continue;
    text.remove_prefix(kind.size());
    break;
  }
  // A subject's text has a backslash before what would divide it; a picture's has none.
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    name += text[i];
  }
  return name;
}

ClusterGraph redacted_graph(const ClusterGraph& graph, const DisclosedNames& disclosed) {
  ClusterGraph shown;
  // Built from nothing: what is not named here does not get through.
  shown.title = "The cluster: " + std::to_string(graph.accounts.size()) +
                " accounts, and what they have in common";
  shown.accounts.reserve(graph.accounts.size());
  for (const GraphAccount& account : graph.accounts) {
    const std::string number = "account " + std::to_string(shown.accounts.size() + 1);
    shown.accounts.push_back(
        {disclosed.contains(account.name) ? account.name : number, account.accounts});
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
