// Correlations as policies of both engines against the correlator of `policy sigma`: over random
// correlations and records, what is found is where it matches, no more and no less.

#include <cstdlib>
#include <iostream>
#include <map>

#include <gtest/gtest.h>

#include "policies/model/time.h"
#include "policies/sigma/policy_set.h"
#include "tests/property/random.h"
#include "tests/unit/sigma/correlation_findings.h"

namespace tidewaiter {
namespace {

/// Rules whose records overlap: one record may match several.
const std::string kRules =
    "title: A\nname: a\nlogsource: {product: tidewaiter, service: usage}\ndetection:\n"
    "    s: {model: a*}\n    condition: s\n---\n"
    "title: B\nname: b\nlogsource: {product: tidewaiter, service: usage}\ndetection:\n"
    "    s: {model|endswith: b}\n    condition: s\n---\n"
    "title: C\nname: c\nlogsource: {product: tidewaiter, service: usage}\ndetection:\n"
    "    s: {http_status|gte: 400}\n    condition: s\n---\n";

std::string condition_of(Random& random, const std::string& type) {
  std::string out = "{";
  const auto compare = [&](std::int64_t low, std::int64_t high) {
    out += random.one_of<std::string>({"gte", "gte", "gt", "lt", "lte", "eq", "neq"}) + ": " +
           std::to_string(random.number(low, high));
  };
  if (type == "event_count" || type == "temporal") {
    compare(1, 4);
  } else if (type == "value_count") {
    out += "field: " + random.one_of<std::string>({"model", "http_status", "time"}) + ", ";
    compare(1, 3);
  } else if (type == "value_percentile" && random.chance(50)) {
    out += "field: model, ";
    compare(10, 60);
  } else {
    if (type == "value_percentile")
      out += "percentile: " + std::to_string(random.number(0, 100)) + ", ";
    out += "field: " + random.one_of<std::string>({"output_tokens", "duration", "cost"}) + ", ";
    compare(0, 12);
  }
  const bool bounded = out.find("lt: ") != std::string::npos;
  return out + (!bounded && random.chance(20) ? ", lt: 9}" : "}");
}

std::string correlation(Random& random, std::string& type) {
  type = random.one_of<std::string>({"event_count", "value_count", "value_sum", "value_avg",
                                     "value_percentile", "temporal", "temporal_ordered"});
  const std::string rules = type == "temporal_ordered"
                                ? random.one_of<std::string>({"[a, b]", "[b, c, a]", "[a]"})
                                : random.one_of<std::string>({"[a]", "[a, b]", "[a, b, c]"});
  std::string out =
      "title: Found\nname: found\ncorrelation:\n    type: " + type + "\n    rules: " + rules +
      "\n    group-by: " + random.one_of<std::string>({"[account]", "[account, region]", "[by]"}) +
      "\n    aliases: {by: {a: account, b: account, c: account}}\n    timespan: " +
      random.one_of<std::string>({"4s", "10s", "1m"}) + "\n";
  // Aliases name the rules that the correlation has.
  for (const char* rule : {"b", "c"}) {
    if (rules.find(rule) == std::string::npos) {
      const std::string entry = std::string(", ") + rule + ": account";
      out.erase(out.find(entry), entry.size());
    }
  }
  if (type == "temporal_ordered" || (type == "temporal" && random.chance(40))) return out;
  return out + "    condition: " + condition_of(random, type) + "\n";
}

Record record(Random& random, std::int64_t second, int number) {
  Record out;
  out.id = sha256("record " + std::to_string(number));
  out.source = "s";
  out.time = at("10:00") + Duration{second * kSecond.us};
  const auto fill = [&](const char* name, Value value) {
    if (random.chance(90)) set_value(out, *find_field(name), std::move(value));
  };
  fill("account", random.one_of<std::string>({"x", "x", "y"}));
  fill("region", random.one_of<std::string>({"eu", "eu", "us"}));
  fill("model", random.one_of<std::string>({"a", "ab", "b", "AB", "c"}));
  fill("http_status", random.one_of<std::int64_t>({200, 400, 404, 500}));
  fill("output_tokens", random.number(0, 12));
  fill("cost", random.number(0, 12) * 1'000'000'000);
  out.duration = Duration{random.number(0, 12) * kSecond.us};
  out.requests = random.number(1, 3);  // weighs nothing: Sigma counts events
  return out;
}

TEST(SigmaCorrelationAsAPolicy, FindsWhereTheCorrelatorMatches) {
  const char* given = std::getenv("TIDEWAITER_SEED");
  const std::uint64_t first = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  const SigmaMapping mapping = load_mapping(*shipped_mapping("records")).mapping;
  std::map<std::string, std::size_t> matches;  // by type
  for (std::uint64_t seed = first; seed < first + 150 && !testing::Test::HasFailure(); ++seed) {
    Random random(seed);
    std::string type;
    const std::vector<PolicyText> texts = {{"c.yml", kRules + correlation(random, type)}};
    SCOPED_TRACE("TIDEWAITER_SEED=" + std::to_string(seed) + "\n" + texts.front().text);
    const SigmaOutcome sigma = load_sigma(texts);
    const LoadOutcome set = load_policy_set(texts, at("00:00"));
    ASSERT_FALSE(has_errors(set.diagnostics)) << to_text(set.diagnostics.front());
    const auto policy = std::ranges::find(set.set.policies, "sigma.found", &Policy::id);
    ASSERT_NE(policy, set.set.policies.end());
    std::vector<Record> records;
    for (int n = 0; n < 40; ++n) records.push_back(record(random, random.number(0, 90), n));
    const auto want = wanted(sigma.set, mapping, records);
    expect_agreement(*policy, records, want);
    for (const auto& [group, instants] : want) matches[type] += instants.size();
  }
  for (const auto& [type, count] : matches) std::cout << type << ": " << count << " matches\n";
  if (given == nullptr) {
    EXPECT_EQ(matches.size(), 7U);
  }
}

}  // namespace
}  // namespace tidewaiter
