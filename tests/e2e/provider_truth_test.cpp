// What new-api, Langfuse, OpenRouter, Stripe, SCIM and audit feeds are read as over real HTTP,
// against the customers' model, which knows nothing of requests, lists or pages, and against
// another reader (cpp-httplib, nlohmann-json).
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include "daemon/sources/contract/contract_cursor.h"
#include "tests/e2e/vendor_scene.h"

namespace tidewaiter {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::SizeIs;
using enum HostileMode;

/// The model of Provider.
const ProviderModel kModel{7, 5};

/// Figures by start and party: requests, input, cached and output tokens, and what else there is.
using Sums = std::map<std::string, std::vector<std::int64_t>>;

void add(Sums& sums, const std::string& name, const std::vector<std::int64_t>& figures) {
  std::vector<std::int64_t>& sum = sums[name];
  sum.resize(figures.size());
  for (std::size_t i = 0; i < figures.size(); ++i) sum[i] += figures[i];
}

std::vector<std::string> list_of(const Record& record, const char* field) {
  const Value value = field_value(record, *find_field(field));
  return std::holds_alternative<std::vector<std::string>>(value)
             ? std::get<std::vector<std::string>>(value)
             : std::vector<std::string>();
}

class RequestsTest : public VendorTest {
 protected:
  [[nodiscard]] UtcTime last_hour() const { return align_down(covered_->to, kHour); }

  /// Use by hour and project, of the hours that are covered whole.
  [[nodiscard]] Sums read_sums() const {
    Sums sums;
    for (const auto& [id, record] : stored_) {
      const std::string status = text_of(record, "status");
      const bool within = record.time >= hours_since_ && record.time < last_hour();
      if (status == "error" || status == "ERROR" || !within) continue;
      add(sums, format_time(align_down(record.time, kHour)) + " " + text_of(record, "project"),
          {record.requests, number_of(record, "input_tokens"), number_of(record, "cached_tokens"),
           number_of(record, "output_tokens")});
    }
    return sums;
  }

