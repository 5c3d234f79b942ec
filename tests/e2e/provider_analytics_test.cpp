// Anthropic's analytics reports and user profiles over real HTTP, against the customers' model,
// which knows nothing of actors, rows or pages, and against another reader (cpp-httplib,
// nlohmann-json).
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/vendor_scene.h"

namespace tidewaiter {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::SizeIs;
using enum HostileMode;

/// The model of Provider.
const ProviderModel kModel{7, 5};

/// Figures by start and workspace: requests, input, cached and output tokens; of costs, nano-USD.
using Figures = std::map<std::string, std::vector<std::int64_t>>;

class AnalyticsTest : public VendorTest {
 protected:
  [[nodiscard]] bool is_costs() const { return GetParam().bucket == kDay; }

  [[nodiscard]] Figures true_figures(UtcTime to) const {
    Figures figures;
    for (UtcTime at = since_; at < to; at = at + GetParam().bucket) {
      for (const ProviderUsage& use : kModel.usage(at, GetParam().bucket)) {
        std::vector<std::int64_t> row = {use.requests, use.input_tokens, use.cached_tokens,
                                         use.output_tokens};
        if (is_costs()) row = {list_price(use)};
        figures[format_time(at) + " " + use.project] = std::move(row);
      }
    }
    return figures;
  }

