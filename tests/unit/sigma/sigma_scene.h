#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/sigma/event_json.h"
#include "policies/sigma/load.h"

namespace tidewaiter {

inline SigmaOutcome load_sigma_text(std::string text, const SigmaOptions& options = {}) {
  const std::vector<PolicyText> texts = {{"rules/a.yml", std::move(text)}};
  return load_sigma(texts, options);
}

/// A rule around the lines of a detection, which begin in the fifth line.
inline std::string rule_around(std::string_view detection) {
  return "title: A rule\nlogsource:\n    product: test\ndetection:\n" + std::string(detection);
}

/// "TW1004 5:11 unknown modifier `x`", one line a diagnostic.
inline std::vector<std::string> told(const SigmaOutcome& outcome) {
  std::vector<std::string> lines;
  for (const Diagnostic& d : outcome.diagnostics) {
    lines.push_back(d.code + " " + std::to_string(d.span.line) + ":" +
                    std::to_string(d.span.column) + " " + d.message);
  }
  return lines;
}

inline SigmaEvent event_of(std::string_view json) {
  return SigmaEventReader(SigmaFieldNames::kPaths).read(json).value();
}

}  // namespace tidewaiter
