// A campaign of thousands of accounts in one case, and a ring of three: drawn, approved, issued,
// verified.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/acts.h"
#include "daemon/app/signatory.h"
#include "storage/verify/bundle_check.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr int kRings = 60;
constexpr int kAccountsOfRing = 40;
constexpr int kAccounts = kRings * kAccountsOfRing;

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put_content(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

/// By hand: sixty rings of forty accounts, a ring being those of one address; the first account of
/// each ring has a fingerprint in common with the first of the next one, so that all are one
/// cluster. Each asks once within the hour; the last record settles it.
std::string campaign_usage() {
  std::string lines;
  for (int ring = 0; ring < kRings; ++ring) {
    for (int i = 0; i < kAccountsOfRing; ++i) {
      const std::string name = "canary-" + std::to_string(ring) + "-" + std::to_string(i);
      const auto line = [&](const std::string& id, const std::string& more) {
        lines += R"({"kind":"usage","id":")" + id + R"(","time":"2026-10-05T10:)" +
                 std::to_string(10 + i) + R"(:00Z","account":")" + name + "\"," + more + "}\n";
      };
      line(name, R"("client.address":"10.9.)" + std::to_string(ring) + ".1\"");
      if (i != 0) continue;
      for (const int bridge : {ring, ring + 1}) {
        line(name + "-b" + std::to_string(bridge),
             R"("tls.ja4":"canary-bridge-)" + std::to_string(bridge) + "\"");
      }
    }
  }
  return lines + R"({"kind":"usage","id":"z","time":"2026-10-05T13:30:00Z","account":"z"})" + "\n";
}

constexpr const char* kCampaignPolicy =
    "policy: test.campaign\nversion: 1\ntitle: Thousands at once\nstatus: active\nowner: trust\n"
    "basis: [{terms: no more than that}]\nkind: coordination\nseverity: high\n"
    "description: A test.\nfalse_positives: [a test]\nreads: usage\nfor_each: cluster\n"
    "window: {length: 1h, wait_for_late: 2h}\nmeasure: {accounts: distinct(account)}\n"
    "report_when: accounts >= 2000\n---\n"
    "linkage: means\ntitle: Addresses and fingerprints\nlinks:\n"
    "  - {field: client.address, at_most: 100}\n  - {field: tls.ja4, at_most: 100}\n";

class CampaignBundle : public testing::Test {
 protected:
  CampaignBundle() {
    site_.write("policies/volume.yaml", kCampaignPolicy);
    site_.write("usage.jsonl", campaign_usage());
    const Answer made = site_({"init", "--person", "Li=liaison", "--person", "Ada=approver",
                               "--person", "Cy=counsel", "--person", "Pat=policy-writer"});
    EXPECT_EQ(made.status, 0) << made.err;
    site_.cycle();
  }

  [[nodiscard]] nlohmann::json done(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const Answer answer = site_(arguments);
    EXPECT_EQ(answer.status, 0) << answer.err;
    return answer.status == 0 ? answer.json() : nlohmann::json();
  }
  [[nodiscard]] BundleReport verified(const std::string& folder) const {
    std::string key = content_of(site_.path("state/ledger.vkey"));
    key.erase(key.find_last_not_of(" \r\n") + 1);
    return verify_bundle(site_.path(folder), key);
  }

  SmallSite site_;
};

