// The specification's own correlations as documents of a policy set: through a mapping of the
// fields that they name both engines find what `policy sigma` matches. Needs the reference data.

#include <functional>
#include <optional>

#include <gtest/gtest.h>

#include "policies/sigma/policy_set.h"
#include "tests/unit/sigma/correlation_findings.h"
#include "tests/unit/sigma/shared_rules.h"

namespace tidewaiter {
namespace {

const std::string kMapping =
    "logsource_mapping: fixtures\nversion: 1\nsources:\n  - logsource: {product: test}\n"
    "    reads: usage\n    fields: {rule: user_agent, ComputerName: account, WorkstationName: "
    "project,\n      User: end_user, SourceIP: client.address, dns.question.name: account,\n"
    "      Image: model, BytesOut: output_tokens, bytes_sent: output_tokens}\n";

std::string rule_named(const std::string& name) {
  return "title: " + name + "\nid: " + name + "\nname: " + name +
         "\nlogsource: {product: test}\ndetection:\n    s: {rule: " + name +
         "}\n    condition: s\n---\n";
}

Record event(std::int64_t second, const std::string& rule) {
  Record out;
  out.source = "s";
  out.id = sha256(rule + std::to_string(second));
  out.time = at("10:00") + Duration{second * kSecond.us};
  for (const auto& [name, value] :
       std::vector<std::pair<const char*, std::string>>{{"account", "computer"},
                                                        {"project", "w"},
                                                        {"end_user", "u"},
                                                        {"client.address", "10.0.0.1"},
                                                        {"user_agent", rule}}) {
    set_value(out, *find_field(name), value);
  }
  return out;
}

using Fill = std::function<void(int, Record&)>;

/// `count` events of a rule, one every `apart` seconds.
std::vector<Record> stream(const std::string& rule, int count, std::int64_t apart,
                           const Fill& fill) {
  std::vector<Record> records;
  for (int i = 0; i < count; ++i) {
    records.push_back(event(i * apart, rule));
    fill(i, records.back());
  }
  return records;
}

/// Judges the fixture; how many instants `policy sigma` matches at.
std::size_t matches(const std::string& file, const std::vector<std::string>& rules,
                    const std::vector<Record>& records) {
  std::string text;
  for (const std::string& rule : rules) text += rule_named(rule);
  text += decompressed(*shared_rules() / "sigma-spec-fixtures/tests/schema/correlation" / file);
  SCOPED_TRACE(file);
  const std::vector<PolicyText> texts = {{"c.yml", text}};
  const SigmaOutcome sigma = load_sigma(texts);
  const LoadOutcome set =
      load_policy_set(std::vector<PolicyText>{{"c.yml", text}, {"m.yml", kMapping}}, at("00:00"));
  EXPECT_FALSE(has_errors(set.diagnostics)) << to_text(set.diagnostics.front());
  EXPECT_EQ(set.set.policies.size(), 1U);
  if (set.set.policies.size() != 1U) return 0;
  const auto want = wanted(sigma.set, load_mapping({"m.yml", kMapping}).mapping, records);
  expect_agreement(set.set.policies.front(), records, want);
  std::size_t all = 0;
  for (const auto& [group, instants] : want) all += instants.size();
  return all;
}

TEST(SigmaSpecificationInASet, CorrelationsAreFoundWhereTheyMatch) {
  if (!shared_rules()) {
    GTEST_SKIP() << "TIDEWAITER_SHARED is not set: the specification's fixtures are not there";
  }
  const std::string login = "5638f7c0-ac70-491d-8465-2a65075e0d86";
  const Fill nothing = [](int /*i*/, Record& /*record*/) {};
  for (const char* file : {"event_count.yml", "event_count_ecs.yml"}) {
    EXPECT_EQ(matches(file, {login}, stream(login, 99, 1, nothing)), 0U);
    EXPECT_EQ(matches(file, {login}, stream(login, 102, 1, nothing)), 3U);
    EXPECT_EQ(matches(file, {login}, stream(login, 100, 37, nothing)), 0U);
  }
  const auto user = [](int distinct) {
    return [distinct](int i, Record& record) {
      set_value(record, *find_field("end_user"), "u" + std::to_string(i % distinct));
    };
  };
  EXPECT_EQ(matches("value_count.yml", {login}, stream(login, 100, 1, user(100))), 1U);
  EXPECT_EQ(matches("value_count.yml", {login}, stream(login, 100, 1, user(99))), 0U);
  const auto bytes = [](const std::vector<std::int64_t>& values) {
    return [values](int i, Record& record) {
      set_value(record, *find_field("output_tokens"), values.at(static_cast<std::size_t>(i)));
    };
  };
  const Fill sent = bytes({600000, 400000, 1});
  EXPECT_EQ(matches("value_sum.yml", {"website_access"}, stream("website_access", 3, 10, sent)),
            1U);
  EXPECT_EQ(matches("value_sum.yml", {"website_access"}, stream("website_access", 3, 1801, sent)),
            0U);
  EXPECT_EQ(
      matches("value_avg.yml", {"rule_a_id"}, stream("rule_a_id", 3, 10, bytes({400, 600, 503}))),
      1U);
  const auto image = [](int rare) {
    return [rare](int i, Record& record) {
      set_value(record, *find_field("model"), std::string(i == rare ? "rare" : "common"));
    };
  };
  const std::string process = "process_creation";
  EXPECT_EQ(matches("value_percentile.yml", {process}, stream(process, 100, 1, image(99))), 1U);
  EXPECT_EQ(matches("value_percentile.yml", {process}, stream(process, 99, 1, image(98))), 0U);
}

TEST(SigmaSpecificationInASet, TemporalOnesToo) {
  if (!shared_rules()) {
    GTEST_SKIP() << "TIDEWAITER_SHARED is not set: the specification's fixtures are not there";
  }
  const std::vector<std::string> rules = {"recon_cmd_a", "recon_cmd_b", "recon_cmd_c"};
  const std::vector<Record> in_order = {event(0, rules[0]), event(100, rules[1]),
                                        event(300, rules[2])};
  const std::vector<Record> other_order = {event(0, rules[1]), event(100, rules[0]),
                                           event(300, rules[2])};
  const std::vector<Record> too_slow = {event(0, rules[0]), event(100, rules[1]),
                                        event(301, rules[2])};
  EXPECT_EQ(matches("temporal.yml", rules, in_order), 1U);
  EXPECT_EQ(matches("temporal.yml", rules, other_order), 1U);
  EXPECT_EQ(matches("temporal.yml", rules, too_slow), 0U);
  EXPECT_EQ(matches("temporal_ordered.yml", rules, in_order), 1U);
  EXPECT_EQ(matches("temporal_ordered.yml", rules, other_order), 0U);
  EXPECT_EQ(matches("temporal_ordered.yml", rules, too_slow), 0U);
}

}  // namespace
}  // namespace tidewaiter
