// What is kept of what a publisher gives, over real HTTP.
#include "daemon/lists/list_sync.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/files/durable_file.h"
#include "storage/files/folder_lock.h"
#include "tests/unit/app/temporary_folder.h"
#include "tests/unit/published_lists/publisher.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// A table of parties: the header, and a row for each name.
std::string table(const std::vector<std::string>& names) {
  std::string text = "id,name\n";
  for (const std::string& name : names) text += name + "," + name + " Ltd\n";
  return text;
}

/// `count` parties of the names p1, p2, ….
std::string parties(int count) {
  std::vector<std::string> names;
  for (int i = 1; i <= count; ++i) names.push_back("p" + std::to_string(i));
  return table(names);
}

class ListSync : public testing::Test {
 protected:
  SyncReport sync(UtcTime now, bool accept = false) {
    const auto report = sync_list(list_, folder_ / "own", *http_, now, accept, {});
    EXPECT_TRUE(report) << report.error().message;
    return report.value_or(SyncReport{});
  }
  [[nodiscard]] std::vector<std::string> held_names() const {
    const ListFolder folder(folder_ / "own");
    const auto standing = folder.standing();
    if (!standing || !standing->issue) return {"nothing"};
    const auto list = folder.list(*standing->issue);
    if (!list) return {list.error().message};
    std::vector<std::string> names;
    for (const ListEntry& entry : list->entries) names.push_back(entry.name);
    return names;
  }
  [[nodiscard]] fs::path issue_folder(const ListIssue& issue) const {
    return folder_ / "own" / issue.id;
  }

