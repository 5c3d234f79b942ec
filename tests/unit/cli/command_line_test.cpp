#include "daemon/cli/command_line.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

struct ProgramAnswer {
  int status = -1;
  std::string out;
  std::string err;
};

ProgramAnswer tidewaiter(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  Environment environment;
  environment.working_folder = "/nonexistent";
  const int status = run_command_line(
      arguments, out, err, environment, [] { return UtcTime{1'791'158'400'000'000}; },
      [](ColorChoice) { return Terminal{}; });
  return {status, out.str(), err.str()};
}

// There is no verb that puts what is privileged into a report: docs/reports.md.
TEST(CommandLine, HelpPromisesNoWayOfPrivilegedMaterialIntoReports) {
  for (const char* const verb : {"comment", "attach"}) {
    EXPECT_THAT(tidewaiter({"case", verb, "--help"}).out,
                testing::AllOf(testing::HasSubstr("Counsel's: in no report"),
                               testing::Not(testing::HasSubstr("puts it in"))));
  }
}

TEST(CommandLine, VersionIsOneLine) {
  const ProgramAnswer answer = tidewaiter({"version"});
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.out, "tidewaiter " + std::string(program_version()) + "\n");
  EXPECT_EQ(answer.err, "");
  const auto json = nlohmann::json::parse(tidewaiter({"version", "--json"}).out);
  EXPECT_EQ(json["version"], program_version());
}

TEST(CommandLine, HelpGoesToStandardOutput) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--help"}, {"ledger", "--help"}, {"ledger", "verify", "-h"}}) {
    const ProgramAnswer answer = tidewaiter(arguments);
    EXPECT_EQ(answer.status, 0);
    EXPECT_THAT(answer.out, testing::HasSubstr("Usage:"));
    EXPECT_EQ(answer.err, "");
  }
  EXPECT_THAT(tidewaiter({"--help"}).out, testing::HasSubstr("Exit status:"));
  EXPECT_THAT(tidewaiter({"--help"}).out, testing::Not(testing::HasSubstr("  man")));
}

TEST(CommandLine, UsageHasTheWholePath) {
  EXPECT_THAT(tidewaiter({"ledger", "verify", "--help"}).out,
              testing::HasSubstr("Usage: tidewaiter ledger verify "));
  EXPECT_THAT(tidewaiter({"policy"}).err, testing::HasSubstr("Usage: tidewaiter policy "));
}

TEST(CommandLine, ANumberOutOfRangeIsNamedInOneShortLine) {
  for (const char* bad : {"x", "-1", "1.5", "99999999999999999999", "9223372036854775807"}) {
    const ProgramAnswer answer = tidewaiter({"ledger", "log", std::string("--from=") + bad});
    EXPECT_EQ(answer.status, 2) << bad;
    EXPECT_THAT(answer.err, testing::HasSubstr("expected a whole number from 0 to "));
    EXPECT_LT(answer.err.size(), 200U) << answer.err;
  }
}

TEST(CommandLine, SaysItsVersionByTheOptionAsByTheVerb) {
  const ProgramAnswer by_option = tidewaiter({"--version"});
  EXPECT_EQ(by_option.status, 0);
  EXPECT_EQ(by_option.out, tidewaiter({"version"}).out);
  EXPECT_EQ(by_option.err, "");
}

struct UsageCase {
  const char* name;
  std::vector<std::string> arguments;
  const char* message;
};

class UsageTest : public testing::TestWithParam<UsageCase> {};

TEST_P(UsageTest, IsRefusedWithStatusTwoAndAHint) {
  const ProgramAnswer answer = tidewaiter(GetParam().arguments);
  EXPECT_EQ(answer.status, 2);
  EXPECT_EQ(answer.out, "");
  EXPECT_THAT(answer.err, testing::HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, UsageTest,
    testing::Values(UsageCase{"NoVerb", {}, "tidewaiter: a command is missing"},
                    UsageCase{"UnknownVerb",
                              {"statsu"},
                              "tidewaiter: unknown command `statsu`; did you mean `status`?"},
                    UsageCase{"UnknownInnerVerb",
                              {"policy", "lnt"},
                              "tidewaiter policy: unknown command `lnt`; did you mean `lint`?"},
                    UsageCase{"UnknownOption",
                              {"status", "--jsn"},
                              "tidewaiter status: unknown option `--jsn`; did you mean `--json`?"},
                    UsageCase{"UnknownGlobalOption",
                              {"status", "--confg=x"},
                              "unknown option `--confg`; did you mean `--config`?"},
                    UsageCase{"UnexpectedArgument",
                              {"version", "extra"},
                              "tidewaiter version: unexpected argument `extra`"},
                    UsageCase{"RunWithoutOnce", {"run"}, "--once"},
                    UsageCase{"BadChoice", {"--color", "pink", "version"}, "pink"},
                    UsageCase{"MissingValue", {"version", "--config"}, "--config"},
                    UsageCase{"EscapedWord", {"\x1b[2J"}, "unknown command `\\x1b[2J`"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace tidewaiter
