#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/finding_text.h"
#include "daemon/cli/masked_case.h"
#include "daemon/cli/masked_question.h"
#include "daemon/cli/stated_policy.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/verbs.h"
#include "policies/model/did_you_mean.h"
#include "policies/model/named_severity.h"

namespace tidewaiter {
namespace {

struct ListOptions {
  FindingQuery query;
  std::string at_least;
  std::int64_t limit = -1;  ///< -1: all
  bool json = false;
};

/// Nothing if a finding is of the policy, or it is in the set that was activated last, or that
/// cannot be told.
std::optional<std::string> unknown_policy(const Stores& stores, const std::string& id) {
  std::set<std::string> known;
  const Result<std::vector<FindingState>> all = stores.ledger->findings({});
  if (!all) return std::nullopt;  // the list itself tells
  for (const FindingState& finding : *all) known.insert(finding.policy);
  if (stores.records != nullptr) {
    const Result<PolicySet> set = set_in_force(*stores.records);
    if (!set) return std::nullopt;
    for (const Policy& policy : set->policies) known.insert(policy.id);
  }
  if (known.contains(id)) return std::nullopt;
  const std::vector<std::string_view> words(known.begin(), known.end());
  std::string told = "there is no policy `" + id + "` here, and no finding is of one";
  if (const auto near = did_you_mean(id, words)) told += "; did you mean `" + *near + "`?";
  return told;
}

int list(Invocation& run, const ListOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kMasked);
  if (stores == nullptr) return status;
  if (stores->masked && !options.query.subject.empty()) {
    return fail_with(
        run,
        refused_question(run, *stores,
                         "whether a subject has findings is not for viewers: leave out --subject"));
  }
  FindingQuery query = options.query;
  query.at_least = severity_named(options.at_least);
  // One beyond the limit shows whether there are more.
  query.limit = options.limit < 0 ? -1 : options.limit + 1;
  Result<std::vector<FindingState>> findings = stores->ledger->findings(query);
  if (!findings) return fail_with(run, findings.error());
  if (findings->empty() && !query.policy.empty()) {
    if (const auto told = unknown_policy(*stores, query.policy)) {
      return fail_with(run, ExitStatus::kUsage, *told);
    }
  }
  const Result<FindingOutcomes> outcomes = read_outcomes(*stores->ledger);
  if (!outcomes) return fail_with(run, outcomes.error());
  const bool more =
      options.limit >= 0 && static_cast<std::int64_t>(findings->size()) > options.limit;
  if (more) findings->pop_back();
  if (stores->masked) {
    for (FindingState& finding : *findings) finding = masked(std::move(finding));
  }
  if (options.json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const FindingState& finding : *findings) {
      list.push_back(listed_finding_json(finding, *outcomes));
      if (stores->masked) say_withheld(list.back(), kWithheldOfFinding);
    }
    print_json(run, {{"findings", list}, {"more", more}});
  } else if (findings->empty()) {
    run.out << "no findings match; `tidewaiter status` tells what could not be judged\n";
  } else {
    run.out << findings_table(*findings, *outcomes).render(run.terminal)
            << findings_summary(*findings, *outcomes) << (more ? "; more match: raise --limit" : "")
            << '\n';
    if (stores->masked) print_withheld(run);
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_finding_list(CLI::App& finding, Selection& selection) {
  CLI::App* verb = add_verb(
      finding, "list", "lists findings in the order in which they were opened",
      "Prints one row a finding: the first digits of its id, severity, policy, subject, window in\n"
      "UTC, the figures, and its state: potential or what people decided, ended (no later window "
      "belongs to it), evicted\n"
      "(nobody knows, for its policy forgot what it held), withdrawn, historical (found in stored\n"
      "history). A row that is wider than the terminal takes more lines.",
      "  tidewaiter finding list --at-least high --open\n"
      "  tidewaiter finding list --policy extraction.hourly-burst --json");
  auto options = std::make_shared<ListOptions>();
  verb->add_option("--policy", options->query.policy, "Only this policy's")->type_name("ID");
  verb->add_option("--subject", options->query.subject,
                   "Only this subject's, as the table shows it")
      ->type_name("TEXT");
  verb->add_option("--at-least", options->at_least, "Only of this severity or above")
      ->type_name("SEVERITY")
      ->check(CLI::IsMember({"low", "medium", "high", "critical"}));
  verb->add_flag("--open", options->query.open_only, "Leave out withdrawn ones");
  add_number(*verb, "--limit", options->limit, 1, "At most so many");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return list(run, *options); };
  });
}

}  // namespace tidewaiter
