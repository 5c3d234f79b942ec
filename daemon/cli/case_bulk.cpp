#include "daemon/cli/case_bulk.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/act_submission.h"
#include "daemon/cli/case_accounts.h"
#include "daemon/cli/case_text.h"
#include "daemon/cli/confirmation.h"
#include "daemon/cli/time_options.h"
#include "storage/review/silence_book.h"

namespace tidewaiter {
namespace {

/// More are no filter any more: nobody looks at so many at once.
constexpr std::size_t kMostCases = 1000;

struct BulkOptions {
  ActOptions act;
  std::vector<std::string> cases;  ///< how their ids begin
  std::string state;               ///< empty: open, or any where cases are named
  std::string owner;
  std::string policy;
  std::string severity;
  std::string outcome;
  std::string until;
  std::string text;  ///< the reason, the comment, or what was done
  std::string to;
  bool yes = false;
};

/// What a filter takes, and how much that is.
struct BulkChoice {
  std::vector<const Case*> cases;
  std::int64_t subjects = 0;
  std::optional<std::int64_t> accounts;       ///< nothing where it cannot be told
  std::array<std::int64_t, 4> by_severity{};  ///< the worst of each case that has one
};

/// Whether all findings of the case that stand are such as the match takes, and there is one: an
/// act about some of them is about the whole case.
bool all_taken(const Case& c, const SilenceMatch& match) {
  bool any = false;
  for (const FindingState& finding : c.findings) {
    if (finding.state == StepKind::kWithdrawn) continue;
    if (!match.takes(finding)) return false;
    any = true;
  }
  return any;
}

Result<std::vector<const Case*>> named_cases(const CaseBook& book,
                                             const std::vector<std::string>& names) {
  std::vector<const Case*> named;
  named.reserve(names.size());
  for (const std::string& name : names) {
    const Result<const Case*> found = book.lookup(name);
    if (!found) return tl::unexpected(found.error());
    if (std::ranges::find(named, *found) == named.end()) named.push_back(*found);
  }
  return named;
}

/// What a filter asks of findings; nothing where it asks for none of it.
Result<std::optional<SilenceMatch>> bulk_match(const BulkOptions& options) {
  if (options.policy.empty() && options.severity.empty()) return std::optional<SilenceMatch>();
  Result<SilenceMatch> match =
      read_silence({{"policy", options.policy}, {"severity", options.severity}});
  if (!match) return fail(ErrorCode::kNotFound, match.error().message);
  return std::optional(std::move(*match));
}

/// All that the options say has to agree. A case that is named may be in any state.
Result<std::vector<const Case*>> chosen_cases(const CaseBook& book, const BulkOptions& options) {
  const auto match = bulk_match(options);
  if (!match) return tl::unexpected(match.error());
  const bool by_name = !options.cases.empty();
  if (!by_name && !*match && options.owner.empty()) {
    return fail(ErrorCode::kNotFound,
                "say which cases: name them, or choose by --policy, --severity or --owner");
  }
  const std::string state = options.state.empty() && !by_name ? "open" : options.state;
  const auto fits = [&](const Case& c) {
    if (!state.empty() && case_state_name(c.state) != state) return false;
    if (!options.owner.empty() && c.owner != options.owner) return false;
    return !*match || all_taken(c, **match);
  };
  std::vector<const Case*> chosen;
  if (by_name) {
    auto named = named_cases(book, options.cases);
    if (!named) return named;
    chosen = std::move(*named);
    std::erase_if(chosen, [&fits](const Case* c) { return !fits(*c); });
    return chosen;
  }
  for (const Case& c : book.cases()) {
    if (!c.is_empty() && fits(c)) chosen.push_back(&c);
  }
  return chosen;
}

Result<BulkChoice> choose(const CaseBook& book, const BulkOptions& options) {
  auto cases = chosen_cases(book, options);
  if (!cases) return tl::unexpected(cases.error());
  if (cases->size() > kMostCases) {
    return fail(ErrorCode::kNotFound,
                std::to_string(cases->size()) + " cases are more than 1000: choose fewer at once");
  }
  BulkChoice choice;
  choice.cases = std::move(*cases);
  std::set<std::string> subjects;
  for (const Case* const c : choice.cases) {
    if (!c->subject.empty()) subjects.insert(c->subject);
    if (const auto worst = c->worst()) ++choice.by_severity.at(static_cast<std::size_t>(*worst));
  }
  choice.subjects = static_cast<std::int64_t>(subjects.size());
  return choice;
}

void print_choice(Invocation& run, const BulkChoice& choice, const CaseClocks& clocks,
                  std::int64_t seen) {
  run.out << cases_table(choice.cases, clocks, run.now()).render(run.terminal)
          << counted(static_cast<std::int64_t>(choice.cases.size()), "case") << " about "
          << counted(choice.subjects, "subject") << ", "
          << (choice.accounts
                  ? counted(*choice.accounts, "account", "accounts as they are linked now")
                  : std::string("of how many accounts cannot be told"))
          << ", the gravest finding of each:";
  for (std::size_t i = choice.by_severity.size(); i-- > 0;) {
    run.out << ' ' << grouped(choice.by_severity.at(i)) << ' '
            << severity_name(static_cast<Severity>(i)) << (i > 0 ? "," : "");
  }
  run.out << "; seen " << seen << '\n';
}

nlohmann::ordered_json choice_json(const BulkChoice& choice, std::int64_t seen) {
  auto severities = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < choice.by_severity.size(); ++i) {
    severities[std::string(severity_name(static_cast<Severity>(i)))] = choice.by_severity.at(i);
  }
  auto cases = nlohmann::ordered_json::array();
  for (const Case* const c : choice.cases) cases.push_back(c->id);
  return {{"cases", std::move(cases)},
          {"subjects", choice.subjects},
          {"accounts", choice.accounts ? nlohmann::ordered_json(*choice.accounts) : nullptr},
          {"severities", std::move(severities)},
          {"seen", seen}};
}

/// The state of the case behind a decision that was recorded; nothing where it decides nothing.
std::optional<CaseState> state_after(const CaseBook& book, const std::string& id,
                                     const HandedIn& act, bool decides) {
  const Case* const c = book.find(id);
  if (!decides || act.standing.fate != ActFate::kTaken || c == nullptr) return std::nullopt;
  return c->state;
}

/// Tells what has become of each act; `book` has those that are recorded, where they decide. The
/// status is 4 where the rules refused one.
int tell_acts(Invocation& run, const BulkChoice& choice, const CaseBook& book,
              const std::vector<HandedIn>& acts, nlohmann::ordered_json document,
              const BulkOptions& options) {
  const bool json = options.act.json;
  const bool decides = !options.outcome.empty();
  std::int64_t proposed = 0;
  std::int64_t recorded = 0;
  std::int64_t refused = 0;
  auto list = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < acts.size(); ++i) {
    const HandedIn& act = acts[i];
    const std::string& id = choice.cases[i]->id;
    const bool taken = act.standing.fate == ActFate::kTaken;
    recorded += taken ? 1 : 0;
    nlohmann::ordered_json one{
        {"case", id}, {"recorded", taken}, {"refused", nullptr}, {"state", nullptr}};
    if (const auto state = state_after(book, id, act, decides)) {
      proposed += *state == CaseState::kProposed ? 1 : 0;
      one["state"] = case_state_name(*state);
    }
    if (act.standing.fate == ActFate::kRefused) {
      ++refused;
      one["refused"] = act.standing.reason;
      run.err << id << ": refused: " << printable(act.standing.reason) << '\n';
    }
    list.push_back(std::move(one));
  }
  if (json) {
    document["acts"] = std::move(list);
    print_json(run, document);
  } else {
    run.out << grouped(recorded) << " recorded, " << grouped(refused)
            << " refused; the ledger has both";
    const auto waits = static_cast<std::int64_t>(acts.size()) - recorded - refused;
    if (waits > 0) run.out << "; " << grouped(waits) << " wait for the daemon's next turn";
    run.out << '\n';
    if (proposed > 0) {
      run.out << counted(proposed, "of these waits", "of these wait")
              << " for a second person: `tidewaiter case list --state proposed`\n";
    }
  }
  return code(refused == 0 ? ExitStatus::kOk : ExitStatus::kRefused);
}

