// policy backtest, explain, diff and the bench of policy test, over a small site: in stored history
// account `a` has three requests from 10:00 to 11:00, `c` four, `b` one.

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/cli/allocation_count.h"
#include "daemon/cli/review_labels.h"
#include "daemon/cli/terminal.h"
#include "tests/unit/cli/enrolment.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The same engine over the same log: the same findings with the same ids as in the ledger.
TEST(PolicyBacktest, OverStoredHistoryIsWhatTheLedgerHas) {
  const SmallSite site;
  site.cycle();
  const std::string before = contents(site.path("state/ledger.db"));
  const Answer answer = site({"policy", "backtest", "--json"});
  ASSERT_EQ(answer.status, 0) << answer.err;
  const auto tried = answer.json();
  const auto ledger = site({"finding", "list", "--json"}).json();
  ASSERT_EQ(tried["findings"].size(), 2U);
  ASSERT_EQ(ledger["findings"].size(), 2U);
  for (const auto& finding : tried["findings"]) {
    const auto same = std::find_if(ledger["findings"].begin(), ledger["findings"].end(),
                                   [&](const auto& l) { return l["id"] == finding["id"]; });
    ASSERT_NE(same, ledger["findings"].end());
    for (const char* name : {"policy", "subject", "from", "to", "windows", "figures", "ended"}) {
      EXPECT_EQ(finding[name], (*same)[name]) << name;
    }
  }
  EXPECT_EQ(tried["history"]["stored"], true);
  const auto& policy = tried["policies"][0];
  EXPECT_EQ(policy["findings"], 2);
  EXPECT_EQ(policy["coverage"]["records_read"], 8);
  EXPECT_EQ(policy["days"], nlohmann::json::parse(R"([{"day":"2026-10-05","findings":2}])"));
  const bool counts_bytes = allocated_bytes() > 0;
  EXPECT_EQ(policy["cost"]["state_bytes"] > 0, counts_bytes);
  EXPECT_EQ(contents(site.path("state/ledger.db")), before) << "a backtest writes nothing";
}

TEST(PolicyBacktest, OverAFileNeedsNoState) {
  const SmallSite site;
  const auto by_path = site({"policy", "backtest", "--over", "usage.jsonl", "--json", "--no-cost"});
  ASSERT_EQ(by_path.status, 0) << by_path.err;
  // The file belongs to the configured source: its subjects are that source's.
  EXPECT_EQ(by_path.json()["findings"][0]["subject"], "account:gateway/a");
  EXPECT_EQ(by_path.json()["history"]["stored"], false);
  EXPECT_TRUE(by_path.json()["policies"][0]["cost"].is_null());
  EXPECT_EQ(site({"policy", "backtest", "--over", "gateway", "--json"}).json()["findings"].size(),
            2U);
  std::filesystem::copy_file(site.path("usage.jsonl"), site.path("other.jsonl"));
  const auto native = site({"policy", "backtest", "--over", "other.jsonl", "--json"});
  EXPECT_EQ(native.json()["findings"][0]["subject"], "account:file/a");
  const auto as =
      site({"policy", "backtest", "--over", "other.jsonl", "--as", "gateway", "--json"});
  EXPECT_EQ(as.json()["findings"][0]["subject"], "account:gateway/a");
  EXPECT_FALSE(std::filesystem::exists(site.path("state")));
}

/// Two accounts with one card: the cards are known from account records alone.
class CardsOfAnotherSource : public testing::Test {
 protected:
  void SetUp() override {
    site_.write("cards.yaml",
                "policy: shared-card\nversion: 1\ntitle: Accounts with one card\nstatus: active\n"
                "basis: [{terms: t}]\nkind: coordination\nseverity: low\nfor_each: cluster\n"
                "window: 24h\nmeasure: {t: sum(output_tokens)}\nreport_when: t > 100\n---\n"
                "linkage: cards\ntitle: One card\n"
                "links: [{field: payment.fingerprints, at_most: 2}]\n");
    std::string use;
    std::string accounts;
    for (const std::string name : {"a", "b"}) {
      use += R"({"kind":"usage","time":"2026-10-05T10:00:00Z","account":")" + name +
             R"(","output_tokens":60})" + "\n";
      accounts += R"({"kind":"account","time":"2026-10-04T00:00:00Z","account":")" + name +
                  R"(","payment.fingerprints":["v"]})" + "\n";
    }
    site_.write("use.jsonl", use);
    site_.write("accounts.jsonl", accounts);
  }
  void configure(const std::string& more) const {
    site_.write("tidewaiter.yaml",
                "state: state\npolicies: [cards.yaml]\nsources:\n"
                "  - {name: gw, kind: file, path: use.jsonl}\n"
                "  - {name: crm, kind: file, record: account, path: accounts.jsonl" +
                    more + "}\n");
  }
  SmallSite site_;
};

TEST_F(CardsOfAnotherSource, AnAccountIsToldItsCluster) {
  const auto explain = [this](const std::string& subject, const std::string& format) {
    return site_({"policy", "explain", "cards.yaml", "--subject", subject, "--over", "use.jsonl",
                  "--over", "accounts.jsonl", format});
  };
  const Answer text = explain("account:file/b", "--records");
  EXPECT_THAT(text.out, AllOf(HasSubstr("Not reported by this name"),
                              HasSubstr("it is part of `cluster:file/a` now"),
                              HasSubstr("`--subject cluster:file/a`")))
      << text.err;
  EXPECT_EQ(explain("account:file/b", "--json").json()["part_of"], "cluster:file/a");
  EXPECT_EQ(explain("cluster:file/a", "--json").json()["reported"], true);
  EXPECT_THAT(explain("account:file/z", "--json").err, HasSubstr("no record names the subject"));
}

