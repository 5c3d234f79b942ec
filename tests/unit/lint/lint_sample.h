#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policies/lint/lint.h"
#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {

/// sample_policy() with what lint asks for beyond the reader: it lints without a word. Line n of
/// the fragment is line n + 1 of the whole. What follows a line `---` stands beside the policy.
inline std::string lint_sample(std::string_view fragment = {}) {
  constexpr std::string_view kNext = "\n---\n";
  if (const std::size_t end = fragment.find(kNext); end != std::string_view::npos) {
    return lint_sample(fragment.substr(0, end + 1)) + std::string(fragment.substr(end + 1));
  }
  std::string kind = "usage";
  for (const char* other : {"account", "audit", "finding"}) {
    if (fragment.find(std::string("reads: ") + other) != std::string_view::npos) kind = other;
  }
  std::string whole(fragment);
  if (!whole.empty() && !whole.ends_with('\n')) whole += '\n';
  const auto add = [&](const std::string& key, const std::string& lines) {
    if (("\n" + std::string(fragment)).find("\n" + key + ":") == std::string::npos) whole += lines;
  };
  add("owner", "owner: trust-and-safety\n");
  add("description", "description: An account makes more than a hundred requests in a day.\n");
  add("tests", "tests:\n  - name: quiet\n    given: [{kind: " + kind +
                   ", time: 2026-01-01T00:00:00Z}]\n    expect: [{findings: 0}]\n"
                   "  - name: loud\n    given: [{kind: " +
                   kind +
                   ", time: 2026-01-01T00:00:00Z, requests: 101}]\n    expect: [{findings: 1}]\n");
  return sample_policy(whole);
}

/// 2026-06-01, the day of every test here.
inline constexpr UtcTime kLintDay{1'780'272'000'000'000};

inline std::vector<Diagnostic> lint_text(std::string text,
                                         std::span<const SourceSupply> sources = {},
                                         std::string base = {}) {
  const std::vector<PolicyText> texts = {{"policies/a.yaml", std::move(text)}};
  std::vector<PolicyText> former;
  if (!base.empty()) former.push_back({"base/a.yaml", std::move(base)});
  LintRequest request{texts, kLintDay, sources, former};
  request.fixtures = [](const std::string&, const std::string& fixture) -> Result<std::string> {
    if (fixture.ends_with("/quiet.jsonl") || fixture.ends_with("/loud.jsonl")) return std::string();
    if (fixture.ends_with("/torn.jsonl")) {
      return std::string(
          "{\"kind\":\"usage\",\"time\":\"2026-01-01T00:00:00Z\"}\n\n{\"kind\":\"usage\"}\n");
    }
    return fail(ErrorCode::kNotFound, "cannot read the fixture `" + fixture + "`");
  };
  return lint_policies(request).diagnostics;
}

}  // namespace tidewaiter