TEST_F(CampaignBundle, OfThousandsOfAccountsIsDrawnApprovedIssuedAndVerified) {
  const auto cases = done({"case", "list"})["cases"];
  ASSERT_EQ(cases.size(), 1U);
  const std::string id =
      done({"report", "new", "referral", "--case", cases[0]["id"], "--profile", "facts",
            "--recipient", "Agency", "--no-pdf", "--as", "li"})["report"]["id"];
  for (const char* const who : {"ada", "cy"}) {
    static_cast<void>(done({"report", "approve", id, "--as", who, "--reason", "Read it"}));
  }
  static_cast<void>(done({"report", "issue", id, "--to", "bundle", "--as", "li", "--reason",
                          "The rest is not known"}));
  const BundleReport whole = verified("bundle");
  ASSERT_TRUE(whole.ok()) << bundle_text(whole);
  ASSERT_TRUE(whole.issued);
  EXPECT_EQ(whole.issued->opinions.size(), 2U);

  const auto report = nlohmann::json::parse(content_of(site_.path("bundle/data/report.json")));
  ASSERT_EQ(report["findings"].size(), 1U);
  EXPECT_EQ(report["findings"][0]["figures"][0]["value"], std::to_string(kAccounts));
  // A record an account, and two more of the first of each ring.
  EXPECT_EQ(report["findings"][0]["records"], kAccounts + 2 * kRings);
  std::int64_t pictured = 0;
  for (const auto& one : report["cluster"]["accounts"]) {
    pictured += one["accounts"].get<std::int64_t>();
  }
  EXPECT_EQ(pictured, kAccounts);
  // Nobody is named: each account is a number.
  EXPECT_EQ(report["members"]["accounts"], kAccounts);
  EXPECT_EQ(report["members"]["named"], false);
  ASSERT_EQ(report["members"]["members"].size(), static_cast<std::size_t>(kAccounts));
  EXPECT_EQ(report["members"]["members"][0]["name"], "account 1");
  EXPECT_EQ(whole.members, 0);
  EXPECT_FALSE(fs::exists(site_.path("bundle/data/members.json")));

  std::vector<std::string> names;
  for (const auto& one : fs::recursive_directory_iterator(site_.path("bundle"))) {
    if (!one.is_regular_file()) continue;
    names.push_back(one.path().lexically_relative(site_.path("bundle")).generic_string());
    EXPECT_THAT(content_of(one.path()), Not(HasSubstr("canary"))) << names.back();
  }
  std::ranges::sort(names);
  // Each file at its first, its last and three other bytes.
  constexpr unsigned kSeed = 20'261'005;
  std::mt19937 random(kSeed);
  for (const std::string& name : names) {
    const fs::path file = site_.path("bundle/" + name);
    const std::string bytes = content_of(file);
    ASSERT_FALSE(bytes.empty()) << name;
    std::set<std::size_t> places{0, bytes.size() - 1};
    for (int i = 0; i < 3; ++i) places.insert(random() % bytes.size());
    for (const std::size_t at : places) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      put_content(file, changed);
      const BundleReport told = verified("bundle");
      ASSERT_FALSE(told.ok()) << name << " at " << at << ", seed " << kSeed;
      ASSERT_THAT(bundle_text(told), HasSubstr(name)) << " at " << at << ", seed " << kSeed;
    }
    put_content(file, bytes);
  }
  EXPECT_TRUE(verified("bundle").ok());
}

constexpr const char* kTwicePolicy =
    "policy: test.twice\nversion: 1\ntitle: Twice in an hour\nstatus: active\nowner: trust\n"
    "basis: [{terms: no more than that}]\nkind: extraction\nseverity: high\n"
    "description: A test.\nfalse_positives: [a test]\nreads: usage\nfor_each: account\n"
    "window: {length: 1h, wait_for_late: 2h}\nmeasure: {asked: sum(requests)}\n"
    "report_when: asked >= 2\n---\n";