TEST_F(CardsOfAnotherSource, LinkNoAccountsOfThisOneUnlessItIsSaid) {
  configure("");
  const std::vector<std::string> command = {"policy", "backtest", "--over", "gw",
                                            "--over", "crm",      "--json"};
  EXPECT_TRUE(site_(command).json()["findings"].empty());
  EXPECT_THAT(site_({"policy", "lint"}).out,
              HasSubstr("write `names_of: gw` for the source `crm`"));
  configure(", names_of: gw");
  const auto findings = site_(command).json()["findings"];
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0]["subject"], "cluster:gw/a");
  EXPECT_THAT(site_({"policy", "lint"}).out, Not(HasSubstr("names_of")));
}

TEST_F(CardsOfAnotherSource, LinkThoseOfAFileBesideIt) {
  const Answer answer = site_({"policy", "backtest", "cards.yaml", "--over", "use.jsonl", "--over",
                               "accounts.jsonl", "--json"});
  ASSERT_EQ(answer.status, 0) << answer.err;
  ASSERT_EQ(answer.json()["findings"].size(), 1U);
  EXPECT_EQ(answer.json()["findings"][0]["subject"], "cluster:file/a");
}

// By hand: windows of 24h every hour that hold 22:06 of the 2nd begin from 23:00 of the 1st on.
TEST(PolicyBacktest, APlotHasAFindingOnTheDayOnWhichItBegins) {
  const SmallSite site;
  std::string sliding = volume_policy("test.volume", "1");
  sliding.replace(sliding.find("length: 1h"), 10, "length: 24h, every: 1h");
  site.write("policies/volume.yaml", sliding);
  site.write("u.jsonl", usage_line("x1", "2026-10-02T22:06:00Z", "x") +
                            usage_line("x2", "2026-10-03T01:00:00Z", "x"));
  const auto run = [&site](std::vector<std::string> more) {
    std::vector<std::string> command = {"policy", "backtest", "--over", "u.jsonl", "--no-cost"};
    command.insert(command.end(), more.begin(), more.end());
    return site(command);
  };
  EXPECT_EQ(run({"--json"}).json()["policies"][0]["days"],
            nlohmann::json::parse(R"([{"day":"2026-10-01","findings":1}])"));
  const Answer text = run({"--svg", site.path("u.svg").string()});
  EXPECT_THAT(text.out, HasSubstr("2026-10-01 to 2026-10-04, a day a mark, highest 1"));
  const std::string drawn = contents(site.path("u.svg"));
  EXPECT_THAT(drawn, AllOf(HasSubstr("<title>2026-10-01: 1 finding</title>"),
                           HasSubstr("most from 2026-10-01 on (1)")));
  EXPECT_THAT(run({"--from", "2026-10-01", "--to", "2026-10-02"}).out,
              HasSubstr("2026-10-01 to 2026-10-02, a day a mark, highest 1"));
}

// The log that the files are read into has an id made at random; a finding's id does not rest on
// it.
TEST(PolicyBacktest, OverFilesIsTheSameEachTime) {
  const SmallSite site;
  const std::vector<std::string> ask = {"policy",  "backtest", "--over",
                                        "gateway", "--json",   "--no-cost"};
  const Answer once = site(ask);
  ASSERT_EQ(once.status, 0) << once.err;
  EXPECT_EQ(site(ask).out, once.out);
  std::vector<std::string> threads = ask;
  threads.insert(threads.end(), {"--threads", "4"});
  EXPECT_EQ(site(threads).out, once.out);
  // Of other input it is another finding, though it is as far from the beginning of the log.
  site.write("usage.jsonl", contents(site.path("usage.jsonl")) +
                                usage_line("d1", "2026-10-05T10:09:00Z", {"d1", 1}));
  const auto more = site(ask).json();
  EXPECT_NE(more["findings"][0]["id"], once.json()["findings"][0]["id"]);
}

TEST(PolicyBacktest, SaysWhatIsMissing) {
  const SmallSite site;
  const Answer none = site({"policy", "backtest"});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("there is no stored history"));
  site.write("usage.csv", "a,b\n");
  const Answer csv = site({"policy", "backtest", "--over", "usage.csv"});
  EXPECT_EQ(csv.status, 3);
  EXPECT_THAT(csv.err, HasSubstr("--as"));
  EXPECT_EQ(site({"policy", "backtest", "--over", "usage.csv", "--as", "nobody"}).status, 2);
  EXPECT_EQ(site({"policy", "backtest", "--over", "gateway", "--from", "yesterday"}).status, 2);
  EXPECT_EQ(site({"policy", "backtest", "--over", "gateway", "--format", "junit"}).status, 2);
}

TEST(PolicyBacktest, TellsTheSameOnAnyThreads) {
  const SmallSite site;
  const std::vector<std::string> command = {"policy", "backtest", "--over", "gateway", "--no-cost"};
  const auto on = [&](const char* threads) {
    std::vector<std::string> all = command;
    all.insert(all.end(), {"--json", "--threads", threads});
    return site(all);
  };
  // A history that is read from a file is another log each time, and a finding's id names its log.
  const auto told = [](const Answer& answer) {
    auto document = answer.json();
    for (auto& finding : document["findings"]) finding.erase("id");
    return document;
  };
  const Answer one = site({"policy", "backtest", "--over", "gateway", "--no-cost", "--json"});
  ASSERT_EQ(one.status, 0) << one.err;
  EXPECT_EQ(told(on("8")), told(one));
  const Answer none = on("0");
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("expected a whole number from 1 to 64, got `0`"));
}

