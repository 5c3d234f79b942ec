#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/case_text.h"
#include "daemon/cli/report_standing.h"
#include "daemon/cli/report_text.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"
#include "daemon/report/elements.h"
#include "daemon/report/report_json.h"
#include "policies/model/day_text.h"
#include "storage/review/clock_rules.h"
#include "storage/review/report_kinds.h"

namespace tidewaiter {
namespace {

struct ReportChoice {
  std::string id;
  bool json = false;
};

int list_reports(Invocation& run, bool json) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  const Result<ReportsAtHand> books = read_reports(*stores);
  if (!books) return fail_with(run, books.error());
  const ReportBook* const book = &books->reports;
  const ReportStandings& standings = books->standings;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  TextTable table({{"report"},
                   {"kind"},
                   {"about", false, true},
                   {"author"},
                   {"gaps", true},
                   {"state", false, false, true}});
  std::int64_t unanswered = 0;
  for (const ReportFile& report : book->reports()) {
    const ReportDrafted& drafted = report.drafted();
    list.push_back(report_file_json(report));
    list.back()["changes"] = standing_json(standings, report.id);
    const auto standing = standings.find(report.id);
    const std::string note =
        standing == standings.end() ? std::string() : standing_note(standing->second);
    if (!note.empty()) ++unanswered;
    table.add_row({{report.id},
                   {drafted.kind},
                   {drafted.about.empty() ? "a period" : drafted.about},
                   {report.draft.act.act.by},
                   {std::to_string(drafted.gaps)},
                   {report_state_text(report) + (note.empty() ? "" : "; " + note),
                    note.empty() ? Tone::kPlain : Tone::kWarning}});
  }
  if (json) {
    print_json(run, {{"reports", list}});
  } else if (table.empty()) {
    run.out << "there are no reports: `tidewaiter report new --help`\n";
  } else {
    run.out << table.render(run.terminal);
    if (unanswered > 0) {
      run.out
          << counted(unanswered, "issued report asks", "issued reports ask")
          << " for an answer: `tidewaiter report show` says what changed, and what can be done\n";
    }
  }
  return code(ExitStatus::kOk);
}

/// A report with its files. On failure tells why on standard error and sets `status`.
struct ReadReport {
  FoundReport found;
  ReportFiles files;
};
std::optional<ReadReport> read_report(Invocation& run, const std::string& prefix, int& status) {
  std::optional<FoundReport> found = find_report(run, prefix, status);
  if (!found) return std::nullopt;
  Result<ReportFiles> files = drawn_files(*found->stores, found->report);
  if (files) return ReadReport{*std::move(found), *std::move(files)};
  status = fail_with(run, files.error());
  return std::nullopt;
}

int show_report(Invocation& run, const ReportChoice& choice) {
  int status = 0;
  const auto found = find_report(run, choice.id, status);
  if (!found) return status;
  const ReportFile& report = found->report;
  if (choice.json) {
    const Result<ReportFiles> files = drawn_files(*found->stores, report);
    if (!files) return fail_with(run, files.error());
    run.out << files->at("data/report.json");
    return code(ExitStatus::kOk);
  }
  // A draft that is not there as it was drawn is none; of what went out the entries say enough.
  if (!report.issued) {
    const Result<ReportFiles> files = drawn_files(*found->stores, report);
    if (!files) return fail_with(run, files.error());
  }
  const Result<ReportsAtHand> books = read_reports(*found->stores);
  if (!books) return fail_with(run, books.error());
  print_report_head(run, *found->stores, report);
  const auto standing = books->standings.find(report.id);
  if (standing != books->standings.end()) {
    print_report_changes(run, report.id, standing->second);
  }
  return code(ExitStatus::kOk);
}

/// "due 2026-10-19, 9 business days left", or that no clock runs that should.
void print_deadline(Invocation& run, const std::string& kind,
                    const std::optional<DrawnDeadline>& deadline) {
  if (deadline) {
    const ClockStarted clock{deadline->rule, deadline->from, deadline->due};
    run.out << "clock     " << printable(clock_text(clock, run.now())) << '\n';
    return;
  }
  const ReportKind* const known = report_kind(kind);
  if (known == nullptr || known->clock.empty()) return;
  run.out << "clock     none by which it is due: `tidewaiter case clock CASE " << known->clock
          << " --from DAY --event TEXT` starts it, then draw the report again\n";
}

nlohmann::ordered_json drawn_deadline_json(const std::optional<DrawnDeadline>& deadline,
                                           UtcTime now) {
  if (!deadline) return nullptr;
  const Result<ClockRule> rule = clock_rule(deadline->rule);
  nlohmann::ordered_json left = nullptr;
  if (rule) left = days_left(*rule, deadline->due, now);
  return {{"rule", deadline->rule},
          {"from", day_text(deadline->from)},
          {"due", day_text(deadline->due)},
          {"days_left", left}};
}

int check_report(Invocation& run, const ReportChoice& choice) {
  int status = 0;
  const auto read = read_report(run, choice.id, status);
  if (!read) return status;
  const auto elements = elements_of_json(read->files.at("data/report.json"));
  if (!elements) return fail_with(run, elements.error());
  const auto deadline = deadline_of_json(read->files.at("data/report.json"));
  if (!deadline) return fail_with(run, deadline.error());
  const std::int64_t gaps = gaps_of(*elements);
  TextTable table({{"element"}, {"state"}, {"question", false, false, true}});
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const CheckedElement& element : *elements) {
    const bool present = element.state == ElementState::kPresent;
    const std::string state(element_state_name(element.state));
    table.add_row(
        {{element.name}, {state, present ? Tone::kGood : Tone::kWarning}, {element.question}});
    list.push_back({{"name", element.name}, {"question", element.question}, {"state", state}});
  }
  if (choice.json) {
    print_json(run, {{"report", read->found.report.id},
                     {"gaps", gaps},
                     {"deadline", drawn_deadline_json(*deadline, run.now())},
                     {"elements", list}});
  } else {
    run.out << table.render(run.terminal);
    print_deadline(run, read->found.report.drafted().kind, *deadline);
    if (gaps > 0) {
      run.out << counted(gaps, "gap") << ": issuing it needs a reason, or draw it again\n";
    }
  }
  return code(gaps == 0 ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

void add_choice(CLI::App& verb, ReportChoice& choice) {
  add_report_argument(verb, choice.id);
  add_json_flag(verb, choice.json);
}

}  // namespace

void add_report_list(CLI::App& report, Selection& selection) {
  CLI::App* list = add_verb(report, "list", "lists reports",
                            "Prints one row a report, drafts and rejected ones too. An issued one "
                            "whose findings have\nchanged since, and that nobody has corrected, "
                            "supplemented or withdrawn for it, says so.",
                            "  tidewaiter report list");
  auto json = std::make_shared<bool>(false);
  add_json_flag(*list, *json);
  list->callback([json, &selection] {
    selection.command = [json](Invocation& run) { return list_reports(run, *json); };
  });

  CLI::App* show =
      add_verb(report, "show", "shows where a report stands, and where its page is",
               "Prints its kind, what it covers, who drew, approved, issued and withdrew "
               "it, and of\nan issued one which findings have changed since, and what "
               "can be done.\nWith --json the report itself.",
               "  tidewaiter report show r-4f8e12ab");
  auto shown = std::make_shared<ReportChoice>();
  add_choice(*show, *shown);
  show->callback([shown, &selection] {
    selection.command = [shown](Invocation& run) { return show_report(run, *shown); };
  });

  CLI::App* check = add_verb(
      report, "check", "lists what the report's kind asks for, and what of it is there",
      "Prints each element as present, absent or unknown. Exit status 1 if there are gaps.",
      "  tidewaiter report check r-4f8e12ab");
  auto checked = std::make_shared<ReportChoice>();
  add_choice(*check, *checked);
  check->callback([checked, &selection] {
    selection.command = [checked](Invocation& run) { return check_report(run, *checked); };
  });
}

}  // namespace tidewaiter
