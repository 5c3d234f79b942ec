#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/language/load.h"

namespace tidewaiter {

/// A small policy that loads without a word, with keys replaced or added by `fragment` (lines of
/// top-level YAML). The fragment comes right after the first line, so that its line n is line
/// n + 1 of the whole.
inline std::string sample_policy(std::string_view fragment = {}) {
  std::string kind = "usage";
  for (const char* other : {"account", "audit", "finding"}) {
    if (fragment.find(std::string("reads: ") + other) != std::string_view::npos) kind = other;
  }
  const std::vector<std::pair<std::string, std::string>> base = {
      {"version", "version: 1\n"},
      {"title", "title: Many requests\n"},
      {"status", "status: active\n"},
      {"basis", "basis:\n  - terms: \"Usage Policy, section 2\"\n"},
      {"kind", "kind: access\n"},
      {"severity", "severity: low\n"},
      {"false_positives", "false_positives: [batch jobs]\n"},
      {"window", "window: 24h\n"},
      {"measure", "measure:\n  n: count()\n"},
      {"report_when", "report_when: n > 100\n"},
      {"tests", "tests:\n  - name: quiet\n    given: [{kind: " + kind +
                    ", time: 2026-01-01T00:00:00Z}]\n    expect: [{findings: 0}]\n"},
  };
  std::string text = "policy: sample\n" + std::string(fragment);
  if (!text.ends_with('\n')) text += '\n';
  // Steps and screenings stand in place of measures.
  const bool of_steps = text.find("\nsequence:") != std::string::npos ||
                        text.find("\nabsent:") != std::string::npos ||
                        text.find("\nscreen:") != std::string::npos ||
                        text.find("\nownership:") != std::string::npos;
  for (const auto& [key, lines] : base) {
    if (of_steps && (key == "window" || key == "measure" || key == "report_when")) continue;
    const bool replaced = text.find("\n" + key + ":") != std::string::npos;
    if (!replaced) text += lines;
  }
  return text;
}

/// Loads one text as policies/a.yaml, as of 2026-06-01.
inline LoadOutcome load_text(std::string text) {
  const std::vector<PolicyText> texts = {{"policies/a.yaml", std::move(text)}};
  return load_policies(texts, UtcTime{1'780'272'000'000'000});
}

/// "TW0102 3:5 unknown key `selct`", one line a diagnostic: what tests compare.
inline std::vector<std::string> lines_of(const std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string> out;
  for (const Diagnostic& d : diagnostics) {
    std::ostringstream line;
    line << d.code << ' ' << d.span.line << ':' << d.span.column << ' ' << d.message;
    out.push_back(line.str());
  }
  return out;
}

/// "TW0102 3:5+5": code, place and length of the caret line.
inline std::vector<std::string> places_of(const std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string> out;
  for (const Diagnostic& d : diagnostics) {
    out.push_back(d.code + " " + std::to_string(d.span.line) + ":" + std::to_string(d.span.column) +
                  "+" + std::to_string(d.span.length));
  }
  return out;
}

}  // namespace tidewaiter