TEST(PolicyBacktest, TellsOnlyFindingsOfTheTimeAskedFor) {
  const SmallSite site;
  EXPECT_EQ(
      site({"policy", "backtest", "--over", "gateway", "--from", "2026-10-05T11:00:00Z", "--json"})
          .json()["findings"]
          .size(),
      0U);
  EXPECT_EQ(
      site({"policy", "backtest", "--over", "gateway", "--to", "2026-10-05T10:00:01Z", "--json"})
          .json()["findings"]
          .size(),
      2U);
}

TEST(PolicyBacktest, TextFitsANarrowTerminal) {
  const SmallSite site;
  const Answer answer = site({"policy", "backtest", "--over", "gateway"}, 50);
  ASSERT_EQ(answer.status, 0);
  EXPECT_THAT(answer.out, AllOf(HasSubstr("2 about 2 subjects of 3"), HasSubstr("hits a day"),
                                HasSubstr("account:gateway/c: 1 finding")));
  std::istringstream lines(answer.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 50U) << line;
}

TEST(PolicyBacktest, ThePictureStandsAlone) {
  const SmallSite site;
  ASSERT_EQ(site({"policy", "backtest", "--over", "gateway", "--svg", "hits.svg"}).status, 0);
  const std::string svg = contents(site.path("hits.svg"));
  EXPECT_THAT(svg, AllOf(HasSubstr("<title id=\"title\">"), HasSubstr("<desc id=\"desc\">"),
                         HasSubstr("test.volume: 2 findings"), HasSubstr("prefers-color-scheme"),
                         HasSubstr("<title>2026-10-05: 2 findings</title>")));
  EXPECT_THAT(svg, Not(HasSubstr("href")));
}

TEST(PolicyBacktest, ChecksExpectations) {
  const SmallSite site;
  site.write(
      "good.yaml",
      "expect:\n  - {policy: test.volume, findings: 2, hit: [\"*/a\"], not_hit: [\"*/b\"]}\n");
  site.write("bad.yaml", "expect:\n  - {policy: test.volume, findings: {at_most: 1}}\n");
  const std::vector<std::string> command = {"policy", "backtest", "--over", "gateway", "--expect"};
  const auto with = [&](const char* file, const char* format) {
    std::vector<std::string> all = command;
    all.insert(all.end(), {file, "--format", format});
    return site(all);
  };
  EXPECT_EQ(with("good.yaml", "json").status, 0);
  EXPECT_EQ(with("good.yaml", "json").json()["expectations"][0]["passed"], true);
  const Answer bad = with("bad.yaml", "text");
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.out, HasSubstr("expected at most 1 findings, got 2"));
  const Answer junit = with("bad.yaml", "junit");
  EXPECT_EQ(junit.status, 1);
  EXPECT_THAT(junit.out, AllOf(HasSubstr("tests=\"1\" failures=\"1\""),
                               HasSubstr("<failure message=\"expected at most 1 findings")));
  site.write("broken.yaml", "expect:\n  - {findings: 2}\n");
  EXPECT_EQ(with("broken.yaml", "text").status, 3);
}

TEST(PolicyBacktest, MayRefuseFindingsThatNobodyExpects) {
  const SmallSite site;
  site.write("none.yaml", "expect:\n  - {policy: test.other, findings: 0}\n");
  std::string other = volume_policy();
  other.replace(other.find("test.volume"), 11, "test.other");
  other.replace(other.find("n >= 3"), 6, "n >= 9");
  site.write("policies/other.yaml", other);
  const std::vector<std::string> ask = {"policy",  "backtest", "--over",
                                        "gateway", "--expect", "none.yaml"};
  EXPECT_EQ(site(ask).status, 0);
  std::vector<std::string> strict = ask;
  strict.insert(strict.end(), {"--unexpected", "fail"});
  const Answer answer = site(strict);
  EXPECT_EQ(answer.status, 1);
  EXPECT_THAT(answer.out, HasSubstr("no expectation is about the policy, got 2"));
  strict.emplace_back("--json");
  const auto expectations = site(strict).json()["expectations"];
  ASSERT_EQ(expectations.size(), 2U);
  EXPECT_EQ(expectations[1]["policy"], "test.volume");
  EXPECT_EQ(expectations[1]["passed"], false);
  EXPECT_EQ(site({"policy", "backtest", "--over", "gateway", "--unexpected", "fail"}).status, 2);
}

// One of two decided is true: Wilson's interval for 1 of 2 is [0.0945, 0.9055] (by hand from the
// formula: (0.5 + 0.9604 ± 1.96·√(0.125 + 0.2401)) / 2.9207).
TEST(PolicyBacktest, PrecisionComesFromReviewersDecisions) {
  const SmallSite site;
  site.write("labels.csv",
             "policy,subject,label\ntest.volume,account:gateway/a,true_positive\n"
             "test.volume,account:gateway/c,false_positive\n"
             "test.volume,account:gateway/b,true_positive\n");
  const auto json =
      site({"policy", "backtest", "--over", "gateway", "--labels", "labels.csv", "--json"}).json();
  const auto& precision = json["policies"][0]["precision"];
  EXPECT_EQ(precision["true_positives"], 1);
  EXPECT_EQ(precision["false_positives"], 1);
  EXPECT_EQ(precision["undecided"], 0);
  EXPECT_EQ(precision["missed"], 1);
  EXPECT_NEAR(precision["low"].get<double>(), 0.0945, 1e-4);
  EXPECT_NEAR(precision["high"].get<double>(), 0.9055, 1e-4);
}

