#include "daemon/cli/diff_report.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "daemon/cli/backtest_report.h"
#include "daemon/cli/day_bars.h"
#include "daemon/cli/finding_text.h"
#include "daemon/cli/volume_chart.h"
#include "policies/model/day_text.h"

namespace tidewaiter {
namespace {

using Kind = SubjectChange::Kind;

std::string_view kind_text(Kind kind) {
  switch (kind) {
    case Kind::kGained:
      return "gained";
    case Kind::kLost:
      return "lost";
    case Kind::kChanged:
      break;
  }
  return "changed";
}

Tone kind_tone(Kind kind) {
  switch (kind) {
    case Kind::kGained:
      return Tone::kGood;
    case Kind::kLost:
      return Tone::kBad;
    case Kind::kChanged:
      break;
  }
  return Tone::kWarning;
}

std::string id_of(const PolicyDiff& diff) { return diff.before ? diff.before->id : diff.after->id; }

std::string versions_text(const PolicyDiff& diff) {
  if (!diff.before) return "new: version " + grouped(diff.after->version);
  if (!diff.after) return "gone: version " + grouped(diff.before->version);
  std::string text =
      "version " + grouped(diff.before->version) + " → " + grouped(diff.after->version);
  if (diff.before->id != diff.after->id) text += ", as " + diff.after->id;
  return text;
}

std::string meaning_text(const PolicyDiff& diff, const Terminal& terminal) {
  if (diff.same_meaning()) return "  same meaning: the hashes are equal\n";
  std::string out;
  if (diff.version_not_raised()) {
    const std::string next = std::to_string(diff.after->version + 1);
    out += "  " +
           painted(wrapped("warning: another meaning under the same version: write "
                           "`version: " +
                               next + "`",
                           terminal.width, 2, 2),
                   Tone::kWarning, terminal) +
           '\n';
  }
  for (const PartChange& change : diff.meaning) {
    out += "  " + printable(change.name) + '\n';
    const auto side = [&](std::string_view mark, const std::string& text, Tone tone) {
      if (text.empty()) return std::string();
      return "    " + painted(mark, tone, terminal) + ' ' +
             wrapped(printable(text), terminal.width, 6, 6) + '\n';
    };
    out += side("-", change.before, Tone::kBad) + side("+", change.after, Tone::kGood);
  }
  return out;
}

std::string plots(const PolicyDiff& diff, const DiffReport& report, const Terminal& terminal) {
  if (!report.span || (diff.findings_before.empty() && diff.findings_after.empty())) return {};
  const Interval span =
      span_with_starts(span_with_starts(*report.span, diff.findings_before), diff.findings_after);
  const DayBars before = day_bars(diff.findings_before, span, kMostDayBars);
  const DayBars after = day_bars(diff.findings_after, span, kMostDayBars);
  // One scale for both: a mark of the greater maximum stands at the end while they are drawn.
  const auto most =
      std::max(*std::ranges::max_element(before.values), *std::ranges::max_element(after.values));
  const auto drawn = [&](std::string_view label, const DayBars& bars) {
    std::vector<std::int64_t> values = bars.values;
    values.push_back(most);
    std::string text = sparkline(values, terminal.unicode);
    constexpr std::size_t kBlockBytes =
        3;  // the mark: a full block of three bytes, or one of ASCII
    text.resize(text.size() - (terminal.unicode ? kBlockBytes : 1));
    return "  " + std::string(label) + " |" + text + "|\n";
  };
  return drawn("a day, before", before) + drawn("a day, after ", after) + "  " +
         wrapped(day_text(before.from) + ", " + format_duration(before.slot) + " a mark, highest " +
                     grouped(most),
                 terminal.width, 2, 2) +
         '\n';
}

Kind kind_of(const RunDifference& run) {
  if (!run.before) return Kind::kGained;
  return run.after ? Kind::kChanged : Kind::kLost;
}

std::string run_text(const RunDifference& run, const Terminal& terminal) {
  const std::string told = std::string(kind_text(kind_of(run))) + ' ' +
                           interval_text(run.shown().run) + ": " +
                           printable(figures_text(run.shown().figures));
  std::string out = "    " + wrapped(told, terminal.width, 6, 4) + '\n';
  if (run.reason.empty()) return out;
  return out + "      " + wrapped(printable(run.reason), terminal.width, 6, 6) + '\n';
}

std::string change_text(const ExplainedChange& explained, const Terminal& terminal) {
  const SubjectChange& change = explained.change;
  std::string out = "  " + painted(kind_text(change.kind), kind_tone(change.kind), terminal) +
                    "  " + printable(change.subject) + '\n';
  const std::size_t shown = std::min(ExplainedChange::kMostReasons, explained.runs.size());
  for (std::size_t i = 0; i < shown; ++i) out += run_text(explained.runs[i], terminal);
  if (shown == explained.runs.size()) return out;
  return out + "    and " +
         counted(static_cast<std::int64_t>(explained.runs.size() - shown), "run") +
         " more; --json has them\n";
}

std::int64_t count(const PolicyDiff& diff, Kind kind) {
  return std::ranges::count_if(diff.changes,
                               [kind](const ExplainedChange& e) { return e.change.kind == kind; });
}

std::string policy_text(const PolicyDiff& diff, const DiffReport& report, std::size_t most,
                        const Terminal& terminal) {
  std::string out = '\n' + painted(printable(id_of(diff)), Tone::kStrong, terminal) + "  " +
                    printable(versions_text(diff)) + '\n';
  out += meaning_text(diff, terminal);
  out += "  " +
         wrapped("findings: " + grouped(static_cast<std::int64_t>(diff.findings_before.size())) +
                     " → " + grouped(static_cast<std::int64_t>(diff.findings_after.size())) +
                     "; subjects: " + grouped(count(diff, Kind::kGained)) + " gained, " +
                     grouped(count(diff, Kind::kLost)) + " lost, " +
                     grouped(count(diff, Kind::kChanged)) + " changed, " + grouped(diff.unchanged) +
                     " as before",
                 terminal.width, 2, 2) +
         '\n';
  out += plots(diff, report, terminal);
  const std::size_t shown = std::min(most, diff.changes.size());
  for (std::size_t i = 0; i < shown; ++i) out += change_text(diff.changes[i], terminal);
  if (shown < diff.changes.size()) {
    out += "  and " + grouped(static_cast<std::int64_t>(diff.changes.size() - shown)) +
           " more; --limit shows them\n";
  }
  return out;
}

nlohmann::ordered_json run_json(const RunDifference& run) {
  nlohmann::ordered_json out = {{"change", kind_text(kind_of(run))},
                                {"before", nullptr},
                                {"after", nullptr},
                                {"reason", nullptr}};
  if (run.before) out["before"] = settled_json(*run.before);
  if (run.after) out["after"] = settled_json(*run.after);
  if (!run.reason.empty()) out["reason"] = run.reason;
  return out;
}

nlohmann::ordered_json change_json(const ExplainedChange& explained) {
  const auto findings = [](const std::vector<SettledFinding>& some) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    for (const SettledFinding& finding : some) out.push_back(settled_json(finding));
    return out;
  };
  nlohmann::ordered_json runs = nlohmann::ordered_json::array();
  for (const RunDifference& run : explained.runs) runs.push_back(run_json(run));
  nlohmann::ordered_json out = {{"subject", explained.change.subject},
                                {"change", kind_text(explained.change.kind)},
                                {"before", findings(explained.change.before)},
                                {"after", findings(explained.change.after)},
                                {"runs", runs}};
  return out;
}

nlohmann::ordered_json days_json(const PolicyDiff& diff) {
  std::map<UtcTime, std::pair<std::int64_t, std::int64_t>> days;
  for (const auto& [day, hits] : hits_by_day(diff.findings_before)) days[day].first = hits;
  for (const auto& [day, hits] : hits_by_day(diff.findings_after)) days[day].second = hits;
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const auto& [day, hits] : days) {
    out.push_back({{"day", day_text(day)}, {"before", hits.first}, {"after", hits.second}});
  }
  return out;
}

