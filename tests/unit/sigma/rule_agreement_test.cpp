// A rule as a policy's condition against the rule itself: over random records both say the same,
// and the condition is never unknown. Two ways that share the reading of the rule alone.

#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

#include "policies/language/interpret.h"
#include "policies/model/record.h"
#include "policies/model/time.h"
#include "policies/sigma/load.h"
#include "policies/sigma/logsource.h"
#include "policies/sigma/policy_set.h"
#include "tests/property/random.h"

namespace tidewaiter {
namespace {

/// What an item may say of a field of the type; every value here is one that a policy can say.
std::vector<std::string> modifiers_of(ValueType type) {
  const std::vector<std::string> texts = {
      "",     "|contains",     "|startswith",     "|endswith",
      "|re",  "|re|i",         "|cased",          "|exists",
      "|neq", "|contains|all", "|contains|cased", "|windash|contains"};
  switch (type) {
    case ValueType::kString:
    case ValueType::kIp:
    case ValueType::kStringList:
    case ValueType::kBool:
      return texts;
    case ValueType::kInt64: {
      std::vector<std::string> all = texts;
      for (const char* one : {"|gt", "|gte", "|lt", "|lte", "|#"}) all.emplace_back(one);
      return all;
    }
    case ValueType::kTimestamp:
      return {"|exists", "|minute", "|hour",      "|hour|gte", "|day",
              "|day|lt", "|week",   "|month|lte", "|month",    "|year|gt"};
    default:
      return {"|gt", "|gte", "|lt", "|lte", "|#", "|exists"};
  }
}

const std::vector<std::string> kTexts = {
    "curl", "CURL", "cur?", "c*l",   "*",    "",    "ä",        "Ä*",       "200",  "2*",
    "true", "TR",   "-a",   "/a b",  "–a",   "10.", "10.0.0.1", "\\\\*",    "K",    "k",
    "a'b",  "L/8",  "null", "2001:", "*::1", "ß",   "STRASSE",  "curl/8.5", "1500", "e"};
const std::vector<std::string> kPatterns = {"^cur", "l$",      "[0-9]+\\.", "(?i)CURL", "a|ä",
                                            "^$",   "(c+)+u$", "\\d{3}",    ".",        "TRUE"};
const std::vector<std::string> kNumbers = {"0",   "1",   "200",         "-1", "0.5",  "1.5",
                                           "2.0", "1e3", "0.000000001", "90", "1500", "010"};

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

std::string item(Random& random, RecordKind kind) {
  const Field* of = nullptr;
  while (of == nullptr || !has_kind(*of, kind)) {
    of = &fields()[static_cast<std::size_t>(
        random.number(0, static_cast<std::int64_t>(fields().size()) - 1))];
  }
  const std::string name(of->name);
  if (random.chance(5)) return name + ": null";
  if (of->type == ValueType::kIp && random.chance(30)) {
    return name + "|cidr: " +
           random.one_of<std::string>({"10.0.0.0/8", "10.0.0.0/31", "'2001:db8::/32'", "'::/0'"});
  }
  if (of->type == ValueType::kString && random.chance(15)) {
    return name + random.one_of<std::string>({"|fieldref: ", "|cased|fieldref: "}) +
           random.one_of<std::string>({"source", "organization", "project", "account"});
  }
  std::string modifier = random.one_of(modifiers_of(of->type));
  const bool number = modifier.find("|g") == 0 || modifier.find("|l") == 0 || modifier == "|#" ||
                      (of->type == ValueType::kTimestamp && modifier != "|exists");
  const bool list = modifier.find("all") != std::string::npos || random.chance(30);
  if (modifier == "|exists") return name + "|exists: " + (random.chance(50) ? "true" : "false");
  const bool pattern = modifier.find("|re") == 0;
  if (modifier == "|#") modifier = random.chance(20) ? "|neq" : "";
  std::string values;
  for (std::int64_t n = list ? random.number(1, 3) : 1; n > 0; --n) {
    if (!values.empty()) values += ", ";
    values += number    ? random.one_of(kNumbers)
              : pattern ? quoted(random.one_of(kPatterns))
                        : quoted(random.one_of(kTexts));
  }
  return name + modifier + ": " + (list ? "[" + values + "]" : values);
}

/// Keywords, none of which could stand in a time or an amount.
std::string keywords(Random& random) {
  std::string out;
  for (std::int64_t n = random.number(1, 3); n > 0; --n) {
    if (!out.empty()) out += ", ";
    out += quoted(random.one_of<std::string>(
        {"curl", "CURL", "cur?", "c*l",     "*",     "",         "ä",
         "Ä*",   "TR",   "alse", "/a b",    "–a",    "10.0.0.1", "\\\\*",
         "K",    "a'b",  "ß",    "STRASSE", "l/8.5", "db8::",    "\\*"}));
  }
  const std::string key = random.one_of<std::string>({"", "|all", "|cased", "|endswith", "|neq"});
  return key.empty() ? "[" + out + "]" : "{'" + key + "': [" + out + "]}";
}

std::string rule(Random& random, RecordKind kind) {
  std::string out =
      "title: R\nlogsource: {product: tidewaiter, service: " + std::string(kind_name(kind)) +
      "}\ndetection:\n";
  const std::int64_t selections = random.number(1, 3);
  for (std::int64_t s = 0; s < selections; ++s) {
    if (random.chance(15)) {
      out += "    s" + std::to_string(s) + ": " + keywords(random) + "\n";
      continue;
    }
    out += "    s" + std::to_string(s) + ":\n";
    for (std::int64_t a = random.number(1, 2); a > 0; --a) {
      out += "      - " + item(random, kind) + "\n";
      const std::string second = item(random, kind);
      const bool is_new = out.find(" " + second.substr(0, second.find(':') + 1)) ==
                          std::string::npos;  // a map has a key once
      if (is_new && random.chance(40)) out += "        " + second + "\n";
    }
  }
  const auto some = [&] { return "s" + std::to_string(random.number(0, selections - 1)); };
  out += "    condition: " +
         random.one_of<std::string>({some(), "not " + some(), some() + " and not " + some(),
                                     "1 of s* or not " + some(), "all of them",
                                     "not (" + some() + " or " + some() + ")"}) +
         "\n";
  return out;
}

Value value_for(Random& random, ValueType type) {
  switch (type) {
    case ValueType::kBool:
      return random.chance(50);
    case ValueType::kInt64:
      return random.one_of<std::int64_t>({0, 1, 90, 200, 1000, 1500, 404});
    case ValueType::kDouble:
      return random.one_of<double>({0, 0.5, 1, 1.5, 2, 1000});
    case ValueType::kDuration:
      return random.one_of<std::int64_t>({0, 500'000, 1'500'000, 90'000'000});
    case ValueType::kMoney:
      return random.one_of<std::int64_t>({0, 1, 500'000'000, 1'500'000'000, -1'000'000'000});
    case ValueType::kTimestamp:
      return random.one_of<std::int64_t>({0, 3'600'000'000, 3'599'999'999, 7'200'500'000});
    case ValueType::kIp:
      return random.one_of<std::string>({"10.0.0.1", "10.0.0.2", "192.0.2.1", "2001:db8::1"});
    default:
      return random.one_of<std::string>({"curl", "Curl/8.5", "", "ä", "straße", "STRASSE", "200",
                                         "-a", "—A B", "a'b", "\u212A", "k", "true", "c\nl", "*"});
  }
}

Record record(Random& random, RecordKind kind) {
  Record out;
  out.kind = kind;
  out.source = random.one_of<std::string>({"curl", "gw"});
  out.time = UtcTime{std::get<std::int64_t>(value_for(random, ValueType::kTimestamp))};
  out.duration = Duration{std::get<std::int64_t>(value_for(random, ValueType::kDuration))};
  out.requests = random.number(0, 2);
  for (FieldId id = kFieldSource + 1; id < fields().size(); ++id) {
    if (!has_kind(field(id), kind) || random.chance(40)) continue;
    if (field(id).type != ValueType::kStringList) {
      set_value(out, id, value_for(random, field(id).type));
      continue;
    }
    std::vector<std::string> list;
    for (std::int64_t n = random.number(0, 2); n > 0; --n) {
      list.push_back(std::get<std::string>(value_for(random, ValueType::kString)));
    }
    set_value(out, id, list);
  }
  return out;
}

TEST(SigmaRuleAsAPolicy, MatchesWhatTheRuleMatches) {
  const char* given = std::getenv("TIDEWAITER_SEED");
  const std::uint64_t first = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  const SigmaMapping mapping = load_mapping(*shipped_mapping("records")).mapping;
  std::int64_t matched = 0;
  std::int64_t compared = 0;
  for (std::uint64_t seed = first; seed < first + 600; ++seed) {
    Random random(seed);
    const RecordKind kind =
        random.one_of<RecordKind>({RecordKind::kUsage, RecordKind::kAccount, RecordKind::kAudit});
    const std::vector<PolicyText> texts = {{"r.yml", rule(random, kind)}};
    SCOPED_TRACE("TIDEWAITER_SEED=" + std::to_string(seed) + "\n" + texts.front().text);
    const SigmaOutcome sigma = load_sigma(texts);
    const LoadOutcome set = load_policy_set(texts, UtcTime{0});
    ASSERT_FALSE(has_errors(sigma.diagnostics)) << to_text(sigma.diagnostics.front());
    ASSERT_FALSE(has_errors(set.diagnostics)) << to_text(set.diagnostics.front());
    ASSERT_EQ(set.set.policies.size(), 1U);
    const Expr& condition = set.set.policies.front().condition;
    const SigmaMatcher matcher(sigma.set, &mapping);
    for (int n = 0; n < 20; ++n) {
      const Record one = record(random, kind);
      const bool wanted = !matcher.matches(one).found.empty();
      ASSERT_EQ(interpret(condition, {&one, {}, {}}), Value(wanted)) << to_text(condition);
      matched += wanted ? 1 : 0;
      ++compared;
    }
  }
  std::cout << "seeds from " << first << ": " << compared << " answers, " << matched << " true\n";
  EXPECT_GT(matched, compared / 20);
  EXPECT_LT(matched, compared - compared / 20);
}

}  // namespace
}  // namespace tidewaiter