TEST(ReviewLabels, ReadBothForms) {
  const auto csv = read_review_labels(
      "label,finding,time\r\ntrue_positive,ab12,\r\n\r\n\"false_positive\",cd34,2026-01-01\r\n",
      "f");
  ASSERT_TRUE(csv) << csv.error().message;
  ASSERT_EQ(csv->size(), 2U);
  EXPECT_EQ((*csv)[0].finding, "ab12");
  EXPECT_TRUE((*csv)[0].is_true);
  EXPECT_FALSE((*csv)[0].time);
  EXPECT_FALSE((*csv)[1].is_true);
  const auto json = read_review_labels(
      R"({"policy":"p","subject":"account:a","time":"2026-01-01T00:00:00Z","label":"true_positive"})",
      "f");
  ASSERT_TRUE(json) << json.error().message;
  EXPECT_EQ((*json)[0].policy, "p");
  EXPECT_EQ((*json)[0].time, parse_time("2026-01-01").value_or(UtcTime{}));
}

TEST(ReviewLabels, RefuseWhatIsNeither) {
  for (const char* text :
       {"finding,label\nab,perhaps\n", "finding,label\nab\n", "who,label\n", "finding,finding\n",
        "label\ntrue_positive\n", "policy,label\np,true_positive\n",
        "finding,policy,subject,label\na,p,s,true_positive\n", "{\"finding\":1}\n",
        "{\"label\":\"true_positive\"}\n", "{\"finding\":\"a\",\"who\":\"b\"}\n", "{]\n",
        "finding,label,time\nab,true_positive,noon\n", "finding,label\n\"ab,true_positive\n"}) {
    const auto labels = read_review_labels(text, "labels");
    ASSERT_FALSE(labels) << text;
    EXPECT_THAT(labels.error().where, HasSubstr("labels:")) << text;
  }
  EXPECT_FALSE(read_review_labels("", "labels"));
  EXPECT_FALSE(read_review_labels(" \n\n", "labels"));
  EXPECT_TRUE(read_review_labels("finding,label\n", "labels"));  // nobody has decided yet
}

// A slip in a policy's name would take its labels out of the precision without a word.
TEST(ReviewLabels, TellsThoseWhosePolicyWasNotTried) {
  const auto labels = read_review_labels(
      "policy,subject,time,label\n"
      "resale.sesions,cluster:gw/a3,,true_positive\n"
      "resale.sessions,cluster:gw/a3,,true_positive\n"
      "nosuch.policy,account:gw/a,,false_positive\n"
      "nosuch.policy,account:gw/b,,true_positive\n",
      "labels.csv");
  ASSERT_TRUE(labels);
  const std::vector<std::string_view> tried = {"resale.sessions"};
  EXPECT_THAT(labels_of_no_policy(*labels, tried, "labels.csv"),
              ElementsAre("labels.csv:2: `resale.sesions` is none of the policies that were tried: "
                          "its label is not compared; did you mean `resale.sessions`?",
                          "labels.csv:4: `nosuch.policy` is none of the policies that were tried: "
                          "its 2 labels are not compared"));
}

TEST(PolicyExplain, SaysWhyNotAndByHowMuch) {
  const SmallSite site;
  site.cycle();
  const std::vector<std::string> ask = {"policy", "explain", "test.volume", "--subject",
                                        "account:gateway/b"};
  const Answer text = site(ask);
  ASSERT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("Not reported"), HasSubstr("(n >= 3): n is 1, 2 short"),
                              HasSubstr("1 selected")));
  std::vector<std::string> as_json = ask;
  as_json.emplace_back("--json");
  const auto json = site(as_json).json();
  EXPECT_EQ(json["reported"], false);
  const auto& window = json["windows"][json["shown"].get<std::size_t>()];
  EXPECT_EQ(window["clauses"][0]["short_by"], 2);
  EXPECT_NEAR(window["distance"].get<double>(), 2.0 / 3, 1e-12);
  const Answer narrow = site(ask, 48);
  std::istringstream lines(narrow.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 48U) << line;
}

constexpr const char* kLong =
    "policy: test.long\nversion: 1\ntitle: T\nstatus: active\nbasis: [{control: c}]\n"
    "kind: extraction\nseverity: low\nfor_each: account\n"
    "select: {a: {model: a}, b: output_tokens > 10}\ncondition: a and b\n";

std::string used(const char* clock, const char* model, int tokens) {
  return std::string(R"({"kind":"usage","time":"2026-10-05T)") + clock +
         R"(:00Z","account":"7","model":")" + model + R"(","output_tokens":)" +
         std::to_string(tokens) + "}\n";
}

