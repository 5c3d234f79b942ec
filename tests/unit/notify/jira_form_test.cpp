#include "daemon/notify/jira_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

Notice noticed(const std::string& text) {
  const Json body{{"type", "finding.opened"}, {"origin", "example.org/ledger"},
                  {"finding", "f-1"},         {"policy", "tos.sharing"},
                  {"severity", "high"},       {"text", text}};
  return make_notice(7, "0a1b2c3d-7", body.dump(), UtcTime{});
}

// The shape of Atlassian's reference of `POST /rest/api/3/issue`, and of its document format.
TEST(JiraIssue, HasTheFieldsThatJiraTakes) {
  const Json fields =
      Json::parse(jira_issue(noticed("potential violation"), "SEC", "Task"))["fields"];
  EXPECT_EQ(fields["project"], Json({{"key", "SEC"}}));
  EXPECT_EQ(fields["issuetype"], Json({{"name", "Task"}}));
  EXPECT_EQ(fields["summary"], "potential violation");
  EXPECT_EQ(fields["labels"], Json({"tidewaiter", "tidewaiter-0a1b2c3d-7", "severity-high"}));
  const Json& description = fields["description"];
  EXPECT_EQ(description["type"], "doc");
  EXPECT_EQ(description["version"], 1);
  ASSERT_EQ(description["content"].size(), 3U);
  EXPECT_EQ(description["content"][0],
            Json({{"type", "paragraph"},
                  {"content", {{{"type", "text"}, {"text", "potential violation"}}}}}));
  EXPECT_EQ(description["content"][1]["type"], "codeBlock");
  EXPECT_EQ(
      Json::parse(description["content"][1]["content"][0]["text"].get<std::string>())["policy"],
      "tos.sharing");
  EXPECT_THAT(description["content"][2]["content"][0]["text"].get<std::string>(),
              HasSubstr("tidewaiter finding show f-1"));
}

TEST(JiraIssue, HasASummaryOfOneLineAndWholeCharacters) {
  const auto summary = [](const std::string& text) {
    return Json::parse(jira_issue(noticed(text), "SEC", "Task"))["fields"]["summary"]
        .get<std::string>();
  };
  EXPECT_EQ(summary("two\nlines\tand a tab"), "two lines and a tab");
  // 255 of three bytes each.
  std::string name;
  for (int i = 0; i < 300; ++i) name += "\u8239";
  EXPECT_EQ(summary(name), name.substr(0, 765));
  EXPECT_EQ(summary(""), "Word from Tidewaiter");
  const Notice broken = make_notice(8, "k-8", "{}", UtcTime{});
  EXPECT_EQ(Json::parse(jira_issue(broken, "SEC", "Bug"))["fields"]["labels"],
            Json({"tidewaiter", "tidewaiter-k-8"}));
}

TEST(JiraIssue, CutsWhatHasNoRoom) {
  const Json fields =
      Json::parse(jira_issue(noticed(std::string(40'000, 'x')), "SEC", "Task"))["fields"];
  const auto block = fields["description"]["content"][1]["content"][0]["text"].get<std::string>();
  EXPECT_LT(block.size(), 21'000U);
  EXPECT_THAT(block, HasSubstr("(cut:"));
}

TEST(JiraSearch, AsksForTheLabelInTheProject) {
  EXPECT_EQ(jira_search("SEC", "tidewaiter-0a1b2c3d-7"),
            "/rest/api/3/search/jql?fields=key&maxResults=1&jql=project%20%3D%20%22SEC%22%20AND%20"
            "labels%20%3D%20%22tidewaiter-0a1b2c3d-7%22");
  EXPECT_EQ(jira_found(R"({"issues":[{"id":"1","key":"SEC-1"}],"isLast":true})"), true);
  EXPECT_EQ(jira_found(R"({"issues":[],"isLast":true})"), false);
  for (const char* const bad : {"", "[]", "{}", R"({"issues":3})"}) {
    EXPECT_FALSE(jira_found(bad)) << bad;
  }
}

TEST(JiraProject, IsAKeyInCapitals) {
  for (const char* const good : {"SEC", "AB", "A1_B"}) EXPECT_TRUE(is_jira_project(good)) << good;
  for (const char* const bad : {"", "A", "sec", "1A", "A B", "A\"B"}) {
    EXPECT_FALSE(is_jira_project(bad)) << bad;
  }
}

}  // namespace
}  // namespace tidewaiter