/// Nothing where somebody said yes; else the status to end with.
std::optional<int> unless_yes(Invocation& run, const BulkOptions& options,
                              const nlohmann::ordered_json& document) {
  if (options.yes) return std::nullopt;
  const Confirmation answer =
      confirm(run, std::cin, !options.act.json && somebody_is_there(run.terminal),
              "Do this to each of them?");
  if (answer == Confirmation::kYes) return std::nullopt;
  if (options.act.json) print_json(run, document);
  return fail_with(run, ExitStatus::kCheckFailed,
                   answer == Confirmation::kNo
                       ? "nothing was done"
                       : "nothing was done: there is no terminal to ask on; say --yes");
}

/// Shows what it is about, asks, and does it to each.
int act_on_all(Invocation& run, const BulkOptions& options, const ActBody& body,
               const Confidential& content, bool rests_on_what_is_seen) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const auto head = stores->ledger->head();
  if (!head) return fail_with(run, head.error());
  const Result<CaseBook> book = CaseBook::read(*stores->ledger);
  if (!book) return fail_with(run, book.error());
  const Result<ReportBook> reports = ReportBook::read(*stores->ledger);
  if (!reports) return fail_with(run, reports.error());
  Result<BulkChoice> choice = choose(*book, options);
  if (!choice) return fail_with(run, choice.error());
  // What nobody can count is done all the same, if the person says yes to that.
  if (const auto accounts = accounts_about(run, *stores, choice->cases)) {
    choice->accounts = *accounts;
  } else {
    run.err << "tidewaiter: warning: how many accounts these are cannot be told: "
            << printable(to_text(accounts.error())) << '\n';
  }
  if (!options.act.json) print_choice(run, *choice, {*book, *reports}, head->size);
  auto document = choice_json(*choice, head->size);
  if (choice->cases.empty()) {
    return tell_acts(run, *choice, *book, {}, std::move(document), options);
  }
  if (options.yes && rests_on_what_is_seen && options.act.seen < 0) {
    return fail_with(run, ExitStatus::kUsage,
                     "a decision rests on what was looked at: with --yes say it, with --seen " +
                         std::to_string(head->size) + " if it is this");
  }
  if (const auto ended = unless_yes(run, options, document)) return *ended;
  ActOptions acting = options.act;
  if (acting.seen < 0) acting.seen = head->size;
  std::vector<std::string> ids;
  ids.reserve(choice->cases.size());
  for (const Case* const c : choice->cases) ids.push_back(c->id);
  const auto acts = hand_in_all(run, *stores, acting, ids, body, content);
  if (!acts) return fail_with(run, acts.error());
  if (options.outcome.empty()) {
    return tell_acts(run, *choice, *book, *acts, std::move(document), options);
  }
  const Result<CaseBook> after = CaseBook::read(*stores->ledger);
  if (!after) return fail_with(run, after.error());
  return tell_acts(run, *choice, *after, *acts, std::move(document), options);
}