// By hand: of 5 and 2 tokens of model `a` 5 is nearer to more than 10, and 6 short of 11.
TEST(PolicyExplain, TellsTheNearestRecordPartByPart) {
  const SmallSite site;
  site.write("long.yaml", kLong);
  site.write("u.jsonl", used("10:00", "a", 2) + used("11:00", "a", 5) + used("12:00", "b", 50));
  std::vector<std::string> ask = {"policy",  "explain",   "long.yaml",     "--over",
                                  "u.jsonl", "--subject", "account:file/7"};
  const Answer text = site(ask);
  ASSERT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("Nearest record that does not count"),
                              HasSubstr("entry 2 of 2026-10-05T11:00:00Z: not selected"),
                              HasSubstr("output_tokens is 5, 6 short"), HasSubstr("model is a"),
                              Not(HasSubstr("entry 3 of"))));
  ask.emplace_back("--records");
  EXPECT_THAT(site(ask).out, HasSubstr("entry 3 of 2026-10-05T12:00:00Z: not selected"));
  ask.emplace_back("--json");
  const auto near = site(ask).json()["nearest_records"];
  ASSERT_EQ(near.size(), 3U);
  EXPECT_EQ(near[0]["entry"], 2);
  EXPECT_EQ(near[0]["distance"], 0.5);
  EXPECT_EQ(near[0]["leaves"][0]["as_needed"], true);
  EXPECT_EQ(near[0]["leaves"][0]["values"]["model"], "a");
  EXPECT_EQ(near[0]["leaves"][1]["answer"], "does not hold");
  EXPECT_EQ(near[0]["leaves"][1]["left"], 5);
  EXPECT_EQ(near[0]["leaves"][1]["short_by"], 6);
  EXPECT_EQ(near[2]["leaves"][0]["values"]["model"], "b");
}

TEST(PolicyExplain, TakesATimeAsTablesPrintIt) {
  const SmallSite site;
  const auto explain = [&site](const std::string& at, const std::string& subject) {
    return site({"policy", "explain", "policies/volume.yaml", "--over", "usage.jsonl", "--json",
                 "--subject", subject, "--at", at});
  };
  for (const char* at : {"2026-10-05 10:30", "2026-10-05T10:30", "2026-10-05 10:30:00",
                         "2026-10-05T10:30Z", "2026-10-05T12:30:00+02:00"}) {
    const Answer answer = explain(at, "account:gateway/a");
    ASSERT_EQ(answer.status, 0) << at << answer.err;
    EXPECT_EQ(answer.json()["windows"][0]["from"], "2026-10-05T10:00:00Z") << at;
  }
  EXPECT_THAT(explain("2026-10-05 1030", "account:gateway/a").err, HasSubstr("expected a date"));
  EXPECT_THAT(explain("2026-10-05 10:30", "account:a").err,
              HasSubstr("did you mean `account:gateway/a`"));
}

// Of alternatives the bars are those of one that holds, or of the nearest.
TEST(PolicyExplain, DrawsTheAlternativeThatDecides) {
  const SmallSite site;
  std::string either = volume_policy();
  either.replace(either.find("report_when: n >= 3"), 19,
                 "report_when: (n > 60000 and n > 50000) or n >= 3");
  site.write("either.yaml", either);
  for (const std::string subject : {"account:gateway/a", "account:gateway/b"}) {
    const Answer text =
        site({"policy", "explain", "either.yaml", "--over", "usage.jsonl", "--subject", subject});
    ASSERT_EQ(text.status, 0) << text.err;
    EXPECT_THAT(text.out, AllOf(HasSubstr("Windows: n against 3\n"), Not(HasSubstr("against 5"))))
        << text.out;
  }
}

TEST(PolicyExplain, ExplainsOneEvent) {
  const SmallSite site;
  site.write("long.yaml", kLong);
  const auto explained = [&site](const std::string& event) {
    return site({"policy", "explain", "long.yaml", "--json", "--event", event});
  };
  const Answer found = explained(R"({"account":"7","model":"a","output_tokens":11})");
  ASSERT_EQ(found.status, 0) << found.err;
  EXPECT_EQ(found.json()["reported"], true);
  EXPECT_EQ(found.json()["subject"], "account:event/7");
  const auto missed = explained(R"({"account":"7","model":"a","output_tokens":4})").json();
  EXPECT_EQ(missed["reported"], false);
  EXPECT_EQ(missed["nearest_records"][0]["leaves"][1]["short_by"], 7);
  const Answer nobody = explained(R"({"model":"a"})");
  EXPECT_EQ(nobody.status, 2);
  EXPECT_THAT(nobody.err, HasSubstr("lacks a field of `for_each`"));
  EXPECT_EQ(explained("[1]").status, 2);
  EXPECT_EQ(explained("{}").status, 2);
  EXPECT_THAT(explained(R"({"acount":"7"})").err, HasSubstr("acount"));
}

TEST(PolicyExplain, AsksForASubjectWhereAPolicyIsNamed) {
  const SmallSite site;
  for (const std::vector<std::string>& ask : std::vector<std::vector<std::string>>{
           {"policy", "explain", "policies/volume.yaml"},
           {"policy", "explain", "test.volume"},
           {"policy", "explain", "abc", "--over", "usage.jsonl"}}) {
    const Answer answer = site(ask);
    EXPECT_EQ(answer.status, 2);
    EXPECT_THAT(answer.err, HasSubstr("--subject")) << ask[2];
  }
}

