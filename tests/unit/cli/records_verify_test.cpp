#include <filesystem>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/enrolment.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

void alter(const SmallSite& site, const std::string& sql) {
  SQLite::Database(site.path("state/records.db").string(), SQLite::OPEN_READWRITE).exec(sql);
}

TEST(RecordsVerify, SaysThatAWholeLogHolds) {
  const SmallSite site;
  site.cycle();
  const Answer answer = site({"records", "verify", "--json"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  const auto json = answer.json();
  EXPECT_EQ(json["verdict"], "holds");
  EXPECT_EQ(json["judged"], json["entries"]);
  EXPECT_EQ(json["hash"].get<std::string>().size(), 64U);
  EXPECT_EQ(json["kept_from"], nullptr);
  EXPECT_EQ(json["problem"], nullptr);
  EXPECT_THAT(site({"records", "verify"}).out, StartsWith("The record log holds.\n"));
}

TEST(RecordsVerify, NamesTheFirstEntryThatDoesNotHold) {
  const SmallSite site;
  site.cycle();
  alter(site, "UPDATE control SET body = replace(body, 'control', 'kontrol')");
  const Answer answer = site({"records", "verify", "--json"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_EQ(answer.json()["verdict"], "fails");
  EXPECT_THAT(answer.json()["problem"].get<std::string>(), HasSubstr("record log entry 1:"));
  const Answer text = site({"records", "verify"});
  EXPECT_EQ(text.status, 4);
  EXPECT_THAT(text.out, AllOf(StartsWith("The record log does NOT hold.\n"),
                              HasSubstr("  problem: record log entry 1:")));
}

// Each log is whole; that it is not the one which was judged, the ledger tells.
TEST(RecordsVerify, NoticesAnOlderCopyAndAnotherLog) {
  SmallSite site;
  site.cycle();
  const fs::path records = site.path("state/records.db");
  const fs::path older = site.path("older.db");
  SQLite::Database(records.string(), SQLite::OPEN_READONLY)
      .exec("VACUUM INTO '" + older.string() + "'");
  append_file(site.path("usage.jsonl"), usage_line("b2", "2026-10-05T10:02:00Z", "b"));
  site.now = site.now + kHour;
  site.cycle();
  ASSERT_EQ(site({"records", "verify"}).status, 0);
  for (const char* suffix : {"-wal", "-shm"}) fs::remove(records.string() + suffix);
  fs::copy_file(older, records, fs::copy_options::overwrite_existing);
  Answer answer = site({"records", "verify"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.out, HasSubstr("where no page of it ends"));
  alter(site, "UPDATE meta SET value = 'another' WHERE key = 'log_id'");
  answer = site({"records", "verify"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.out, HasSubstr("and this one is `another`"));
}

TEST(RecordsVerify, SaysWhereThereIsNone) {
  const SmallSite site;
  site.cycle();
  fs::remove(site.path("state/records.db"));
  const Answer answer = site({"records", "verify"});
  EXPECT_EQ(answer.status, 2);
  EXPECT_THAT(answer.err, HasSubstr("there is no record log at `"));
}

TEST(RecordsShow, ShowsAllThatIsStoredOfARecordThatAFindingNames) {
  const SmallSite site;
  enrol(site);
  site.cycle();
  const auto finding = site({"finding", "list", "--json"}).json()["findings"][0];
  const std::string seq = finding["evidence"][0].dump();
  const auto json = site({"records", "show", seq, "--as", "jo", "--json"}).json();
  ASSERT_EQ(json["records"].size(), 1U);
  EXPECT_EQ(json["records"][0]["seq"], finding["evidence"][0]);
  const auto record = json["records"][0]["record"];
  EXPECT_EQ(record["kind"], "usage");
  EXPECT_EQ(record["source"], "gateway");
  EXPECT_EQ(record["requests"], 1);
  EXPECT_EQ(record["id"].get<std::string>().size(), 64U);
  EXPECT_THAT(site({"records", "show", seq, "--as", "jo"}).out,
              AllOf(StartsWith("Record " + seq + "\n"), HasSubstr("\n  requests  1\n"),
                    HasSubstr("\n  id  " + record["id"].get<std::string>() + "\n")));
  const std::string id = finding["id"];
  EXPECT_THAT(site({"finding", "show", id, "--evidence", "--as", "jo"}).out,
              HasSubstr("tidewaiter records show " + seq));
}

TEST(RecordsShow, RefusesWhatIsNoRecordAndShowsNoneOfThem) {
  const SmallSite site;
  enrol(site);
  site.cycle();
  const auto finding = site({"finding", "list", "--json"}).json()["findings"][0];
  const Answer beyond =
      site({"records", "show", finding["evidence"][0].dump(), "9999", "--as", "jo"});
  EXPECT_EQ(beyond.status, 2);
  EXPECT_EQ(beyond.out, "");
  EXPECT_THAT(beyond.err, HasSubstr("9999"));
  EXPECT_EQ(site({"records", "show", "0"}).status, 2);
  EXPECT_EQ(site({"records", "show", "1x"}).status, 2);
  alter(site, "UPDATE record_20261005 SET body = replace(body, 'gateway', 'getaway')");
  EXPECT_EQ(site({"records", "show", finding["evidence"][0].dump(), "--as", "jo"}).status, 4);
  EXPECT_TRUE(site.entries("evidence.viewed").empty());  // nobody was shown anything
}

TEST(RecordsShow, IsAnEntryThatIsAboutNoCase) {
  const SmallSite site;
  enrol(site);
  site.cycle();
  EXPECT_EQ(site({"records", "show", "2", "3", "--as", "jo"}).status, 0);
  EXPECT_EQ(site({"--as", "ada", "records", "show", "2", "--json"}).status, 0);
  const auto views = site.entries("evidence.viewed");
  ASSERT_EQ(views.size(), 2U);
  EXPECT_THAT(views[0]["case"].get<std::string>(), testing::MatchesRegex("v-[0-9a-f]{12}"));
  EXPECT_NE(views[0]["case"], views[1]["case"]);
  EXPECT_EQ(views[0]["act"], (nlohmann::json{{"findings", 0}, {"records", 2}}));
  EXPECT_EQ(views[0]["by"], "jo");
  EXPECT_EQ(views[1]["by"], "ada");
  const auto told = site({"records", "views", "--json"}).json();
  EXPECT_EQ(told["more"], false);
  ASSERT_EQ(told["views"].size(), 2U);
  EXPECT_EQ(told["views"][0]["by"], "jo");
  EXPECT_EQ(told["views"][0]["looked_at"], "records 2, 3");
  EXPECT_EQ(told["views"][0]["records"], 2);
  EXPECT_TRUE(told["views"][0]["case"].is_null());
  EXPECT_EQ(told["views"][1]["looked_at"], "record 2");
  EXPECT_THAT(site({"records", "views", "--limit", "1"}).out,
              AllOf(HasSubstr("record 2\n"), HasSubstr("and 1 earlier one"),
                    testing::Not(HasSubstr("records 2, 3"))));
  EXPECT_EQ(site({"ledger", "verify"}).status, 0);
  EXPECT_EQ(site({"case", "list"}).status, 0);
}

TEST(RecordsViews, HasThoseOfCasesToo) {
  const SmallSite site;
  enrol(site);
  site.cycle();
  EXPECT_THAT(site({"records", "views"}).out, HasSubstr("nobody has looked at evidence"));
  const std::string id = site({"case", "list", "--json"}).json()["cases"][0]["id"];
  EXPECT_EQ(site({"case", "show", id, "--evidence", "--as", "ada"}).status, 0);
  const auto views = site({"records", "views", "--json"}).json()["views"];
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0]["case"], id);
  EXPECT_EQ(views[0]["findings"], 1);
  EXPECT_TRUE(views[0]["records"].is_null());
  EXPECT_TRUE(views[0]["looked_at"].is_null());
  EXPECT_THAT(site({"records", "views"}).out,
              AllOf(HasSubstr("ada"), HasSubstr(id), HasSubstr("all that its findings name")));
}

TEST(RecordsShow, ShowsNoneWithoutAnEntry) {
  const SmallSite site;
  site.cycle();
  const Answer nobody = site({"records", "show", "2"});
  EXPECT_EQ(nobody.status, 2);
  EXPECT_EQ(nobody.out, "");
  EXPECT_THAT(nobody.err, HasSubstr("with `--as HANDLE`"));
}

}  // namespace
}  // namespace tidewaiter
