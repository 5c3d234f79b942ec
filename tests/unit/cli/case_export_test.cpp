// A case as files: what is in them, and what is not.

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CaseExportTest : public testing::Test {
 protected:
  CaseExportTest() {
    EXPECT_EQ(
        site_({"init", "--person", "Jo=officer", "--person", "Cy=counsel", "--person", "Di=viewer"})
            .status,
        0);
    site_.cycle();
    const auto cases = site_({"case", "list", "--json"}).json()["cases"];
    for (const auto& one : cases) {
      if (one["subject"] == "account:gateway/c") case_ = one["id"];
    }
  }
  [[nodiscard]] std::string text_of(const std::string& name) const {
    std::ifstream in(site_.path("out/" + name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  SmallSite site_;
  std::string case_;
};

TEST_F(CaseExportTest, HasActsCommentsAndEvidenceAndNoFormula) {
  ASSERT_EQ(site_({"case", "comment", case_, "=HYPERLINK(\"x\")", "--as", "jo"}).status, 0);
  ASSERT_EQ(
      site_({"case", "comment", case_, "canary-counsel", "--privileged", "--as", "cy"}).status, 0);
  const Answer done = site_({"case", "export", case_, "--to", "out", "--as", "jo", "--json"});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(done.json()["acts"], 2);
  EXPECT_EQ(done.json()["findings"], 1);
  EXPECT_EQ(site_.entries("evidence.viewed").size(), 1U);
  EXPECT_THAT(text_of("acts.csv"),
              AllOf(HasSubstr(",\"'=HYPERLINK(\"\"x\"\")\","), HasSubstr(",privileged\n"),
                    Not(HasSubstr("canary-counsel"))));
  const auto json = nlohmann::json::parse(text_of("case.json"));
  EXPECT_EQ(json["id"], case_);
  EXPECT_EQ(json["acts"][0]["confidential"]["text"], "=HYPERLINK(\"x\")");
  EXPECT_EQ(json["acts"][1]["missing"], "privileged");
  EXPECT_THAT(text_of("case.json"), Not(HasSubstr("canary-counsel")));
  // By hand: the log has the policies' set, then the records; c's first three, with which the
  // finding was opened, are its sixth to eighth entries.
  EXPECT_THAT(
      text_of("findings.csv"),
      AllOf(HasSubstr("test.volume"), HasSubstr("potential violation"), HasSubstr(",6 7 8,3\n")));
}

TEST_F(CaseExportTest, IsForThoseWhoMayLookAtEvidenceAndOverwritesNothing) {
  EXPECT_EQ(site_({"case", "export", case_, "--to", "out", "--as", "di"}).status, 4);
  EXPECT_FALSE(std::filesystem::exists(site_.path("out")));
  std::filesystem::create_directory(site_.path("out"));
  EXPECT_EQ(site_({"case", "export", case_, "--to", "out", "--as", "jo"}).status, 4);
  EXPECT_TRUE(std::filesystem::is_empty(site_.path("out")));
}

}  // namespace
}  // namespace tidewaiter