TEST(PolicyExplain, RefusesASubjectThatNoRecordNames) {
  const SmallSite site;
  site.cycle();
  const auto ask = [&site](const std::string& subject) {
    return site({"policy", "explain", "test.volume", "--subject", subject});
  };
  for (const char* subject : {"b", "gateway/b", "acount:gateway/b"}) {
    const Answer answer = ask(subject);
    EXPECT_EQ(answer.status, 2) << subject;
    EXPECT_TRUE(answer.out.empty());
    EXPECT_THAT(answer.err, HasSubstr("did you mean `account:gateway/b`?")) << subject;
  }
  const Answer nobody = ask("account:elsewhere/nobody");
  EXPECT_EQ(nobody.status, 2);
  EXPECT_THAT(nobody.err, AllOf(HasSubstr("no record names the subject"), Not(HasSubstr("mean"))));
}

TEST(PolicyExplain, CountsTheRecordsAtOtherTimes) {
  const SmallSite site;
  site.cycle();
  const std::vector<std::string> ask = {
      "policy", "explain", "test.volume", "--subject", "account:gateway/c", "--at", "2020-01-01"};
  const Answer text = site(ask);
  ASSERT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("in the time asked for (4 records at other times)"),
                              HasSubstr("none in the time asked for; 4 at other times")));
  std::vector<std::string> as_json = ask;
  as_json.emplace_back("--json");
  EXPECT_EQ(site(as_json).json()["outside_time"], 4);
}

TEST(PolicyBacktest, RefusesWhatIsNeitherFileNorSource) {
  const SmallSite site;
  const Answer near = site({"policy", "backtest", "--over", "gatway"});
  EXPECT_EQ(near.status, 2);
  EXPECT_THAT(near.err, HasSubstr("did you mean `gateway`?"));
  EXPECT_EQ(site({"policy", "backtest", "--over", "nothing.jsonl"}).status, 2);
}

TEST(PolicyExplain, ExplainsAFindingOfTheLedger) {
  const SmallSite site;
  site.cycle();
  const auto findings =
      site({"finding", "list", "--subject", "account:gateway/c", "--json"}).json();
  const std::string id = findings["findings"][0]["id"];
  const Answer text = site({"policy", "explain", id.substr(0, 10)});
  ASSERT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out,
              AllOf(HasSubstr("Reported"), HasSubstr("n is 4"), HasSubstr("finding.opened")));
  EXPECT_EQ(site({"policy", "explain", id, "--json"}).json()["reported"], true);
  EXPECT_EQ(site({"policy", "explain", "ffffffff"}).status, 2);
  EXPECT_EQ(site({"policy", "explain", "no.policy", "--subject", "account:gateway/c"}).status, 2);
}

TEST(PolicyExplain, ListsEveryRecordThatCounts) {
  const SmallSite site;
  enrol(site);
  site.cycle();
  const std::vector<std::string> ask = {
      "--as",      "jo",    "policy", "explain", "test.volume", "--subject", "account:gateway/c",
      "--records", "--json"};
  const auto windows = site(ask).json()["windows"];
  std::size_t holding = 0;
  for (const auto& window : windows) {
    EXPECT_EQ(window["records"].size(), window["certain"].get<std::size_t>());
    if (window["answer"] != "holds") continue;
    ++holding;
    ASSERT_EQ(window["records"].size(), 4U);
    for (const auto& one : window["records"]) {
      EXPECT_EQ(one["counts"], true);
      EXPECT_EQ(one["record"]["account"], "c");
    }
  }
  EXPECT_EQ(holding, 1U);
  const Answer text = site({"--as", "jo", "policy", "explain", "test.volume", "--subject",
                            "account:gateway/c", "--records"});
  EXPECT_THAT(text.out, HasSubstr("Records that count in the windows that hold: 4"));
  const Answer nearest = site({"--as", "jo", "policy", "explain", "test.volume", "--subject",
                               "account:gateway/b", "--records"});
  EXPECT_THAT(nearest.out, HasSubstr("Records that count in the nearest window: 1"));
  const auto views = site.entries("evidence.viewed");
  ASSERT_EQ(views.size(), 3U);
  EXPECT_EQ(views[0]["act"]["records"], 4);
  EXPECT_EQ(views[1]["act"]["records"], 4);
  EXPECT_EQ(views[2]["act"]["records"], 1);
  const auto finding = site({"finding", "list", "--json"}).json()["findings"][0];
  const Answer of_finding =
      site({"--as", "jo", "policy", "explain", finding["id"].get<std::string>(), "--records"});
  EXPECT_EQ(of_finding.status, 0) << of_finding.err;
  const auto view = site.entries("evidence.viewed").back();
  EXPECT_EQ(view["case"], "c-" + finding["id"].get<std::string>().substr(0, 12));
  EXPECT_EQ(view["act"], (nlohmann::json{{"findings", 1}}));
  // The figures alone need none.
  EXPECT_EQ(site({"policy", "explain", finding["id"].get<std::string>()}).status, 0);
  const Answer unsaid = site({"policy", "explain", finding["id"].get<std::string>(), "--records"});
  EXPECT_EQ(unsaid.status, 2);
  EXPECT_EQ(unsaid.out, "");
  EXPECT_EQ(site.entries("evidence.viewed").size(), 4U);
}