  static constexpr UtcTime kMonday{1'791'208'800'000'000};
  static constexpr UtcTime kTuesday{kMonday.us + kDay.us};
  static constexpr UtcTime kWednesday{kTuesday.us + kDay.us};

  TemporaryFolder folder_;
  Publisher publisher_;
  PublishedList list_{"own", publisher_.url("/own.csv"), {}, {}, {}, Duration{3 * kDay.us}, 0.1};
  std::unique_ptr<HttpClient> http_ = make_curl_client(kListLimits);
};

TEST_F(ListSync, KeepsAFirstIssue) {
  publisher_.publish("/own.csv", table({"a", "b"}));
  const SyncReport report = sync(kMonday);
  EXPECT_EQ(report.outcome, SyncOutcome::kNew);
  EXPECT_EQ(report.added, 2);
  EXPECT_EQ(report.removed, 0);
  ASSERT_TRUE(report.standing.issue);
  EXPECT_EQ(report.standing.issue->entries, 2);
  EXPECT_EQ(report.standing.issue->names, 2);
  EXPECT_EQ(report.standing.issue->files.front().digest, sha256(table({"a", "b"})));
  EXPECT_EQ(report.standing.checked, kMonday);
  EXPECT_FALSE(report.standing.previous);
  EXPECT_FALSE(report.standing.problem);
  EXPECT_THAT(held_names(), ElementsAre("a Ltd", "b Ltd"));
}

TEST_F(ListSync, IsToldThatNothingIsNewAndFetchesNothing) {
  publisher_.publish("/own.csv", table({"a", "b"}));
  const SyncReport first = sync(kMonday);
  const SyncReport second = sync(kTuesday);
  EXPECT_EQ(second.outcome, SyncOutcome::kUnchanged);
  EXPECT_EQ(second.standing.issue, first.standing.issue);
  EXPECT_EQ(second.standing.checked, kTuesday);
  EXPECT_THAT(publisher_.answers(), ElementsAre(200, 304));
}

TEST_F(ListSync, SeesThatBytesAreTheSameUnderAnotherTag) {
  publisher_.publish("/own.csv", table({"a"}));
  sync(kMonday);
  publisher_.publish("/own.csv", table({"a"}));
  EXPECT_EQ(sync(kTuesday).outcome, SyncOutcome::kUnchanged);
  EXPECT_EQ(sync(kWednesday).outcome, SyncOutcome::kUnchanged);
  EXPECT_THAT(publisher_.answers(), ElementsAre(200, 200, 304));
}

TEST_F(ListSync, SaysWhatANewIssueChanges) {
  publisher_.publish("/own.csv", "id,name,country\n1,A Ltd,DE\n2,B Ltd,FR\n");
  const SyncReport first = sync(kMonday);
  publisher_.publish("/own.csv", "id,name,country\n2,B Ltd,AT\n3,C Ltd,FR\n4,D Ltd,FR\n");
  const SyncReport second = sync(kTuesday);
  EXPECT_EQ(second.outcome, SyncOutcome::kNew);
  EXPECT_EQ(second.added, 2);
  EXPECT_EQ(second.removed, 1);
  EXPECT_EQ(second.changed, 1);
  EXPECT_EQ(second.standing.previous, first.standing.issue);
  EXPECT_TRUE(fs::exists(issue_folder(*second.standing.previous) / "list"));
}

TEST_F(ListSync, KeepsTheIssueBeforeAndNoneBeforeThat) {
  std::vector<ListIssue> issues;
  for (const char* name : {"a", "b", "c"}) {
    publisher_.publish("/own.csv", table({name}));
    issues.push_back(*sync(kMonday).standing.issue);
  }
  EXPECT_FALSE(fs::exists(issue_folder(issues[0])));
  EXPECT_TRUE(fs::exists(issue_folder(issues[1])));
  EXPECT_TRUE(fs::exists(issue_folder(issues[2])));
}

TEST_F(ListSync, HoldsTheLastGoodIssueWhateverComes) {
  publisher_.publish("/own.csv", table({"a", "b"}));
  sync(kMonday);
  const auto held = [&](std::string_view why) {
    const SyncReport report = sync(kTuesday);
    EXPECT_EQ(report.outcome, SyncOutcome::kHeld);
    EXPECT_EQ(report.standing.checked, kMonday);
    ASSERT_TRUE(report.standing.problem);
    EXPECT_EQ(report.standing.problem->at, kTuesday);
    EXPECT_THAT(report.standing.problem->message, HasSubstr(std::string(why)));
    EXPECT_THAT(held_names(), ElementsAre("a Ltd", "b Ltd"));
  };
  publisher_.fail("/own.csv", 503);
  held("it answered with status 503");
  publisher_.publish("/own.csv", "<html><body>Service unavailable</body></html>");
  held("what came cannot be read as a list");
  publisher_.publish("/own.csv", "");
  held("the list is empty");
  publisher_.publish("/own.csv", "id,name\n");
  held("what came holds no entry");
  publisher_.publish("/own.csv", table({"a"}));
  held("it has 1 entries where the last issue has 2");
  publisher_.publish("/own.csv", table({"a", "b"}));
  const SyncReport report = sync(kWednesday);
  EXPECT_EQ(report.outcome, SyncOutcome::kUnchanged);
  EXPECT_FALSE(report.standing.problem) << "it is good again";
}

TEST_F(ListSync, TakesALossThatIsAllowedOrAccepted) {
  publisher_.publish("/own.csv", parties(100));
  sync(kMonday);
  publisher_.publish("/own.csv", parties(90));
  EXPECT_EQ(sync(kMonday).outcome, SyncOutcome::kNew) << "a tenth is allowed";
  publisher_.publish("/own.csv", parties(80));
  EXPECT_EQ(sync(kMonday).outcome, SyncOutcome::kHeld) << "more than a tenth of 90";
  const SyncReport report = sync(kMonday, /*accept=*/true);
  EXPECT_EQ(report.outcome, SyncOutcome::kNew);
  EXPECT_EQ(report.removed, 10);
}

TEST_F(ListSync, SeesThatAliasesAreGone) {
  publisher_.publish("/own.csv", "id,name,alias\n1,A Ltd,Alpha\n2,B Ltd,Beta\n");
  sync(kMonday);
  publisher_.publish("/own.csv", "id,name,alias\n1,A Ltd,\n2,B Ltd,\n");
  const SyncReport report = sync(kTuesday);
  EXPECT_EQ(report.outcome, SyncOutcome::kHeld);
  EXPECT_THAT(report.standing.problem->message,
              HasSubstr("it has 2 names where the last issue has 4"));
}

TEST_F(ListSync, ReadsTheFilesOfOfac) {
  list_.aliases_url = publisher_.url("/alt.csv");
  list_.addresses_url = publisher_.url("/add.csv");
  publisher_.publish("/own.csv",
                     "36,\"ACME PUMPS\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n");
  publisher_.publish("/alt.csv", "36,12,\"aka\",\"ACME P.\",-0- \n");
  publisher_.publish("/add.csv", "36,25,\"1 Road\",\"Town\",\"Cuba\",-0- \n");
  const SyncReport first = sync(kMonday);
  ASSERT_EQ(first.outcome, SyncOutcome::kNew) << first.standing.problem->message;
  EXPECT_EQ(first.standing.issue->names, 2);
  EXPECT_TRUE(fs::exists(issue_folder(*first.standing.issue) / "sdn.csv"));
  // Only one of the files is new: the others are not sent again, and are in the new issue.
  publisher_.publish("/alt.csv", "36,12,\"aka\",\"ACME PUMP WORKS\",-0- \n");
  const SyncReport second = sync(kTuesday);
  EXPECT_EQ(second.outcome, SyncOutcome::kNew);
  EXPECT_EQ(second.changed, 1);
  EXPECT_EQ(second.standing.issue->names, 2);
  EXPECT_THAT(publisher_.answers(), ElementsAre(200, 200, 200, 304, 200, 304));
  // A fourth file makes another issue; all are fetched for it.
  list_.comments_url = publisher_.url("/sdn_comments.csv");
  publisher_.publish("/sdn_comments.csv", "36,\"Tax ID No. 12.\"\n");
  const SyncReport third = sync(kTuesday);
  EXPECT_EQ(third.outcome, SyncOutcome::kNew);
  EXPECT_TRUE(fs::exists(issue_folder(*third.standing.issue) / "sdn_comments.csv"));
  // The aliases' trouble is told as theirs.
  publisher_.fail("/alt.csv", 404);
  EXPECT_EQ(sync(kWednesday).standing.problem->message, "aliases: it answered with status 404");
}

TEST_F(ListSync, FetchesAnewWhatIsNotWhatCame) {
  publisher_.publish("/own.csv", table({"a", "b"}));
  const SyncReport first = sync(kMonday);
  ASSERT_TRUE(replace_file(issue_folder(*first.standing.issue) / "list", table({"a", "x"})));
  EXPECT_THAT(held_names(), ElementsAre(HasSubstr("the file is not the one that was fetched")));
  sync(kTuesday);
  EXPECT_THAT(held_names(), ElementsAre("a Ltd", "b Ltd"));
}

TEST_F(ListSync, FollowsRedirectsButNotForever) {
  publisher_.publish("/2026/own.csv", table({"a"}));
  publisher_.redirect("/own.csv", "/latest.csv");
  publisher_.redirect("/latest.csv", publisher_.url("/2026/own.csv"));
  EXPECT_EQ(sync(kMonday).outcome, SyncOutcome::kNew);
  EXPECT_EQ(sync(kTuesday).outcome, SyncOutcome::kUnchanged);
  EXPECT_THAT(publisher_.answers(), ElementsAre(302, 302, 200, 302, 302, 304));
  publisher_.redirect("/latest.csv", "/own.csv");
  EXPECT_EQ(sync(kWednesday).standing.problem->message, "it redirects more than five times");
}

TEST_F(ListSync, IsNotLedIntoThePrivateNetwork) {
  class PublicHost : public HttpClient {
   public:
    explicit PublicHost(std::string to) : to_(std::move(to)) {}
    Result<HttpResponse> send(const HttpRequest& request, const std::stop_token&) override {
      ++asked;
      EXPECT_EQ(request.url, "https://lists.example.org/own.csv");
      HttpResponse response;
      response.status = 301;
      response.redirect = to_;
      return response;
    }
    int asked = 0;

   private:
    std::string to_;
  };
  list_.url = "https://lists.example.org/own.csv";
  for (const char* to : {"https://10.0.0.1/own.csv", "http://127.0.0.1/own.csv",
                         "http://lists.example.org/own.csv", "file:///etc/passwd", ""}) {
    PublicHost http(to);
    const auto report = sync_list(list_, folder_ / "own", http, kMonday, false, {});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->outcome, SyncOutcome::kHeld) << to;
    EXPECT_THAT(report->standing.problem->message, HasSubstr("it redirects to")) << to;
    EXPECT_EQ(http.asked, 1) << to;
  }
}

