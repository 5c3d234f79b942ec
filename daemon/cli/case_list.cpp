#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/case_text.h"
#include "daemon/cli/masked_case.h"
#include "daemon/cli/masked_question.h"
#include "daemon/cli/statement_text.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/verbs.h"
#include "storage/review/case_clocks.h"
#include "storage/review/report_book.h"
#include "storage/review/subject_names.h"

namespace tidewaiter {
namespace {

struct CaseListOptions {
  std::string state = "pending";
  std::string owner;
  std::string subject;
  bool json = false;
};

/// By the whole text of its subject, or an id that this ends in.
bool is_called(const Case& c, const std::string& word) {
  return std::ranges::count(subject_names(c.subject), word) > 0;
}

/// "pending" is what somebody has to do something about.
bool is_asked_for(const Case& c, const CaseListOptions& options, UtcTime now) {
  if (!options.owner.empty() && c.owner != options.owner) return false;
  if (!options.subject.empty() && !is_called(c, options.subject)) return false;
  if (options.state == "all") return true;
  if (options.state != "pending") return case_state_name(c.state) == options.state;
  return c.state == CaseState::kOpen || c.state == CaseState::kProposed || c.risk_has_ended(now) ||
         has_waiting_attribution(c);
}

/// Late clocks first, then the gravest; among like ones the oldest.
std::vector<const Case*> in_order_of_work(const CaseBook& book, const CaseListOptions& options,
                                          UtcTime now, const CaseClocks& clocks) {
  std::vector<const Case*> chosen;
  for (const Case& c : book.cases()) {
    if (is_asked_for(c, options, now) && (options.state == "all" || !c.is_empty()))
      chosen.push_back(&c);
  }
  std::map<const Case*, std::optional<ClockStarted>> open_clocks;
  for (const Case* const c : chosen) open_clocks[c] = clocks.first_open(*c);
  const auto more_urgent = [&open_clocks](const Case* a, const Case* b) {
    const auto& a_clock = open_clocks.at(a);
    const auto& b_clock = open_clocks.at(b);
    if (a_clock.has_value() != b_clock.has_value()) return a_clock.has_value();
    if (a_clock && a_clock->due != b_clock->due) return a_clock->due < b_clock->due;
    return a->worst() > b->worst();
  };
  std::ranges::stable_sort(chosen, more_urgent);
  return chosen;
}

int list_cases(Invocation& run, const CaseListOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kMasked);
  if (stores == nullptr) return status;
  if (stores->masked && !options.subject.empty()) {
    return fail_with(
        run,
        refused_question(run, *stores,
                         "whether a subject has a case is not for viewers: leave out --subject"));
  }
  const Result<CaseBook> book = CaseBook::read(*stores->ledger);
  if (!book) return fail_with(run, book.error());
  const Result<ReportBook> reports = ReportBook::read(*stores->ledger);
  if (!reports) return fail_with(run, reports.error());
  const CaseClocks clocks(*book, *reports);
  const std::vector<const Case*> chosen = in_order_of_work(*book, options, run.now(), clocks);
  if (options.json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Case* const c : chosen) {
      list.push_back(case_json(*c, clocks, run.now()));
      if (stores->masked) say_withheld(list.back(), kWithheldOfCase);
    }
    print_json(run, {{"cases", list}});
    return code(ExitStatus::kOk);
  }
  if (chosen.empty()) {
    run.out << "no cases match; `tidewaiter case list --state all` has all of them\n";
    return code(ExitStatus::kOk);
  }
  const auto waiting = std::ranges::count(chosen, CaseState::kProposed, &Case::state);
  const auto nobody = std::ranges::count(chosen, std::string(), &Case::owner);
  run.out << cases_table(chosen, clocks, run.now(), stores->masked).render(run.terminal)
          << counted(static_cast<std::int64_t>(chosen.size()), "case") << "; "
          << grouped(static_cast<std::int64_t>(waiting)) << " with a decision that awaits a second "
          << "person; " << grouped(static_cast<std::int64_t>(nobody)) << " nobody's\n";
  if (stores->masked) print_withheld(run);
  return code(ExitStatus::kOk);
}

}  // namespace

void add_case_list(CLI::App& verb, Selection& selection) {
  CLI::App* list = add_verb(
      verb, "list", "lists cases, those first whose clocks end first",
      "Prints one row a case: its id, the greatest severity of its findings, the subject, how\n"
      "many findings stand, who works on it, the clock that ends first, and its state. Without\n"
      "--state those that somebody has to do something about: open ones, proposed decisions,\n"
      "statements of who is behind it that wait, and risks whose time has ended.",
      "  tidewaiter case list\n"
      "  tidewaiter case list --owner jo-ng --state all --json");
  auto options = std::make_shared<CaseListOptions>();
  list->add_option("--state", options->state, "Only cases in this state (pending)")
      ->type_name("STATE")
      ->check(CLI::IsMember({"pending", "open", "proposed", "closed", "merged", "all"}));
  list->add_option("--owner", options->owner, "Only those of this person")->type_name("HANDLE");
  list->add_option("--subject", options->subject,
                   "Only this subject's: as the table shows it, or an id that it ends in")
      ->type_name("TEXT");
  add_json_flag(*list, options->json);
  list->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return list_cases(run, *options); };
  });
}

}  // namespace tidewaiter
