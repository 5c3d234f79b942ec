// A campaign of thousands of accounts in one case: drawn, approved, issued, verified.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace tidewaiter
