#include "daemon/cli/coverage_text.h"

#include <nlohmann/json.hpp>

#include "daemon/cli/text_table.h"

namespace tidewaiter {
namespace {

TextTable coverage_table(std::span<const PolicyCoverage> coverage) {
  // A policy's name is never cut: the ends of names are what tells them apart.
  TextTable table({{.header = "POLICY"},
                   {.header = "RECORDS", .right = true, .folds = true},
                   {.header = "SELECTED", .right = true, .folds = true},
                   {.header = "EXEMPT", .right = true, .folds = true},
                   {.header = "UNKNOWN", .right = true, .folds = true},
                   {.header = "TOO LATE", .right = true, .folds = true},
                   {.header = "WINDOWS TRUE", .right = true, .folds = true},
                   {.header = "FALSE", .right = true, .folds = true},
                   {.header = "CANNOT TELL", .right = true}});
  const auto doubtful = [](std::int64_t number) {
    return TextTable::Cell{grouped(number), number > 0 ? Tone::kWarning : Tone::kPlain};
  };
  for (const PolicyCoverage& c : coverage) {
    table.add_row({{c.policy},
                   {grouped(c.records_read)},
                   {grouped(c.records_selected)},
                   {grouped(c.records_exempt)},
                   doubtful(c.records_unknown),
                   doubtful(c.records_too_late),
                   {grouped(c.windows_true)},
                   {grouped(c.windows_false)},
                   doubtful(c.windows_not_evaluable)});
  }
  return table;
}

std::string doubts(const PolicyCoverage& c) {
  std::string text;
  const auto add = [&text](std::int64_t number, std::string_view noun, std::string_view what) {
    if (number == 0) return;
    text += (text.empty() ? "" : "; ") + counted(number, noun) + " " + std::string(what);
  };
  add(c.windows_not_evaluable, "window", "could not be told");
  add(c.records_unknown, "record", "lacked a field that the policy asks for");
  add(c.records_too_late, "record", "came too late to be judged");
  return text;
}

}  // namespace

std::string coverage_text(std::span<const PolicyCoverage> coverage, const Terminal& terminal) {
  if (coverage.empty()) return "nothing is judged: no policy is in force\n";
  std::string out = coverage_table(coverage).render(terminal);
  bool any = false;
  for (const PolicyCoverage& c : coverage) {
    const std::string text = doubts(c);
    if (text.empty()) continue;
    any = true;
    out += painted("cannot tell", Tone::kWarning, terminal) + "  " +
           wrapped(printable(c.policy) + ": " + text, terminal.width, 13, 13) + "\n";
  }
  out += any ? "What cannot be told is never a pass.\n" : "Every settled window could be told.\n";
  return out;
}

nlohmann::ordered_json coverage_json(std::span<const PolicyCoverage> coverage) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const PolicyCoverage& c : coverage) {
    out.push_back({{"policy", c.policy},
                   {"records_read", c.records_read},
                   {"records_selected", c.records_selected},
                   {"records_unknown", c.records_unknown},
                   {"records_exempt", c.records_exempt},
                   {"records_too_late", c.records_too_late},
                   {"windows_true", c.windows_true},
                   {"windows_false", c.windows_false},
                   {"windows_not_evaluable", c.windows_not_evaluable},
                   {"subjects", c.subjects}});
  }
  return out;
}

}  // namespace tidewaiter