int decide_all(Invocation& run, const BulkOptions& options) {
  Decided decided{*outcome_from(options.outcome), std::nullopt};
  if (!options.until.empty()) {
    const Result<UtcTime> until = instant_of("--until", options.until);
    if (!until) return fail_with(run, until.error());
    decided.until = *until;
  }
  return act_on_all(run, options, decided, {{"reason", options.text}}, true);
}

int assign_all(Invocation& run, const BulkOptions& options) {
  return act_on_all(run, options, Assigned{options.to}, {}, false);
}

int comment_all(Invocation& run, const BulkOptions& options) {
  return act_on_all(run, options, Commented{false}, {{"text", options.text}}, false);
}

using BulkCommand = int (*)(Invocation& run, const BulkOptions& options);

/// A verb below `case bulk`, with the options that say which cases.
std::shared_ptr<BulkOptions> bind_bulk(CLI::App& verb, Selection& selection, BulkCommand command) {
  auto options = std::make_shared<BulkOptions>();
  verb.add_option("--case", options->cases,
                  "This case, by its id or how it begins, if the other options agree; repeatable")
      ->type_name("CASE");
  verb.add_option("--state", options->state, "Only cases in this state (open; any for --case)")
      ->type_name("STATE")
      ->check(CLI::IsMember({"open", "proposed", "closed"}));
  verb.add_option("--owner", options->owner, "Only those of this person")->type_name("HANDLE");
  verb.add_option("--policy", options->policy,
                  "Only those of which all findings are by this policy, or by those that begin so "
                  "before a `*`")
      ->type_name("ID");
  verb.add_option("--severity", options->severity,
                  "Only those of which all findings are of these severities, separated by commas")
      ->type_name("SEVERITY");
  verb.add_flag("--yes", options->yes, "Do it without asking");
  add_act_options(verb, options->act, false);
  verb.callback([options, &selection, command] {
    selection.command = [options, command](Invocation& run) { return command(run, *options); };
  });
  return options;
}

