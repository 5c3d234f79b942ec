#include "daemon/cli/man_page.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/cli/program_outlines.h"
#include "tests/unit/cli/command_tree.h"

namespace tidewaiter {
namespace {

std::string run_shell(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t size = fread(buffer.data(), 1, buffer.size(), pipe.get())) {
    text.append(buffer.data(), size);
  }
  return text;
}

std::string roff_name(std::string name) {
  for (std::size_t at = 0; (at = name.find('-', at)) != std::string::npos; at += 2) {
    name.replace(at, 1, "\\-");
  }
  return name;
}

std::string all_text() {
  std::string text;
  for (const ManPage& page : all_man_pages()) text += page.text;
  return text;
}

TEST(ManPage, HasEveryOptionOfTheTree) {
  const std::string text = all_text();
  each_option(command_tree(), [&](const OptionOutline& option) {
    for (const std::string& name : option.names) {
      EXPECT_NE(text.find(roff_name(name)), std::string::npos) << name;
    }
    EXPECT_FALSE(option.description.empty()) << option.names.front();
  });
}

TEST(ManPage, EveryVerbHasAnExampleAndSaysWhatItPrints) {
  const std::function<void(const CommandOutline&, bool)> check = [&](const CommandOutline& command,
                                                                     bool root) {
    if (command.commands.empty()) {
      EXPECT_THAT(command.footer, testing::HasSubstr("Prints")) << command.name;
      EXPECT_THAT(command.footer, testing::HasSubstr("Examples:\n  ")) << command.name;
    }
    if (!root) {
      EXPECT_FALSE(command.description.empty()) << command.name;
    }
    for (const CommandOutline& inner : command.commands) check(inner, false);
  };
  check(command_tree(), true);
}

TEST(ManPage, ManReadsEachPageWithoutWarning) {
  if (std::system("command -v man > /dev/null") != 0) GTEST_SKIP() << "man-db is not installed";
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("tidewaiter-man-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  for (const ManPage& page : all_man_pages()) {
    const std::filesystem::path path = folder / page.file;
    std::ofstream(path) << page.text;
    EXPECT_EQ(
        run_shell("LC_ALL=C.UTF-8 MANROFFSEQ= MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z '" +
                  path.string() + "' 2>&1 >/dev/null"),
        "")
        << page.file;
  }
  std::filesystem::remove_all(folder);
}

TEST(ManPage, EscapesWhatRoffWouldRead) {
  CommandOutline command;
  command.name = "tool";
  command.description = "does a\\b";
  command.footer = ".TH is not a macro here\n\n  'quoted' - kept";
  const std::vector<ManPage> pages = man_pages(command, 1, "1.2.3");
  ASSERT_EQ(pages.size(), 1U);
  EXPECT_EQ(pages[0].file, "tool.1");
  EXPECT_THAT(pages[0].text, testing::HasSubstr("a\\eb"));
  EXPECT_THAT(pages[0].text, testing::HasSubstr("\n\\&.TH is not a macro here\n"));
  EXPECT_THAT(pages[0].text, testing::HasSubstr("\n\\&'quoted' \\- kept\n"));
}

/// The option names that a program's help tells.
std::vector<std::string> options_in_help(const std::string& program) {
  const std::string help = run_shell("'" + program + "' --help 2>&1");
  std::vector<std::string> told;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find_first_not_of(' ');
    if (first != 2 || line[first] != '-') continue;
    std::istringstream words(line);
    std::string names;
    words >> names;
    std::istringstream parts(names);
    for (std::string name; std::getline(parts, name, ',');) told.push_back(name);
  }
  return told;
}

std::vector<std::string> options_of(const CommandOutline& program) {
  std::vector<std::string> names;
  for (const OptionOutline& option : program.options) {
    if (!option.positional) names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return names;
}

TEST(ManPage, TheOtherProgramsPagesHaveTheirOptions) {
  const std::vector<std::string> daemon = options_in_help(TIDEWAITER_DAEMON);
  EXPECT_THAT(daemon, testing::Contains("--check"));
  EXPECT_THAT(options_of(daemon_outline()), testing::UnorderedElementsAreArray(daemon));
  const std::vector<std::string> verifier = options_in_help(TIDEWAITER_VERIFIER);
  EXPECT_THAT(verifier, testing::Contains("--lock"));
  EXPECT_THAT(options_of(verifier_outline()), testing::UnorderedElementsAreArray(verifier));
}

// The statuses that docs/ledger-format.md gives to kinds of failure.
TEST(ManPage, TheVerifiersPageTellsEachExitStatus) {
  std::string page;
  for (const ManPage& one : all_man_pages()) {
    if (one.file == "tidewaiter-verify.1") page = one.text;
  }
  for (const char* line :
       {"5   the verdict", "9   nothing was checked", "10  unreadable", "11  schema", "12  entry",
        "13  tree", "14  head", "15  signature", "16  lock", "17  projection", "18  unsigned"}) {
    EXPECT_THAT(page, testing::HasSubstr(line));
  }
}

}  // namespace
}  // namespace tidewaiter
