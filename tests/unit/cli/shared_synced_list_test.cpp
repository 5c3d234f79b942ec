// OFAC's SDN list of 2019 and that of 2021, published one after the other, through a synced list
// and a policy: the second opens findings about those who are new, and about nobody else.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/lists/list_format.h"
#include "tests/unit/cli/small_site.h"
#include "tests/unit/published_lists/publisher.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAreArray;
using testing::SizeIs;

using Texts = std::set<std::string>;

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// An issue of the list: its files, the names of its entries, and those with all their aliases.
struct SdnIssue {
  explicit SdnIssue(const fs::path& folder) {
    for (const char* file : {"sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv"}) {
      files.emplace_back(content_of(folder / file));
    }
    const ParsedList list = parse_list({files[0], files[1], files[2], files[3]}).value();
    for (const ListEntry& entry : list.entries) {
      names.insert(entry.name);
      all.insert(entry.name);
      for (const ListedName& alias : entry.aliases) all.insert(alias.text);
    }
  }
  std::vector<std::string> files;
  Texts names;
  Texts all;
};

/// Names of three words or more of `from` that are in none, or in one, of `other`: every so many.
std::vector<std::string> some_of(const SdnIssue& from, const SdnIssue& other, bool in_other,
                                 std::size_t step) {
  std::vector<std::string> chosen;
  std::size_t seen = 0;
  for (const std::string& name : from.names) {
    if (std::ranges::count(name, ' ') < 2 || name.size() > 60) continue;
    if (in_other ? !other.names.contains(name) : other.all.contains(name)) continue;
    if (seen++ % step == 0) chosen.push_back(name);
  }
  return chosen;
}

class SharedSyncedList : public testing::Test {
 protected:
  void SetUp() override {
    const char* root = std::getenv("TIDEWAITER_SHARED");
    if (root != nullptr) folder_ = fs::path(root) / "data/lists";
    if (root == nullptr || !fs::exists(folder_ / "ofac-sdn-2021-full")) {
      GTEST_SKIP() << "TIDEWAITER_SHARED has no data/lists";
    }
    site_.write("tidewaiter.yaml",
                "state: state\npolicies: [policies]\n"
                "sources: [{name: crm, kind: file, record: account, path: accounts.jsonl, "
                "format: jsonl}]\n"
                "ledger: {origin: small.example/ledger}\n"
                "lists: [{name: ofac-sdn, url: \"" +
                    publisher_.url("/sdn.csv") + "\", aliases: \"" + publisher_.url("/alt.csv") +
                    "\", addresses: \"" + publisher_.url("/add.csv") + "\", comments: \"" +
                    publisher_.url("/comments.csv") + "\"}]\n");
    site_.write("policies/volume.yaml",
                "policy: test.sdn\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\n"
                "kind: sanctions\nseverity: high\nreads: account\n"
                "screen: {fields: [name], lists: [sdn], score: 1}\n"
                "---\nlist: sdn\ntitle: t\nsynced: ofac-sdn\n");
  }

  void publish(const SdnIssue& issue) {
    publisher_.publish("/sdn.csv", issue.files[0]);
    publisher_.publish("/alt.csv", issue.files[1]);
    publisher_.publish("/add.csv", issue.files[2]);
    publisher_.publish("/comments.csv", issue.files[3]);
    const Answer synced = site_({"list", "sync"});
    ASSERT_EQ(synced.status, 0) << synced.err;
    site_.cycle();
  }

  /// Accounts by these names; each is called by its name.
  void add_accounts(const std::vector<std::vector<std::string>>& all) {
    std::string lines;
    int number = 0;
    for (const auto& names : all) {
      for (const std::string& name : names) {
        const nlohmann::json line = {{"kind", "account"},
                                     {"id", std::to_string(number)},
                                     {"time", "2026-10-05T10:00:00Z"},
                                     {"account", std::to_string(number)},
                                     {"name", name}};
        lines += line.dump() + '\n';
        names_.push_back(name);
        ++number;
      }
    }
    site_.write("accounts.jsonl", lines);
  }

  /// The names of the accounts with a finding that stands, as they were added.
  std::vector<std::string> found() const {
    std::vector<std::string> names;
    const auto listed = site_({"finding", "list", "--json", "--limit", "1000"}).json();
    for (const auto& finding : listed["findings"]) {
      if (finding["state"] == "withdrawn") continue;
      const auto subject = finding["subject"].get<std::string>();
      names.push_back(names_.at(std::stoul(subject.substr(subject.find('/') + 1))));
    }
    std::ranges::sort(names);
    return names;
  }

  fs::path folder_;
  SmallSite site_;
  Publisher publisher_;
  std::vector<std::string> names_;
};

std::vector<std::string> sorted(std::vector<std::string> one, const std::vector<std::string>& two) {
  one.insert(one.end(), two.begin(), two.end());
  std::ranges::sort(one);
  return one;
}

TEST_F(SharedSyncedList, TheChangeOfTheSdnListYieldsTheNewHitsAlone) {
  const SdnIssue before(folder_ / "ofac-sdn-2019-full");
  const SdnIssue after(folder_ / "ofac-sdn-2021-full");
  const auto joined = some_of(after, before, false, 20);
  const auto stays = some_of(before, after, true, 150);
  const auto left = some_of(before, after, false, 10);
  ASSERT_GT(joined.size(), 20U);
  ASSERT_GT(stays.size(), 20U);
  ASSERT_GT(left.size(), 5U);
  add_accounts(
      {joined, stays, left, {"Clean Hands Limited Partners", "Ordinary Bread And Butter"}});

  publish(before);
  EXPECT_THAT(found(), ElementsAreArray(sorted(stays, left)));
  const std::size_t opened = site_.entries("finding.opened").size();
  EXPECT_EQ(opened, stays.size() + left.size());

  publish(after);
  EXPECT_THAT(found(), ElementsAreArray(sorted(stays, joined)));
  EXPECT_THAT(site_.entries("finding.opened"), SizeIs(opened + joined.size()));
  EXPECT_THAT(site_.entries("finding.withdrawn"), SizeIs(left.size()));
  EXPECT_EQ(site_({"records", "verify"}).status, 0);
}

}  // namespace
}  // namespace tidewaiter
