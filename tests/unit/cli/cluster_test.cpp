// The verbs of clusters over a small history, and what people rule on links.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/cli/cluster_report.h"
#include "storage/verify/verify.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// By hand: a and b share an address, b and c a fingerprint, c and d an address. So a, b, c and d
/// are one cluster, of four, which the policy reports; e and f are one by a fingerprint. An address
/// that five have links nobody. The last record settles the hour.
std::string linked_usage() {
  const auto line = [](const char* id, const char* account, const char* more) {
    return R"({"kind":"usage","id":")" + std::string(id) + R"(","time":"2026-10-05T10:0)" +
           std::string(id + 1) + R"(:00Z","account":")" + account + "\"," + more + "}\n";
  };
  return line("r1", "a", R"("client.address":"192.0.2.1")") +
         line("r2", "b", R"("client.address":"192.0.2.1","tls.ja4":"j1")") +
         line("r3", "c", R"("client.address":"192.0.2.2","tls.ja4":"j1")") +
         line("r4", "d", R"("client.address":"192.0.2.2")") + line("s5", "e", R"("tls.ja4":"j2")") +
         line("s6", "f", R"("tls.ja4":"j2")") +
         line("h1", "a", R"("client.address":"198.51.100.9")") +
         line("h2", "b", R"("client.address":"198.51.100.9")") +
         line("h3", "c", R"("client.address":"198.51.100.9")") +
         line("h4", "e", R"("client.address":"198.51.100.9")") +
         line("h5", "f", R"("client.address":"198.51.100.9")") +
         R"({"kind":"usage","id":"z","time":"2026-10-05T12:30:00Z","account":"z"})" + "\n";
}

/// `address` is what else the link by addresses says.
std::string ring_policy(const std::string& severity, const std::string& address = "") {
  return "policy: test.ring\nversion: 1\ntitle: Four at once\nstatus: active\nowner: trust\n"
         "basis: [{terms: no more than that}]\nkind: coordination\nseverity: " +
         severity +
         "\ndescription: A test.\nfalse_positives: [a test]\nreads: usage\nfor_each: cluster\n"
         "window: {length: 1h, wait_for_late: 2h}\nmeasure: {accounts: distinct(account)}\n"
         "report_when: accounts >= 4\n---\n"
         "linkage: means\ntitle: Addresses and fingerprints\nlinks:\n"
         "  - {field: client.address, at_most: 3" +
         address + "}\n  - {field: tls.ja4, at_most: 3}\n";
}

class ClusterTest : public testing::Test {
 protected:
  ClusterTest() { make("medium"); }

  void make(const std::string& severity) { make(ring_policy(severity), linked_usage()); }
  void make(const std::string& policies, const std::string& usage) {
    std::filesystem::remove_all(site_.path("state"));
    site_.write("policies/volume.yaml", policies);
    site_.write("usage.jsonl", usage);
    const Answer made = site_({"init", "--person", "Jo=officer", "--person", "Ada=approver",
                               "--person", "Bea=approver", "--person", "Di=viewer"});
    ASSERT_EQ(made.status, 0) << made.err;
    site_.cycle();
  }

  [[nodiscard]] nlohmann::json done(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--yes", "--json"});
    const Answer answer = site_(arguments);
    EXPECT_EQ(answer.status, 0) << answer.err;
    return answer.status == 0 ? answer.json() : nlohmann::json();
  }
  [[nodiscard]] nlohmann::json findings() const {
    return site_({"finding", "list", "--json"}).json()["findings"];
  }
  /// "a 4", "e 2": clusters of the stored history with their sizes.
  [[nodiscard]] std::vector<std::string> clusters() const {
    std::vector<std::string> all;
    const auto listed = site_({"cluster", "list", "--json"}).json();
    for (const auto& one : listed["clusters"]) {
      all.push_back(one["cluster"].get<std::string>().substr(8) + " " +
                    std::to_string(one["size"].get<int>()));
    }
    return all;
  }
  [[nodiscard]] bool verified() const {
    return verify_ledger({site_.ledger_paths().database, site_.ledger_paths().lock, {}}).ok();
  }

  SmallSite site_;
};

