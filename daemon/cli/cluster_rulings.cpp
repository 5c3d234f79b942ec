#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/cluster_rule.h"
#include "daemon/cli/ruling_text.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct RulingsOptions {
  std::string ruling;  ///< how it begins; empty: all
  bool json = false;
};

int show_ruling(Invocation& run, const Stores& stores, const RulingBook& book,
                const RulingsOptions& options) {
  const Result<const Ruling*> found = book.lookup(options.ruling);
  if (!found) return fail_with(run, found.error());
  const Result<WordedRuling> ruling = worded(stores.paths.folder, **found);
  if (!ruling) return fail_with(run, ruling.error());
  if (options.json) {
    print_json(run, ruling_json(*ruling));
  } else {
    run.out << ruling_page(*ruling, run.terminal);
  }
  return code(ExitStatus::kOk);
}

int list_rulings(Invocation& run, const RulingsOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const Result<RulingBook> book = RulingBook::read(*stores->ledger);
  if (!book) return fail_with(run, book.error());
  if (!options.ruling.empty()) return show_ruling(run, *stores, *book, options);
  std::vector<WordedRuling> rulings;
  rulings.reserve(book->rulings().size());
  for (const Ruling& ruling : book->rulings()) {
    Result<WordedRuling> one = worded(stores->paths.folder, ruling);
    if (!one) return fail_with(run, one.error());
    rulings.push_back(*std::move(one));
  }
  if (options.json) {
    auto all = nlohmann::ordered_json::array();
    for (const WordedRuling& ruling : rulings) all.push_back(ruling_json(ruling));
    print_json(run, {{"rulings", std::move(all)}});
  } else if (rulings.empty()) {
    run.out << "nobody has ruled on links: `tidewaiter cluster cut` and `cluster join` do\n";
  } else {
    run.out << rulings_table(rulings).render(run.terminal);
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_cluster_rulings(CLI::App& cluster, Selection& selection) {
  CLI::App* verb = add_verb(
      cluster, "rulings", "lists what people have ruled on links",
      "Prints one row a ruling: its id, whether it holds, which account is cut off which values\n"
      "or which two are joined, by whom and when. With RULING that one, every act about it with\n"
      "its reason, and what another person types where one is awaited.",
      "  tidewaiter cluster rulings\n"
      "  tidewaiter cluster rulings k-4f8e12ab --json | jq -r .seen");
  auto options = std::make_shared<RulingsOptions>();
  verb->add_option("ruling", options->ruling, "Only this one: its id, or how it begins")
      ->type_name("RULING");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return list_rulings(run, *options); };
  });
  add_cluster_cut(cluster, selection);
  add_cluster_join(cluster, selection);
  add_cluster_lift(cluster, selection);
  add_cluster_approve(cluster, selection);
}

}  // namespace tidewaiter