  [[nodiscard]] Sums true_sums() const {
    Sums sums;
    for (UtcTime hour = hours_since_; hour < last_hour(); hour = hour + kHour) {
      for (const ProviderUsage& usage : kModel.usage(hour, kHour)) {
        add(sums, format_time(hour) + " " + usage.project,
            {usage.requests, usage.input_tokens, usage.cached_tokens, usage.output_tokens});
      }
    }
    return sums;
  }
};

TEST_P(RequestsTest, AddUpToTheTruth) {
  const Provider provider(kNone, 100, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  const Sums wanted = true_sums();
  EXPECT_GE(wanted.size(), 6U);
  EXPECT_EQ(read_sums(), wanted);
}

TEST_P(RequestsTest, WhatFailedHasNoFigures) {
  const Provider provider(kNone, 100, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  int failed = 0;
  for (const auto& [id, record] : stored_) {
    const std::string status = text_of(record, "status");
    if (status != "error" && status != "ERROR") continue;
    ++failed;
    EXPECT_EQ(record.requests, 1);
    for (const char* const field : {"input_tokens", "output_tokens", "cost"}) {
      EXPECT_EQ(number_of(record, field), -1) << field;
    }
  }
  EXPECT_GE(failed, 6);
}

TEST_P(RequestsTest, WhatIsRestatedIsARevisionAndWhatIsLateIsFound) {
  expect_revisions_and_late_ones();
}

/// With each page rows go and come at the beginning of each hour. A request whose place is behind
/// what moves was there all the time, and one pull has read it.
TEST_P(RequestsTest, RowsThatComeAndGoMoveNoOthersOutOfSight) {
  const Provider honest(kNone, 100, noon);
  ASSERT_FALSE(pull(source(honest), "honest").error);
  std::set<Digest> stays;
  std::map<UtcTime, int> before;  // records of an hour so far, in the order of time
  std::multimap<UtcTime, Digest> ordered;
  for (const auto& [id, record] : stored_) ordered.emplace(record.time, id);
  constexpr int kMoved = 20 * 3 * 2;  // most shifts, rows of each, and as many as a margin
  for (const auto& [time, id] : ordered) {
    if (++before[align_down(time, kHour)] > kMoved) stays.insert(id);
  }
  ASSERT_GT(stays.size(), 100U);
  const Provider shifting(kShifting, 20, noon);
  ASSERT_FALSE(pull(source(shifting), "shifting").error);
  std::size_t missing = 0;
  for (const Digest& id : stays) missing += stored_.contains(id) ? 0U : 1U;
  EXPECT_EQ(missing, 0U) << "of " << stays.size();
}

INSTANTIATE_TEST_SUITE_P(Each, RequestsTest,
                         testing::Values(vendor("NewApiLogs"), vendor("LangfuseObservations")),
                         [](const auto& vendor) { return std::string(vendor.param.name); });

class LangfuseCostTest : public VendorTest {};

TEST_P(LangfuseCostTest, AddsUpToTheBill) {
  const Provider provider(kNone, 100, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  const UtcTime hour = hours_since_;
  std::int64_t wanted = 0;
  for (const ProviderUsage& usage : kModel.usage(hour, kHour)) wanted += list_price(usage);
  std::int64_t got = 0;
  for (const auto& [id, record] : stored_) {
    const std::int64_t cost = number_of(record, "cost");
    if (record.time < hour + kHour && cost > 0) got += cost;
  }
  EXPECT_GT(wanted, 0);
  EXPECT_EQ(got, wanted);
}

INSTANTIATE_TEST_SUITE_P(Langfuse, LangfuseCostTest,
                         testing::Values(vendor("LangfuseObservations")),
                         [](const auto& vendor) { return std::string(vendor.param.name); });

class ActivityTest : public VendorTest {
 protected:
  [[nodiscard]] Sums read_sums() const {
    Sums sums;
    for (const auto& [id, record] : stored_) {
      add(sums, format_time(record.time) + " " + text_of(record, "api_key"),
          {record.requests, number_of(record, "input_tokens"), number_of(record, "output_tokens"),
           number_of(record, "reasoning_tokens"), number_of(record, "cost")});
    }
    return sums;
  }
};

TEST_P(ActivityTest, IsWhatEachKeyDidInADay) {
  const Provider provider(kNone, 2, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  Sums wanted;
  for (UtcTime day = since_; day < align_down(noon(), kDay); day = day + kDay) {
    for (const ProviderUsage& usage : kModel.usage(day, kDay)) {
      add(wanted, format_time(day) + " " + to_hex(sha256(usage.api_key)),
          {usage.requests, usage.input_tokens, usage.output_tokens, usage.output_tokens / 4,
           list_price(usage)});
    }
  }
  EXPECT_EQ(wanted.size(), 20U);  // five keys, four days
  EXPECT_EQ(read_sums(), wanted);
}

TEST_P(ActivityTest, WhatIsRestatedIsARevisionAndWhatIsLateIsFound) {
  const Provider restating(kRestated, 24, noon);
  EXPECT_EQ(pull(source(restating), "restated").revised, 0);
  const Pulled second = pull(source(restating), "restated");
  EXPECT_EQ(second.added, 0);
  EXPECT_EQ(second.revised, 10) << "five keys, and the two days of the overlap";
  const Provider late(kLate, 24, noon);
  EXPECT_EQ(pull(source(late), "late").added, 15) << "the last day is empty";
  EXPECT_EQ(pull(source(late), "late").added, 5);
}

INSTANTIATE_TEST_SUITE_P(OpenRouter, ActivityTest, testing::Values(vendor("OpenRouterActivity")),
                         [](const auto& vendor) { return std::string(vendor.param.name); });

/// The body of a good answer, to whoever brings any token.
json asked(const Provider& provider, const std::string& path) {
  httplib::Client client(provider.host());
  const auto answer = client.Get(path, {{"Authorization", "Bearer any"}});
  return answer && answer->status == 200 ? json::parse(answer->body) : json();
}

class PayersTest : public VendorTest {
 protected:
  /// Ids of all customers, and of their cards, as anybody would read them.
  static std::set<std::string> read_plainly(const Provider& provider) {
    std::set<std::string> ids;
    std::string after;
    bool more = true;
    while (more) {
      const json page = asked(
          provider, "/v1/customers?limit=100" + (after.empty() ? "" : "&starting_after=" + after));
      for (const json& customer : page["data"]) {
        after = customer["id"].get<std::string>();
        ids.insert("stripe:" + after);
        const json methods = asked(provider, "/v1/customers/" + after + "/payment_methods");
        for (const json& method : methods["data"]) {
          if (method["type"] == "card") ids.insert("stripe:" + method["id"].get<std::string>());
        }
      }
      more = page["has_more"].get<bool>();
    }
    return ids;
  }
  [[nodiscard]] std::set<std::string> stored_ids() const {
    std::set<std::string> ids;
    for (const auto& [id, record] : stored_) {
      for (const std::string& name : list_of(record, "identifiers")) ids.insert(name);
    }
    return ids;
  }
};

TEST_P(PayersTest, AreThoseThatAnotherReaderFinds) {
  const Provider provider(kNone, 2, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  EXPECT_THAT(stored_ids(), SizeIs(10));
  EXPECT_EQ(stored_ids(), read_plainly(Provider(kNone, 3, noon)));
}

/// The customer behind whom the second page would begin is gone by then; nobody else is missed.
TEST_P(PayersTest, WhoGoesMovesNobodyOutOfSight) {
  const Provider shifting(kShifting, 2, noon);
  SourceConfig config = source(shifting);
  config.contract->endpoints = {"customers"};
  ASSERT_FALSE(pull(config, "log").error);
  EXPECT_EQ(stored_.size(), 5U);
}

/// By the model each third customer pays with the card of the one before.
TEST_P(PayersTest, OneCardIsOneFingerprint) {
  const Provider provider(kNone, 24, noon);
  SourceConfig config = source(provider);
  config.contract->account_in = "account";
  ASSERT_FALSE(pull(config, "log").error);
  std::map<std::string, std::set<std::string>> holders;
  for (const auto& [id, record] : stored_) {
    for (const std::string& card : list_of(record, "payment.fingerprints")) {
      EXPECT_EQ(card.size(), 64U) << "it is sealed";
      holders[card].insert(text_of(record, "account"));
    }
  }
  std::set<std::set<std::string>> sets;
  for (const auto& [card, accounts] : holders) sets.insert(accounts);
  EXPECT_EQ(sets,
            (std::set<std::set<std::string>>{
                {"proj_sim_0"}, {"proj_sim_1", "proj_sim_2"}, {"proj_sim_3"}, {"proj_sim_4"}}));
}

INSTANTIATE_TEST_SUITE_P(Stripe, PayersTest, testing::Values(vendor("StripeDirectory")),
                         [](const auto& vendor) { return std::string(vendor.param.name); });

class UsersTest : public VendorTest {};

TEST_P(UsersTest, AreThoseThatAnotherReaderFinds) {
  const Provider provider(kNone, 2, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  std::set<std::string> wanted;
  for (int start = 1; start <= 5; start += 2) {
    const json page = asked(provider, "/scim/v2/Users?count=2&startIndex=" + std::to_string(start));
    EXPECT_EQ(page["totalResults"], 5);
    for (const json& user : page["Resources"]) {
      wanted.insert("scim:" + user["id"].get<std::string>() + " " +
                    user["displayName"].get<std::string>() + " FR");
    }
  }
  EXPECT_THAT(wanted, SizeIs(5));
  std::set<std::string> got;
  for (const auto& [id, record] : stored_) {
    got.insert(list_of(record, "identifiers").at(0) + " " + text_of(record, "name") + " " +
               text_of(record, "country.declared"));
  }
  EXPECT_EQ(got, wanted);
}

TEST_P(UsersTest, ASeventhIsNotActive) {
  ProviderOptions options;
  options.address = {"127.0.0.1", 0};
  options.model = {7, 8};
  options.now = noon;
  const auto server = ProviderServer::listen(options).value();
  const std::jthread thread([&](const std::stop_token& stop) { (void)server->run(stop); });
  SourceConfig config = source(Provider(kNone, 3, noon));
  config.contract->url =
      "http://127.0.0.1:" + std::to_string(server->port()) + std::string(GetParam().path);
  ASSERT_FALSE(pull(config, "log").error);
  std::set<std::string> inactive;
  for (const auto& [id, record] : stored_) {
    const std::vector<std::string> measures = list_of(record, "enforcement");
    if (measures.empty()) continue;
    EXPECT_THAT(measures, Contains("inactive"));
    inactive.insert(list_of(record, "identifiers").at(0));
  }
  EXPECT_EQ(inactive, std::set<std::string>{"scim:scim-6"});
}

INSTANTIATE_TEST_SUITE_P(Scim, UsersTest, testing::Values(vendor("ScimUsers")),
                         [](const auto& vendor) { return std::string(vendor.param.name); });

class AuditTest : public VendorTest {
 protected:
  [[nodiscard]] bool is_openai() const { return is("openai"); }

  /// What the feed's path is asked for by, of all that is covered.
  [[nodiscard]] std::string query() const {
    if (is_openai()) {
      return "/v1/organization/audit_logs?effective_at%5Bgte%5D=" +
             std::to_string(since_.us / kSecond.us) +
             "&effective_at%5Blt%5D=" + std::to_string(covered_->to.us / kSecond.us);
    }
    return "/v1/compliance/activities?created_at.gte=" + format_time(since_) +
           "&created_at.lt=" + format_time(covered_->to);
  }

  /// All events as anybody would page through them, by the ids that their records have.
  [[nodiscard]] std::map<Digest, json> read_plainly(const Provider& provider) const {
    std::map<Digest, json> events;
    std::vector<std::string> passes = {query()};
    if (is_openai()) passes.push_back(query() + "&tenant_only=true");
    httplib::Client client(provider.host());
    for (const std::string& pass : passes) {
      std::string after;
      json page;
      do {
        const auto answer = client.Get(
            pass + (after.empty() ? "" : (is_openai() ? "&after=" : "&after_id=") + after),
            {{"Authorization", "Bearer any"},
             {"x-api-key", "any"},
             {"anthropic-version", "2023-06-01"}});
        page = answer && answer->status == 200 ? json::parse(answer->body) : json();
        for (const json& event : page["data"]) events[id_of(event)] = event;
        after = page["last_id"].is_null() ? "" : page["last_id"].get<std::string>();
      } while (page["has_more"].get<bool>());
    }
    return events;
  }

  [[nodiscard]] Digest id_of(const json& event) const {
    return Sha256()
        .update_framed(is_openai() ? "openai" : "anthropic")
        .update_framed("api")
        .update_framed(is_openai() ? "audit_logs" : "activities")
        .update_framed(event["id"].get<std::string>())
        .finish();
  }

  /// Rows so far by which the vendor told of this program's own requests.
  [[nodiscard]] std::int64_t own_rows(const std::string& name) const {
    const auto log = RecordLog::open(folder_ / (name + ".db"), RecordLog::Mode::kReadWrite).value();
    const auto cursor = contract_cursor_from_text(log->source("api").value().cursor).value();
    std::int64_t own = 0;
    for (const auto& [feed, state] : cursor.feeds) own += state.own;
    return own;
  }
};

TEST_P(AuditTest, HasWhatAnotherReaderReads) {
  const Provider provider(kNone, 7, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  std::map<Digest, json> wanted = read_plainly(Provider(kNone, 100, noon));
  const std::size_t told = wanted.size();
  std::erase_if(wanted, [](const auto& one) {
    const json& event = one.second;
    return event["type"] == "compliance_api_accessed" &&
           event["actor"]["user_agent"] == "tidewaiter";
  });
  EXPECT_EQ(own_rows("log"), static_cast<std::int64_t>(told - wanted.size()));
  EXPECT_EQ(own_rows("log") > 0, !is_openai());
  EXPECT_EQ(stored_.size(), wanted.size());
  for (const auto& [id, event] : wanted) {
    ASSERT_TRUE(stored_.contains(id)) << event;
    const Record& record = stored_.at(id);
    EXPECT_EQ(text_of(record, "action"), event["type"].get<std::string>());
    const UtcTime time = is_openai()
                             ? UtcTime{event["effective_at"].get<std::int64_t>() * kSecond.us}
                             : parse_time(event["created_at"].get<std::string>()).value();
    EXPECT_EQ(record.time, time) << event;
  }
}

/// By the model people log in when the hours of a customer's work begin, and that is told once.
TEST_P(AuditTest, PeopleLogInWhenTheirWorkBegins) {
  const Provider provider(kNone, 7, noon);
  ASSERT_FALSE(pull(source(provider), "log").error);
  const auto at_work = [](UtcTime hour) {
    std::set<std::string> users;
    for (const ProviderUsage& usage : kModel.usage(hour, kHour)) users.insert(usage.user);
    return users;
  };
  std::set<std::string> wanted;
  for (UtcTime hour = since_; hour < align_down(covered_->to, kHour); hour = hour + kHour) {
    const std::set<std::string> before = at_work(hour - kHour);
    for (const std::string& user : at_work(hour)) {
      if (!before.contains(user)) wanted.insert(format_time(hour) + " " + user);
    }
  }
  EXPECT_GE(wanted.size(), 15U);
  std::set<std::string> got;
  for (const auto& [id, record] : stored_) {
    if (text_of(record, "class") != "Authentication" || text_of(record, "outcome") != "success" ||
        text_of(record, "action").find("login") == std::string::npos ||
        record.time >= align_down(covered_->to, kHour)) {
      continue;
    }
    EXPECT_FALSE(text_of(record, "client.address").empty());
    EXPECT_EQ(text_of(record, "account"), text_of(record, "actor.id"));
    got.insert(format_time(align_down(record.time, kHour)) + " " + text_of(record, "actor.id"));
  }
  EXPECT_EQ(got, wanted);
}

TEST_P(AuditTest, WhatIsRestatedIsARevisionAndWhatIsLateIsFound) {
  expect_revisions_and_late_ones();
}

/// Newer events come with each page: what was there before is read all the same.
TEST_P(AuditTest, EventsThatComeMoveNoOthersOutOfSight) {
  const Provider honest(kNone, 7, noon);
  ASSERT_FALSE(pull(source(honest), "honest").error);
  const std::map<Digest, std::string> truth = lines();
  const Provider shifting(kShifting, 7, noon);
  ASSERT_FALSE(pull(source(shifting), "shifting").error);
  for (const auto& [id, line] : truth) EXPECT_TRUE(stored_.contains(id)) << line;
}

INSTANTIATE_TEST_SUITE_P(Each, AuditTest,
                         testing::Values(vendor("OpenAiAudit"), vendor("AnthropicActivities")),
                         [](const auto& vendor) { return std::string(vendor.param.name); });

}  // namespace
}  // namespace tidewaiter
