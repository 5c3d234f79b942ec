#include "daemon/cli/activation_outlook.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "daemon/cli/finding_text.h"
#include "daemon/cli/text_table.h"
#include "policies/language/policy.h"
#include "policies/model/day_text.h"

namespace tidewaiter {
namespace {

std::string one_decimal(double number) {
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.1f", number);
  return {text.data(), static_cast<std::size_t>(size)};
}

/// "0.3"; a rate that is not zero does not look like it.
std::string rate_text(double a_day) {
  return a_day > 0 && a_day < 0.1 ? "< 0.1" : one_decimal(a_day);
}

std::int64_t settled_windows(const PolicyCoverage& c) {
  return c.windows_true + c.windows_false + c.windows_not_evaluable;
}

/// Why nothing was judged, if nothing was.
std::optional<std::string> blindness(const Policy& policy, const PolicyCoverage& c) {
  const std::string kind(kind_name(policy.reads));
  if (c.records_read == 0) {
    return "nothing was judged: the history has no " + kind + " records in the policy's time";
  }
  if (settled_windows(c) == 0 && c.records_selected > 0) {
    return "nothing was judged: no window is over in this history";
  }
  const std::int64_t judged = c.windows_true + c.windows_false;
  if (judged > 0) return std::nullopt;
  if (c.windows_not_evaluable > 0) {
    return "nothing could be told: not one of " + grouped(c.windows_not_evaluable) +
           " windows was evaluable; a field that decides is missing, or the sources do not cover "
           "a whole window (`policy explain` shows which)";
  }
  if (c.records_selected == 0 && c.records_unknown > 0) {
    return "nothing could be told: of " + counted(c.records_read, kind + " record") +
           " none has the fields that the policy asks for";
  }
  return std::nullopt;
}

/// What the history leaves untold though something was judged.
std::vector<std::string> gaps(const Policy& policy, const PolicyCoverage& c, double days) {
  std::vector<std::string> out;
  if (c.windows_not_evaluable > 0) {
    out.push_back(grouped(c.windows_not_evaluable) + " of " + grouped(settled_windows(c)) +
                  " windows were not evaluable: that is no pass");
  }
  if (c.records_unknown > 0) {
    out.push_back("of " + grouped(c.records_read) + " records " + grouped(c.records_unknown) +
                  " could not be told: a field was missing");
  }
  const Duration reach{history_of(policy).us + policy.window.length.us};
  if (static_cast<double>(reach.us) > days * static_cast<double>(kDay.us)) {
    out.push_back("the policy looks at " + format_duration(reach) +
                  " at a time, and the history is shorter");
  }
  return out;
}

PolicyOutlook outlook_of(const PolicyBacktest& tried, double days, std::int64_t most_a_day) {
  PolicyOutlook out;
  out.policy = tried.policy->id;
  out.findings = static_cast<std::int64_t>(tried.findings.size());
  out.findings_a_day = days > 0 ? static_cast<double>(out.findings) / days : 0;
  out.load = case_load(tried.findings, days);
  out.coverage = tried.coverage;
  if (out.findings == 0) {
    if (auto why = blindness(*tried.policy, tried.coverage)) {
      out.blind = true;
      out.untold.push_back(std::move(*why));
    }
  }
  if (!out.blind) out.untold = gaps(*tried.policy, tried.coverage, days);
  out.floods = out.load.a_day > static_cast<double>(most_a_day);
  return out;
}

std::string outlook_header(const ActivationOutlook& outlook, const Terminal& terminal) {
  std::string about = counted(outlook.entries, "log entry", "log entries");
  about += outlook.span ? ", " + interval_text(*outlook.span) + " UTC, " +
                              one_decimal(outlook.days) + " days"
                        : ", no record among them";
  return painted("History", Tone::kStrong, terminal) + "  " + printable(outlook.history) + "\n  " +
         wrapped(about, terminal.width, 2, 2) + "\n\n";
}

std::string outlook_table(const ActivationOutlook& outlook, const Terminal& terminal) {
  TextTable table({{"policy", false, true},
                   {"findings", true},
                   {"a day", true},
                   {"subjects", true},
                   {"cases a day", true},
                   {"busiest day", true},
                   {"not evaluable", true}});
  for (const PolicyOutlook& one : outlook.policies) {
    const PolicyCoverage& c = one.coverage;
    table.add_row(
        {{one.policy},
         {one.blind ? "cannot tell" : grouped(one.findings),
          one.blind ? Tone::kWarning : Tone::kPlain},
         {one.blind ? "" : rate_text(one.findings_a_day)},
         {one.blind ? "" : grouped(one.load.cases)},
         {one.blind ? "" : rate_text(one.load.a_day), one.floods ? Tone::kBad : Tone::kPlain},
         {one.blind ? "" : grouped(one.load.busiest)},
         {grouped(c.windows_not_evaluable) + " of " + grouped(settled_windows(c))}});
  }
  return table.render(terminal);
}

std::string untold_lines(const ActivationOutlook& outlook, const Terminal& terminal) {
  std::string out;
  for (const PolicyOutlook& one : outlook.policies) {
    for (const std::string& why : one.untold) {
      out += "  " + wrapped(printable(one.policy) + ": " + why, terminal.width, 4, 2) + '\n';
    }
  }
  return out.empty()
             ? out
             : "\n" + painted("What could not be told", Tone::kStrong, terminal) + '\n' + out;
}

std::string expected_lines(const ActivationOutlook& outlook, const Terminal& terminal) {
  std::string each = "cases a day to expect: " + rate_text(outlook.load.a_day);
  if (outlook.load.busiest_day) {
    each += ", and " + grouped(outlook.load.busiest) + " on the busiest day, " +
            day_text(*outlook.load.busiest_day);
  }
  each +=
      ". A case has the findings about one subject, whichever of these policies made them; one "
      "that is closed and opens again is not counted.";
  std::string out = "\n" + wrapped(each, terminal.width, 0) + '\n';
  if (outlook.stored && outlook.load.cases > 0) {
    out += wrapped("at once: " + counted(outlook.findings, "finding") + " about " +
                       counted(outlook.load.cases, "subject") +
                       " of this history, marked historical, when the set comes into force",
                   terminal.width, 0) +
           '\n';
  }
  for (const PolicyOutlook& one : outlook.policies) {
    if (!one.floods) continue;
    out += painted("floods", Tone::kBad, terminal) + ": " +
           wrapped(printable(one.policy) + " alone opens " + rate_text(one.load.a_day) +
                       " cases a day, above " + grouped(outlook.most_a_day) +
                       ": raise its threshold, or exempt whom it means too often",
                   terminal.width, 2, 8) +
           '\n';
  }
  const auto most = static_cast<double>(outlook.most_a_day);
  const bool one_floods = std::ranges::any_of(outlook.policies, &PolicyOutlook::floods);
  if (outlook.load.a_day > most && !one_floods) {
    out += painted("floods", Tone::kBad, terminal) + ": " +
           wrapped("together they open more than " + grouped(outlook.most_a_day) +
                       " cases a day: activate fewer at a time",
                   terminal.width, 2, 8) +
           '\n';
  }
  return out;
}

nlohmann::ordered_json load_json(const CaseLoad& load) {
  nlohmann::ordered_json day = nullptr;
  if (load.busiest_day) day = day_text(*load.busiest_day);
  return {{"cases", load.cases},
          {"cases_a_day", load.a_day},
          {"busiest_day", day},
          {"cases_on_busiest_day", load.busiest}};
}

}  // namespace

CaseLoad case_load(const std::vector<SettledFinding>& findings, double days) {
  std::map<std::string, UtcTime> first;
  for (const SettledFinding& finding : findings) {
    const auto [at, fresh] = first.try_emplace(to_text(finding.subject), finding.run.from);
    if (!fresh) at->second = std::min(at->second, finding.run.from);
  }
  std::map<UtcTime, std::int64_t> by_day;
  for (const auto& [subject, time] : first) ++by_day[align_down(time, kDay)];
  CaseLoad load;
  load.cases = static_cast<std::int64_t>(first.size());
  load.a_day = days > 0 ? static_cast<double>(load.cases) / days : 0;
  for (const auto& [day, cases] : by_day) {
    if (cases <= load.busiest) continue;
    load.busiest = cases;
    load.busiest_day = day;
  }
  return load;
}

ActivationOutlook activation_outlook(const BacktestReport& report, std::int64_t most_a_day) {
  ActivationOutlook out;
  out.history = report.history;
  out.stored = report.stored;
  out.entries = report.entries;
  out.span = report.span;
  out.most_a_day = most_a_day;
  // Rates over less than a day would promise a day that nobody has seen.
  if (report.span) {
    const auto length = static_cast<double>((report.span->to - report.span->from).us);
    out.days = std::max(1.0, length / static_cast<double>(kDay.us));
  }
  std::vector<SettledFinding> all;
  for (const PolicyBacktest& tried : report.policies) {
    out.policies.push_back(outlook_of(tried, out.days, most_a_day));
    all.insert(all.end(), tried.findings.begin(), tried.findings.end());
  }
  out.findings = static_cast<std::int64_t>(all.size());
  out.load = case_load(all, out.days);
  return out;
}

std::string outlook_text(const ActivationOutlook& outlook, const Terminal& terminal) {
  return outlook_header(outlook, terminal) + outlook_table(outlook, terminal) +
         untold_lines(outlook, terminal) + expected_lines(outlook, terminal);
}

nlohmann::ordered_json outlook_json(const ActivationOutlook& outlook) {
  nlohmann::ordered_json policies = nlohmann::ordered_json::array();
  for (const PolicyOutlook& one : outlook.policies) {
    nlohmann::ordered_json document = {
        {"policy", one.policy}, {"findings", one.findings}, {"findings_a_day", one.findings_a_day}};
    document.update(load_json(one.load));
    document["windows_settled"] = settled_windows(one.coverage);
    document["windows_not_evaluable"] = one.coverage.windows_not_evaluable;
    document["cannot_tell"] = one.blind;
    document["untold"] = one.untold;
    document["floods"] = one.floods;
    policies.push_back(std::move(document));
  }
  nlohmann::ordered_json together = {{"findings", outlook.findings}};
  together.update(load_json(outlook.load));
  nlohmann::ordered_json span = nullptr;
  if (outlook.span) {
    span = {{"from", format_time(outlook.span->from)}, {"to", format_time(outlook.span->to)}};
  }
  return {{"history",
           {{"from", outlook.history},
            {"stored", outlook.stored},
            {"entries", outlook.entries},
            {"span", span},
            {"days", outlook.days}}},
          {"most_cases_a_day", outlook.most_a_day},
          {"policies", policies},
          {"together", together}};
}

}  // namespace tidewaiter
