#include "daemon/cli/finding_text.h"

#include <numeric>

#include <nlohmann/json.hpp>

#include "policies/model/money.h"

namespace tidewaiter {
namespace {

std::string minute_text(UtcTime time) {
  std::string text = format_time(time);
  if (text.ends_with(":00Z")) text.resize(text.size() - 4);
  if (text.ends_with('Z')) text.pop_back();
  if (const std::size_t t = text.find('T'); t != std::string::npos) text[t] = ' ';
  return text;
}

}  // namespace

std::string interval_text(Interval interval) {
  return minute_text(interval.from) + " to " + minute_text(interval.to);
}

std::string figure_value_text(const Figure& figure) {
  if (figure.type == ValueType::kInt64) {
    if (const auto* number = std::get_if<std::int64_t>(&figure.value)) return grouped(*number);
  }
  return is_null(figure.value) ? "unknown" : format_value(figure.value, figure.type);
}

std::string figures_text(std::span<const Figure> figures) {
  std::string out;
  for (const Figure& figure : figures) {
    if (!out.empty()) out += ", ";
    out += figure.name + (figure.exact ? " " : " about ") + figure_value_text(figure);
  }
  return out;
}

/// A later window may be worse than that which the figures are of.
std::string figures_text(const FindingState& finding) {
  std::string text = figures_text(finding.figures);
  if (finding.windows > 1) text += " in the first of " + counted(finding.windows, "window");
  return text;
}

bool is_withdrawn(const FindingState& finding) { return finding.state == StepKind::kWithdrawn; }

std::string state_text(const FindingState& finding, const FindingOutcomes& outcomes) {
  const auto decided = outcomes.find(finding.id);
  std::string text =
      decided == outcomes.end() ? "potential" : std::string(outcome_name(decided->second));
  if (is_withdrawn(finding)) {
    text = "withdrawn";
  } else if (finding.ended) {
    text += finding.reason == kEvictedReason ? ", evicted" : ", ended";
  }
  return finding.historical ? text + ", historical" : text;
}

FindingCounts count_findings(std::span<const FindingState> findings,
                             const FindingOutcomes& outcomes) {
  FindingCounts counts;
  for (const FindingState& finding : findings) {
    const auto decided = outcomes.find(finding.id);
    if (is_withdrawn(finding)) {
      ++counts.withdrawn;
    } else if (decided != outcomes.end()) {
      ++counts.decided[decided->second];
    } else {
      ++counts.potential.at(static_cast<std::size_t>(finding.severity));
    }
  }
  return counts;
}

std::string decided_text(const FindingCounts& counts) {
  std::string text;
  for (const auto& [outcome, count] : counts.decided) {
    text += (text.empty() ? "" : ", ") + grouped(count) + " " + std::string(outcome_name(outcome));
  }
  return text;
}

std::string findings_summary(std::span<const FindingState> findings,
                             const FindingOutcomes& outcomes) {
  const FindingCounts counts = count_findings(findings, outcomes);
  const std::int64_t potential =
      std::accumulate(counts.potential.begin(), counts.potential.end(), std::int64_t{0});
  std::string text = counted(potential, "potential violation") + ", until a person decides";
  if (!counts.decided.empty()) text += "; decided: " + decided_text(counts);
  if (counts.withdrawn > 0) text += "; " + grouped(counts.withdrawn) + " withdrawn";
  return text;
}

std::string basis_text(const Basis& basis) {
  std::string text = basis.type + ", " + basis.text;
  if (!basis.jurisdiction.empty()) text += ", " + basis.jurisdiction;
  if (!basis.citation.empty()) text += ", " + basis.citation;
  if (!basis.settled.empty()) text += ", settled: " + basis.settled;
  return text;
}

Tone severity_tone(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
    case Severity::kHigh:
      return Tone::kBad;
    case Severity::kMedium:
      return Tone::kWarning;
    case Severity::kLow:
      break;
  }
  return Tone::kPlain;
}

TextTable findings_table(std::span<const FindingState> findings, const FindingOutcomes& outcomes) {
  TextTable table({{.header = "FINDING"},
                   {.header = "SEVERITY"},
                   {.header = "POLICY", .shrinks = true},
                   {.header = "SUBJECT", .folds = true},
                   {.header = "WINDOW (UTC)", .folds = true},
                   {.header = "FIGURES", .folds = true},
                   {.header = "STATE", .folds = true}});
  for (const FindingState& finding : findings) {
    const bool withdrawn = is_withdrawn(finding);
    const Tone tone = withdrawn ? Tone::kFaint : severity_tone(finding.severity);
    table.add_row({{finding.id.substr(0, 8), Tone::kLink},
                   {std::string(severity_name(finding.severity)), tone},
                   {finding.policy},
                   {finding.subject.empty() ? "(erased)" : finding.subject},
                   {interval_text(finding.run)},
                   {figures_text(finding)},
                   {state_text(finding, outcomes), withdrawn ? Tone::kFaint : Tone::kPlain}});
  }
  return table;
}

nlohmann::ordered_json value_json(const Value& value, ValueType type) {
  if (is_null(value)) return nullptr;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return *list;
  const std::int64_t number = std::get<std::int64_t>(value);
  switch (type) {
    case ValueType::kTimestamp:
      return format_time(UtcTime{number});
    case ValueType::kDuration:
      return format_duration(Duration{number});
    case ValueType::kMoney:
      return format_money(Money{number});
    default:
      return number;
  }
}

nlohmann::ordered_json figures_json(std::span<const Figure> figures) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const Figure& figure : figures) {
    out.push_back({{"name", figure.name},
                   {"type", type_name(figure.type)},
                   {"value", value_json(figure.value, figure.type)},
                   {"exact", figure.exact}});
  }
  return out;
}

nlohmann::ordered_json finding_json(const FindingState& finding) {
  return {{"id", finding.id},
          {"state", is_withdrawn(finding) ? "withdrawn" : "potential"},
          {"ended", finding.ended},
          {"historical", finding.historical},
          {"severity", severity_name(finding.severity)},
          {"policy", finding.policy},
          {"policy_version", finding.policy_version},
          {"policy_hash", to_hex(finding.policy_hash)},
          {"subject", finding.subject},
          {"from", format_time(finding.run.from)},
          {"to", format_time(finding.run.to)},
          {"windows", finding.windows},
          {"figures", figures_json(finding.figures)},
          {"reason", finding.reason},
          {"evidence", finding.evidence},
          {"evidence_findings", finding.evidence_findings},
          {"evidence_total", finding.evidence_total},
          {"evidence_chosen", choice_name(finding.evidence_choice)},
          {"recorded", format_time(finding.recorded)},
          {"entries", finding.entries}};
}

nlohmann::ordered_json listed_finding_json(const FindingState& finding,
                                           const FindingOutcomes& outcomes) {
  nlohmann::ordered_json json = finding_json(finding);
  const auto decided = outcomes.find(finding.id);
  json["outcome"] = nullptr;
  if (decided != outcomes.end()) json["outcome"] = outcome_name(decided->second);
  return json;
}

}  // namespace tidewaiter