  /// Of the records that begin before `to`. A party of a bucket is one record: no sums here.
  [[nodiscard]] Figures read_figures(UtcTime to) const {
    Figures figures;
    for (const auto& [id, record] : stored_) {
      if (record.time >= to) continue;
      std::vector<std::int64_t> row = {record.requests, number_of(record, "input_tokens"),
                                       number_of(record, "cached_tokens"),
                                       number_of(record, "output_tokens")};
      if (is_costs()) row = {number_of(record, "cost")};
      const std::string name = format_time(record.time) + " " + text_of(record, "project");
      EXPECT_TRUE(figures.emplace(name, std::move(row)).second) << name << " is there twice";
    }
    return figures;
  }
};

TEST_P(AnalyticsTest, IsWhatCameToPass) {
  const Provider provider(kNone, 7, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  const Figures wanted = true_figures(covered_->to);
  EXPECT_GE(wanted.size(), is_costs() ? 20U : 300U);
  EXPECT_EQ(read_figures(covered_->to), wanted);
}

TEST_P(AnalyticsTest, NamesWhoAskedAndForWhom) {
  const Provider provider(kNone, 1000, noon);
  std::set<std::string> actors;
  std::set<std::string> profiles;
  for (const ProviderUsage& use : kModel.usage(since_, kDay)) {
    actors.insert(use.batch ? use.api_key : use.user);
    profiles.insert("uprof_sim" + use.project.substr(use.project.rfind('_')));
  }
  for (const auto& [account, wanted] : {std::pair(AccountChoice::kPrincipal, actors),
                                        std::pair(AccountChoice::kEndUser, profiles)}) {
    SourceConfig config = source(provider);
    config.contract->account = account;
    ASSERT_FALSE(pull(config, std::string(account_word(account))).error);
    std::set<std::string> accounts;
    for (const auto& [id, record] : stored_) accounts.insert(text_of(record, "account"));
    EXPECT_EQ(accounts, wanted);
    EXPECT_THAT(accounts, SizeIs(5));
  }
}

/// Each identity that the server cannot tell is a row of its own, and pages are cut between them.
TEST_P(AnalyticsTest, WhoCannotBeToldIsSummedHoweverPagesAreCut) {
  for (const std::int64_t rows : {1, 2, 7, 1000}) {
    SCOPED_TRACE(rows);
    const Provider provider(kNullActors, rows, noon);
    SourceConfig config = source(provider);
    if (rows == 1) config.contract->since = align_down(noon() - kDay, kDay);  // a page for each row
    since_ = *config.contract->since;
    const Pulled pulled = pull(config, "rows-" + std::to_string(rows));
    ASSERT_FALSE(pulled.error) << pulled.error->message;
    EXPECT_EQ(pulled.revised, 0) << "no half of a sum was stored on the way";
    EXPECT_EQ(read_figures(covered_->to), true_figures(covered_->to));
    since_ = days_since();
  }
}

/// The server says that its figures are whole up to an hour and a half ago, 11:04:56.
TEST_P(AnalyticsTest, WhatTheServerDoesNotCallWholeIsOpen) {
  const Provider provider(kNone, 1000, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  if (is_costs()) {
    EXPECT_EQ(covered_->to, align_down(noon(), kDay));
    return;
  }
  const UtcTime eleven = parse_time("2026-11-20T11:00:00Z").value();
  EXPECT_EQ(covered_, (Interval{since_, eleven}));
  int open = 0;
  for (const auto& [id, record] : stored_) {
    // The hour from ten to eleven has been over for more than one.
    EXPECT_EQ(record.completeness == Completeness::kOpen, record.time >= eleven);
    open += record.time >= eleven ? 1 : 0;
  }
  EXPECT_GE(open, 3);
}

TEST_P(AnalyticsTest, WhatIsRestatedIsARevision) {
  const Provider provider(kRestated, 1000, noon);
  EXPECT_EQ(pull(source(provider), "log").revised, 0);
  const Pulled second = pull(source(provider), "log");  // reads the overlap again
  EXPECT_GT(second.revised, 0);
  EXPECT_EQ(second.added, 0);
}

INSTANTIATE_TEST_SUITE_P(Each, AnalyticsTest,
                         testing::Values(vendor("AnthropicAnalytics"),
                                         vendor("AnthropicAnalyticsCosts")),
                         [](const auto& vendor) { return std::string(vendor.param.name); });

class LateAnalyticsTest : public AnalyticsTest {};

TEST_P(LateAnalyticsTest, WhatIsLateIsFound) {
  const Provider provider(kLate, 1000, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  EXPECT_NE(read_figures(covered_->to), true_figures(covered_->to));
  EXPECT_GT(pull(source(provider), "log").added, 0);
  EXPECT_EQ(read_figures(covered_->to), true_figures(covered_->to));
}

INSTANTIATE_TEST_SUITE_P(Usage, LateAnalyticsTest, testing::Values(vendor("AnthropicAnalytics")),
                         [](const auto& vendor) { return std::string(vendor.param.name); });

/// Reads all pages of a list that goes on by `next_page`, as anybody would.
std::vector<json> read_plainly(const Provider& provider, const std::string& path) {
  httplib::Client client(provider.host());
  std::vector<json> entries;
  std::string token;
  do {
    const std::string url = path + "?limit=100" + (token.empty() ? "" : "&page=" + token);
    const auto answer =
        client.Get(url, {{"Authorization", "Bearer any"}, {"anthropic-version", "2023-06-01"}});
    if (!answer || answer->status != 200) return {};
    const json body = json::parse(answer->body);
    for (const json& entry : body["data"]) entries.push_back(entry);
    token = body["next_page"].is_null() ? "" : body["next_page"].get<std::string>();
  } while (!token.empty());
  return entries;
}

std::vector<std::string> measures_of(const Record& record) {
  const Value value = field_value(record, *find_field("enforcement"));
  return std::holds_alternative<std::vector<std::string>>(value)
             ? std::get<std::vector<std::string>>(value)
             : std::vector<std::string>();
}

class ProfilesTest : public VendorTest {
 protected:
  [[nodiscard]] const Record& record_of(const std::string& account) const {
    static const Record kNobody;
    for (const auto& [id, record] : stored_) {
      if (text_of(record, "account") == account) return record;
    }
    ADD_FAILURE() << "there is no " << account;
    return kNobody;
  }
};

TEST_P(ProfilesTest, AreThoseThatAnotherReaderFinds) {
  const Provider provider(kNone, 2, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  std::set<std::string> wanted;
  for (const char* const path : {"/v1/user_profiles", "/v1/organizations/service_accounts"}) {
    for (const json& entry : read_plainly(provider, path)) {
      wanted.insert(entry["id"].get<std::string>() + " " + entry["name"].get<std::string>());
    }
  }
  EXPECT_THAT(wanted, SizeIs(10));
  std::set<std::string> got;
  for (const auto& [id, record] : stored_) {
    got.insert(text_of(record, "account") + " " + text_of(record, "name"));
  }
  EXPECT_EQ(got, wanted);
}

/// Of five customers one is resold to, one is banned, and one may not be served where it is.
TEST_P(ProfilesTest, TellOfMeasuresAndResellers) {
  const Provider provider(kNone, 24, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  const Customer banned = kModel.directory().at(3);
  const UtcTime opened = banned.created + Duration{400 * kDay.us};
  EXPECT_THAT(
      measures_of(record_of("uprof_sim_3")),
      ElementsAre("banned", "fraud_or_abuse", "ban: fraud_or_abuse since " + format_time(opened)));
  EXPECT_EQ(measures_of(record_of("uprof_sim_4")).at(0), "restricted");
  EXPECT_EQ(measures_of(record_of("uprof_sim_4")).at(1), "unsupported_region");
  EXPECT_THAT(measures_of(record_of("uprof_sim_0")), ElementsAre());
  EXPECT_EQ(text_of(record_of("uprof_sim_1"), "reseller"), "passthrough");
  EXPECT_EQ(text_of(record_of("uprof_sim_0"), "reseller"), "");
  EXPECT_EQ(text_of(record_of("uprof_sim_0"), "country.declared"), "FR");
}

/// All of it is read again each day: nobody is passed over for not having changed.
TEST_P(ProfilesTest, AreReadWholeEachDay) {
  std::atomic<std::int64_t> days = 0;
  const auto now = [&days] { return noon() + Duration{days * kDay.us}; };
  const Provider provider(kNone, 2, now);
  const auto log = RecordLog::open(folder_ / "log.db", RecordLog::Mode::kReadWrite).value();
  for (; days < 2; ++days) {
    const Pulled pulled = pull_once(source(provider), *log, {}, now);
    EXPECT_FALSE(pulled.error);
    EXPECT_EQ(pulled.added, 10);
    EXPECT_EQ(pulled.revised, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Anthropic, ProfilesTest, testing::Values(vendor("AnthropicProfiles")),
                         [](const auto& vendor) { return std::string(vendor.param.name); });

}  // namespace
}  // namespace tidewaiter
