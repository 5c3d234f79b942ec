// The specification's own correlations and filters, as they are published, over the smallest
// streams that tell whether they hold: what each must give follows from its text (type, group,
// timespan, condition) and is counted by hand. Needs the reference data.

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/sigma/correlator.h"
#include "tests/unit/sigma/shared_rules.h"
#include "tests/unit/sigma/sigma_scene.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SigmaSpecification : public testing::Test {
 protected:
  void SetUp() override {
    if (!shared_rules()) {
      GTEST_SKIP() << "TIDEWAITER_SHARED is not set: the specification's fixtures are not there";
    }
  }
};

std::string fixture(const std::string& name) {
  return decompressed(*shared_rules() / "sigma-spec-fixtures/tests/schema" / name);
}

/// A rule that a fixture refers to: of every event whose `rule` is its name.
std::string rule_named(const std::string& name, const std::string& logsource = "{product: test}") {
  return "title: " + name + "\nid: " + name + "\nname: " + name + "\nlogsource: " + logsource +
         "\ndetection:\n    s: {rule: " + name + "}\n    condition: s\n---\n";
}

struct Event {
  std::int64_t second;
  std::string rule;
  std::string fields;  ///< further members of the object
};

/// The seconds at which the correlation, the only one of the text, matches.
std::vector<std::int64_t> seconds_of(const std::string& text, const std::vector<Event>& events) {
  const SigmaOutcome outcome = load_sigma_text(text);
  EXPECT_THAT(told(outcome), IsEmpty());
  SigmaCorrelator correlator(outcome.set);
  for (const Event& at : events) {
    const SigmaEvent event = event_of(R"({"rule":")" + at.rule + "\"," + at.fields + "}");
    for (std::size_t i = 0; i < outcome.set.rules.size(); ++i) {
      if (!holds(outcome.set.rules[i].detection, event)) continue;
      EXPECT_TRUE(correlator.add(i, UtcTime{at.second * kSecond.us}, event));
    }
  }
  std::vector<std::int64_t> seconds;
  for (const SigmaCorrelationMatch& match : correlator.finish()) {
    seconds.push_back(match.time.us / kSecond.us);
  }
  return seconds;
}

const std::string kFailedLogin = "5638f7c0-ac70-491d-8465-2a65075e0d86";

/// `count` events of a rule, one every `apart` seconds from 0, with fields by their number.
std::vector<Event> stream(const std::string& rule, int count, std::int64_t apart,
                          const std::function<std::string(int)>& fields) {
  std::vector<Event> events;
  for (int i = 0; i < count; ++i) events.push_back({i * apart, rule, fields(i)});
  return events;
}

/// 100 within an hour, by computer: 99 are too few, and so are 100 of two computers.
TEST_F(SigmaSpecification, EventCount) {
  const auto of = [](const std::string& field) {
    return [field](int) { return "\"" + field + R"(":"a")"; };
  };
  for (const auto& [file, field] : {std::pair("event_count.yml", "ComputerName"),
                                    {"event_count_ecs.yml", "dns.question.name"}}) {
    const std::string text = rule_named(kFailedLogin) + fixture(std::string("correlation/") + file);
    EXPECT_THAT(seconds_of(text, stream(kFailedLogin, 99, 1, of(field))), IsEmpty()) << file;
    EXPECT_THAT(seconds_of(text, stream(kFailedLogin, 100, 1, of(field))), ElementsAre(99)) << file;
    // 99 spaces of 37 seconds are 3,663 seconds: more than the hour.
    EXPECT_THAT(seconds_of(text, stream(kFailedLogin, 100, 37, of(field))), IsEmpty()) << file;
    const auto two = [&, field = std::string(field)](int i) {
      return "\"" + field + R"(":")" + (i == 0 ? "b" : "a") + "\"";
    };
    EXPECT_THAT(seconds_of(text, stream(kFailedLogin, 100, 1, two)), IsEmpty()) << file;
  }
}

/// 100 different users within a day, by computer and workstation.
TEST_F(SigmaSpecification, ValueCount) {
  const std::string text = rule_named(kFailedLogin) + fixture("correlation/value_count.yml");
  const auto user = [](int number) {
    return R"("ComputerName":"a","WorkstationName":"w","User":"u)" + std::to_string(number) + "\"";
  };
  EXPECT_THAT(seconds_of(text, stream(kFailedLogin, 100, 1, user)), ElementsAre(99));
  const auto one_twice = [&](int i) { return user(i == 99 ? 0 : i); };
  EXPECT_THAT(seconds_of(text, stream(kFailedLogin, 100, 1, one_twice)), IsEmpty());
}

/// More than a million bytes within an hour, by address and user: a million is not more.
TEST_F(SigmaSpecification, ValueSum) {
  const std::string text = rule_named("website_access") + fixture("correlation/value_sum.yml");
  const auto sent = [](const std::string& bytes) {
    return R"("SourceIP":"10.0.0.1","User":"u","bytes_sent":)" + bytes;
  };
  EXPECT_THAT(seconds_of(text, {{0, "website_access", sent("600000")},
                                {10, "website_access", sent("400000")},
                                {20, "website_access", sent("1")},
                                {3601, "website_access", sent("5")}}),
              ElementsAre(20));
}

