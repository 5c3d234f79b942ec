#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

/// By hand: a and b share a card, b and c a device; d shares nothing, and e, f, g a card that is a
/// test's.
constexpr const char* kAccounts =
    R"({"kind":"account","account":"a","time":"2026-03-01T00:00:00Z","payment.fingerprints":["visa-1"]}
{"kind":"account","account":"b","time":"2026-03-01T00:00:00Z","payment.fingerprints":["visa-1"],"devices":["d-7"]}
{"kind":"account","account":"c","time":"2026-03-01T00:00:00Z","devices":["d-7"]}
{"kind":"account","account":"d","time":"2026-03-01T00:00:00Z","payment.fingerprints":["visa-2"]}
{"kind":"account","account":"e","time":"2026-03-01T00:00:00Z","payment.fingerprints":["test"]}
{"kind":"account","account":"f","time":"2026-03-01T00:00:00Z","payment.fingerprints":["test"]}
{"kind":"account","account":"g","time":"2026-03-01T00:00:00Z","payment.fingerprints":["test"]}
)";

class Link : public testing::Test {
 protected:
  Link() { site_.write("accounts.jsonl", kAccounts); }
  [[nodiscard]] Answer link(std::vector<std::string> more) const {
    std::vector<std::string> all = {"link", "--input", "accounts.jsonl"};
    all.insert(all.end(), more.begin(), more.end());
    return site_(all);
  }

  SmallSite site_;
};

TEST_F(Link, SaysWhoBelongsTogetherAndWhy) {
  const Answer answer = link({"--on", "payment.fingerprints:2", "--on", "devices:5"});
  ASSERT_EQ(answer.status, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("1 cluster of 3 accounts, 4 linked to nobody\n"));
  EXPECT_THAT(answer.out, HasSubstr("\ncluster:file/a  3 accounts\n"
                                    "  file/a, file/b, file/c\n"
                                    "    devices d-7: file/b, file/c\n"
                                    "    payment.fingerprints visa-1: file/a, file/b\n"));
  EXPECT_THAT(answer.out, HasSubstr("Held by too many to link anybody\n"
                                    "  payment.fingerprints test: 3 accounts\n"));
}

TEST_F(Link, SaysWhyTwoBelongTogether) {
  const std::vector<std::string> on = {"--on", "payment.fingerprints:2", "--on", "devices:5"};
  const auto why = [&](const std::string& a, const std::string& b, bool json = false) {
    std::vector<std::string> all = on;
    all.insert(all.end(), {"--why", a, b});
    if (json) all.push_back("--json");
    return link(all);
  };
  const Answer linked = why("a", "file/c");
  ASSERT_EQ(linked.status, 0) << linked.err;
  EXPECT_EQ(linked.out,
            "file/a and file/c belong together, by 2 steps\n"
            "  file/a to file/b\n"
            "    payment.fingerprints visa-1: 2 accounts\n"
            "  file/b to file/c\n"
            "    devices d-7: 2 accounts\n");
  const Answer apart = why("e", "f");
  EXPECT_EQ(apart.status, 0);
  EXPECT_THAT(apart.out, HasSubstr("file/e and file/f do not belong together\n"
                                   "  what both have is not enough to join them:\n"
                                   "    payment.fingerprints test: 3 accounts\n"));
  const auto json = why("a", "c", true).json();
  EXPECT_EQ(json["linked"], true);
  EXPECT_EQ(json["steps"].size(), 2U);
  EXPECT_EQ(json["steps"][0]["values"][0]["holders"], 2);
  const Answer nobody = why("a", "nobody");
  EXPECT_NE(nobody.status, 0);
  EXPECT_THAT(nobody.err, HasSubstr("no record names the account `nobody`"));
}

