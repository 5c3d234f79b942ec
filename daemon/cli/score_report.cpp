#include "daemon/cli/score_report.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "daemon/cli/text_table.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::ordered_json;

std::string decimal(double value, int digits) {
  std::array<char, 48> text{};
  (void)std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

std::string percent(std::optional<double> share) {
  return share ? decimal(*share * 100, 1) + " %" : "–";
}

/// A table before it is decided how it looks.
struct Rows {
  std::vector<TextTable::Column> columns;
  std::vector<std::vector<std::string>> rows;

  [[nodiscard]] std::string text(const Terminal& terminal) const {
    TextTable table(columns);
    for (const auto& row : rows) {
      std::vector<TextTable::Cell> cells;
      cells.reserve(row.size());
      for (const std::string& cell : row) cells.push_back({cell});
      table.add_row(std::move(cells));
    }
    return table.render(terminal);
  }

  [[nodiscard]] std::string markdown() const {
    std::string head = "|";
    std::string line = "|";
    for (const auto& column : columns) {
      head += ' ' + column.header + " |";
      line += column.right ? "---:|" : "---|";
    }
    std::string out = head + '\n' + line + '\n';
    for (const auto& row : rows) {
      out += '|';
      for (const std::string& cell : row) out += ' ' + cell + " |";
      out += '\n';
    }
    return out;
  }
};

/// The policy that was first in most worlds.
std::string first_policy(const CampaignSummary& one) {
  const auto most = std::ranges::max_element(one.first_policies, {},
                                             [](const auto& entry) { return entry.second; });
  return most == one.first_policies.end() ? "–" : most->first;
}

Rows campaign_rows(const DetectionSummary& summary) {
  Rows table{{{"campaign"},
              {"accounts", true},
              {"caught", true},
              {"noticed", true},
              {"days to it", true},
              {"leaked", true},
              {"its accounts", true},
              {"first policy", false, false, true}},
             {}};
  for (const CampaignSummary& one : summary.campaigns) {
    table.rows.push_back({one.name, grouped(one.accounts / one.worlds),
                          grouped(one.caught) + " of " + grouped(one.worlds),
                          grouped(one.noticed) + " of " + grouped(one.worlds),
                          one.median_days ? decimal(*one.median_days, 1) : "never",
                          percent(one.median_leak), percent(one.account_recall()),
                          first_policy(one)});
  }
  return table;
}

Rows policy_rows(const DetectionSummary& summary) {
  Rows table{{{"policy"}, {"severity"}, {"findings", true}, {"right", true}, {"precision", true}},
             {}};
  for (const auto& [id, one] : summary.policies) {
    table.rows.push_back(
        {id, std::string(severity_name(one.severity)), grouped(one.findings), grouped(one.right),
         percent(static_cast<double>(one.right) / static_cast<double>(one.findings))});
  }
  return table;
}

Rows wronged_rows(const DetectionSummary& summary) {
  Rows table{{{"policy"}, {"most of them"}, {"alerts", true}}, {}};
  for (const auto& [key, count] : summary.wronged) {
    table.rows.push_back({key.first, std::string(part_name(key.second)), grouped(count)});
  }
  return table;
}

std::string setting_name(const ScoredSetting& setting) {
  std::string name =
      setting.summary.campaigns.empty() ? "no campaigns" : "effort " + decimal(setting.effort, 2);
  if (setting.without) name += ", without " + std::string(family_name(*setting.without));
  return name;
}

std::int64_t caught_worlds(const DetectionSummary& summary) {
  std::int64_t caught = 0;
  for (const CampaignSummary& one : summary.campaigns) caught += one.caught;
  return caught;
}

Rows setting_rows(const ScoreReport& report) {
  Rows table{{{"setting"},
              {"campaigns caught", true},
              {"accounts of extraction", true},
              {"precision", true},
              {"false alerts a day, 10,000 accounts", true},
              {"not evaluable", true}},
             {}};
  for (const ScoredSetting& one : report.settings) {
    const auto all = static_cast<std::int64_t>(one.summary.campaigns.size()) * one.summary.worlds;
    table.rows.push_back(
        {setting_name(one), grouped(caught_worlds(one.summary)) + " of " + grouped(all),
         percent(one.summary.account_recall()), percent(one.summary.precision()),
         decimal(one.summary.false_alert_rate(), 2),
         counted(static_cast<std::int64_t>(one.not_evaluable.size()), "policy", "policies")});
  }
  return table;
}

std::string seeds_text(const std::vector<std::uint64_t>& seeds) {
  const std::string first = std::to_string(seeds.front());
  return seeds.size() == 1 ? "seed " + first
                           : "seeds " + first + " to " + std::to_string(seeds.back());
}

std::string headline(const ScoreReport& report) {
  const ScoredSetting& first = report.settings.front();
  return counted(static_cast<std::int64_t>(report.policies), "policy", "policies") + " over " +
         counted(first.summary.worlds, "world") + " (" + seeds_text(report.seeds) + ") of " +
         grouped(report.accounts) + " honest accounts and " + grouped(report.days) + " days, " +
         setting_name(first) + ": " + counted(first.records, "record");
}

std::string alert_line(const DetectionSummary& summary) {
  return "Alerts (severity high or critical): " + grouped(summary.right_alerts) + " right, " +
         grouped(summary.false_alerts) + " false: " + decimal(summary.false_alert_rate(), 2) +
         " false a day for 10,000 honest accounts; precision " + percent(summary.precision()) +
         ". Accounts of extraction named: " + percent(summary.account_recall()) +
         ". Honest giants accused of extraction: " + grouped(summary.giants_accused) + ".";
}

std::string listed(std::string_view title, const std::vector<std::string>& ids) {
  if (ids.empty()) return {};
  std::string line(title);
  for (const std::string& id : ids) line += (&id == &ids.front() ? "" : ", ") + id;
  return line + ".";
}

/// What policies could not see: a line each.
std::vector<std::string> blind_lines(const ScoredSetting& setting) {
  std::vector<std::string> lines;
  if (const std::int64_t count = setting.summary.alerts_about_nobody; count > 0) {
    lines.push_back(
        "About subjects whose accounts cannot be told, and so neither right nor false: " +
        counted(count, "alert") + ".");
  }
  for (std::string line : {listed("Never evaluable: ", setting.not_evaluable),
                           listed("Had no record to read: ", setting.read_nothing)}) {
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

std::string score_text(const ScoreReport& report, const Terminal& terminal) {
  const ScoredSetting& first = report.settings.front();
  const std::size_t width = terminal.width;
  std::string text = wrapped(headline(report), width, 0) + "\n";
  if (!first.summary.campaigns.empty()) {
    text += '\n' + campaign_rows(first.summary).text(terminal);
  }
  text += '\n' + wrapped(alert_line(first.summary), width, 0) + "\n";
  for (const std::string& line : blind_lines(first)) text += wrapped(line, width, 0) + "\n";
  if (!first.summary.wronged.empty()) {
    text += "\nFalse alerts\n" + wronged_rows(first.summary).text(terminal);
  }
  text += "\nPolicies with findings\n" + policy_rows(first.summary).text(terminal);
  if (report.settings.size() > 1) text += "\nSettings\n" + setting_rows(report).text(terminal);
  return text;
}

std::string score_markdown(const ScoreReport& report) {
  const ScoredSetting& first = report.settings.front();
  std::string text = headline(report) + ".\n\n";
  if (!first.summary.campaigns.empty()) text += campaign_rows(first.summary).markdown() + '\n';
  text += alert_line(first.summary) + "\n";
  for (const std::string& line : blind_lines(first)) text += '\n' + line + '\n';
  if (!first.summary.wronged.empty()) {
    text += "\nFalse alerts:\n\n" + wronged_rows(first.summary).markdown();
  }
  text += "\nPolicies with findings:\n\n" + policy_rows(first.summary).markdown();
  if (report.settings.size() > 1) text += "\nSettings:\n\n" + setting_rows(report).markdown();
  return text;
}

namespace {

Json campaign_json(const CampaignSummary& one) {
  Json json{{"name", one.name},
            {"wrong", wrong_name(one.wrong)},
            {"worlds", one.worlds},
            {"caught", one.caught},
            {"noticed", one.noticed},
            {"accounts", one.accounts},
            {"accounts_caught", one.accounts_caught},
            {"exchanges", one.exchanges},
            {"median_days", nullptr},
            {"median_leak", one.median_leak},
            {"first_policies", one.first_policies},
            {"cards", one.cards},
            {"devices", one.devices},
            {"networks", one.networks}};
  if (one.median_days) json["median_days"] = *one.median_days;
  return json;
}

Json optional_json(std::optional<double> value) { return value ? Json(*value) : Json(nullptr); }

Json setting_json(const ScoredSetting& setting) {
  const DetectionSummary& summary = setting.summary;
  Json json{{"effort", setting.effort},
            {"without", nullptr},
            {"records", setting.records},
            {"seconds", setting.seconds},
            {"right_alerts", summary.right_alerts},
            {"false_alerts", summary.false_alerts},
            {"alerts_about_nobody", summary.alerts_about_nobody},
            {"false_alerts_a_day_for_10000", summary.false_alert_rate()},
            {"precision", optional_json(summary.precision())},
            {"account_recall", optional_json(summary.account_recall())},
            {"giants_accused", summary.giants_accused},
            {"not_evaluable", setting.not_evaluable},
            {"read_nothing", setting.read_nothing},
            {"campaigns", Json::array()},
            {"policies", Json::array()},
            {"false_alerts_by", Json::array()}};
  if (setting.without) json["without"] = family_name(*setting.without);
  for (const CampaignSummary& one : summary.campaigns) {
    json["campaigns"].push_back(campaign_json(one));
  }
  for (const auto& [id, one] : summary.policies) {
    json["policies"].push_back({{"policy", id},
                                {"severity", severity_name(one.severity)},
                                {"findings", one.findings},
                                {"right", one.right}});
  }
  for (const auto& [key, count] : summary.wronged) {
    json["false_alerts_by"].push_back(
        {{"policy", key.first}, {"part", part_name(key.second)}, {"alerts", count}});
  }
  return json;
}

}  // namespace

Json score_json(const ScoreReport& report) {
  Json json{{"accounts", report.accounts},
            {"days", report.days},
            {"seeds", report.seeds},
            {"policies", report.policies},
            {"settings", Json::array()}};
  for (const ScoredSetting& one : report.settings) json["settings"].push_back(setting_json(one));
  return json;
}

}  // namespace tidewaiter