/// A mean above 500 within a day, by address and user.
TEST_F(SigmaSpecification, ValueAverage) {
  const std::string text = rule_named("rule_a_id") + fixture("correlation/value_avg.yml");
  const auto out = [](const std::string& bytes) {
    return R"("SourceIP":"10.0.0.1","User":"u","BytesOut":)" + bytes;
  };
  // 400; (400 + 600) / 2 = 500; (400 + 600 + 503) / 3 = 501.
  EXPECT_THAT(seconds_of(text, {{0, "rule_a_id", out("400")},
                                {10, "rule_a_id", out("600")},
                                {20, "rule_a_id", out("503")}}),
              ElementsAre(20));
}

/// A process name that at most 1 % of the computer's processes of the day have: the one in a
/// hundred, not the one in ninety-nine.
TEST_F(SigmaSpecification, ValuePercentile) {
  const std::string text =
      rule_named("process_creation") + fixture("correlation/value_percentile.yml");
  const auto images = [](int rare) {
    return [rare](int i) {
      return R"("ComputerName":"a","Image":")" + std::string(i == rare ? "rare" : "common") + "\"";
    };
  };
  EXPECT_THAT(seconds_of(text, stream("process_creation", 100, 1, images(99))), ElementsAre(99));
  EXPECT_THAT(seconds_of(text, stream("process_creation", 99, 1, images(98))), IsEmpty());
}

/// All three commands within five minutes, by computer and user; in their order for the ordered
/// one.
TEST_F(SigmaSpecification, Temporal) {
  const std::string rules =
      rule_named("recon_cmd_a") + rule_named("recon_cmd_b") + rule_named("recon_cmd_c");
  const std::string any = rules + fixture("correlation/temporal.yml");
  const std::string ordered = rules + fixture("correlation/temporal_ordered.yml");
  const std::string by = R"("ComputerName":"a","User":"u")";
  const std::vector<Event> in_order = {
      {0, "recon_cmd_a", by}, {100, "recon_cmd_b", by}, {300, "recon_cmd_c", by}};
  EXPECT_THAT(seconds_of(any, in_order), ElementsAre(300));
  EXPECT_THAT(seconds_of(ordered, in_order), ElementsAre(300));
  const std::vector<Event> other_order = {
      {0, "recon_cmd_b", by}, {100, "recon_cmd_a", by}, {300, "recon_cmd_c", by}};
  EXPECT_THAT(seconds_of(any, other_order), ElementsAre(300));
  EXPECT_THAT(seconds_of(ordered, other_order), IsEmpty());
  const std::vector<Event> too_slow = {
      {0, "recon_cmd_a", by}, {100, "recon_cmd_b", by}, {301, "recon_cmd_c", by}};
  EXPECT_THAT(seconds_of(any, too_slow), IsEmpty());
  EXPECT_THAT(seconds_of(ordered, too_slow), IsEmpty());
  const std::vector<Event> two_users = {{0, "recon_cmd_a", by},
                                        {100, "recon_cmd_b", by},
                                        {300, "recon_cmd_c", R"("ComputerName":"a","User":"v")"}};
  EXPECT_THAT(seconds_of(any, two_users), IsEmpty());
}

/// Both filters join their condition to the two rules that they name (docs/sigma.md#filters).
TEST_F(SigmaSpecification, Filters) {
  struct Case {
    const char* file;
    const char* logsource;
    const char* meets;
    const char* fails;
  };
  for (const Case& filter :
       {Case{"filter/filter_1.yml", "{category: process_creation, product: windows}",
             R"("User":"ADM_x")", R"("User":"x_adm_")"},
        Case{"filter/filter_ecs.yml", "{category: network, service: dns}",
             R"("dns.question.name":"www.google.com")", R"("dns.question.name":"google.com")"}}) {
    const SigmaOutcome outcome =
        load_sigma_text(rule_named("6f3e2987-db24-4c78-a860-b4f4095a7095", filter.logsource) +
                        rule_named("df0841c0-9846-4e9f-ad8a-7df91571771b", filter.logsource) +
                        fixture(filter.file));
    EXPECT_THAT(told(outcome), IsEmpty());
    ASSERT_EQ(outcome.set.rules.size(), 2U) << filter.file;
    for (const SigmaRule& rule : outcome.set.rules) {
      const std::string event = R"({"rule":")" + rule.head.id + "\",";
      EXPECT_TRUE(holds(rule.detection, event_of(event + filter.meets + "}"))) << filter.file;
      EXPECT_FALSE(holds(rule.detection, event_of(event + filter.fails + "}"))) << filter.file;
    }
  }
}

}  // namespace
}  // namespace tidewaiter
