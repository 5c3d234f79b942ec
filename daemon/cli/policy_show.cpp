#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/tuning_text.h"
#include "daemon/cli/verbs.h"
#include "policies/authoring/documentation.h"
#include "policies/authoring/wilson_interval.h"
#include "policies/model/did_you_mean.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/ledger.h"
#include "storage/review/verdicts.h"

namespace tidewaiter {
namespace {

constexpr const char* kTuningProse =
    "By decisions about findings of this version alone, and no forecast: `tidewaiter policy "
    "backtest` tells what another threshold finds in stored history.";

struct ShowOptions {
  std::string id;
  std::vector<std::string> paths;
  bool json = false;
};

nlohmann::ordered_json page_json(const PolicyPage& page) {
  nlohmann::ordered_json parts = nlohmann::ordered_json::array();
  for (const PagePart& part : page.parts) {
    nlohmann::ordered_json facts = nlohmann::ordered_json::array();
    for (const auto& [name, value] : part.facts) {
      facts.push_back({{"name", name}, {"value", value}});
    }
    parts.push_back({{"heading", part.heading},
                     {"prose", part.prose},
                     {"facts", facts},
                     {"items", part.items}});
  }
  return {{"id", page.id}, {"title", page.title}, {"parts", parts}};
}

std::string on_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return printable(text.substr(0, text.find_last_not_of(' ') + 1));
}

void print_lines(Invocation& run, const std::string& head, const std::string& text) {
  run.out << "  " << head
          << wrapped(on_one_line(text), run.terminal.width, 4, display_width(head) + 2) << '\n';
}

void print_page(Invocation& run, const PolicyPage& page) {
  run.out << painted(wrapped(on_one_line(page.title), run.terminal.width, 0), Tone::kStrong,
                     run.terminal)
          << '\n';
  for (const PagePart& part : page.parts) {
    run.out << '\n' << painted(part.heading, Tone::kStrong, run.terminal) << '\n';
    if (!part.prose.empty()) print_lines(run, "", part.prose);
    for (const std::string& item : part.items) print_lines(run, "- ", item);
    for (const auto& [name, value] : part.facts) print_lines(run, printable(name) + ": ", value);
  }
}

int unknown(Invocation& run, const PolicySet& set, const std::string& id) {
  std::vector<std::string_view> ids;
  for (const Policy& policy : set.policies) ids.push_back(policy.id);
  const auto near = did_you_mean(id, ids);
  return fail_with(run, ExitStatus::kUsage,
                   "there is no policy `" + id + "`: " +
                       (near ? "did you mean `" + *near + "`?"
                             : "`tidewaiter policy list` shows those that there are"));
}

/// A file holds the policy to be shown alone, or it is named by its id and the file behind it.
int not_one(Invocation& run, const PolicySet& set, const std::string& file) {
  std::string ids;
  for (const Policy& policy : set.policies) ids += (ids.empty() ? "" : ", ") + policy.id;
  return fail_with(run, ExitStatus::kUsage,
                   ids.empty() ? "`" + file + "` holds no policy that can be read"
                               : "`" + file + "` holds several policies (" + ids +
                                     "): name one by its id, and the file behind it");
}

/// The policy of the id, or the only one of the file that stands in its place.
const Policy* shown_policy(const PolicySet& set, const std::string& id, bool is_file) {
  if (is_file && set.policies.size() == 1) return &set.policies.front();
  const auto found = std::ranges::find(set.policies, id, &Policy::id);
  return found == set.policies.end() ? nullptr : &*found;
}

std::string percent(double share) { return std::to_string(std::lround(share * 100)) + " %"; }

/// "version 3: 4 confirmed, 1 false positive, 2 undecided; precision 80 %, with 95 % confidence …".
std::string verdicts_text(std::int64_t version, const Verdicts& verdicts) {
  std::string text = "version " + std::to_string(version) + ": ";
  text += grouped(verdicts.confirmed) + " confirmed, " +
          counted(verdicts.false_positive, "false positive");
  if (verdicts.accepted_risk > 0) text += ", " + grouped(verdicts.accepted_risk) + " accepted";
  if (verdicts.referred > 0) text += ", " + grouped(verdicts.referred) + " referred";
  text += ", " + grouped(verdicts.undecided) + " undecided";
  const std::int64_t decided =
      verdicts.confirmed + verdicts.false_positive + verdicts.accepted_risk + verdicts.referred;
  const bool together = verdicts.cases_decided < decided;  // a case is decided at one go
  if (together) {
    text += "; the " + grouped(decided) + " decided ones are of " +
            counted(verdicts.cases_decided, "case");
  }
  const std::int64_t judged = verdicts.confirmed + verdicts.false_positive;
  if (judged == 0) return text;
  const ShareEstimate precision = wilson_interval(verdicts.confirmed, judged);
  return text + "; precision " + percent(precision.share) + ", with 95 % confidence from " +
         percent(precision.low) + " to " + percent(precision.high) +
         (together ? " if each had been judged by itself" : "");
}

nlohmann::ordered_json verdicts_json(const std::map<std::int64_t, Verdicts>& by_version) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const auto& [version, verdicts] : by_version) {
    all.push_back({{"version", version},
                   {"confirmed", verdicts.confirmed},
                   {"false_positive", verdicts.false_positive},
                   {"accepted_risk", verdicts.accepted_risk},
                   {"referred", verdicts.referred},
                   {"undecided", verdicts.undecided},
                   {"cases_decided", verdicts.cases_decided}});
  }
  return all;
}

