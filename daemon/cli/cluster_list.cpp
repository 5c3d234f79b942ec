#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/cluster_report.h"
#include "daemon/cli/stored_clusters.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct ClusterListOptions {
  std::int64_t at_least = 2;
  std::vector<std::string> by;  ///< fields, all of which have to be evidence
  bool with_findings = false;
  bool with_open_cases = false;
  std::string sort = "size";
  std::int64_t limit = 20;
  bool json = false;
};

bool is_wanted(const ListedCluster& cluster, const ClusterListOptions& options) {
  if (static_cast<std::int64_t>(cluster.accounts.size()) < options.at_least) return false;
  if (options.with_findings && cluster.about.standing() == 0) return false;
  if (options.with_open_cases && cluster.about.open_cases() == 0) return false;
  return std::ranges::all_of(
      options.by, [&](const std::string& name) { return cluster.evidence.contains(name); });
}

/// Equals stay as they come: the largest first, and equals by name.
void sort_clusters(std::vector<ListedCluster>& clusters, const std::string& by) {
  if (by == "formed") {
    std::ranges::stable_sort(clusters, std::ranges::greater{}, &ListedCluster::formed);
  } else if (by == "findings") {
    std::ranges::stable_sort(clusters, std::ranges::greater{}, [](const ListedCluster& cluster) {
      return std::pair(cluster.about.worst(), cluster.about.standing());
    });
  } else if (by == "name") {
    std::ranges::stable_sort(clusters, std::ranges::less{}, &ListedCluster::name);
  }
}

ClusterListing listing_of(const StoredClusters& stored, const ClusterListOptions& options) {
  ClusterListing listing;
  listing.title = stored.history.title;
  listing.rule = stored.history.chosen.rule;
  listing.linkage = stored.history.chosen.linkage;
  for (AccountCluster& cluster : stored.history.linker.clusters()) {
    ++listing.of;
    ListedCluster listed;
    listed.formed = stored.history.since.formed(cluster.accounts);
    listed.about = stored.review.about(cluster.accounts);
    for (const CommonValue& link : cluster.links) {
      ++listed.evidence[std::string(field(link.field).name)];
    }
    if (!cluster.in_step.empty()) {
      listed.evidence["lockstep"] = static_cast<std::int64_t>(cluster.in_step.size());
    }
    listed.name = std::move(cluster.name);
    listed.accounts = std::move(cluster.accounts);
    if (is_wanted(listed, options)) listing.clusters.push_back(std::move(listed));
  }
  sort_clusters(listing.clusters, options.sort);
  return listing;
}

int list_clusters(Invocation& run, const ClusterListOptions& options) {
  int status = 0;
  const std::unique_ptr<StoredClusters> stored = stored_clusters(run, status);
  if (stored == nullptr) return status;
  const ClusterListing listing = listing_of(*stored, options);
  if (options.json) {
    print_json(run, cluster_list_json(listing));
  } else {
    run.out << cluster_list_text(listing, static_cast<std::size_t>(options.limit), run.terminal);
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_cluster_list(CLI::App& cluster, Selection& selection) {
  CLI::App* verb = add_verb(
      cluster, "list", "lists the clusters of stored history",
      "Prints one row a cluster: the account that names it, how many accounts it has, when the\n"
      "first of them came together, the findings about it that stand and their greatest\n"
      "severity, its open cases, and how many values of each field link any of them. A cluster\n"
      "goes by its least account; findings and cases about any of its accounts as a cluster are\n"
      "about it.",
      "  tidewaiter cluster list --with-findings\n"
      "  tidewaiter cluster list --at-least 5 --by devices --sort formed\n"
      "  tidewaiter cluster list --json | jq -r '.clusters[] | [.cluster, .size] | @tsv'");
  auto options = std::make_shared<ClusterListOptions>();
  add_number(*verb, "--at-least", options->at_least, 2, "Only those of so many accounts");
  verb->add_option("--by", options->by,
                   "Only those that values of this field link; may be repeated")
      ->type_name("FIELD")
      ->allow_extra_args(false);
  verb->add_flag("--with-findings", options->with_findings,
                 "Only those about which findings stand");
  verb->add_flag("--open", options->with_open_cases, "Only those with an open case");
  verb->add_option("--sort", options->sort, "What comes first: the largest, the latest, …")
      ->type_name("ORDER")
      ->check(CLI::IsMember({"size", "formed", "findings", "name"}));
  add_number(*verb, "--limit", options->limit, 0, "How many to show; 0 shows all");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return list_clusters(run, *options); };
  });
}

}  // namespace tidewaiter
