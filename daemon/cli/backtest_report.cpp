#include "daemon/cli/backtest_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "daemon/cli/bytes_text.h"
#include "daemon/cli/day_bars.h"
#include "daemon/cli/finding_text.h"
#include "daemon/cli/volume_chart.h"
#include "policies/authoring/wilson_interval.h"
#include "policies/model/day_text.h"

namespace tidewaiter {
namespace {

/// "0.25 %"; small shares that are not zero do not look like it.
std::string percent(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "none";
  if (part == 0) return "0 %";
  const double share = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  if (share < 0.01) return "below 0.01 %";
  std::array<char, 32> text{};
  const int decimals = share < 1 ? 2 : 1;
  const int size = std::snprintf(text.data(), text.size(), "%.*f %%", decimals, share);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string ns_text(double ns) { return grouped(std::llround(ns)) + " ns a record"; }

/// A labelled line: the text behind the label is broken to the terminal's width.
std::string line(std::string_view label, std::string_view text, const Terminal& terminal) {
  constexpr std::size_t kIndent = 14;
  std::string head = "  " + std::string(label);
  head.resize(std::max(head.size() + 1, kIndent), ' ');
  return head + wrapped(printable(text), terminal.width, kIndent, kIndent) + '\n';
}

/// "from 2026-01-01 00:00", "before 2026-02-01 00:00", or both.
std::string bounds_text(const Interval& interval) {
  std::string text;
  if (interval.from > kRecordTimes.from) text = "from " + format_time(interval.from);
  if (interval.to < kRecordTimes.to) {
    text += (text.empty() ? "" : " and ") + ("before " + format_time(interval.to));
  }
  return text;
}

std::string header_text(const BacktestReport& report, const Terminal& terminal) {
  std::string out =
      painted("History", Tone::kStrong, terminal) + "  " + printable(report.history) + '\n';
  std::string about = counted(report.entries, "log entry", "log entries");
  if (report.span) about += ", " + interval_text(*report.span) + " UTC";
  about += report.stored ? ", in the order in which they were stored"
                         : "; the settled set: what stands once all of it is read";
  out += "  " + wrapped(about, terminal.width, 2, 2) + '\n';
  if (report.reported) {
    out += "  " +
           wrapped("told: findings that begin " + bounds_text(*report.reported), terminal.width, 2,
                   2) +
           '\n';
  }
  return out;
}

std::string findings_line(const PolicyBacktest& tried, std::size_t subjects) {
  const auto ended = std::ranges::count_if(tried.findings, &SettledFinding::ended);
  std::string text = grouped(static_cast<std::int64_t>(tried.findings.size())) + " about " +
                     counted(static_cast<std::int64_t>(subjects), "subject") + " of " +
                     grouped(tried.coverage.subjects);
  if (!tried.findings.empty()) text += ", " + grouped(ended) + " ended";
  return text;
}

std::string plot(const BacktestReport& report, const PolicyBacktest& tried,
                 const Terminal& terminal) {
  if (!report.span || tried.findings.empty()) return {};
  // Label, frame and bars together must fit.
  const std::size_t room =
      terminal.width == 0 ? kMostDayBars : std::max<std::size_t>(terminal.width, 26);
  const DayBars bars =
      day_bars(tried.findings, drawn_span(report), std::min(kMostDayBars, room - 17));
  const std::int64_t most = *std::ranges::max_element(bars.values);
  const std::int64_t days = bars.slot.us / kDay.us;
  std::string out = "  hits a day  |" + sparkline(bars.values, terminal.unicode) + "|\n";
  const UtcTime end =
      bars.from + Duration{bars.slot.us * static_cast<std::int64_t>(bars.values.size())};
  return out + line("",
                    day_text(bars.from) + " to " + day_text(end) + ", " +
                        (days == 1 ? "a day" : grouped(days) + " days") + " a mark, highest " +
                        grouped(most),
                    terminal);
}

std::string coverage_lines(const PolicyCoverage& c, const Terminal& terminal) {
  const std::int64_t windows = c.windows_true + c.windows_false + c.windows_not_evaluable;
  std::string records = grouped(c.records_read) + " read, " + grouped(c.records_selected) +
                        " selected, " + grouped(c.records_unknown) + " unknown";
  if (c.records_exempt > 0) records += ", " + grouped(c.records_exempt) + " exempt";
  if (c.records_too_late > 0) records += ", " + grouped(c.records_too_late) + " too late";
  std::string out = line("records", records, terminal);
  out += line("windows",
              grouped(windows) + " settled: " + grouped(c.windows_true) + " hold, " +
                  grouped(c.windows_not_evaluable) + " not evaluable (" +
                  percent(c.windows_not_evaluable, windows) + ")",
              terminal);
  return out;
}

std::string labels_text(const LabelledFindings& labels) {
  if (labels.decided() == 0) return "no finding has a decision";
  const ShareEstimate estimate = wilson_interval(labels.confirmed, labels.decided());
  const auto whole = [](double share) { return std::to_string(std::lround(100 * share)) + " %"; };
  std::string text = grouped(labels.confirmed) + " of " + grouped(labels.decided()) +
                     " decided are true positives: " + whole(estimate.share) + ", 95 % interval " +
                     whole(estimate.low) + " to " + whole(estimate.high);
  if (labels.undecided > 0) text += "; " + grouped(labels.undecided) + " undecided";
  if (labels.missed > 0) text += "; " + grouped(labels.missed) + " known true positives missed";
  return text;
}

nlohmann::ordered_json labels_json(const LabelledFindings& labels) {
  nlohmann::ordered_json out = {{"true_positives", labels.confirmed},
                                {"false_positives", labels.refuted},
                                {"undecided", labels.undecided},
                                {"missed", labels.missed},
                                {"share", nullptr},
                                {"low", nullptr},
                                {"high", nullptr}};
  if (labels.decided() == 0) return out;
  const ShareEstimate estimate = wilson_interval(labels.confirmed, labels.decided());
  out["share"] = estimate.share;
  out["low"] = estimate.low;
  out["high"] = estimate.high;
  return out;
}

std::string policy_text(const BacktestReport& report, const PolicyBacktest& tried, std::size_t top,
                        const Terminal& terminal) {
  const Policy& policy = *tried.policy;
  std::string out =
      '\n' + painted(printable(policy.id), Tone::kStrong, terminal) + "  version " +
      grouped(policy.version) + ", " +
      painted(severity_name(policy.severity), severity_tone(policy.severity), terminal) + '\n';
  const std::vector<SubjectHits> subjects = hits_by_subject(tried.findings);
  out += line("findings", findings_line(tried, subjects.size()), terminal);
  out += plot(report, tried, terminal);
  for (std::size_t i = 0; i < std::min(top, subjects.size()); ++i) {
    const SubjectHits& hits = subjects[i];
    out += line(i == 0 ? "most" : "",
                hits.subject + ": " + counted(hits.findings, "finding") + ", " +
                    counted(hits.windows, "window"),
                terminal);
  }
  if (tried.labels) out += line("precision", labels_text(*tried.labels), terminal);
  out += coverage_lines(tried.coverage, terminal);
  if (tried.cost) {
    out += line("cost",
                ns_text(tried.cost->ns_per_record) + ", " + bytes_text(tried.cost->state_bytes) +
                    " of state",
                terminal);
  }
  return out;
}

nlohmann::ordered_json coverage_json(const PolicyCoverage& c) {
  return {{"records_read", c.records_read},
          {"records_selected", c.records_selected},
          {"records_unknown", c.records_unknown},
          {"records_exempt", c.records_exempt},
          {"records_too_late", c.records_too_late},
          {"windows_true", c.windows_true},
          {"windows_false", c.windows_false},
          {"windows_not_evaluable", c.windows_not_evaluable},
          {"subjects", c.subjects}};
}

nlohmann::ordered_json interval_json(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return {{"from", format_time(interval->from)}, {"to", format_time(interval->to)}};
}

nlohmann::ordered_json policy_json(const PolicyBacktest& tried) {
  nlohmann::ordered_json days = nlohmann::ordered_json::array();
  for (const auto& [day, findings] : hits_by_day(tried.findings)) {
    days.push_back({{"day", day_text(day)}, {"findings", findings}});
  }
  nlohmann::ordered_json subjects = nlohmann::ordered_json::array();
  for (const SubjectHits& hits : hits_by_subject(tried.findings)) {
    subjects.push_back(
        {{"subject", hits.subject}, {"findings", hits.findings}, {"windows", hits.windows}});
  }
  nlohmann::ordered_json document = {{"policy", tried.policy->id},
                                     {"version", tried.policy->version},
                                     {"hash", to_hex(tried.policy->hash)},
                                     {"severity", severity_name(tried.policy->severity)},
                                     {"findings", tried.findings.size()},
                                     {"days", days},
                                     {"subjects", subjects},
                                     {"coverage", coverage_json(tried.coverage)},
                                     {"cost", nullptr},
                                     {"precision", nullptr}};
  if (tried.labels) document["precision"] = labels_json(*tried.labels);
  if (tried.cost) {
    document["cost"] = {{"ns_per_record", tried.cost->ns_per_record},
                        {"state_bytes", tried.cost->state_bytes}};
  }
  return document;
}

/// The part of the history's time that was asked for; a day where they do not meet.
Interval reported_span(const BacktestReport& report) {
  const Interval all = report.span.value_or(Interval{{0}, {kDay.us}});
  if (!report.reported) return all;
  const Interval& asked = *report.reported;
  if (asked.to <= all.from) return {asked.to - kDay, asked.to};
  if (asked.from >= all.to) return {asked.from, asked.from + kDay};
  return {std::max(all.from, asked.from), std::min(all.to, asked.to)};
}

}  // namespace

Interval drawn_span(const BacktestReport& report) {
  Interval span = reported_span(report);
  for (const PolicyBacktest& tried : report.policies) {
    span = span_with_starts(span, tried.findings);
  }
  return span;
}

std::string backtest_text(const BacktestReport& report, std::size_t top, const Terminal& terminal) {
  std::string out = header_text(report, terminal);
  for (const PolicyBacktest& tried : report.policies) {
    out += policy_text(report, tried, top, terminal);
  }
  if (report.policies.empty()) out += "\nno policies: nothing was tried\n";
  out += '\n';
  if (report.cost_entries > 0) {
    out += wrapped("cost: each policy alone over the first " +
                       counted(report.cost_entries, "entry", "entries") +
                       ", processor time, the best of three runs; state: bytes that it held "
                       "at their end",
                   terminal.width, 0) +
           '\n';
  }
  out += wrapped("steps: " + grouped(report.opened) + " opened, " + grouped(report.restated) +
                     " restated, " + grouped(report.withdrawn) + " withdrawn",
                 terminal.width, 0) +
         '\n';
  return out;
}

std::string expectations_text(const std::vector<ExpectationResult>& results,
                              const Terminal& terminal) {
  std::string out;
  const bool unicode = terminal.unicode;
  for (const ExpectationResult& result : results) {
    const bool good = result.failures.empty();
    const std::string mark = good ? (unicode ? "✓" : "ok") : (unicode ? "✗" : "FAILED");
    out += painted(mark, good ? Tone::kGood : Tone::kBad, terminal) + ' ' +
           printable(result.policy) + "  " + printable(result.span.file) + ':' +
           std::to_string(result.span.line) + '\n';
    for (const std::string& failure : result.failures) {
      out += "    " + wrapped(printable(failure), terminal.width, 4, 4) + '\n';
    }
  }
  return out;
}

nlohmann::ordered_json expectations_json(const std::vector<ExpectationResult>& results) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const ExpectationResult& result : results) {
    out.push_back({{"policy", result.policy},
                   {"file", result.span.file},
                   {"line", result.span.line},
                   {"passed", result.failures.empty()},
                   {"failures", result.failures}});
  }
  return out;
}

nlohmann::ordered_json settled_json(const SettledFinding& finding) {
  return {{"id", finding.id},
          {"policy", finding.policy},
          {"subject", to_text(finding.subject)},
          {"from", format_time(finding.run.from)},
          {"to", format_time(finding.run.to)},
          {"windows", finding.windows},
          {"figures", figures_json(finding.figures)},
          {"ended", finding.ended}};
}

nlohmann::ordered_json backtest_json(const BacktestReport& report) {
  nlohmann::ordered_json policies = nlohmann::ordered_json::array();
  nlohmann::ordered_json findings = nlohmann::ordered_json::array();
  for (const PolicyBacktest& tried : report.policies) {
    policies.push_back(policy_json(tried));
    for (const SettledFinding& finding : tried.findings) findings.push_back(settled_json(finding));
  }
  return {
      {"history",
       {{"from", report.history},
        {"stored", report.stored},
        {"entries", report.entries},
        {"span", interval_json(report.span)},
        {"reported", interval_json(report.reported)}}},
      {"steps",
       {{"opened", report.opened}, {"restated", report.restated}, {"withdrawn", report.withdrawn}}},
      {"cost_entries", report.cost_entries},
      {"policies", policies},
      {"findings", findings}};
}

}  // namespace tidewaiter
