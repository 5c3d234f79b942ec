#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/cli/terminal.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(SourceCheck, SaysWhatWorksAndHasAShape) {
  const SmallSite site;
  const Answer text = site({"source", "check"});
  EXPECT_EQ(text.status, 0) << text.out;
  EXPECT_THAT(text.out, HasSubstr("gateway  works"));
  EXPECT_EQ(site({"source", "check", "--json"}).json()["sources"][0]["works"], true);
  EXPECT_EQ(site({"source", "check", "getaway"}).status, 2);
  std::filesystem::remove(site.path("usage.jsonl"));
  const Answer gone = site({"source", "check", "--json"});
  EXPECT_EQ(gone.status, 1);
  EXPECT_EQ(gone.json()["sources"][0]["works"], false);
}

TEST(SourceFields, ListsWhatRecordsMayHaveAndHasAShape) {
  const SmallSite site;
  site.write("tidewaiter.yaml",
             "sources:\n"
             "  - {name: bills, kind: openai, token: {env: K}, endpoints: [costs]}\n"
             "  - {name: lines, kind: file, path: usage.jsonl}\n"
             "  - {name: people, kind: openai, token: {env: K}, record: account}\n");
  const Answer text = site({"source", "fields", "bills"}, 70);
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("bills  usage records"), HasSubstr("cost.basis"),
                              Not(HasSubstr("people"))));
  const auto sources = site({"source", "fields", "--json"}).json()["sources"];
  ASSERT_EQ(sources.size(), 4U);
  EXPECT_EQ(sources[0]["fields"],
            (nlohmann::json{"provider", "operation", "project", "account", "cost", "cost.basis"}));
  EXPECT_TRUE(sources[1]["fields"].is_null());
  EXPECT_EQ(sources[2]["record"], "account");
  // What is told of the sources over HTTP among them.
  EXPECT_EQ(sources[3]["name"], "tidewaiter");
  EXPECT_EQ(sources[3]["fields"], (nlohmann::json{"status", "action", "actor.type", "target.id",
                                                  "target.type", "outcome"}));
  EXPECT_EQ(site({"source", "fields", "bill"}).status, 2);
}

TEST(SourceBackfill, SaysWhatHasNoPast) {
  const SmallSite site;
  site.write("tidewaiter.yaml",
             "state: state\n"
             "sources:\n"
             "  - {name: api, kind: openai, token: {env: K}}\n"
             "  - {name: lines, kind: file, path: usage.jsonl}\n"
             "  - {name: people, kind: openai, token: {env: K}, record: account}\n");
  const auto told = [&site](const std::string& name, const std::string& from = "2026-01-01",
                            const std::string& to = "2026-02-01") {
    const Answer answer = site({"source", "backfill", name, "--from", from, "--to", to});
    EXPECT_EQ(answer.status, 2) << name;
    return answer.err;
  };
  EXPECT_THAT(told("ap"), HasSubstr("no source `ap` is configured"));
  EXPECT_THAT(told("lines"), HasSubstr("`lines` reads files"));
  EXPECT_THAT(told("people"), HasSubstr("how things stand now"));
  EXPECT_THAT(told("api", "yesterday"), HasSubstr("--from: expected a date or time"));
  EXPECT_THAT(told("api", "2026-03-01"), HasSubstr("--from must be before --to"));
  EXPECT_THAT(told("api", "0001-01-01"), HasSubstr("1970 to 9999"));
}

TEST(SourceList, ShowsWhatIsStoredAndHasAShape) {
  const SmallSite site;
  EXPECT_THAT(site({"source", "list"}).out, HasSubstr("nothing yet"));
  site.cycle();
  EXPECT_THAT(site({"source", "list"}).out, AllOf(HasSubstr("gateway"), HasSubstr("8")));
  const auto source = site({"source", "list", "--json"}).json()["sources"][0];
  EXPECT_EQ(source["name"], "gateway");
  EXPECT_EQ(source["configured"], true);
  EXPECT_EQ(source["records"], 8);
  EXPECT_EQ(source["quarantined"], 0);
  EXPECT_TRUE(source["stopped"].is_null());
}