TEST_F(Link, ShowsWeightsAndExceptions) {
  site_.write("weighed.yaml",
              "linkage: weighed\ntitle: Cards and devices\nthreshold: 10\nlinks:\n"
              "  - {field: payment.fingerprints, at_most: 20, weight: 10, except: tests}\n"
              "  - {field: devices, at_most: 20, weight: 9}\n"
              "---\nlist: tests\ntitle: Cards of tests\nvalues: [test]\n");
  const Answer text = link({"--linkage", "weighed.yaml"});
  ASSERT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("cluster:file/a  2 accounts\n  file/a, file/b\n"
                                  "    payment.fingerprints visa-1 (weight 10): file/a, file/b"));
  EXPECT_THAT(text.out, HasSubstr("Excepted by a list\n  payment.fingerprints test: 3 accounts\n"));
  const auto json = link({"--linkage", "weighed.yaml", "--json"}).json();
  EXPECT_EQ(json["linkage"]["threshold"], 10);
  EXPECT_EQ(json["linkage"]["links"][1]["except"], "tests");
  EXPECT_EQ(json["excepted"][0]["accounts"].size(), 3U);
}

TEST_F(Link, SaysInWhichPeriodAValueIsShared) {
  site_.write("accounts.jsonl",
              R"({"kind":"account","account":"a","time":"2026-03-01T00:00:00Z","devices":["d-1"]}
{"kind":"account","account":"b","time":"2026-03-04T00:00:00Z","devices":["d-1"]}
{"kind":"account","account":"c","time":"2026-04-20T00:00:00Z","devices":["d-1"]}
)");
  site_.write("fading.yaml",
              "linkage: fading\ntitle: Devices of a month\nthreshold: 10\nlinks:\n"
              "  - {field: devices, at_most: 20, weight: 12, window: 28d, decay: 7d}\n");
  const Answer text = link({"--linkage", "fading.yaml"});
  ASSERT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("devices of at most 20 in 28d (weight 12, half after 7d)"));
  // The 1st of March is day 20,513 since the epoch: of the weeks that begin each three and a half
  // days that of day 20,510 has both.
  EXPECT_THAT(text.out,
              HasSubstr("devices d-1 (weight 12, 2026-02-26 00:00 to 2026-03-05 00:00): file/a, "
                        "file/b\n"));
  const auto json = link({"--linkage", "fading.yaml", "--json"}).json();
  EXPECT_EQ(json["linkage"]["links"][0]["window"], "28d");
  EXPECT_EQ(json["linkage"]["links"][0]["decay"], "7d");
  ASSERT_EQ(json["clusters"].size(), 1U);
  EXPECT_EQ(json["clusters"][0]["links"][0]["during"]["from"], "2026-02-26T00:00:00Z");
}

TEST_F(Link, SaysHowMuchIsDoneInStep) {
  std::string records;
  for (const char* minute : {"01", "06", "16"}) {
    for (const char* account : {"u", "v"}) {
      records += R"({"kind":"usage","account":")" + std::string(account) +
                 R"(","time":"2026-03-01T00:)" + minute + ":00Z\"}\n";
    }
  }
  records += R"({"kind":"usage","account":"v","time":"2026-03-01T09:00:00Z"})";
  site_.write("accounts.jsonl", records + "\n");
  site_.write("step.yaml",
              "linkage: step\ntitle: Who acts in step\nlinks:\n"
              "  - {lockstep: 5m, over: 1d, at_least: 3, percent: 60, at_most: 9}\n");
  const Answer text = link({"--linkage", "step.yaml"});
  ASSERT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(
      text.out,
      HasSubstr("lockstep of 5m in 1d, at least 3 and 60 %, of at most 9: 7 acts in 4 slots, "
                "0 of them of too many accounts; 1 pair compared\n"));
  EXPECT_THAT(text.out,
              HasSubstr("file/u and file/v in step: 3 of 4 acts in common, in slots of 5m "
                        "(2026-03-01 00:00 to 2026-03-02 00:00)\n"));
  EXPECT_THAT(link({"--linkage", "step.yaml", "--why", "v", "u"}).out,
              HasSubstr("  file/v to file/u\n    3 of 4 acts in common, in slots of 5m "));
  const auto json = link({"--linkage", "step.yaml", "--json"}).json();
  EXPECT_EQ(json["clusters"][0]["in_step"][0]["common"], 3);
  EXPECT_EQ(json["clusters"][0]["in_step"][0]["either"], 4);
  EXPECT_EQ(json["linkage"]["lockstep"][0]["slot"], "5m");
  EXPECT_EQ(json["lockstep"][0]["acts"], 7);
}

