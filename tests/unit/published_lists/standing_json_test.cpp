#include "daemon/lists/standing_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::HasSubstr;

ListIssue issue(std::string_view text) {
  ListIssue issue;
  issue.files = {{"\"a\"", "Mon, 05 Oct 2026 10:00:00 GMT", sha256(text)}};
  issue.id = issue_id(issue.files);
  issue.retrieved = UtcTime{1'791'208'800'000'000};
  issue.format = "table";
  issue.entries = 12;
  issue.names = 30;
  issue.faults = 1;
  return issue;
}

TEST(StandingJson, ReadsWhatItWrote) {
  ListStanding standing;
  EXPECT_EQ(*read_standing(standing_text(standing)), standing);
  standing.checked = UtcTime{1'791'208'800'000'001};
  standing.issue = issue("one");
  standing.previous = issue("two");
  standing.problem = ListProblem{UtcTime{1'791'208'800'000'002}, "it answered with status 503"};
  EXPECT_EQ(*read_standing(standing_text(standing)), standing);
}

TEST(StandingJson, NamesAnIssueByItsBytes) {
  // sha256(sha256("a")), by `printf a | sha256sum | xxd -r -p | sha256sum`.
  EXPECT_EQ(issue_id({{"", "", sha256("a")}}), "bf5d3affb73efd2ec6c36ad3112dd933");
}

TEST(StandingJson, RefusesWhatItCannotRead) {
  ListStanding standing;
  standing.issue = issue("one");
  const std::string good = standing_text(standing);
  const auto refused = [](const std::string& text) {
    const auto read = read_standing(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kRefused);
    EXPECT_THAT(read.error().message, HasSubstr("expected a JSON object"));
  };
  refused("");
  refused("[]");
  refused("{}");
  refused(R"({"v": 2})");
  refused(R"({"v": 1, "checked": "yesterday"})");
  refused(R"({"v": 1, "problem": "none"})");
  refused(good.substr(0, good.size() / 2));
  // An id that does not follow from the bytes could name any folder.
  std::string elsewhere = good;
  elsewhere.replace(elsewhere.find(standing.issue->id), 5, "../..");
  refused(elsewhere);
}

}  // namespace
}  // namespace tidewaiter