/// By hand: three accounts of one address, of which the second asks twice, what another policy
/// reports; and one that has nothing to do with them.
class RingBundle : public testing::Test {
 protected:
  RingBundle() {
    std::string policies = kCampaignPolicy;
    policies.replace(policies.find(">= 2000"), 7, ">= 3");
    site_.write("policies/volume.yaml", kTwicePolicy + policies);
    const auto line = [](const std::string& id, const std::string& account, char last) {
      return R"({"kind":"usage","id":")" + id + R"(","time":"2026-10-05T10:)" + id +
             R"(:00Z","account":")" + account + R"(","client.address":"10.0.0.)" + last + "\"}\n";
    };
    site_.write("usage.jsonl",
                line("11", "zq-a", '1') + line("12", "zq-b", '1') + line("33", "zq-b", '1') +
                    line("14", "zq-c", '1') + line("15", "other", '2') +
                    R"({"kind":"usage","id":"z","time":"2026-10-05T13:30:00Z","account":"z"})" +
                    "\n");
    const Answer made = site_({"init", "--person", "Li=liaison", "--person", "Ada=approver",
                               "--person", "Cy=counsel", "--person", "Pat=policy-writer"});
    EXPECT_EQ(made.status, 0) << made.err;
    site_.cycle();
    const nlohmann::json listed = site_({"case", "list", "--json"}).json();
    for (const auto& one : listed["cases"]) {
      if (one["subject"] == "cluster:gateway/zq-a") case_ = one["id"];
    }
  }

  /// The id of a referral about the ring.
  [[nodiscard]] std::string drawn(const std::string& profile) const {
    const Answer answer = site_({"report", "new", "referral", "--case", case_, "--profile", profile,
                                 "--recipient", "Agency", "--no-pdf", "--as", "li", "--json"});
    EXPECT_EQ(answer.status, 0) << answer.err;
    return answer.status == 0 ? answer.json()["report"]["id"] : nlohmann::json("none");
  }
  [[nodiscard]] BundleReport issued(const std::string& report, const std::string& folder) const {
    for (const char* const who : {"ada", "cy"}) {
      EXPECT_EQ(site_({"report", "approve", report, "--as", who, "--reason", "Read it"}).status, 0);
    }
    const Answer answer = site_({"report", "issue", report, "--to", folder, "--as", "li",
                                 "--reason", "The rest is not known"});
    EXPECT_EQ(answer.status, 0) << answer.err;
    std::string key = content_of(site_.path("state/ledger.vkey"));
    key.erase(key.find_last_not_of(" \r\n") + 1);
    return verify_bundle(site_.path(folder), key);
  }
  [[nodiscard]] std::string file(const std::string& name) const {
    return content_of(site_.path(name));
  }

  SmallSite site_;
  std::string case_;
};

TEST_F(RingBundle, NamesItsAccountsAsTheDraftIsSealedWithThem) {
  const std::string id = drawn("subjects");
  const BundleReport whole = issued(id, "bundle");
  ASSERT_TRUE(whole.ok()) << bundle_text(whole);
  EXPECT_EQ(whole.members, 3);
  EXPECT_THAT(bundle_text(whole), HasSubstr("3 accounts of the cluster"));
  const auto report = nlohmann::json::parse(file("bundle/data/report.json"));
  const auto& members = report["members"]["members"];
  ASSERT_EQ(members.size(), 3U);
  EXPECT_EQ(members[0]["name"], "gateway/zq-a");
  EXPECT_EQ(members[1]["subject"], "account:gateway/zq-b");
  EXPECT_EQ(members[1]["requests"], 2);
  EXPECT_EQ(members[1]["first"], "2026-10-05T10:12:00Z");
  EXPECT_EQ(members[1]["last"], "2026-10-05T10:33:00Z");
  EXPECT_EQ(members[1]["linked_by"], nlohmann::json{"client.address"});
  EXPECT_EQ(members[1]["findings"], 1);
  EXPECT_EQ(members[2]["findings"], 0);
  for (const auto& element : report["elements"]) {
    if (element["name"] == "subject") {
      EXPECT_EQ(element["state"], "present");
    }
  }
  // The words that the entry has the digest of, and no name in the entry.
  const auto entries = site_.entries("report.drafted");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0]["confidential"], to_hex(sha256(file("bundle/data/members.json"))));
  EXPECT_THAT(entries[0].dump(), Not(HasSubstr("zq-")));
  const auto words = nlohmann::json::parse(file("bundle/data/members.json"));
  EXPECT_EQ(words[1]["members"],
            "account:gateway/zq-a\naccount:gateway/zq-b\naccount:gateway/zq-c");
  EXPECT_THAT(file("bundle/data/report.html"), HasSubstr("gateway/zq-c"));
}

