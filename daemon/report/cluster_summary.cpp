#include "daemon/report/cluster_summary.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "daemon/report/html_table.h"

namespace tidewaiter {
namespace {

using Ordered = nlohmann::ordered_json;

std::string sizes_text(const std::vector<std::int64_t>& sizes) {
  if (sizes.empty()) return "none";
  std::string text;
  const std::size_t shown = std::min(sizes.size(), kMostClusterSizes);
  for (std::size_t i = 0; i < shown; ++i) {
    text += (text.empty() ? "" : ", ") + std::to_string(sizes[i]);
  }
  if (shown < sizes.size()) {
    text += ", and " + std::to_string(sizes.size() - shown) + " no larger than the last of these";
  }
  return text;
}

std::string states_text(const std::map<std::string, std::int64_t>& states) {
  std::string text;
  for (const auto& [state, count] : states) {
    text += (text.empty() ? ": " : ", ") + std::to_string(count) + ' ' + state;
  }
  return text;
}

std::string entries_text(const std::vector<std::int64_t>& entries) {
  std::string text;
  for (const std::int64_t entry : entries) {
    text += (text.empty() ? "" : ", ") + std::to_string(entry);
  }
  return text;
}

}  // namespace

void write_clusters(HtmlWriter& page, const std::optional<ReportedClusters>& clusters) {
  if (!clusters) return;
  heading(page, "Clusters of accounts");
  page.open("dl");
  item(page, "Cases about clusters, with a finding of the period",
       std::to_string(clusters->cases) + states_text(clusters->case_states));
  if (clusters->changes) {
    const ClusterChanges& changes = *clusters->changes;
    item(page, "Formed in the period", std::to_string(changes.formed));
    item(page, "Merged", std::to_string(changes.merged));
    item(page, "Split", std::to_string(changes.split));
    item(page, "Dissolved", std::to_string(changes.dissolved));
    item(page, "Clusters when the report was drawn", std::to_string(clusters->sizes.size()));
    item(page, "Their accounts", sizes_text(clusters->sizes));
  } else {
    item(page, "Formed, merged, split in the period",
         "not known: no record is stored, or nothing links accounts");
  }
  page.close();
  if (clusters->rulings.empty()) {
    page.element("p", "In the period people ruled on no links of accounts.");
    return;
  }
  HtmlTable table(page, "What people ruled on links of accounts, each an entry of the ledger",
                  {{"Type"}, {"Count"}, {"Entries"}});
  for (const auto& [type, entries] : clusters->rulings) {
    table.row({type, std::to_string(entries.size()), entries_text(entries)});
  }
  table.end();
}

Ordered clusters_json(const std::optional<ReportedClusters>& clusters) {
  if (!clusters) return nullptr;
  Ordered json = {{"changes", nullptr}, {"sizes", nullptr}, {"cases", clusters->cases}};
  if (clusters->changes) {
    json["changes"] = {{"formed", clusters->changes->formed},
                       {"merged", clusters->changes->merged},
                       {"split", clusters->changes->split},
                       {"dissolved", clusters->changes->dissolved}};
    json["sizes"] = clusters->sizes;
  }
  json["case_states"] = Ordered::object();
  for (const auto& [state, count] : clusters->case_states) json["case_states"][state] = count;
  json["rulings"] = Ordered::object();
  for (const auto& [type, entries] : clusters->rulings) json["rulings"][type] = entries;
  return json;
}

}  // namespace tidewaiter