TEST_F(Link, SaysTheSameInJsonAndCsv) {
  const auto json = link({"--on", "payment.fingerprints:2", "--on", "devices:5", "--json"}).json();
  EXPECT_EQ(json["accounts"], 7);
  EXPECT_EQ(json["linked"], 3);
  ASSERT_EQ(json["clusters"].size(), 1U);
  EXPECT_EQ(json["clusters"][0]["cluster"], "file/a");
  EXPECT_EQ(json["clusters"][0]["accounts"][2]["account"], "c");
  EXPECT_EQ(json["clusters"][0]["links"][0]["value"], "d-7");
  EXPECT_EQ(json["too_common"][0]["accounts"].size(), 3U);
  EXPECT_EQ(link({"--on", "devices:5", "--csv"}).out,
            "cluster,source,account,size\nfile/b,file,b,2\nfile/b,file,c,2\n");
}

TEST_F(Link, TakesTheLinkageOfAFileOrOfTheConfiguration) {
  const std::string linkage =
      "linkage: cards\ntitle: One card\nlinks: [{field: payment.fingerprints, at_most: 3}]\n";
  site_.write("linkage.yaml", linkage);
  EXPECT_EQ(link({"--linkage", "linkage.yaml", "--json"}).json()["clusters"].size(), 2U);
  const Answer without = link({});
  EXPECT_EQ(without.status, 2);
  EXPECT_THAT(without.err, HasSubstr("has no `linkage` document: name what links accounts"));
  site_.write("policies/linkage.yaml", linkage);
  EXPECT_EQ(link({"--json"}).json()["linkage"]["from"], "the configuration's policies, `cards`");
}

TEST_F(Link, ReadsStoredHistoryWithoutInput) {
  site_.cycle();
  // Three accounts have usage, and no record says from which address.
  const auto json = site_({"link", "--on", "client.address:5", "--json"}).json();
  EXPECT_EQ(json["accounts"], 3);
  EXPECT_EQ(json["linked"], 0);
}

TEST_F(Link, SaysWhatIsWrongWithAField) {
  const Answer unknown = link({"--on", "payment.fingerprint:20"});
  EXPECT_EQ(unknown.status, 3);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean `payment.fingerprints`?"));
  for (const char* word : {"devices", "devices:", "devices:x", "dev\"ices:3"}) {
    const Answer answer = link({"--on", word});
    EXPECT_EQ(answer.status, 2) << word;
    EXPECT_THAT(answer.err, HasSubstr("expected FIELD:MOST")) << word;
  }
}

// A name is an outside text: a spreadsheet must not take it for a formula.
TEST_F(Link, WritesNoFormula) {
  site_.write("accounts.jsonl",
              R"({"kind":"account","account":"=1+1","time":"2026-03-01T00:00:00Z","devices":["d"]}
{"kind":"account","account":"+1-2","time":"2026-03-01T00:00:00Z","devices":["d"]}
{"kind":"account","account":"-12.5","time":"2026-03-01T00:00:00Z","devices":["d"]}
)");
  EXPECT_EQ(link({"--on", "devices:5", "--csv"}).out,
            "cluster,source,account,size\n"
            "file/+1-2,file,'+1-2,3\nfile/+1-2,file,-12.5,3\nfile/+1-2,file,'=1+1,3\n");
}

}  // namespace
}  // namespace tidewaiter