TEST_F(RingBundle, OfNumbersIsSealedWithNothing) {
  const BundleReport whole = issued(drawn("facts"), "bundle");
  ASSERT_TRUE(whole.ok()) << bundle_text(whole);
  EXPECT_EQ(whole.members, 0);
  EXPECT_FALSE(fs::exists(site_.path("bundle/data/members.json")));
  EXPECT_THAT(
      file("bundle/data/members.csv"),
      HasSubstr("account 2,,2026-10-05T10:12:00Z,2026-10-05T10:33:00Z,2,client.address,1,\n"));
  for (const auto& one : fs::recursive_directory_iterator(site_.path("bundle/data"))) {
    EXPECT_THAT(content_of(one.path()), Not(HasSubstr("zq-"))) << one.path();
  }
}

TEST_F(RingBundle, IsOnlyCountedForARecipientWhoIsNotGivenTheAccounts) {
  site_.write("report-recipients.yaml",
              "recipients: [{id: unit, name: Agency, profile: subjects, withholds: [members]}]\n");
  const std::string id = drawn("subjects");
  const auto report = nlohmann::json::parse(file("state/reports/" + id + "/data/report.json"));
  EXPECT_EQ(report["members"]["accounts"], 3);
  EXPECT_TRUE(report["members"]["members"].empty());
  EXPECT_THAT(report["withheld"].dump(), HasSubstr("accounts of the cluster, one by one"));
  EXPECT_FALSE(fs::exists(site_.path("state/reports/" + id + "/data/members.json")));
}

TEST_F(RingBundle, WhoseAccountsTheDraftIsNotSealedWithIsNamed) {
  // A house that puts another list of accounts into what it draws, and signs all of it.
  const std::string id = drawn("subjects");
  const fs::path folder = site_.path("state/reports/" + id);
  const std::string other = "r-ffffffffffff";
  const fs::path forged = site_.path("state/reports/" + other);
  fs::copy(folder, forged, fs::copy_options::recursive);
  std::string manifest = content_of(forged / "manifest-sha256.txt");
  const std::string words = R"(["AAAAAAAAAAAAAAAAAAAAAA",{"members":"account:gateway/honest"}])";
  const std::string before = to_hex(sha256(content_of(forged / "data/members.json")));
  put_content(forged / "data/members.json", words);
  manifest.replace(manifest.find(before), before.size(), to_hex(sha256(words)));
  put_content(forged / "manifest-sha256.txt", manifest);
  const auto who = signatory(site_.path("state"), "li", std::nullopt);
  ASSERT_TRUE(who);
  const auto ledger = Ledger::open(site_.ledger_paths(), Ledger::Mode::kReadOnly);
  ASSERT_TRUE(ledger);
  const auto body = (*ledger)->entry((*ledger)->head()->size - 1);
  ASSERT_TRUE(body);
  auto drafted = read_act("report.drafted", nlohmann::json::parse(*body), "small.example/ledger");
  ASSERT_TRUE(drafted) << *body;
  Act act = drafted->act;
  act.case_id = other;
  std::get<ReportDrafted>(act.body).manifest = sha256(manifest);
  ASSERT_TRUE(
      hand_in_act(site_.path("state"), act, {{"members", "account:gateway/zq-a"}}, who->key));
  site_.cycle();
  const BundleReport told = issued(other, "bundle");
  EXPECT_FALSE(told.ok());
  EXPECT_THAT(bundle_text(told),
              HasSubstr("`data/members.json` is not what the entry that drew the report is sealed "
                        "with"));
}

}  // namespace
}  // namespace tidewaiter