TEST_F(ListSync, IsOneAtATimeForAFolder) {
  fs::create_directories(folder_ / "own");
  const auto lock = FolderLock::take(folder_ / "own");
  ASSERT_TRUE(lock);
  const auto report = sync_list(list_, folder_ / "own", *http_, kMonday, false, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kUnavailable);
}

TEST_F(ListSync, SaysNothingOfThePublisherWhenItIsBrokenOff) {
  std::stop_source stop;
  stop.request_stop();
  const auto report = sync_list(list_, folder_ / "own", *http_, kMonday, false, stop.get_token());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(*ListFolder(folder_ / "own").standing(), ListStanding{});
}

TEST(ListFreshness, GoesByTheLastConfirmation) {
  const PublishedList list{"own", "https://example.org", {}, {}, {}, Duration{3 * kDay.us}, 0.1};
  ListStanding standing;
  const UtcTime now{1'791'208'800'000'000};
  EXPECT_EQ(freshness(list, standing, now), ListFreshness::kMissing);
  standing.issue = ListIssue{};
  standing.checked = UtcTime{now.us - 3 * kDay.us};
  EXPECT_EQ(freshness(list, standing, now), ListFreshness::kFresh);
  EXPECT_EQ(freshness(list, standing, UtcTime{now.us + 1}), ListFreshness::kStale);
}

}  // namespace
}  // namespace tidewaiter
