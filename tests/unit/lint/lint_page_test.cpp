// Holds the sections TW11xx and TW12xx of docs/diagnostics.md to what lint does, and the page
// inside the program to the page in docs/.

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/config.h"
#include "daemon/app/source_supply.h"
#include "policies/lint/diagnostic_page.h"
#include "policies/lint/lint_code.h"
#include "tests/unit/lint/lint_sample.h"
#include "tests/unit/markdown_blocks.h"

namespace tidewaiter {
namespace {

bool is_of_lint(std::string_view section) {
  return section.starts_with("TW11") || section.starts_with("TW12");
}

std::string page_text() {
  std::ifstream file(std::string(TIDEWAITER_SOURCE_DIR) + "/docs/diagnostics.md");
  EXPECT_TRUE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Block> blocks() {
  std::vector<Block> found = read_blocks("diagnostics.md");
  std::erase_if(found, [](const Block& block) { return !is_of_lint(block.section); });
  return found;
}

std::vector<SourceSupply> supplies_of(const std::string& config) {
  Environment environment;
  environment.working_folder = "/site";
  const ConfigOutcome outcome = load_config("/site/tidewaiter.yaml", config, environment);
  EXPECT_THAT(lines_of(outcome.diagnostics), testing::IsEmpty());
  return source_supplies(outcome.config);
}

/// What follows a `---` stands beside the policy that the lines before it become.
std::string file_of(const Block& block) {
  if (block.kind.ends_with("whole")) return block.text;
  const std::size_t end = block.text.find("---\n");
  if (end == std::string::npos) return lint_sample(block.text);
  return lint_sample(block.text.substr(0, end)) + block.text.substr(end);
}

TEST(LintPage, HasASectionForEachCodeInOrder) {
  std::vector<std::string> sections;
  for (const std::string& line : read_lines("diagnostics.md")) {
    if (line.starts_with("## ") && is_of_lint(line.substr(3))) sections.push_back(line.substr(3));
  }
  std::vector<std::string> want;
  for (const DiagnosticCode& code : lint_codes()) want.emplace_back(code.code);
  EXPECT_EQ(sections, want);
}

TEST(LintPage, ExamplesGiveTheirCodeAndFixesGiveNone) {
  std::vector<SourceSupply> sources;
  std::string base;
  std::string section;
  std::set<std::string> refused;
  std::set<std::string> accepted;
  for (const Block& block : blocks()) {
    if (block.section != section) {
      section = block.section;
      sources.clear();
      base.clear();
    }
    if (block.kind == "yaml sources") {
      sources = supplies_of(block.text);
    } else if (block.kind == "yaml base") {
      base = lint_sample(block.text);
    } else {
      const std::vector<Diagnostic> found = lint_text(file_of(block), sources, base);
      std::set<std::string> codes;
      for (const Diagnostic& d : found) codes.insert(d.code);
      if (block.kind.starts_with("yaml refused")) {
        refused.insert(section);
        EXPECT_TRUE(codes.contains(section))
            << "line " << block.line << ": " << testing::PrintToString(lines_of(found));
      } else {
        accepted.insert(section);
        EXPECT_THAT(lines_of(found), testing::IsEmpty()) << "line " << block.line;
      }
    }
  }
  for (const DiagnosticCode& code : lint_codes()) {
    EXPECT_TRUE(refused.contains(std::string(code.code))) << code.code << " has no example";
    EXPECT_TRUE(accepted.contains(std::string(code.code))) << code.code << " has no fix";
  }
}

TEST(LintPage, TheProgramHasThePageAsItIs) {
  EXPECT_EQ(std::string(diagnostics_page()), page_text());
  for (const auto& codes : {diagnostic_codes(), lint_codes()}) {
    for (const DiagnosticCode& code : codes) {
      const auto section = diagnostic_section(code.code);
      ASSERT_TRUE(section) << code.code;
      EXPECT_TRUE(section->starts_with("## " + std::string(code.code) + "\n"));
      EXPECT_EQ(section->find("\n## "), std::string_view::npos) << code.code;
      EXPECT_NE(page_text().find(*section), std::string::npos);
    }
  }
  EXPECT_FALSE(diagnostic_section("TW9999"));
  EXPECT_FALSE(diagnostic_section(""));
}

// The rival names 85 checks.
TEST(LintPage, ThereAreMoreThanAHundredChecks) {
  std::set<std::string> checks;
  for (const auto& codes : {diagnostic_codes(), lint_codes()}) {
    for (const DiagnosticCode& code : codes) checks.insert(std::string(code.code));
  }
  EXPECT_GE(checks.size(), 100U);
}

}  // namespace
}  // namespace tidewaiter