nlohmann::ordered_json version_json(const std::optional<Policy>& policy) {
  if (!policy) return nullptr;
  return {{"policy", policy->id}, {"version", policy->version}, {"hash", to_hex(policy->hash)}};
}

nlohmann::ordered_json policy_json(const PolicyDiff& diff) {
  nlohmann::ordered_json meaning = nlohmann::ordered_json::array();
  for (const PartChange& change : diff.meaning) {
    meaning.push_back({{"part", change.name}, {"before", change.before}, {"after", change.after}});
  }
  nlohmann::ordered_json changes = nlohmann::ordered_json::array();
  for (const ExplainedChange& change : diff.changes) changes.push_back(change_json(change));
  return {{"policy", id_of(diff)},
          {"before", version_json(diff.before)},
          {"after", version_json(diff.after)},
          {"same_meaning", diff.same_meaning()},
          {"version_not_raised", diff.version_not_raised()},
          {"meaning", meaning},
          {"findings_before", diff.findings_before.size()},
          {"findings_after", diff.findings_after.size()},
          {"gained", count(diff, Kind::kGained)},
          {"lost", count(diff, Kind::kLost)},
          {"changed", count(diff, Kind::kChanged)},
          {"unchanged", diff.unchanged},
          {"days", days_json(diff)},
          {"changes", changes}};
}

}  // namespace

std::string diff_text(const DiffReport& report, std::size_t most, const Terminal& terminal) {
  std::string out =
      painted("History", Tone::kStrong, terminal) + "  " + printable(report.history) + '\n';
  std::string about = counted(report.entries, "log entry", "log entries");
  if (report.span) about += ", " + interval_text(*report.span) + " UTC";
  out += "  " + wrapped(about, terminal.width, 2, 2) + '\n';
  for (const PolicyDiff& diff : report.policies) out += policy_text(diff, report, most, terminal);
  if (report.policies.empty()) out += "\nno policies: nothing was compared\n";
  return out;
}

nlohmann::ordered_json diff_json(const DiffReport& report) {
  nlohmann::ordered_json policies = nlohmann::ordered_json::array();
  for (const PolicyDiff& diff : report.policies) policies.push_back(policy_json(diff));
  return {{"history", {{"from", report.history}, {"entries", report.entries}}},
          {"policies", policies}};
}

}  // namespace tidewaiter
