// Cases that merge and part as their clusters do, by a run over a small history.

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/verify/verify.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string used(const std::string& id, const std::string& time, const std::string& account,
                 const std::string& print) {
  return R"({"kind":"usage","id":")" + id + R"(","time":"2026-10-05T)" + time +
         R"(:00Z","account":")" + account + "\"" +
         (print.empty() ? "" : R"(,"tls.ja4":")" + print + "\"") + "}\n";
}

/// By hand: a, b and c have one fingerprint, m, n and o another one. Two clusters of three, which
/// the policy reports. What comes `before` is of the same hour, which the last record settles.
std::string two_rings(const std::string& before = "") {
  std::string usage = before;
  int minute = 10;
  for (const char* const account : {"a", "b", "c", "m", "n", "o"}) {
    usage += used(std::string("r") + account, "10:" + std::to_string(minute++), account,
                  *account < 'd' ? "j1" : "j2");
  }
  return usage + used("z1", "12:30", "z", "");
}

class ClusterCasesTest : public testing::Test {
 protected:
  ClusterCasesTest() {
    site_.write("policies/volume.yaml",
                "policy: test.ring\nversion: 1\ntitle: Three at once\nstatus: active\n"
                "owner: trust\nbasis: [{terms: no more than that}]\nkind: coordination\n"
                "severity: medium\ndescription: A test.\nfalse_positives: [a test]\n"
                "reads: usage\nfor_each: cluster\nwindow: {length: 1h, wait_for_late: 2h}\n"
                "measure: {accounts: distinct(account)}\nreport_when: accounts >= 3\n---\n"
                "linkage: means\ntitle: Fingerprints\nlinks:\n  - {field: tls.ja4, at_most: 3}\n");
    site_.write("usage.jsonl", two_rings());
    const Answer made = site_(
        {"init", "--person", "Jo=officer", "--person", "Kim=officer", "--person", "Ada=approver"});
    EXPECT_EQ(made.status, 0) << made.err;
    site_.cycle();
    a_ = case_of("cluster:gateway/a");
    m_ = case_of("cluster:gateway/m");
  }

  [[nodiscard]] std::string case_of(const std::string& subject) const {
    for (const auto& one : cases()) {
      if (one["subject"] == subject) return one["id"];
    }
    return {};
  }
  [[nodiscard]] nlohmann::json cases() const {
    return site_({"case", "list", "--state", "all", "--json"}).json()["cases"];
  }
  [[nodiscard]] nlohmann::json shown(const std::string& id) const {
    const Answer answer = site_({"case", "show", id, "--json"});
    EXPECT_EQ(answer.status, 0) << answer.err;
    return answer.json();
  }
  void done(const std::vector<std::string>& arguments) const {
    const Answer answer = site_(arguments);
    EXPECT_EQ(answer.status, 0) << answer.err;
  }
  /// What c and m have in common from now on makes one cluster of the two.
  void join() const {
    std::ofstream usage(site_.path("usage.jsonl"), std::ios::app);
    usage << used("j1", "12:40", "c", "j9") << used("j2", "12:41", "m", "j9");
    usage.close();
    site_.cycle();
  }
  [[nodiscard]] bool verified() const {
    return verify_ledger({site_.ledger_paths().database, site_.ledger_paths().lock, {}}).ok();
  }

  SmallSite site_;
  std::string a_;  ///< the case of the one cluster
  std::string m_;  ///< of the other
};

TEST_F(ClusterCasesTest, OneGoesOnInTheOtherWhenTheirClustersBecomeOne) {
  ASSERT_FALSE(a_.empty());
  ASSERT_FALSE(m_.empty());
  done({"case", "assign", m_, "--to", "kim", "--as", "ada"});
  done({"case", "clock", m_, "days:10", "--from", "2026-10-05", "--event", "Told", "--as", "jo"});
  join();
  const auto entries = site_.entries("cluster.merged");
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0]["case"], m_);
  EXPECT_EQ(entries[0]["into"], a_);
  EXPECT_EQ(entries[0]["done"], true);
  EXPECT_EQ(shown(m_)["state"], "merged");
  EXPECT_EQ(shown(m_)["merged_into"], a_);
  EXPECT_EQ(shown(a_)["owner"], "kim");
  EXPECT_EQ(shown(a_)["clocks"][0]["rule"], "days:10");
  EXPECT_EQ(shown(a_)["all_findings"].size(), 2U);
  EXPECT_THAT(site_({"case", "show", a_}).out,
              AllOf(HasSubstr("As its cluster changed"),
                    HasSubstr("the cluster of " + m_ + " has become part of this one's")));
  EXPECT_TRUE(verified());
  site_.cycle();
  EXPECT_THAT(site_.entries("cluster.merged"), SizeIs(1));
  // An act about the merged case is refused, as of any.
  const Answer late = site_({"case", "comment", m_, "x", "--as", "jo"});
  EXPECT_EQ(late.status, 4);
  EXPECT_THAT(late.err, HasSubstr("goes on in `" + a_));
}