TEST(PolicyDiff, TellsLostSubjectsWithTheClauseThatFailed) {
  const SmallSite site;
  site.write("drafts/volume.yaml", volume_policy("test.volume", "4"));
  const Answer text =
      site({"policy", "diff", "policies/volume.yaml", "drafts/volume.yaml", "--over", "gateway"});
  ASSERT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("findings: 2 → 1"), HasSubstr("account:gateway/a"),
                              HasSubstr("(n >= 4): n is 3, 1 short"), HasSubstr("report_when")));
  const auto json = site({"policy", "diff", "drafts/volume.yaml", "policies/volume.yaml", "--over",
                          "gateway", "--json"})
                        .json()["policies"][0];
  EXPECT_EQ(json["gained"], 1);
  EXPECT_EQ(json["lost"], 0);
  EXPECT_EQ(json["unchanged"], 1);
  EXPECT_EQ(json["changes"][0]["subject"], "account:gateway/a");
  const auto& run = json["changes"][0]["runs"][0];
  EXPECT_EQ(run["change"], "gained");
  EXPECT_THAT(run["reason"].get<std::string>(), HasSubstr("before nearest window"));
  EXPECT_EQ(json["days"][0]["before"], 1);
  EXPECT_EQ(json["days"][0]["after"], 2);
}

/// Requests of one account by the hour in which they were.
std::string hourly_use(std::initializer_list<std::pair<const char*, int>> hours) {
  std::string lines;
  for (const auto& [hour, requests] : hours) {
    for (int i = 0; i < requests; ++i) {
      lines += std::string(R"({"kind":"usage","time":")") + hour + ":" + std::to_string(10 + i) +
               R"(:00Z","account":"a"})" + "\n";
    }
  }
  return lines;
}

// By hand: three runs where 3 do; where 5 have to be, the one of 4 is lost, and of the third one
// the second hour.
TEST(PolicyDiff, TellsWhichRunsChangedEachWithItsOwnReason) {
  const SmallSite site;
  site.write("drafts/volume.yaml", volume_policy("test.volume", "5"));
  site.write("w.jsonl", hourly_use({{"2026-10-01T10", 6},
                                    {"2026-10-02T10", 4},
                                    {"2026-10-03T10", 7},
                                    {"2026-10-03T11", 3},
                                    {"2026-10-04T10", 1}}));
  const auto diff = [&site](const std::string& format) {
    return site({"policy", "diff", "policies/volume.yaml", "drafts/volume.yaml", "--over",
                 "w.jsonl", format});
  };
  EXPECT_THAT(diff("--limit=9").out,
              AllOf(HasSubstr("changed  account:file/a\n"
                              "    lost 2026-10-02 10:00 to 2026-10-02 11:00: n 4\n"
                              "      now nearest window 2026-10-02T10:00:00Z: (n >= 5): n is 4, 1 "
                              "short\n"
                              "    changed 2026-10-03 10:00 to 2026-10-03 11:00: n 7\n"
                              "      2 → 1 windows\n"),
                    Not(HasSubstr("2026-10-01T10"))));
  const auto runs = diff("--json").json()["policies"][0]["changes"][0]["runs"];
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0]["change"], "lost");
  EXPECT_EQ(runs[0]["before"]["from"], "2026-10-02T10:00:00Z");
  EXPECT_TRUE(runs[0]["after"].is_null());
  EXPECT_EQ(runs[1]["change"], "changed");
  EXPECT_EQ(runs[1]["after"]["from"], "2026-10-03T10:00:00Z");
}

// The record of 9 tokens comes nearest to 11, but it is an hour before the run that was lost.
TEST(PolicyDiff, TheReasonIsOfTheRunAndNotOfAnotherTime) {
  const SmallSite site;
  std::string after = volume_policy();
  after.replace(after.find("window:"), 7, "select: {large: output_tokens > 10}\nwindow:");
  site.write("drafts/volume.yaml", after);
  std::string use;
  for (const auto& [time, tokens] :
       {std::pair("09:30", "9"), {"10:10", "2"}, {"10:20", "2"}, {"10:30", "2"}}) {
    use += std::string(R"({"kind":"usage","time":"2026-10-05T)") + time +
           R"(:00Z","account":"a","output_tokens":)" + tokens + "}\n";
  }
  site.write("w.jsonl", use);
  const auto runs = site({"policy", "diff", "policies/volume.yaml", "drafts/volume.yaml", "--over",
                          "w.jsonl", "--json"})
                        .json()["policies"][0]["changes"][0]["runs"];
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0]["before"]["from"], "2026-10-05T10:00:00Z");
  EXPECT_EQ(runs[0]["reason"],
            "now 3 records not selected, by `(output_tokens > 10)`; the nearest, entry 2 of "
            "2026-10-05T10:10:00Z: (output_tokens > 10): output_tokens is 2, 9 short");
}

TEST(PolicyDiff, SaysThatAVersionWasNotRaised) {
  const SmallSite site;
  std::string raised = volume_policy("test.volume", "4");
  site.write("same.yaml", raised);
  raised.replace(raised.find("version: 1"), 10, "version: 2");
  site.write("raised.yaml", raised);
  const auto diff = [&site](const std::string& after, const std::string& format) {
    return site({"policy", "diff", "policies/volume.yaml", after, "--over", "gateway", format});
  };
  EXPECT_THAT(diff("same.yaml", "--limit=1").out,
              HasSubstr("another meaning under the same version: write `version: 2`"));
  EXPECT_EQ(diff("same.yaml", "--json").json()["policies"][0]["version_not_raised"], true);
  EXPECT_THAT(diff("raised.yaml", "--limit=1").out, Not(HasSubstr("same version")));
  EXPECT_EQ(diff("raised.yaml", "--json").json()["policies"][0]["version_not_raised"], false);
}

TEST(PolicyDiff, SaysSoWhereTheMeaningIsTheSame) {
  const SmallSite site;
  std::string other = volume_policy();
  other.replace(other.find("Many requests"), 4, "Some");
  site.write("other.yaml", other);
  const Answer text =
      site({"policy", "diff", "policies/volume.yaml", "other.yaml", "--over", "gateway"});
  ASSERT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("same meaning"), HasSubstr("2 as before")));
}