TEST(SourcePull, ReadsAndJudges) {
  const SmallSite site;
  const Answer text = site({"source", "pull", "gateway"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("judged: 2 findings opened"));
  EXPECT_EQ(site({"source", "pull", "--json"}).json()["added"], 0);
  EXPECT_EQ(site({"source", "pull", "getaway"}).status, 2);
}

TEST(Status, CutsNoPolicysName) {
  const SmallSite site;
  const std::string name = "extraction.long-answers-of-a-partner";
  site.write("policies/volume.yaml", volume_policy(name + ".one"));
  site.write("policies/other.yaml", volume_policy(name + ".two", "4"));
  site.cycle();
  const Answer narrow = site({"status"}, 60);
  EXPECT_THAT(narrow.out, AllOf(HasSubstr(name + ".one "), HasSubstr(name + ".two ")));
  std::istringstream lines(narrow.out.substr(narrow.out.find("Coverage")));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 60U) << line;
}

TEST(Status, ShowsEverythingAndHasAShape) {
  const SmallSite site;
  EXPECT_EQ(site({"status"}).status, 2);  // no ledger yet
  site.cycle();
  const Answer text = site({"status"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("small.example/ledger"), HasSubstr("2 high"),
                              HasSubstr("unsigned policy mode"), HasSubstr("gateway"),
                              HasSubstr("test.volume"), Not(HasSubstr("stopped"))));
  const auto json = site({"status", "--json"}).json();
  EXPECT_EQ(json["judged"], json["logged"]);
  EXPECT_EQ(json["ledger"]["signed_size"], json["ledger"]["size"]);
  EXPECT_EQ(json["findings"]["potential"]["high"], 2);
  EXPECT_EQ(json["findings"]["withdrawn"], 0);
  EXPECT_EQ(json["sources"].size(), 1U);
  EXPECT_EQ(json["coverage"][0]["records_read"], 8);
}

// A source that failed for good is not asked again: nobody may take its silence for quiet.
TEST(Status, ShowsAStoppedSourceUntilSomethingComesFromIt) {
  SmallSite site;
  site.cycle();
  std::string garbage;
  for (int line = 0; line < 400; ++line) garbage += "no record\n";
  append_file(site.path("usage.jsonl"), garbage);
  site.now = site.now + kHour;
  const Answer run = site({"run", "--once"});
  ASSERT_NE(run.status, 0);
  ASSERT_THAT(run.out, HasSubstr("failed  gateway: "));

  for (const char* verb : {"status", "list"}) {
    const std::vector<std::string> arguments = std::string(verb) == "list"
                                                   ? std::vector<std::string>{"source", "list"}
                                                   : std::vector<std::string>{"status"};
    EXPECT_THAT(site(arguments).out,
                HasSubstr("stopped  gateway: failed on 2026-10-05T15:00:00Z ("));
  }
  const auto stopped = site({"status", "--json"}).json()["sources"][0]["stopped"];
  EXPECT_EQ(stopped["at"], "2026-10-05T15:00:00Z");
  EXPECT_NE(stopped["error"], "");

  site.write("usage.jsonl", usage_line("d1", "2026-10-05T11:01:00Z", "d"));
  site.now = site.now + kHour;
  site.cycle();
  EXPECT_THAT(site({"status"}).out, Not(HasSubstr("stopped")));
  EXPECT_TRUE(site({"source", "list", "--json"}).json()["sources"][0]["stopped"].is_null());
}

TEST(Status, FitsIntoEightyColumns) {
  const SmallSite site;
  site.cycle();
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"source", "list"}, {"policy", "list"}, {"ledger", "log"}}) {
    std::istringstream lines(site(arguments, 80).out);
    for (std::string line; std::getline(lines, line);) {
      if (line.find(site.path("").string()) != std::string::npos) continue;  // a path is not cut
      EXPECT_LE(display_width(line), 80U) << line;
    }
  }
}

TEST(SourceDoctor, SaysWhatWasAskedWhatWasSeenAndWhatItMeans) {
  const SmallSite site;
  const Answer text = site({"source", "doctor", "gateway"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_TRUE(text.out.starts_with("good     is it there, and can it be read?\n")) << text.out;
  const nlohmann::json good = site({"source", "doctor", "gateway", "--json"}).json();
  EXPECT_EQ(good["source"], "gateway");
  EXPECT_EQ(good["works"], true);
  ASSERT_EQ(good["lines"].size(), 1U);
  for (const char* const member : {"verdict", "asked", "seen", "means"}) {
    EXPECT_FALSE(good["lines"][0][member].get<std::string>().empty()) << member;
  }
  EXPECT_EQ(site({"source", "doctor", "getaway"}).status, 2);
  EXPECT_EQ(site({"source", "doctor"}).status, 2) << "of one source at a time";
}

}  // namespace
}  // namespace tidewaiter
