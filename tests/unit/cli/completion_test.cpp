#include "daemon/cli/completion.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/command_tree.h"

namespace tidewaiter {
namespace {

/// Runs bash with the completion script read in and gives what `script` prints.
std::string bash(const std::string& script) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() /
                                     ("tidewaiter-completion-" + std::to_string(getpid()));
  std::ofstream(path) << bash_completion(command_tree()) << script << '\n';
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
      popen(("bash '" + path.string() + "' 2>&1").c_str(), "r"), pclose);
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t size = fread(buffer.data(), 1, buffer.size(), pipe.get())) {
    text.append(buffer.data(), size);
  }
  std::filesystem::remove(path);
  return text;
}

std::string completed(const std::string& words, int index) {
  return bash("COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(index) +
              "; _tidewaiter; echo \"${COMPREPLY[*]}\"");
}

TEST(Completion, HasEveryOptionOfTheTree) {
  const std::string in_bash = bash_completion(command_tree());
  const std::string in_zsh = zsh_completion(command_tree());
  each_option(command_tree(), [&](const OptionOutline& option) {
    for (const std::string& name : option.names) {
      if (option.positional) continue;
      EXPECT_NE(in_bash.find(name), std::string::npos) << name;
      EXPECT_NE(in_zsh.find("'" + name + ":"), std::string::npos) << name;
    }
  });
}

TEST(Completion, BashReadsItWithoutComplaint) { EXPECT_EQ(bash("true"), ""); }

TEST(Completion, CompletesVerbsOptionsAndValues) {
  EXPECT_EQ(completed("tidewaiter ledg", 1), "ledger\n");
  EXPECT_EQ(completed("tidewaiter ledger v", 2), "verify\n");
  EXPECT_EQ(completed("tidewaiter finding list --at-least h", 4), "high\n");
  EXPECT_EQ(completed("tidewaiter --color a", 2), "auto always\n");
  EXPECT_EQ(completed("tidewaiter status --color ne", 3), "never\n");
  EXPECT_EQ(completed("tidewaiter completion z", 2), "zsh\n");
  EXPECT_EQ(completed("tidewaiter policy new seq", 3), "sequence\n");
  EXPECT_EQ(completed("tidewaiter policy new --from corr", 4), "correlation\n");
  EXPECT_THAT(completed("tidewaiter finding list --", 3),
              testing::AllOf(testing::HasSubstr("--open"), testing::HasSubstr("--config")));
  EXPECT_THAT(completed("tidewaiter ma", 1), "\n");  // hidden
}

/// Runs zsh with the completion script at the place of word `index` (from 1), and gives what would
/// be offered: zsh's own functions only print here.
std::string offered_by_zsh(const std::string& words, int index) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("tidewaiter-zsh-" + std::to_string(getpid()));
  std::ofstream(path) << "_describe() { print -l -- ${entries%%:*} }\n"
                         "_files() { print FILES }\n"
                         "compadd() { shift; print -l -- $@ }\n"
                         "words=(" +
                             words + "); CURRENT=" + std::to_string(index) + "\n"
                      << zsh_completion(command_tree());
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
      popen(("zsh -f '" + path.string() + "' 2>&1").c_str(), "r"), pclose);
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t size = fread(buffer.data(), 1, buffer.size(), pipe.get())) {
    text.append(buffer.data(), size);
  }
  std::filesystem::remove(path);
  return text;
}

TEST(Completion, ZshOffersVerbsOptionsAndValues) {
  if (std::system("command -v zsh > /dev/null") != 0) GTEST_SKIP() << "zsh is not installed";
  EXPECT_THAT(
      offered_by_zsh("tidewaiter ''", 2),
      testing::AllOf(testing::StartsWith("init\nrun\nstatus\n"), testing::HasSubstr("\n--config\n"),
                     testing::Not(testing::HasSubstr("\nman\n"))));
  EXPECT_THAT(
      offered_by_zsh("tidewaiter ledger ''", 3),
      testing::StartsWith("backup\nerase\nexport\nfsck\nhead\nhold\nlog\nproof\nrestore\nrotate-"
                          "key\nschema\nserve\ntimestamp\nverify\n"));
  EXPECT_EQ(offered_by_zsh("tidewaiter finding list --at-least ''", 5),
            "low\nmedium\nhigh\ncritical\n");
  EXPECT_EQ(offered_by_zsh("tidewaiter --config ''", 3), "FILES\n");
}

}  // namespace
}  // namespace tidewaiter
