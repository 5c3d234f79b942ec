// Holds docs/policy-language.md and docs/diagnostics.md to what the library does.

#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/language/diagnostic_code.h"
#include "policies/sigma/load.h"
#include "policies/sigma/logsource.h"
#include "policies/sigma/policy_set.h"
#include "tests/unit/language/sample_policy.h"
#include "tests/unit/markdown_blocks.h"

namespace tidewaiter {
namespace {

/// "yaml refused sigma"; with "mapped" the rules are bound to our own records, with "set" they are
/// documents of a policy set.
std::vector<Diagnostic> load_sigma_block(const Block& block) {
  const std::vector<PolicyText> texts = {{"rules/a.yml", block.text}};
  if (block.kind.ends_with("set")) {
    return load_policy_set(texts, parse_time("2026-06-01").value()).diagnostics;
  }
  SigmaOutcome outcome = load_sigma(texts);
  if (!block.kind.ends_with("mapped")) return outcome.diagnostics;
  const SigmaMapping mapping = load_mapping(shipped_mapping("records").value()).mapping;
  return SigmaMatcher(outcome.set, &mapping).unbound(texts);
}

/// The files of a block of several: each begins with a line `# file its/path.yaml`.
std::vector<PolicyText> files_of(const std::string& text) {
  constexpr std::string_view kMark = "# file ";
  std::vector<PolicyText> files;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kMark)) {
      files.push_back({line.substr(kMark.size()), ""});
    } else if (!files.empty()) {
      files.back().text += line + "\n";
    }
  }
  return files;
}

bool is_whole(const std::string& text) {
  constexpr std::string_view kTests = "tests: ";  // with whose tests they are behind it
  if (text.starts_with(kTests) && text.at(kTests.size()) != '[') return true;
  const auto begins = [&](const char* key) { return text.starts_with(key); };
  return text.find("\ndetection:\n") != std::string::npos ||
         std::ranges::any_of(
             std::initializer_list<const char*>{"policy:", "list:", "exemption:", "license:",
                                                "linkage:", "pack:", "logsource_mapping:"},
             begins);
}

/// A text as a file: lines of a policy become a whole one, what follows a `---` stands beside it.
std::string completed(const std::string& text) {
  if (is_whole(text)) return text;
  const std::size_t end = text.starts_with("---\n") ? 0 : text.find("\n---\n");
  if (end == std::string::npos) return sample_policy(text);
  const std::size_t rest = end == 0 ? 0 : end + 1;
  return sample_policy(text.substr(0, rest)) + text.substr(rest);
}

std::vector<Diagnostic> load_block(const Block& block) {
  if (block.kind.find("sigma") != std::string::npos) return load_sigma_block(block);
  if (block.kind.ends_with("whole")) return load_text(block.text).diagnostics;
  if (!block.kind.ends_with("files")) return load_text(completed(block.text)).diagnostics;
  std::vector<PolicyText> files = files_of(block.text);
  EXPECT_THAT(files, testing::SizeIs(testing::Ge(2U))) << "line " << block.line;
  for (PolicyText& file : files) file.text = completed(file.text);
  return load_policy_set(files, parse_time("2026-06-01").value()).diagnostics;
}

/// TW11xx and TW12xx are given by lint alone: tests/unit/lint has their test.
bool is_of_lint(const std::string& section) {
  return section.starts_with("TW11") || section.starts_with("TW12");
}

std::set<std::string> codes_of(const std::vector<Diagnostic>& diagnostics) {
  std::set<std::string> codes;
  for (const Diagnostic& d : diagnostics) codes.insert(d.code);
  return codes;
}

TEST(PolicyLanguagePage, ExamplesLoadWithoutAWord) {
  int examples = 0;
  for (const Block& block : read_blocks("policy-language.md")) {
    if (block.kind != "yaml policy" && block.kind != "yaml part" && block.kind != "yaml files") {
      continue;
    }
    ++examples;
    EXPECT_THAT(lines_of(load_block(block)), testing::IsEmpty()) << "line " << block.line;
  }
  EXPECT_GE(examples, 10);
}

TEST(DiagnosticsPage, HasASectionForEachCodeInOrder) {
  std::vector<std::string> sections;
  for (const std::string& line : read_lines("diagnostics.md")) {
    if (line.starts_with("## TW") && !is_of_lint(line.substr(3))) {
      sections.push_back(line.substr(3));
    }
  }
  std::vector<std::string> want;
  for (const DiagnosticCode& code : diagnostic_codes()) want.emplace_back(code.code);
  EXPECT_EQ(sections, want);
}

TEST(DiagnosticsPage, ExamplesGiveTheirCodeAndFixesDoNot) {
  // Bytes that a page cannot show, and a file that is none: strict_yaml_test.cpp and load_test.cpp
  // have them.
  std::set<std::string> shown = {"TW0002", "TW0003", "TW0004", "TW0011"};
  for (const Block& block : read_blocks("diagnostics.md")) {
    if (is_of_lint(block.section)) continue;
    const std::set<std::string> codes = codes_of(load_block(block));
    if (block.kind.starts_with("yaml refused")) {
      shown.insert(block.section);
      EXPECT_TRUE(codes.contains(block.section))
          << "line " << block.line << ": " << testing::PrintToString(codes);
    } else if (block.kind.starts_with("yaml accepted")) {
      EXPECT_THAT(lines_of(load_block(block)), testing::IsEmpty()) << "line " << block.line;
    }
  }
  for (const DiagnosticCode& code : diagnostic_codes()) {
    EXPECT_TRUE(shown.contains(std::string(code.code))) << code.code << " has no example";
  }
}

}  // namespace
}  // namespace tidewaiter
