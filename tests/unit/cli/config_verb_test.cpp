#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/diagnostic_text.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;

int times(const std::string& text, const std::string& part) {
  int count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++count;
  return count;
}

// So that `tidewaiter config init > FILE` is a configuration.
TEST(ConfigInit, PrintsTheConfigurationAndNothingElse) {
  const SmallSite site;
  const Answer answer = site({"config", "init"});
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.out, example_config());
  EXPECT_EQ(answer.err, "");
}

TEST(ConfigInit, WritesANewFileAndRefusesAnOldOne) {
  const SmallSite site;
  const std::string file = site.path("new.yaml").string();
  const Answer answer = site({"config", "init", file});
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.out, HasSubstr("config check --config " + file));
  std::ifstream written(file, std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(written), {}), example_config());
  const Answer again = site({"config", "init", file});
  EXPECT_EQ(again.status, 4);
  EXPECT_THAT(again.err, HasSubstr("is there already"));
  EXPECT_EQ(site({"config", "init", site.path("no/folder/f.yaml").string()}).status, 5);
}

TEST(ConfigCheck, SaysGoodAndHasAShape) {
  const SmallSite site;
  const Answer text = site({"config", "check"});
  EXPECT_EQ(text.status, 0) << text.out;
  EXPECT_THAT(text.out, HasSubstr("good, 1 source, policies read: 1\n"));
  const auto json = site({"config", "check", "--json"}).json();
  EXPECT_EQ(json["ok"], true);
  EXPECT_EQ(json["sources"], 1);
  EXPECT_EQ(json["policies"], 1);
  // The one policy carries no tests.
  ASSERT_EQ(json["diagnostics"].size(), 1U);
  EXPECT_EQ(json["diagnostics"][0]["level"], "warning");
}

TEST(ConfigCheck, TellsEachFaultOnce) {
  const SmallSite site;
  site.write("policies/volume.yaml", volume_policy("test.volume", "3", "nobody"));
  const Answer warned = site({"config", "check"});
  EXPECT_EQ(warned.status, 0);
  EXPECT_EQ(times(warned.out + warned.err, "notifies `nobody`"), 1) << warned.out << warned.err;
  site.write("tidewaiter.yaml", "state: state\nsorces: []\n");
  const Answer broken = site({"config", "check"});
  EXPECT_EQ(broken.status, 3);
  EXPECT_EQ(times(broken.out + broken.err, "sorces"), 2)  // the message and the line it shows
      << broken.out << broken.err;
}

TEST(ConfigCheck, TellsPoliciesThatCannotBeRead) {
  const SmallSite site;
  std::filesystem::remove_all(site.path("policies"));
  const Answer answer = site({"config", "check", "--json"});
  EXPECT_EQ(answer.status, 3);
  EXPECT_EQ(answer.json()["ok"], false);
  ASSERT_EQ(answer.json()["diagnostics"].size(), 1U);
  const auto told = answer.json()["diagnostics"][0];
  EXPECT_EQ(told["code"], "TW0610");
  EXPECT_EQ(told["line"], 2);
  EXPECT_EQ(told["column"], 12);
  EXPECT_THAT(site({"policy", "list"}).err, HasSubstr("tidewaiter.yaml:2:12: there is no policy"));
}

// A script whose variable is not set must not work on the default folder.
TEST(Configuration, AnEmptyPathIsNotADefault) {
  const SmallSite site;
  const Answer answer = site({"--state", "", "status"});
  EXPECT_EQ(answer.status, 2);
  EXPECT_THAT(answer.err, HasSubstr("`--state` is given and empty"));
}

TEST(Configuration, WhatIsNoFileIsAFaultOfTheConfiguration) {
  const SmallSite site;
  std::filesystem::remove(site.path("tidewaiter.yaml"));
  std::filesystem::create_directory(site.path("tidewaiter.yaml"));
  const Answer answer = site({"config", "check"});
  EXPECT_EQ(answer.status, 3);
  EXPECT_THAT(answer.out + answer.err, HasSubstr("is not a file"));
}

// A state folder of 0700 is what everybody else meets at the first try.
TEST(Configuration, AStateThatCannotBeLookedIntoIsUnavailable) {
  const SmallSite site;
  std::filesystem::create_symlink("state", site.path("state"));  // a loop, which stops root too
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"status"},
                                                    {"ledger", "verify"},
                                                    {"source", "list"},
                                                    {"source", "check"},
                                                    {"policy", "backtest"}}) {
    const Answer answer = site(arguments);
    EXPECT_EQ(answer.status, 5) << arguments.front() << ": " << answer.err;
    EXPECT_THAT(answer.err, HasSubstr("cannot look for"));
  }
}

TEST(Diagnostics, AreHarmlessToATerminal) {
  Diagnostic diagnostic;
  diagnostic.code = "TW0001";
  diagnostic.span = {"e\x1b[31mvil/p.yaml", 1, 5, 1};
  diagnostic.message = "m\u202E\xFF";
  diagnostic.source_line = "a:\tbc";
  EXPECT_EQ(terminal_text(diagnostic),
            "e\\x1b[31mvil/p.yaml:1:5: error TW0001: m\\u202e\\xff\n"
            "  1 | a:\tbc\n"
            "    |   \t ^\n");
}

TEST(ConfigShow, PrintsWhatIsInEffectAndReadsBack) {
  const SmallSite site;
  const Answer answer = site({"config", "show"});
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.out,
              AllOf(HasSubstr("small.example/ledger"), HasSubstr(site.path("state").string())));
  site.write("tidewaiter.yaml", answer.out);
  EXPECT_EQ(site({"config", "show"}).out, answer.out);
}

// docs/commands.md: a configuration that cannot be read has status 3, also one that --config names.
TEST(Configuration, AMissingFileHasTheConfigurationsStatus) {
  const SmallSite site;
  std::filesystem::remove(site.path("tidewaiter.yaml"));
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"status"}, {"run", "--once"}, {"config", "check"}}) {
    EXPECT_EQ(site(arguments).status, 3);
  }
}

}  // namespace
}  // namespace tidewaiter