constexpr const char* kBulkPrints =
    "Prints the cases, how many subjects and accounts they are about and of which severity,\n"
    "asks, and tells what has become of the acts: how many are recorded, which are refused, and\n"
    "how many decisions wait for a second person. Each case gets an act of its own, judged by\n"
    "the same rules as a single one; those that are refused are recorded as attempts. Exit\n"
    "status 4 if one was, 1 if nobody said yes.";

void add_bulk_assign(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(parent, "assign", "says who works on cases", kBulkPrints,
                            "  tidewaiter case bulk assign --policy 'terms.*' --to jo-ng --as "
                            "ada-byron");
  const auto options = bind_bulk(*verb, selection, &assign_all);
  verb->add_option("--to", options->to, "An officer or approver")->type_name("HANDLE")->required();
}

void add_bulk_comment(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(parent, "comment", "writes into cases", kBulkPrints,
                            "  tidewaiter case bulk comment --owner jo-ng \"Asked the reseller\" "
                            "--as jo-ng");
  const auto options = bind_bulk(*verb, selection, &comment_all);
  verb->add_option("text", options->text, "What to write; no outsider reads it")
      ->type_name("TEXT")
      ->required();
}

void add_bulk_decide(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "decide", "says what the findings of cases are", kBulkPrints,
      "  tidewaiter case bulk decide false-positive --policy test.volume --severity low \\\n"
      "      --reason \"The threshold was wrong\" --as jo-ng\n"
      "  tidewaiter case bulk decide confirmed --case c-4f8e --case c-77ab --yes --seen 19 \\\n"
      "      --reason \"One operator\" --as jo-ng --json");
  const auto options = bind_bulk(*verb, selection, &decide_all);
  verb->add_option("outcome", options->outcome,
                   "confirmed, false-positive, accepted-risk, needs-information, referred")
      ->type_name("OUTCOME")
      ->required()
      ->check(CLI::IsMember(
          {"confirmed", "false-positive", "accepted-risk", "needs-information", "referred"}));
  verb->add_option("--reason", options->text, "Why; no outsider reads it")
      ->type_name("TEXT")
      ->required();
  verb->add_option("--until", options->until, "When an accepted risk is looked at again")
      ->type_name("TIME");
  add_number(*verb, "--seen", options->act.seen, 0,
             "How many entries the ledger had when the cases were looked at; needed with --yes");
}

}  // namespace

void add_case_bulk(CLI::App& verb, Selection& selection) {
  CLI::App* bulk =
      add_verb(verb, "bulk", "does the same to many cases",
               "Which cases is said by name or by a filter. There is no bulk approval: "
               "a second opinion\nis about one case that somebody has looked at.",
               "");
  bulk->require_subcommand(1);
  add_bulk_assign(*bulk, selection);
  add_bulk_comment(*bulk, selection);
  add_bulk_decide(*bulk, selection);
}

}  // namespace tidewaiter