TEST_F(ClusterTest, ListsClustersWithWhatIsAboutThem) {
  const Answer text = site_({"cluster", "list"});
  ASSERT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("2 clusters of "));
  EXPECT_THAT(text.out, HasSubstr("client.address of at most 3, tls.ja4 of at most 3"));
  const auto listed = site_({"cluster", "list", "--json"}).json();
  ASSERT_EQ(listed["clusters"].size(), 2U);
  const auto& ring = listed["clusters"][0];
  EXPECT_EQ(ring["cluster"], "gateway/a");
  EXPECT_EQ(ring["subject"], "cluster:gateway/a");
  EXPECT_EQ(ring["size"], 4);
  EXPECT_EQ(ring["evidence"], nlohmann::json({{"client.address", 2}, {"tls.ja4", 1}}));
  EXPECT_EQ(ring["worst"], "medium");
  EXPECT_EQ(ring["findings"].size(), 1U);
  EXPECT_EQ(ring["cases"][0]["state"], "open");
  EXPECT_EQ(ring["accounts"].size(), 4U);
  EXPECT_EQ(ring["formed"]["time"], "2026-10-05T10:02:00Z");
  EXPECT_EQ(listed["clusters"][1]["worst"], nullptr);
}

TEST_F(ClusterTest, ListsThoseThatAreAskedFor) {
  const auto count = [this](std::vector<std::string> more) {
    more.insert(more.begin(), {"cluster", "list", "--json"});
    return site_(more).json()["clusters"].size();
  };
  EXPECT_EQ(count({"--at-least", "3"}), 1U);
  EXPECT_EQ(count({"--by", "tls.ja4"}), 2U);
  EXPECT_EQ(count({"--by", "tls.ja4", "--by", "client.address"}), 1U);
  EXPECT_EQ(count({"--with-findings"}), 1U);
  EXPECT_EQ(count({"--open"}), 1U);
  const auto latest = site_({"cluster", "list", "--sort", "formed", "--json"}).json();
  EXPECT_EQ(latest["clusters"][0]["cluster"], "gateway/e");
}

TEST_F(ClusterTest, ShowsWhatLinksAndWhatDoesNot) {
  const Answer text = site_({"cluster", "show", "c"}, 80);
  ASSERT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out,
              AllOf(HasSubstr("cluster:gateway/a  4 accounts"),
                    HasSubstr("gateway/a, gateway/b, gateway/c, gateway/d"),
                    HasSubstr("client.address 192.0.2.1\n    since 2026-10-05 10:02, 2 accounts "
                              "here: gateway/a, gateway/b\n"),
                    HasSubstr("In common, and no evidence\n  client.address 198.51.100.9: a hub: 5 "
                              "accounts hold it, at most 3 may\n"),
                    HasSubstr("Findings\n"), HasSubstr("test.ring"), HasSubstr("Cases\n")));
  for (std::size_t at = 0; at < text.out.size();) {
    const std::size_t end = text.out.find('\n', at);
    EXPECT_LE(end - at, 80U) << text.out.substr(at, end - at);
    at = end + 1;
  }
  const auto json = site_({"cluster", "show", "cluster:gateway/a", "--json"}).json();
  EXPECT_EQ(json["values"].size(), 4U);
  EXPECT_EQ(json["values"][3]["standing"], "too-common");
  EXPECT_EQ(json["values"][3]["holders"], 5);
  EXPECT_EQ(json["values"][2]["since"], "2026-10-05T10:03:00Z");
  const Answer nobody = site_({"cluster", "show", "nobody"});
  EXPECT_EQ(nobody.status, 2);
  EXPECT_THAT(nobody.err, HasSubstr("no record names the account `nobody`"));
}

TEST_F(ClusterTest, ShowsTheWayBetweenTwo) {
  const Answer way = site_({"cluster", "show", "a", "--path", "a", "d"});
  ASSERT_EQ(way.status, 0) << way.err;
  EXPECT_THAT(way.out, HasSubstr("gateway/a and gateway/d belong together, by 3 steps\n"));
  const Answer apart = site_({"cluster", "show", "a", "--path", "a", "e"});
  EXPECT_EQ(apart.status, 2);
  EXPECT_THAT(apart.err, HasSubstr("`gateway/e` is not in the cluster: it belongs to `gateway/e`"));
}