/// What was decided about the policy's findings, and what follows for its thresholds.
struct DecidedAbout {
  std::map<std::int64_t, Verdicts> verdicts;  ///< by version
  std::vector<TighterThreshold> tuning;
};

/// Nothing where the configuration has no ledger yet: policies are shown without one.
Result<DecidedAbout> decided_about(Invocation& run, const Policy& policy) {
  DecidedAbout none;
  const std::optional<Config> config = configuration(run);
  if (!config) return none;
  const LedgerPaths paths = state_paths(*config).ledger;
  const Result<bool> there = has_ledger(paths);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return none;
  const auto ledger = Ledger::open(paths, Ledger::Mode::kReadOnly);
  if (!ledger) return tl::unexpected(ledger.error());
  const Result<CaseBook> book = CaseBook::read(**ledger);
  if (!book) return tl::unexpected(book.error());
  return DecidedAbout{verdicts_by_version(*book, policy.id), tuning_of(*book, policy)};
}

int show(Invocation& run, const ShowOptions& options) {
  std::error_code failure;  // of a name that cannot be a file's: then it is an id
  const bool is_file =
      options.paths.empty() &&
      std::filesystem::exists(run.environment.working_folder / options.id, failure);
  const Result<PolicyFiles> files =
      policy_files(run, is_file ? std::vector<std::string>{options.id} : options.paths);
  if (!files) return fail_with(run, files.error());
  const PolicySet& set = files->loaded.set;
  const Policy* found = shown_policy(set, options.id, is_file);
  if (found == nullptr) {
    // A policy with errors is not in the set: what is wrong with it says more than that.
    if (has_errors(files->loaded.diagnostics))
      print_diagnostics(run.err, files->loaded.diagnostics);
    return is_file ? not_one(run, set, options.id) : unknown(run, set, options.id);
  }
  PolicyPage page = policy_page(*found, run.now());
  const auto decided = decided_about(run, *found);
  if (!decided) return fail_with(run, decided.error());
  if (options.json) {
    nlohmann::ordered_json document = page_json(page);
    document["decided"] = verdicts_json(decided->verdicts);
    document["tuning"] = tuning_json(decided->tuning);
    print_json(run, document);
    return code(ExitStatus::kOk);
  }
  if (!decided->verdicts.empty()) {
    page.parts.push_back({"What people decided about its findings", {}, {}, {}});
    for (const auto& [version, verdicts] : decided->verdicts) {
      page.parts.back().items.push_back(verdicts_text(version, verdicts));
    }
  }
  if (!decided->tuning.empty()) {
    page.parts.push_back(
        {"Tighter thresholds that keep every confirmed finding", kTuningProse, {}, {}});
    for (const TighterThreshold& one : decided->tuning) {
      page.parts.back().items.push_back(tuning_text(one));
    }
  }
  print_page(run, page);
  return code(ExitStatus::kOk);
}

}  // namespace

void add_policy_show(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "show", "explains one policy in plain words",
      "Prints what `policy docs` writes about it: basis, what it selects, figures and\n"
      "threshold, exemptions, tests, hash, and what the fields mean; and, where there is "
      "a ledger,\n"
      "what people decided about its findings, by version, with the precision that\n"
      "follows, and which tighter thresholds would have left out false positives and none\n"
      "of what somebody confirmed, accepted or referred.",
      "  tidewaiter policy show extraction.long-answers\n"
      "  tidewaiter policy show drafts/burst.yaml");
  auto options = std::make_shared<ShowOptions>();
  verb->add_option("id", options->id, "The policy's id, or a file that holds it alone")
      ->type_name("ID")
      ->required();
  verb->add_option("path", options->paths, "Files, folders or globs")->type_name("PATH");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show(run, *options); };
  });
}

}  // namespace tidewaiter
