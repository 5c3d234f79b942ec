#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/cluster_report.h"
#include "daemon/cli/link_report.h"
#include "daemon/cli/stored_clusters.h"
#include "daemon/cli/verbs.h"
#include "daemon/cli/written_text.h"

namespace tidewaiter {
namespace {

struct ClusterShowOptions {
  std::string cluster;
  std::vector<std::string> path;  ///< two accounts, or none
  std::string svg;
  std::int64_t limit = 12;
  bool json = false;
};

/// Those of which the words say that they are about one of these accounts.
Result<std::vector<WordedRuling>> rulings_on(const Stores& stores, const RulingBook& book,
                                             const std::vector<LinkedAccount>& accounts) {
  std::vector<WordedRuling> all;
  for (const Ruling& ruling : book.rulings()) {
    Result<WordedRuling> one = worded(stores.paths.folder, ruling);
    if (!one) return tl::unexpected(one.error());
    const bool concerns =
        one->ruled && std::ranges::any_of(one->ruled->accounts, [&](const RuledAccount& account) {
          return std::ranges::binary_search(accounts, LinkedAccount{account.source, account.name});
        });
    if (concerns) all.push_back(*std::move(one));
  }
  return all;
}

ShownCluster shown_of(const StoredClusters& stored, const LinkedAccount& account) {
  const LinkedHistory& history = stored.history;
  ShownCluster shown;
  shown.rule = history.chosen.rule;
  shown.linkage = history.chosen.linkage;
  shown.evidence = history.linker.evidence_around(account);
  if (shown.evidence.accounts.size() > 1) {
    shown.formed = history.since.formed(shown.evidence.accounts);
  }
  shown.about = stored.review.about(shown.evidence.accounts);
  shown.review = &stored.review;
  return shown;
}

/// The way between two accounts, of which the first is one of the cluster.
Result<LinkReason> way_between(const LinkedHistory& history, const LinkedAccount& cluster,
                               const std::vector<std::string>& words) {
  LinkReason reason;
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    Result<LinkedAccount> account = account_meant(history.named, words.at(i));
    if (!account) return tl::unexpected(account.error());
    if (history.linker.cluster_of(*account) != history.linker.cluster_of(cluster)) {
      return fail(ErrorCode::kInvalidInput, "`" + name_of(*account) +
                                                "` is not in the cluster: it belongs to `" +
                                                name_of(history.linker.cluster_of(*account)) + "`");
    }
    (i == 0 ? reason.from : reason.to) = *std::move(account);
  }
  if (reason.from == reason.to) {
    return fail(ErrorCode::kInvalidInput, "--path takes two different accounts");
  }
  reason.steps = history.linker.path(reason.from, reason.to);
  return reason;
}

int show_way(Invocation& run, const LinkedHistory& history, const LinkedAccount& cluster,
             const ClusterShowOptions& options) {
  const Result<LinkReason> way = way_between(history, cluster, options.path);
  if (!way) return fail_with_words(run, way.error());
  if (options.json) {
    print_json(run, reason_json(*way));
  } else {
    run.out << reason_text(*way, history.chosen.linkage, run.terminal);
  }
  return code(ExitStatus::kOk);
}

/// The page, and the picture where one is asked for.
int show_page(Invocation& run, const ShownCluster& shown, const ClusterShowOptions& options) {
  const DrawnGraph drawn = fit_graph(cluster_graph(shown));
  if (!options.svg.empty()) {
    const auto path = run.environment.working_folder / options.svg;
    if (auto written = write_text(path, cluster_graph_file(drawn)); !written) {
      return fail_with(run, written.error());
    }
  }
  if (options.json) {
    print_json(run, cluster_json(shown, run.now()));
    return code(ExitStatus::kOk);
  }
  run.out << cluster_text(shown, static_cast<std::size_t>(options.limit), run.now(), run.terminal);
  if (options.svg.empty()) return code(ExitStatus::kOk);
  run.out << "\ndrawn to " << printable(options.svg) << '\n';
  for (const std::string& remark : drawn.aggregated) run.out << "  " << remark << '\n';
  return code(ExitStatus::kOk);
}

int show_cluster(Invocation& run, const ClusterShowOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores_with_records(run, status);
  if (stores == nullptr) return status;
  const Result<std::unique_ptr<StoredClusters>> read = stored_clusters(run, *stores);
  if (!read) return fail_with(run, read.error());
  const StoredClusters* const stored = read->get();
  const Result<LinkedAccount> account = account_meant(stored->history.named, options.cluster);
  if (!account) return fail_with_words(run, account.error());
  if (!options.path.empty()) return show_way(run, stored->history, *account, options);
  const Result<RulingBook> book = RulingBook::read(*stores->ledger);
  if (!book) return fail_with(run, book.error());
  ShownCluster shown = shown_of(*stored, *account);
  Result<std::vector<WordedRuling>> rulings = rulings_on(*stores, *book, shown.evidence.accounts);
  if (!rulings) return fail_with(run, rulings.error());
  shown.rulings = *std::move(rulings);
  return show_page(run, shown, options);
}

}  // namespace

void add_cluster_show(CLI::App& cluster, Selection& selection) {
  CLI::App* verb = add_verb(
      cluster, "show", "shows one cluster: its accounts, and all that they have in common",
      "Prints the accounts of a cluster, each value that links any of them with its weight, since\n"
      "when two of them have it and how many hold it in all; what they have in common that is no\n"
      "evidence, and why; the findings and cases about it. CLUSTER is any of its accounts, or the\n"
      "subject of a finding. With --path it prints a shortest way of evidence between two of its\n"
      "accounts. With --svg it also draws accounts and values as a graph, a stroke for each type\n"
      "of evidence; what there is no room for is drawn together, and named.",
      "  tidewaiter cluster show gateway/a-3\n"
      "  tidewaiter cluster show cluster:gateway/a-3 --svg cluster.svg\n"
      "  tidewaiter cluster show a-3 --path a-3 b-4\n"
      "  tidewaiter cluster show a-3 --json | jq -r '.values[] | select(.standing != \"links\")'");
  auto options = std::make_shared<ClusterShowOptions>();
  verb->add_option("cluster", options->cluster, "Any of its accounts, or a finding's subject")
      ->type_name("CLUSTER")
      ->required();
  CLI::Option* path =
      verb->add_option("--path", options->path,
                       "Print what links these two accounts of the cluster, instead of all")
          ->type_name("ACCOUNT ACCOUNT")
          ->expected(2);
  verb->add_option("--svg", options->svg, "Draw the cluster as a graph to this file")
      ->type_name("FILE")
      ->excludes(path);
  add_number(*verb, "--limit", options->limit, 0,
             "How many accounts, values, findings and cases of each list to show; 0 shows all");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show_cluster(run, *options); };
  });
}

}  // namespace tidewaiter
