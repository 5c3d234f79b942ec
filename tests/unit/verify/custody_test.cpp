// Who had a report in their hands, whoever wrote the log.

#include "storage/verify/custody.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr UtcTime kSaid{1'791'187'200'000'000};  // 2026-10-05T08:00:00Z

class CustodyTest : public testing::Test {
 protected:
  void add(std::int64_t index, const std::string& report, const std::string& by, ActBody body) {
    SignedAct act;
    act.act.case_id = report;
    act.act.by = by;
    act.act.at = kSaid;
    act.act.body = std::move(body);
    acts.push_back({index, kSaid + kMinute, std::move(act), false});
  }
  static ReportDrafted draft(const std::string& follows = {}) {
    ReportDrafted drafted;
    drafted.kind = "referral";
    drafted.manifest = sha256("manifest");
    if (!follows.empty()) drafted.follows = ReportFollows{FollowingAs::kCorrects, follows, {}};
    return drafted;
  }
  [[nodiscard]] std::vector<std::int64_t> entries(std::int64_t issued) const {
    std::vector<std::int64_t> all;
    const std::optional<Custody> custody = custody_of(acts, issued);
    for (const RecordedAct& act : custody->acts) all.push_back(act.index);
    return all;
  }
  void two_reports() {
    add(1, "r-1", "li", draft());
    add(2, "r-1", "ada", ReportApproved{1, true, false});
    add(3, "r-1", "li", ReportIssued{1, 0, sha256("manifest")});
    add(4, "r-1", "li", ReportHandedOver{3, kSaid, "courier", HandedForm::kFolder, sha256("tags")});
    add(5, "r-9", "li", draft());  // another one's
    add(6, "r-2", "jo", draft("r-1"));
    add(7, "r-1", "li", ReportReceived{4, kSaid + kHour});
    add(8, "r-2", "cy", ReportApproved{6, true, true});
    add(9, "r-2", "jo", ReportIssued{6, 0, sha256("manifest")});
    add(10, "r-2", "jo", ReportHandedOver{9, kSaid, "portal", HandedForm::kArchive, sha256("zip")});
  }

  std::vector<RecordedAct> acts;
};

TEST_F(CustodyTest, OfASuccessorHasTheWholeChainUpToItsIssue) {
  two_reports();
  EXPECT_THAT(entries(3), ElementsAre(1, 2, 3));
  EXPECT_THAT(entries(9), ElementsAre(1, 2, 3, 4, 6, 7, 8, 9));
  EXPECT_FALSE(custody_of(acts, 6));
  EXPECT_FALSE(custody_of(acts, 99));
}

TEST_F(CustodyTest, FollowsACircleOnce) {
  add(1, "r-1", "li", draft("r-2"));
  add(2, "r-2", "li", draft("r-1"));
  add(3, "r-1", "li", ReportIssued{1, 0, sha256("manifest")});
  EXPECT_THAT(entries(3), ElementsAre(1, 2, 3));
}

// By hand, from docs/ledger-format.md §15.
TEST_F(CustodyTest, IsWrittenAsThePageOfTheFormatSays) {
  add(1, "r-1", "li", draft());
  add(3, "r-1", "li", ReportIssued{1, 0, sha256("manifest")});
  const std::string digest = to_hex(sha256("manifest"));
  EXPECT_EQ(custody_json(*custody_of(acts, 3)), R"({
  "format": "tidewaiter.custody/v1",
  "report": "r-1",
  "acts": [
    {
      "entry": 1,
      "report": "r-1",
      "what": "drawn",
      "by": "li",
      "at": "2026-10-05T08:00:00Z",
      "recorded": "2026-10-05T08:01:00Z",
      "kind": "referral",
      "manifest": ")" + digest + R"(",
      "sealed": null
    },
    {
      "entry": 3,
      "report": "r-1",
      "what": "issued",
      "by": "li",
      "at": "2026-10-05T08:00:00Z",
      "recorded": "2026-10-05T08:01:00Z",
      "manifest": ")" + digest + R"(",
      "sealed": null
    }
  ]
}
)");
}

TEST_F(CustodyTest, SaysByWhichWayAndToWhomOnlyByADigest) {
  two_reports();
  acts[3].act.act.confidential = sha256("to whom");
  const auto document = nlohmann::json::parse(custody_json(*custody_of(acts, 9)));
  const auto& handed = document["acts"][3];
  EXPECT_EQ(handed["what"], "handed-over");
  EXPECT_EQ(handed["channel"], "courier");
  EXPECT_EQ(handed["form"], "folder");
  EXPECT_EQ(handed["sha256"], to_hex(sha256("tags")));
  EXPECT_EQ(handed["sealed"], to_hex(sha256("to whom")));
  EXPECT_EQ(document["acts"][5]["received"], "2026-10-05T09:00:00Z");
  EXPECT_EQ(document["acts"][5]["handover"], 4);
  EXPECT_EQ(document["acts"][6]["as"], "counsel");
  const std::string page = custody_page(*custody_of(acts, 9));
  EXPECT_THAT(page, HasSubstr("entry 4  2026-10-05T08:00:00Z  r-1  handed-over by li\n"
                              "    handed 2026-10-05T08:00:00Z, channel courier, form folder"));
  EXPECT_THAT(page, HasSubstr("    sealed " + to_hex(sha256("to whom"))));
}

TEST_F(CustodyTest, ShowsTextsOfALogAsTextsOnly) {
  ReportDrafted drafted = draft();
  drafted.kind = "ref\x1b[2Jerral";
  add(1, "r-1", "li\n", drafted);
  add(3, "r-1", "li", ReportIssued{1, 0, sha256("manifest")});
  const std::string page = custody_page(*custody_of(acts, 3));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  EXPECT_THAT(page, HasSubstr("drawn by li\\u{a}\n"));
}

}  // namespace
}  // namespace tidewaiter