TEST_F(ClusterCasesTest, PeopleAreAskedWhereSomebodyHasDecided) {
  const std::string seen = std::to_string(shown(a_)["seen"].get<std::int64_t>());
  done({"case", "decide", a_, "needs-information", "--seen", seen, "--reason", "Asked", "--as",
        "jo"});
  join();
  const auto entries = site_.entries("cluster.merged");
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0]["done"], false);
  EXPECT_EQ(shown(m_)["state"], "open");
  EXPECT_THAT(site_({"case", "show", m_}).out,
              AllOf(HasSubstr("Nothing was done, for somebody has decided"),
                    HasSubstr("`tidewaiter case merge " + m_ + " --into " + a_ + "`")));
  EXPECT_TRUE(verified());
}

TEST_F(ClusterCasesTest, PeopleAreAskedWhereItIsStatedWhoIsBehindIt) {
  const auto page = shown(m_);
  const std::string finding = page["all_findings"][0]["id"];
  const std::string seen = std::to_string(page["seen"].get<std::int64_t>());
  done({"case", "attribute", m_, "--to", "Example Ltd", "--confidence", "low", "--evidence",
        finding, "--seen", seen, "--reason", "One card", "--as", "jo"});
  join();
  const auto entries = site_.entries("cluster.merged");
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0]["done"], false);
  EXPECT_EQ(entries[0]["because"], "somebody has stated who is behind one of them");
  EXPECT_THAT(shown(a_)["attributions"], IsEmpty());
  EXPECT_TRUE(verified());
}

TEST_F(ClusterCasesTest, WhatWentAlongGoesByItselfAgainWhenTheClusterParts) {
  join();
  ASSERT_THAT(site_.entries("cluster.merged"), SizeIs(1));
  done({"case", "comment", a_, "Looked at both", "--as", "jo"});
  const Answer cut = site_({"cluster", "cut", "m", "--by", "tls.ja4=j9", "--as", "ada", "--reason",
                            "A shop's terminal", "--yes"});
  ASSERT_EQ(cut.status, 0) << cut.err;
  site_.cycle();
  const auto entries = site_.entries("cluster.split");
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0]["case"], a_);
  EXPECT_EQ(entries[0]["into"], m_);
  EXPECT_EQ(entries[0]["done"], true);
  EXPECT_EQ(shown(m_)["state"], "open");
  EXPECT_EQ(shown(m_)["merged_into"], nullptr);
  EXPECT_EQ(shown(m_)["acts"].size(), 1U);
  EXPECT_EQ(shown(a_)["all_findings"].size(), 1U);
  EXPECT_TRUE(verified());
}

TEST_F(ClusterCasesTest, APartBeginsWithAReferenceToTheCaseThatItWasIn) {
  // One cluster from the start, which a ruling parts: the part has had no case.
  std::filesystem::remove_all(site_.path("state"));
  site_.write("usage.jsonl",
              two_rings(used("j1", "10:05", "c", "j9") + used("j2", "10:06", "m", "j9")));
  done({"init", "--person", "Jo=officer", "--person", "Ada=approver"});
  site_.cycle();
  ASSERT_THAT(cases(), SizeIs(1));
  const std::string whole = cases()[0]["id"];
  done({"case", "assign", whole, "--to", "jo", "--as", "ada"});
  const Answer cut = site_({"cluster", "cut", "m", "--by", "tls.ja4=j9", "--as", "ada", "--reason",
                            "A shop's terminal", "--yes"});
  ASSERT_EQ(cut.status, 0) << cut.err;
  site_.cycle();
  const std::string part = case_of("cluster:gateway/m");
  ASSERT_FALSE(part.empty());
  const auto entries = site_.entries("cluster.split");
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0]["into"], part);
  EXPECT_EQ(shown(part)["split_from"], whole);
  EXPECT_EQ(shown(part)["owner"], "jo");
  EXPECT_THAT(site_.entries("cluster.merged"), IsEmpty());
  EXPECT_THAT(site_({"case", "show", part}).out, HasSubstr("split off " + whole));
  EXPECT_TRUE(verified());
}

}  // namespace
}  // namespace tidewaiter
