#include "storage/review/case_clocks.h"

#include <algorithm>
#include <variant>

#include "policies/model/day_text.h"
#include "storage/review/report_changes.h"

namespace tidewaiter {
namespace {

const ClockStarted* clock_started_by(const RecordedAct& act) {
  return std::get_if<ClockStarted>(&act.act.act.body);
}

/// "12 (ofac-report from 2026-10-05, due 2026-10-20, answered by r-4f8e12ab09cd)".
std::string named_clock(const CaseClock& clock) {
  std::string text = std::to_string(clock.entry) + " (" + clock.started.rule + " from " +
                     day_text(clock.started.from) + ", due " + day_text(clock.started.due);
  if (!clock.answered_by.empty()) text += ", answered by " + clock.answered_by;
  return text + ")";
}

tl::unexpected<Error> no_one_clock(std::string why, const std::vector<CaseClock>& fitting) {
  for (const CaseClock& clock : fitting) {
    why += (&clock == &fitting.front() ? " " : "; ") + named_clock(clock);
  }
  return fail(ErrorCode::kNotFound, std::move(why));
}

/// The index of what made a case of its own of a part, by a person or by the program.
std::optional<std::int64_t> split_off_at(const Case& part) {
  for (const RecordedAct& act : part.acts) {
    const auto* const body = std::get_if<CaseSplit>(&act.act.act.body);
    if (body != nullptr && body->into == part.id) return act.index;
  }
  for (const RecordedRegrouping& one : part.regroupings) {
    if (one.what.splits && one.what.done && one.what.into == part.id) return one.index;
  }
  return std::nullopt;
}

/// Whether `c` had gone on in the case that a report is about, and came to go by itself again after
/// the report had gone out.
bool was_reported_with(const Case& c, const std::string& about, std::int64_t issued,
                       const CaseBook& cases) {
  return std::ranges::any_of(c.regroupings, [&](const RecordedRegrouping& one) {
    return one.what.splits && one.what.done && one.what.into == c.id && one.index > issued &&
           goes_on_in(one.what.from, cases) == about;
  });
}

/// Whether the report is about `c`, or about a case that `c` was split off after it had gone out:
/// what was answered before is answered for both.
bool is_reported_by(const Case& c, const ReportFile& report, const CaseBook& cases) {
  const std::string about = goes_on_in(report.drafted().about, cases);
  if (about == c.id || was_reported_with(c, about, report.issued->index, cases)) return true;
  const Case* part = &c;
  // Parts of parts: each was split off after its own beginning, by entries that rise.
  while (!part->split_from.empty()) {
    const std::optional<std::int64_t> split = split_off_at(*part);
    if (!split || *split < report.issued->index) return false;
    if (goes_on_in(part->split_from, cases) == about) return true;
    part = cases.find(part->split_from);
    if (part == nullptr) return false;
  }
  return false;
}

}  // namespace

std::vector<CaseClock> clocks_of(const Case& c, const CaseBook& cases, const ReportBook& reports) {
  std::vector<CaseClock> clocks;
  for (const RecordedAct& act : c.acts) {
    const ClockStarted* const started = clock_started_by(act);
    if (started != nullptr) clocks.push_back({act.index, *started, act.act.act.by, {}});
  }
  for (const ReportFile& report : reports.reports()) {
    if (report.state != ReportState::kIssued) continue;
    if (!is_reported_by(c, report, cases)) continue;
    const auto due_by = clock_of_report(report, c);
    const auto clock = std::ranges::find_if(
        clocks, [&due_by](const CaseClock& one) { return one.entry == due_by; });
    if (clock != clocks.end()) clock->answered_by = report.id;
  }
  return clocks;
}

std::optional<ClockStarted> CaseClocks::first_open(const Case& c) const {
  std::optional<ClockStarted> first;
  for (const CaseClock& clock : of(c)) {
    if (!clock.answered_by.empty()) continue;
    if (!first || clock.started.due < first->due) first = clock.started;
  }
  return first;
}

std::optional<std::int64_t> clock_of_report(const ReportFile& report, const Case& c) {
  const ReportDrafted& drafted = report.drafted();
  if (drafted.clock) return drafted.clock;
  const ReportKind* const kind = report_kind(drafted.kind);
  if (kind == nullptr || kind->clock.empty()) return std::nullopt;
  const RecordedAct* first = nullptr;
  for (const RecordedAct& act : c.acts) {
    const ClockStarted* const started = clock_started_by(act);
    if (started == nullptr || started->rule != kind->clock) continue;
    if (act.index >= report.draft.act.act.seen) continue;
    if (first == nullptr || started->due < clock_started_by(*first)->due) first = &act;
  }
  return first == nullptr ? std::nullopt : std::optional(first->index);
}

Result<std::optional<CaseClock>> clock_for_report(const std::vector<CaseClock>& clocks,
                                                  const ReportKind& kind, std::string_view wanted) {
  const std::string of_kind = "a report of kind `" + std::string(kind.name) + "` ";
  if (kind.clock.empty()) {
    if (wanted.empty()) return std::optional<CaseClock>();
    return fail(ErrorCode::kNotFound, "--clock: " + of_kind + "has no time limit: leave it out");
  }
  std::vector<CaseClock> fitting;
  std::vector<CaseClock> open;
  for (const CaseClock& clock : clocks) {
    if (clock.started.rule != kind.clock) continue;
    fitting.push_back(clock);
    if (clock.answered_by.empty()) open.push_back(clock);
    // Even one that was answered: a report may be drawn again.
    if (wanted == std::to_string(clock.entry)) return std::optional(clock);
  }
  if (!wanted.empty() && wanted != kind.clock) {
    return no_one_clock("--clock: expected the entry or the rule of a clock of the case by `" +
                            std::string(kind.clock) + "`, got `" + std::string(wanted) + "`" +
                            (fitting.empty() ? "; it has none" : "; there are"),
                        fitting);
  }
  if (open.size() > 1) {
    return no_one_clock(of_kind + "is due by one clock, and the case has " +
                            std::to_string(open.size()) +
                            " that are open: name one with --clock, by its entry:",
                        open);
  }
  if (open.empty() && !wanted.empty()) {
    return no_one_clock("--clock: the case has no open clock `" + std::string(wanted) + "`: " +
                            (fitting.empty() ? "start one with `tidewaiter case clock`"
                                             : "name by its entry one that was answered,"),
                        fitting);
  }
  return open.empty() ? std::optional<CaseClock>() : std::optional(open.front());
}

}  // namespace tidewaiter