constexpr const char* kThree =
    "tests:\n"
    "  - name: three in an hour\n"
    "    given:\n"
    "      - {kind: usage, time: 2026-10-05T10:01:00Z, account: a}\n"
    "      - {kind: usage, time: 2026-10-05T10:02:00Z, account: a}\n"
    "      - {kind: usage, time: 2026-10-05T10:03:00Z, account: a}\n"
    "    expect: [{findings: 1, for: \"account:*\"}]\n";

// The counts by hand are those of tests/unit/authoring.
TEST(PolicyTestBench, TellsCoverageAndMutants) {
  const SmallSite site;
  site.write("policies/volume.yaml", volume_policy() + kThree);
  const Answer text = site({"policy", "test", "--coverage", "--mutate"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out,
              AllOf(HasSubstr("outcomes reached: 2 of 3"), HasSubstr("was never false"),
                    HasSubstr("mutants noticed: 3 of 10"), HasSubstr("threshold lowered")));
  const auto json = site({"policy", "test", "--coverage", "--mutate", "--json"}).json();
  EXPECT_EQ(json["coverage"][0]["reached"], 2);
  EXPECT_EQ(json["mutation"][0]["survivors"].size(), 7U);
  EXPECT_FALSE(site({"policy", "test", "--json"}).json().contains("coverage"));
}

// Two of three outcomes, three of ten mutants.
TEST(PolicyTestBench, FailsBelowTheBarsThatAreAskedFor) {
  const SmallSite site;
  site.write("policies/volume.yaml", volume_policy() + kThree);
  EXPECT_EQ(site({"policy", "test", "--min-coverage", "66", "--min-mutation", "30"}).status, 0);
  const Answer coverage = site({"policy", "test", "--min-coverage", "67"});
  EXPECT_EQ(coverage.status, 1);
  EXPECT_THAT(coverage.err, HasSubstr("2 of 3 outcomes are reached, less than 67 %"));
  const Answer mutation = site({"policy", "test", "--min-mutation", "31", "--json"});
  EXPECT_EQ(mutation.status, 1);
  EXPECT_THAT(mutation.err, HasSubstr("3 of 10 mutants are noticed, less than 31 %"));
  EXPECT_EQ(mutation.json()["mutation"][0]["noticed"], 3);
  EXPECT_EQ(site({"policy", "test", "--min-coverage", "101"}).status, 2);
}

TEST(PolicyTestBench, SaysWhatItCouldNotTry) {
  const SmallSite site;
  std::string failing = kThree;
  failing.replace(failing.find("findings: 1"), 11, "findings: 2");
  site.write("policies/volume.yaml", volume_policy() + failing);
  const Answer text = site({"policy", "test", "--coverage", "--mutate"});
  EXPECT_EQ(text.status, 1);
  EXPECT_THAT(text.out, HasSubstr("mutants not tried: 1 test fails"));
  auto json = site({"policy", "test", "--coverage", "--mutate", "--json"}).json();
  EXPECT_TRUE(json["mutation"].is_array());
  EXPECT_EQ(json["not_mutated"][0]["policy"], "test.volume");
  EXPECT_TRUE(json["not_covered"].empty());
  site.write("policies/volume.yaml",
             volume_policy() + "tests: [{name: t, given: none.jsonl, expect: [{findings: 1}]}]\n");
  EXPECT_THAT(site({"policy", "test", "--coverage"}).out,
              HasSubstr("coverage not measured: the records of a test cannot be read"));
  json = site({"policy", "test", "--coverage", "--json"}).json();
  EXPECT_TRUE(json["coverage"].empty());
  EXPECT_EQ(json["not_covered"][0]["policy"], "test.volume");
}

// Two requests of three: one is missing.
TEST(PolicyTestBench, AFailedTestSaysWhy) {
  const SmallSite site;
  std::string failing = kThree;
  const std::string last = "      - {kind: usage, time: 2026-10-05T10:03:00Z, account: a}\n";
  failing.erase(failing.find(last), last.size());
  site.write("policies/volume.yaml", volume_policy() + failing);
  const std::string reason = "(n >= 3): n is 2, 1 short";
  EXPECT_THAT(site({"policy", "test"}).out, AllOf(HasSubstr("why: "), HasSubstr(reason)));
  const auto json = site({"policy", "test", "--json"}).json();
  EXPECT_THAT(json["tests"][0]["reasons"][0].get<std::string>(), HasSubstr(reason));
  EXPECT_THAT(site({"policy", "test", "--format", "junit"}).out, HasSubstr("n is 2, 1 short"));
}

TEST(PolicyTestBench, WritesJunit) {
  const SmallSite site;
  std::string failing = kThree;
  failing.replace(failing.find("findings: 1"), 11, "findings: 2");
  site.write("policies/volume.yaml", volume_policy() + failing);
  site.write("policies/other.yaml", volume_policy("test.other"));
  const Answer answer = site({"policy", "test", "--format", "junit"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_THAT(
      answer.out,
      AllOf(HasSubstr("<testsuites name=\"tidewaiter policy test\" tests=\"2\" failures=\"2\">"),
            HasSubstr("<testsuite name=\"test.volume\""), HasSubstr("name=\"three in an hour\""),
            HasSubstr("the policy has no test")));
}

}  // namespace
}  // namespace tidewaiter
