#include <charconv>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/cli/history_choice.h"
#include "daemon/cli/link_report.h"
#include "daemon/cli/linked_history.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct LinkOptions {
  HistoryOptions history;
  std::string linkage;
  std::vector<std::string> on;
  std::vector<std::string> why;  ///< two accounts, or none
  std::int64_t limit = 20;
  bool json = false;
  bool csv = false;
};

/// What a linkage is written as, so that one reader says what is wrong with `--on` too.
PolicyText as_document(const std::vector<std::string>& on) {
  std::string text = "linkage: command-line\ntitle: Named on the command line\nlinks:\n";
  for (const std::string& word : on) {
    const std::size_t colon = word.rfind(':');
    text +=
        "  - {field: \"" + word.substr(0, colon) + "\", at_most: " + word.substr(colon + 1) + "}\n";
  }
  return {"--on", text};
}

/// The only linkage of what was read.
Result<ChosenLinkage> only_linkage(Invocation& run, const LoadOutcome& loaded,
                                   const std::string& rule) {
  if (has_errors(loaded.diagnostics)) {
    print_diagnostics(run.err, loaded.diagnostics);
    return fail(ErrorCode::kInvalidInput, "the linkage has errors: nothing was linked");
  }
  if (loaded.documents.linkages.empty()) {
    return fail(ErrorCode::kNotFound, rule +
                                          " has no `linkage` document: name what links accounts "
                                          "by `--on payment.fingerprints:20`, or a file that "
                                          "has one by --linkage");
  }
  const LinkageDocument& document = loaded.documents.linkages.front();
  return ChosenLinkage{rule + ", `" + document.header.name + "`", document.linkage};
}

/// That of `--on`, of `--linkage`, or of the configuration's policies.
Result<ChosenLinkage> choose_linkage(Invocation& run, const LinkOptions& options) {
  if (!options.on.empty()) {
    const std::vector<PolicyText> text = {as_document(options.on)};
    Result<ChosenLinkage> chosen =
        only_linkage(run, load_policies(text, run.now()), "the command line");
    if (chosen) chosen->rule = "the command line";
    return chosen;
  }
  std::vector<std::string> paths;
  if (!options.linkage.empty()) paths.push_back(options.linkage);
  const Result<PolicyFiles> files = policy_files(run, paths);
  if (!files) return tl::unexpected(files.error());
  return only_linkage(run, files->loaded,
                      options.linkage.empty() ? "the configuration's policies" : options.linkage);
}

int print_reason(Invocation& run, const LinkOptions& options, const LinkedHistory& history) {
  LinkReason reason;
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    Result<LinkedAccount> account = history.named.meant(options.why.at(i));
    if (!account) return fail_with(run, account.error());
    (i == 0 ? reason.from : reason.to) = *std::move(account);
  }
  reason.steps = history.linker.path(reason.from, reason.to);
  if (reason.steps.empty()) {
    reason.in_common = history.linker.in_common(reason.from, reason.to);
    reason.in_step = history.linker.in_step(reason.from, reason.to);
  }
  if (options.json) {
    print_json(run, reason_json(reason));
  } else {
    run.out << reason_text(reason, history.chosen.linkage, run.terminal);
  }
  return code(ExitStatus::kOk);
}

int print_clusters(Invocation& run, const LinkOptions& options, LinkedHistory history) {
  const LinkReport report{std::move(history.title),          std::move(history.chosen.rule),
                          std::move(history.chosen.linkage), history.named.count(),
                          history.linker.clusters(),         history.linker.too_common(),
                          history.linker.excepted(),         history.linker.lockstep_counts()};
  if (options.json) {
    print_json(run, link_json(report));
  } else if (options.csv) {
    run.out << link_csv(report);
  } else {
    run.out << link_text(report, static_cast<std::size_t>(options.limit), run.terminal);
  }
  return code(ExitStatus::kOk);
}

int link(Invocation& run, const LinkOptions& options) {
  Result<ChosenLinkage> linkage = choose_linkage(run, options);
  if (!linkage) return fail_with(run, linkage.error());
  Result<LinkedHistory> history = link_history(run, options.history, *std::move(linkage));
  if (!history) return fail_with(run, history.error());
  if (!options.why.empty()) return print_reason(run, options, *history);
  return print_clusters(run, options, *std::move(history));
}

/// What is wrong with a word of `--on`; empty: nothing.
std::string on_fault(const std::string& word) {
  const std::size_t colon = word.rfind(':');
  std::int64_t most = 0;
  if (colon != std::string::npos) {
    const auto [end, failure] =
        std::from_chars(word.data() + colon + 1, word.data() + word.size(), most);
    const bool is_name = word.find_first_of("\"\\\n") == std::string::npos;
    if (failure == std::errc{} && end == word.data() + word.size() && is_name) return {};
  }
  return "expected FIELD:MOST, such as payment.fingerprints:20, got `" + word + "`";
}

}  // namespace

void add_link(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(
      app, "link", "says which accounts belong together, and what links them",
      "Prints the clusters of accounts that have a value in common, and the values that link "
      "them,\n"
      "over stored history or, with --input, over files. They are linked as `for_each: cluster`\n"
      "does, by the linkage of the configuration's policies, of another file, or by what --on\n"
      "names. A value that more accounts than its limit have links none of them, and is told at "
      "the\n"
      "end. With --why it prints a shortest way of evidence between two accounts: each step with "
      "the\n"
      "values that join its two, how many accounts hold each, and what it weighs, and how much "
      "they\n"
      "do in step, where the linkage says who does. A file is one of a\n"
      "configured source, or native JSON Lines (docs/native-format.md).",
      "  tidewaiter link --input accounts.jsonl --on payment.fingerprints:20 --on devices:10\n"
      "  tidewaiter link --input accounts.jsonl --linkage policies/linkage.yaml --csv\n"
      "  tidewaiter link --why gateway/a-17 gateway/b-4\n"
      "  tidewaiter link --json | jq -r '.clusters[0].links[].value'");
  auto options = std::make_shared<LinkOptions>();
  verb->add_option("--input", options->history.over,
                   "Read a file or configured source instead of stored history; may be repeated")
      ->type_name("FILE|SOURCE")
      ->allow_extra_args(false);
  add_reading_options(*verb, options->history);
  CLI::Option* linkage =
      verb->add_option("--linkage", options->linkage, "A file with a `linkage` document")
          ->type_name("FILE");
  verb->add_option("--on", options->on,
                   "Link by this field, but not by values that more accounts have; may be repeated")
      ->type_name("FIELD:MOST")
      ->allow_extra_args(false)
      ->check(on_fault)
      ->excludes(linkage);
  verb->add_option("--why", options->why,
                   "Print what links these two accounts, instead of clusters")
      ->type_name("ACCOUNT ACCOUNT")
      ->expected(2);
  add_number(*verb, "--limit", options->limit, 0,
             "How many clusters, accounts and links of each to show; 0 shows all");
  CLI::Option* csv =
      verb->add_flag("--csv", options->csv, "Print a line for each account of a cluster as CSV")
          ->excludes("--why");
  verb->add_flag("--json", options->json, "Print one JSON document instead of text")->excludes(csv);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return link(run, *options); };
  });
}

}  // namespace tidewaiter