TEST_F(ClusterTest, DrawsTheClusterAsAGraph) {
  const Answer answer = site_({"cluster", "show", "a", "--svg", "cluster.svg"});
  ASSERT_EQ(answer.status, 0) << answer.err;
  std::ifstream in(site_.path("cluster.svg"));
  const std::string svg(std::istreambuf_iterator<char>(in), {});
  EXPECT_THAT(svg, AllOf(HasSubstr("<title id=\"gt\">Cluster gateway/a, 4 accounts"),
                         HasSubstr("tls.ja4 j1"), HasSubstr("links nobody")));
}

TEST(ClusterPicture, DrawsThoseInStepWhomPairsConnect) {
  // a, b and c are in step, and d and e; by their models a and d are.
  const auto account = [](const char* name) { return LinkedAccount{"s", name}; };
  const auto pair = [&](const char* one, const char* other, std::optional<FieldId> target) {
    const InStep step{target, kMinute, {UtcTime{0}, UtcTime{kDay.us}}, 12, 13, 6};
    return PairInStep{account(one), account(other), step};
  };
  ShownCluster shown;
  shown.evidence.name = account("a");
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    shown.evidence.accounts.push_back(account(name));
  }
  shown.evidence.in_step = {pair("a", "c", {}), pair("b", "c", {}), pair("d", "e", {}),
                            pair("a", "d", find_field("model"))};
  const ClusterGraph graph = cluster_graph(shown);
  std::map<std::string, std::vector<std::size_t>> drawn;
  for (const GraphEdge& edge : graph.edges) {
    drawn[graph.values[edge.value].name].push_back(edge.account);
  }
  EXPECT_EQ(graph.values.size(), 3U);
  EXPECT_EQ(graph.values.front().type, "lockstep");
  EXPECT_EQ(graph.values.front().note, "weight 6");
  EXPECT_THAT(drawn["2 pairs in step"], testing::UnorderedElementsAre(0U, 1U, 2U));
  EXPECT_THAT(drawn["1 pair in step"], testing::UnorderedElementsAre(3U, 4U));
  EXPECT_THAT(drawn["1 pair in step by model"], testing::UnorderedElementsAre(0U, 3U));
}

TEST_F(ClusterTest, SaysBeforehandWhatACutWouldChange) {
  const std::vector<std::string> cut = {"cluster", "cut", "c",        "--by", "tls.ja4=j1",
                                        "--as",    "jo",  "--reason", "x",    "--dry-run"};
  const Answer text = site_(cut);
  ASSERT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("before    gateway/a of 4 accounts\n"),
                              HasSubstr("after     gateway/a of 2 accounts; gateway/c of 2 "
                                        "accounts\n"),
                              HasSubstr("withdrawn")));
  EXPECT_EQ(site_({"cluster", "rulings", "--json"}).json()["rulings"].size(), 0U);
  std::vector<std::string> json = cut;
  json.emplace_back("--json");
  const auto outlook = site_(json).json()["outlook"];
  ASSERT_EQ(outlook["findings"].size(), 1U);
  EXPECT_EQ(outlook["findings"][0]["finding"], findings()[0]["id"]);
  EXPECT_EQ(outlook["findings"][0]["would_be"], "withdrawn");
  std::vector<std::string> unasked = cut;
  unasked.pop_back();
  const Answer nobody = site_(unasked);
  EXPECT_EQ(nobody.status, 1);
  EXPECT_THAT(nobody.err, HasSubstr("--yes"));
}

TEST_F(ClusterTest, ACutStaysCutAndIsLifted) {
  const auto ruled = done({"cluster", "cut", "c", "--from", "b", "--as", "jo", "--reason",
                           "Two flat mates, canary-5b1"})["ruling"];
  EXPECT_EQ(ruled["state"], "holds");
  EXPECT_EQ(ruled["values"][0]["value"], "j1");
  // Who has not the words reads of no account.
  const auto entry = site_.entries("cluster.cut").at(0);
  EXPECT_EQ(entry["act"], nlohmann::json({{"values", 1}}));
  EXPECT_THAT(entry.dump(), AllOf(Not(HasSubstr("canary")), Not(HasSubstr("j1\""))));
  site_.cycle();
  EXPECT_THAT(clusters(), testing::ElementsAre("a 2", "c 2", "e 2"));
  EXPECT_EQ(findings()[0]["state"], "withdrawn");
  EXPECT_TRUE(verified());

  // The same evidence, new and long past, links no more.
  site_.write(
      "usage.jsonl",
      linked_usage() +
          R"({"kind":"usage","id":"t1","time":"2026-10-05T10:09:00Z","account":"c","tls.ja4":"j1"}
{"kind":"usage","id":"t2","time":"2026-10-05T09:00:00Z","account":"b","tls.ja4":"j1"}
)");
  site_.cycle();
  EXPECT_THAT(clusters(), testing::ElementsAre("a 2", "c 2", "e 2"));
  const Answer shown = site_({"cluster", "show", "c"});
  EXPECT_THAT(shown.out, AllOf(HasSubstr("Rulings on its accounts"),
                               HasSubstr("cut gateway/c off tls.ja4 j1")));
  const std::string id = ruled["id"];
  EXPECT_THAT(site_({"cluster", "rulings", id}).out,
              AllOf(HasSubstr("reason: Two flat mates, canary-5b1"), HasSubstr("holds")));

  EXPECT_EQ(done({"cluster", "lift", id, "--as", "jo", "--reason", "x"})["ruling"]["state"],
            "lifted");
  site_.cycle();
  EXPECT_THAT(clusters(), testing::ElementsAre("a 4", "e 2"));
  // A daemon that starts anew replays the same, and says nothing twice.
  const auto before =
      site_({"ledger", "log", "--json", "--limit", "1000"}).json()["entries"].size();
  site_.cycle();
  site_.cycle();
  EXPECT_EQ(site_({"ledger", "log", "--json", "--limit", "1000"}).json()["entries"].size(), before);
  EXPECT_TRUE(verified());
}

TEST_F(ClusterTest, CutsOffWhatTwoUseInOnePeriodAlone) {
  // By hand: b and a have a fingerprint in common, and both use an address, but hours apart: there
  // it links b with x, and a with y. In the last two hours b and y use another one.
  const auto line = [](const char* id, const char* time, const char* account, const char* more) {
    return R"({"kind":"usage","id":")" + std::string(id) + R"(","time":"2026-10-05T)" + time +
           R"(:00Z","account":")" + account + "\"," + more + "}\n";
  };
  constexpr const char* kOne = R"("client.address":"192.0.2.1")";
  constexpr const char* kOther = R"("client.address":"192.0.2.2")";
  constexpr const char* kPrint = R"("tls.ja4":"j1")";
  make(ring_policy("medium", ", window: 1h"),
       line("1", "04:10", "b", kOne) + line("2", "04:20", "x", kOne) +
           line("3", "05:00", "b", kPrint) + line("4", "05:10", "a", kPrint) +
           line("5", "08:10", "a", kOne) + line("6", "08:20", "y", kOne) +
           line("7", "10:10", "b", kOther) + line("8", "10:20", "y", kOther));
  EXPECT_THAT(clusters(), testing::ElementsAre("a 4"));
  const auto between = [this](const char* account, const char* other) {
    const auto ruled = done({"cluster", "cut", account, "--from", other, "--as", "jo", "--reason",
                             "Two flat mates"})["ruling"];
    std::vector<std::string> values;
    for (const auto& value : ruled["values"]) values.push_back(value["value"]);
    return values;
  };
  EXPECT_THAT(between("b", "a"), testing::ElementsAre("j1"));
  site_.cycle();
  EXPECT_THAT(clusters(), testing::ElementsAre("a 4"));
  // y and b use 192.0.2.1, too, but each with another account.
  EXPECT_THAT(between("y", "b"), testing::ElementsAre("192.0.2.2"));
  site_.cycle();
  EXPECT_THAT(clusters(), testing::ElementsAre("a 2", "b 2"));
  EXPECT_TRUE(verified());
}

TEST_F(ClusterTest, WhatAPersonJoinsIsEvidenceOfItsOwn) {
  const auto ruled = done({"cluster", "join", "d", "e", "--as", "ada", "--reason", "One contract"});
  EXPECT_EQ(ruled["outlook"]["after"][0]["size"], 6);
  site_.cycle();
  EXPECT_THAT(clusters(), testing::ElementsAre("a 6"));
  const Answer way = site_({"cluster", "show", "a", "--path", "d", "f"});
  EXPECT_THAT(way.out, HasSubstr("gateway/d to gateway/e\n    a person's ruling k-"));
  EXPECT_THAT(site_({"cluster", "show", "a"}).out, HasSubstr("Joined by a person\n"));
  // The finding about the ring is restated: it has six accounts now.
  const auto restated = site_.entries("finding.restated");
  ASSERT_FALSE(restated.empty());
  EXPECT_EQ(restated.back()["reason"], "cluster-changed");
  EXPECT_EQ(restated.back()["figures"][0]["value"], "6");
  const auto tried = site_({"policy", "backtest", "--format", "json"}).json();
  EXPECT_EQ(tried["policies"][0]["findings"].size(), 1U) << tried.dump();
}

TEST_F(ClusterTest, AGraveFindingAsksForASecondPerson) {
  make("high");
  const auto proposed =
      done({"cluster", "cut", "c", "--by", "tls.ja4=j1", "--as", "ada", "--reason", "x"})["ruling"];
  EXPECT_EQ(proposed["state"], "proposed");
  const std::string id = proposed["id"];
  site_.cycle();
  EXPECT_THAT(clusters(), testing::ElementsAre("a 4", "e 2"));
  const std::string seen = std::to_string(proposed["seen"].get<std::int64_t>());
  const Answer own =
      site_({"cluster", "approve", id, "--seen", seen, "--as", "ada", "--reason", "x", "--yes"});
  EXPECT_EQ(own.status, 4);
  EXPECT_THAT(own.err, HasSubstr("another person has to approve it"));
  EXPECT_EQ(
      site_({"cluster", "approve", id, "--seen", seen, "--as", "jo", "--reason", "x", "--yes"})
          .status,
      4);
  EXPECT_THAT(site_({"cluster", "rulings", id}).out,
              HasSubstr("tidewaiter cluster approve " + id + " --seen " + seen));
  const auto approved =
      done({"cluster", "approve", id, "--seen", seen, "--as", "bea", "--reason", "Agreed"});
  EXPECT_EQ(approved["ruling"]["state"], "holds");
  EXPECT_EQ(approved["outlook"]["findings"][0]["would_be"], "withdrawn");
  site_.cycle();
  EXPECT_THAT(clusters(), testing::ElementsAre("a 2", "c 2", "e 2"));
  EXPECT_TRUE(verified());
}

TEST_F(ClusterTest, RefusesWhatMakesNoSense) {
  const auto refused = [this](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--as", "jo", "--reason", "x", "--yes"});
    const Answer answer = site_(arguments);
    EXPECT_EQ(answer.status, 2) << answer.out;
    return answer.err;
  };
  EXPECT_THAT(refused({"cluster", "cut", "a"}), HasSubstr("say what to cut it off"));
  EXPECT_THAT(refused({"cluster", "cut", "a", "--by", "tls.ja=j1"}),
              HasSubstr("did you mean `tls.ja4`?"));
  EXPECT_THAT(refused({"cluster", "cut", "a", "--from", "d"}),
              HasSubstr("has nothing that links it to `gateway/d`"));
  EXPECT_THAT(refused({"cluster", "join", "a", "a"}), HasSubstr("not joined with itself"));
  EXPECT_THAT(refused({"cluster", "lift", "k-12"}), HasSubstr("no ruling begins with"));
  const Answer viewer =
      site_({"cluster", "cut", "a", "--all", "--as", "di", "--reason", "x", "--yes"});
  EXPECT_EQ(viewer.status, 4);
  EXPECT_THAT(viewer.err, HasSubstr("enrolled as viewer"));
}

}  // namespace
}  // namespace tidewaiter
