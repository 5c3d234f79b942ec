// Sigma rules as documents of a policy set: what they become, and what is refused.

#include "policies/sigma/policy_set.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/policy_test.h"
#include "policies/model/record_json.h"
#include "tests/unit/engine/written_log.h"
#include "tests/unit/sigma/sigma_scene.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kId = "0f1a2b3c-1d2e-4f3a-8b4c-5d6e7f8a9b0c";

LoadOutcome load_set(std::vector<PolicyText> texts) {
  return load_policy_set(texts, parse_time("2026-06-01").value());
}

LoadOutcome load_text(const std::string& text) { return load_set({{"set/rules.yml", text}}); }

std::vector<std::string> told(const LoadOutcome& outcome) {
  SigmaOutcome lines;
  lines.diagnostics = outcome.diagnostics;
  return told(lines);
}

std::string usage_rule(const std::string& detection, const std::string& head = "") {
  return "title: Curl\n" + head + "logsource: {product: tidewaiter, service: usage}\ndetection:\n" +
         detection;
}

const std::string kCurl = "    s: {user_agent|startswith: curl}\n    condition: s\n";

std::vector<std::string> ids_of(const LoadOutcome& outcome) {
  std::vector<std::string> ids;
  for (const Policy& policy : outcome.set.policies) ids.push_back(policy.id);
  return ids;
}

// 60 times a selection of 2,000 values is more than a condition may have, told before it is made.
TEST(SigmaInASet, ASelectionThatIsNamedVeryOftenIsRefused) {
  std::string detection = "    s:\n        user_agent:\n";
  for (int i = 0; i < 2000; ++i) detection += "            - agent" + std::to_string(i) + "\n";
  detection += "    condition: s";
  for (int i = 0; i < 59; ++i) detection += " or s";
  const LoadOutcome outcome = load_text(usage_rule(detection + "\n"));
  EXPECT_THAT(outcome.set.policies, IsEmpty());
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_THAT(outcome.diagnostics.front().message, testing::HasSubstr("more than 65536 parts"));
}

TEST(SigmaInASet, ARuleIsAPolicyAboutSingleRecords) {
  const LoadOutcome outcome =
      load_text(usage_rule(kCurl, "id: " + std::string(kId) +
                                      "\nstatus: test\nlevel: high\ndescription: A shell asks.\n"
                                      "references: ['https://curl.se']\ntags: [attack.t1059]\n"
                                      "falsepositives: [administrators]\nauthor: A. Writer\n"));
  ASSERT_THAT(told(outcome), IsEmpty());
  ASSERT_EQ(outcome.set.policies.size(), 1U);
  const Policy& policy = outcome.set.policies.front();
  EXPECT_EQ(policy.id, "sigma." + std::string(kId));
  EXPECT_EQ(policy.title, "Curl");
  EXPECT_EQ(policy.status, PolicyStatus::kActive);
  EXPECT_EQ(policy.severity, Severity::kHigh);
  EXPECT_EQ(policy.reads, RecordKind::kUsage);
  EXPECT_EQ(policy.description, "A shell asks.");
  EXPECT_THAT(policy.references, ElementsAre("https://curl.se", "attack.t1059"));
  EXPECT_THAT(policy.false_positives, ElementsAre("administrators"));
  ASSERT_EQ(policy.basis.size(), 1U);
  EXPECT_EQ(policy.basis.front().text, "Sigma rule: Curl");
  EXPECT_EQ(policy.for_each, std::vector<FieldId>{*find_field("account")});
  EXPECT_EQ(to_text(policy.condition), R"(default(startswith(user_agent, "curl", nocase), false))");
  EXPECT_EQ(policy.span.line, 1);
}

TEST(SigmaInASet, NamesAndLevels) {
  const LoadOutcome outcome = load_text(
      usage_rule(kCurl) + "---\n" + usage_rule(kCurl, "name: named\nlevel: informational\n") +
      "---\n" + usage_rule(kCurl, "id: old\nstatus: deprecated\nlevel: critical\n"));
  ASSERT_THAT(told(outcome), IsEmpty());
  ASSERT_THAT(ids_of(outcome), ElementsAre("sigma.curl", "sigma.named", "sigma.old"));
  EXPECT_EQ(outcome.set.policies[1].severity, Severity::kLow);
  EXPECT_EQ(outcome.set.policies[2].severity, Severity::kCritical);
  EXPECT_EQ(outcome.set.policies[2].status, PolicyStatus::kRetired);
}

TEST(SigmaInASet, ARuleThatSaysLessReadsEachKindOfRecord) {
  const LoadOutcome outcome = load_text(
      "title: From there\nlogsource: {product: tidewaiter}\ndetection:\n"
      "    s: {src_ip|cidr: 192.0.2.0/24}\n    condition: s\n");
  ASSERT_THAT(told(outcome), IsEmpty());
  // Account records have no address, and no source of theirs is for the rule.
  EXPECT_THAT(ids_of(outcome),
              ElementsAre("sigma.from-there.audit.actor.id", "sigma.from-there.usage.account"));
  EXPECT_EQ(outcome.set.policies[0].kind, "control-failure");
  EXPECT_EQ(to_text(outcome.set.policies[0].condition),
            R"(default(cidr(client.address, "192.0.2.0/24"), false))");
}

TEST(SigmaInASet, MappingsAndFiltersOfTheSetCount) {
  const LoadOutcome outcome = load_set(
      {{"set/a-filter.yml",
        "title: Not ours\nlogsource: {product: gateway}\nfilter:\n    rules: [logins]\n"
        "    ours: {User: ops}\n    condition: not ours\n"},
       {"set/b-rule.yml",
        "title: Logins\nname: logins\nlogsource: {product: gateway}\ndetection:\n"
        "    s: {verb: login}\n    condition: s\n"},
       {"set/c-mapping.yml",
        "logsource_mapping: gateway\nversion: 1\nsources:\n"
        "  - logsource: {product: gateway}\n    reads: audit\n    for_each: organization\n"
        "    where: {class: Authentication}\n    fields: {verb: action, User: actor.name}\n"}});
  ASSERT_THAT(told(outcome), IsEmpty());
  ASSERT_THAT(ids_of(outcome), ElementsAre("sigma.logins"));
  const Policy& policy = outcome.set.policies.front();
  EXPECT_EQ(policy.for_each, std::vector<FieldId>{*find_field("organization")});
  EXPECT_EQ(to_text(policy.condition),
            R"((default(equals(class, "authentication", nocase), false) and )"
            R"((default(equals(action, "login", nocase), false) and )"
            R"((not default(equals(actor.name, "ops", nocase), false)))))");
}

TEST(SigmaInASet, StandsBesidePoliciesAndTheirExemptions) {
  const LoadOutcome outcome =
      load_set({{"set/exemption.yaml",
                 "exemption: ops\npolicies: [sigma.*]\nwhere: {account: ops}\nuntil: 2027-01-01\n"
                 "approved_by: legal\nreason: works with a shell\n"},
                {"set/rule.yml", usage_rule(kCurl)}});
  ASSERT_THAT(told(outcome), IsEmpty());
  ASSERT_EQ(outcome.set.policies.size(), 1U);
  ASSERT_EQ(outcome.set.policies.front().exempt.size(), 1U);
  EXPECT_EQ(outcome.set.policies.front().exempt.front().id, "ops");
  const LoadOutcome without = load_text(usage_rule(kCurl));
  EXPECT_NE(outcome.set.hash, without.set.hash);
  const LoadOutcome other =
      load_text(usage_rule("    s: {user_agent|endswith: curl}\n"
                           "    condition: s\n"));
  EXPECT_NE(other.set.hash, without.set.hash);
}

TEST(SigmaInASet, TwoOfOneNameAreRefused) {
  const LoadOutcome outcome = load_text(usage_rule(kCurl) + "---\n" + usage_rule(kCurl));
  EXPECT_THAT(told(outcome),
              ElementsAre("TW0110 7:1 policy `sigma.curl` stands at set/rules.yml:1 already"));
}

TEST(SigmaInASet, WhatCannotBeSaidIsRefusedWithItsReason) {
  const auto refused = [](const std::string& items) {
    return told(load_text(usage_rule("    s: {" + items + "}\n    condition: s\n")));
  };
  constexpr const char* kPlace = "TW1023 4:9 no policy says this: ";
  const auto with = [&](const std::string& reason) { return ElementsAre(kPlace + reason); };
  EXPECT_THAT(refused("cost|contains: 5"), with("a text is looked for in `cost`, which is money"));
  EXPECT_THAT(refused("time|re: '^2026'"),
              with("a text is looked for in `time`, which is timestamp"));
  EXPECT_THAT(refused("model|gte: 5"), with("a number is looked for in `model`, which is string"));
  EXPECT_THAT(refused("model: 5"), with("a number is looked for in `model`, which is string"));
  EXPECT_THAT(refused("model|cidr: 10.0.0.0/8"),
              with("a network is looked for in `model`, which is string"));
  EXPECT_THAT(refused("model|fieldref|contains: status"),
              with("a part of another field is looked for"));
  EXPECT_THAT(refused("model|fieldref: http_status"),
              with("two fields are compared that are not both texts, or both addresses"));
  EXPECT_THAT(refused("model|month: 5"),
              with("a part of a time is looked for in `model`, which is string"));
}

TEST(SigmaInASet, KeywordsThatMayStandInATimeOrAnAmountAreRefused) {
  // Each is part of the text of some time, 2026-01-01T20:00:04.5Z or the like.
  for (const char* one : {"['4624']", "[curl, '01-0']", "['20:0']", "['.5z']", "['?']"}) {
    EXPECT_THAT(told(load_text(usage_rule("    s: " + std::string(one) + "\n    condition: s\n"))),
                ElementsAre(testing::HasSubstr(
                    "a keyword is looked for that may be part of `time`, which is timestamp")))
        << one;
  }
  // 1e-07 is a temperature that may be asked for; audit records have none.
  EXPECT_THAT(told(load_text(usage_rule("    s: ['e-0']\n    condition: s\n"))),
              ElementsAre(testing::HasSubstr("part of `request.temperature`, which is double")));
  EXPECT_THAT(told(load_text("title: T\nlogsource: {product: tidewaiter, service: audit}\n"
                             "detection:\n    s: ['e-0']\n    condition: s\n")),
              IsEmpty());
  EXPECT_THAT(told(load_text(usage_rule("    s:\n        '|re': 'a+'\n    condition: s\n"))),
              ElementsAre(testing::HasSubstr("this one is no text with wildcards")));
}

TEST(SigmaInASet, ManyKeywordsAreRefusedBeforeTheyAreMade) {
  std::string detection = "    s:\n";
  for (int i = 0; i < 5000; ++i) detection += "        - agent" + std::to_string(i) + "\n";
  EXPECT_THAT(told(load_text(usage_rule(detection + "    condition: s\n"))),
              ElementsAre(testing::HasSubstr("the keywords are more than 65536 parts")));
}

TEST(SigmaInASet, APlaceholderStandsForTheValuesOfAList) {
  const std::string rule =
      usage_rule("    s: {user_agent|expand: '%Tools%/*'}\n    condition: s\n");
  const LoadOutcome outcome =
      load_text(rule + "---\nlist: tools\ntitle: Tools\nvalues: [curl, 'py*n']\n");
  ASSERT_THAT(told(outcome), IsEmpty());
  ASSERT_EQ(outcome.set.policies.size(), 1U);
  EXPECT_EQ(to_text(outcome.set.policies.front().condition),
            "(default(startswith(user_agent, \"curl/\", nocase), false) or "
            "default(like(user_agent, \"py*n/*\", nocase), false))");
  const LoadOutcome other = load_text(rule + "---\nlist: tools\ntitle: Tools\nvalues: [curl]\n");
  EXPECT_NE(other.set.policies.front().hash, outcome.set.policies.front().hash);

  EXPECT_THAT(told(load_text(rule)),
              ElementsAre("TW1007 4:28 placeholder `%Tools%` has no values: the set has no list "
                          "`tools`"));
  EXPECT_THAT(
      told(load_text(rule + "---\nlist: tools\ntitle: Tools\ntype: int64\nvalues: [1, 2]\n")),
      ElementsAre(testing::HasSubstr("`list:tools` holds values of type int64")));
  EXPECT_THAT(
      told(load_text(rule + "---\nlist: tools\ntitle: Tools\n"
                            "values: [{value: curl, until: 2027-01-31}]\n")),
      ElementsAre(testing::HasSubstr("TW1023 4:28 no policy says this: the values of `list:tools` "
                                     "have dates")));
}

TEST(SigmaInASet, AFilterAndKeywordsMayHavePlaceholders) {
  const std::string filtered =
      usage_rule(kCurl, "name: curl\n") +
      "---\ntitle: Not ours\nlogsource: {product: tidewaiter, service: usage}\nfilter:\n"
      "    rules: [curl]\n    ours: {account|startswith|expand: '%ours%'}\n"
      "    condition: not ours\n---\nlist: ours\ntitle: Ours\nvalues: [lab-]\n";
  const LoadOutcome outcome = load_text(filtered);
  ASSERT_THAT(told(outcome), IsEmpty());
  EXPECT_THAT(to_text(outcome.set.policies.at(0).condition),
              testing::HasSubstr("(not default(startswith(account, \"lab-\", nocase), false))"));
  EXPECT_THAT(told(load_text(usage_rule("    '|expand': ['%tools%']\n    condition: keywords\n"))),
              testing::Contains(testing::HasSubstr("TW1007")));
}

std::string many_of_curl(const std::string& body) {
  return usage_rule(kCurl, "name: curl\n") + "---\ntitle: Many\nid: many\ncorrelation:\n" + body;
}

TEST(SigmaInASet, ACorrelationIsAPolicyAndItsRuleIsNone) {
  const std::string body =
      "    type: event_count\n    rules: [curl]\n    group-by: [src_ip, account]\n"
      "    timespan: 1h\n    condition: {gte: 10}\n";
  const LoadOutcome outcome = load_text(many_of_curl(body));
  ASSERT_THAT(told(outcome), IsEmpty());
  ASSERT_THAT(ids_of(outcome), ElementsAre("sigma.many"));
  const Policy& policy = outcome.set.policies.front();
  EXPECT_EQ(policy.for_each,
            (std::vector<FieldId>{*find_field("client.address"), *find_field("account")}));
  EXPECT_EQ(to_text(policy.condition),
            "(exists(client.address) and exists(account) and "
            "default(startswith(user_agent, \"curl\", nocase), false))");
  EXPECT_EQ(policy.window.length, Duration{75 * kMinute.us});
  EXPECT_EQ(policy.window.every, Duration{15 * kMinute.us});
  ASSERT_EQ(policy.measures.size(), 1U);
  EXPECT_EQ(to_text(*policy.measures[0].pattern->trailing), "records >= 10.0");
  EXPECT_EQ(policy.measures[0].pattern->within, kHour);

  EXPECT_THAT(ids_of(load_text(many_of_curl(body + "    generate: true\n"))),
              ElementsAre("sigma.curl", "sigma.many"));
  const auto hash_of = [](const std::string& text) {
    return load_text(many_of_curl(text)).set.hash;
  };
  const std::string head = "    rules: [curl]\n    group-by: [account]\n    timespan: 1h\n";
  const auto counted = [&](const std::string& type, const std::string& condition) {
    return hash_of("    type: " + type + "\n" + head + "    condition: {" + condition + "}\n");
  };
  const std::set<std::string> hashes = {
      to_hex(counted("event_count", "gte: 2")),
      to_hex(counted("event_count", "gt: 2")),
      to_hex(counted("event_count", "gte: 3")),
      to_hex(counted("event_count", "gte: 2, lt: 9")),
      to_hex(counted("temporal", "gte: 2")),
      to_hex(counted("value_sum", "gte: 2, field: requests")),
      to_hex(counted("value_avg", "gte: 2, field: requests")),
      to_hex(counted("value_avg", "gte: 2, field: output_tokens")),
      to_hex(counted("value_percentile", "gte: 2, field: requests")),
      to_hex(counted("value_percentile", "gte: 2, field: requests, percentile: 5")),
      to_hex(counted("value_percentile", "gte: 2, field: requests, percentile: 6"))};
  EXPECT_EQ(hashes.size(), 11U);
}

TEST(SigmaInASet, ACorrelationThatNoPolicySaysIsRefusedWithItsReason) {
  const auto refused = [](const std::string& group, const std::string& rest) {
    return told(load_text(many_of_curl("    rules: [curl]\n    group-by: [" + group +
                                       "]\n    timespan: 1h\n" + rest)));
  };
  const auto with = [](const std::string& place, const std::string& reason) {
    return ElementsAre("TW1024 " + place + " no policy says this correlation: " + reason);
  };
  const std::string many = "    type: event_count\n    condition: {gte: 2}\n";
  EXPECT_THAT(refused("Host", many), with("12:15", "nothing maps `Host`, which it groups by"));
  EXPECT_THAT(refused("cost", many),
              with("12:15", "it groups by `cost`, which is money and cannot be a subject"));
  EXPECT_THAT(refused("account", "    type: value_sum\n    condition: {field: model, gt: 2}\n"),
              with("15:16", "a number is looked for in `model`, which is string"));
  EXPECT_THAT(
      refused("account", "    type: value_count\n    condition: {field: [model, region], gt: 2}\n"),
      with("15:16", "it counts tuples of several fields"));
  EXPECT_THAT(told(load_text(many_of_curl("    type: event_count\n    rules: [curl]\n"
                                          "    timespan: 1h\n    condition: {gte: 2}\n"))),
              with("8:8",
                   "without `group-by` it is about all records, and a finding is about a "
                   "subject"));
  const std::string of_two =
      usage_rule(kCurl, "name: curl\n") +
      "---\ntitle: Made\nname: made\nlogsource: {product: tidewaiter, service: audit}\n"
      "detection:\n    s: {action: key.create}\n    condition: s\n---\n"
      "title: Both\ncorrelation:\n    type: temporal\n    rules: [curl, made]\n"
      "    group-by: [organization]\n    timespan: 1h\n";
  EXPECT_THAT(told(load_text(of_two)),
              with("18:12",
                   "its rules read usage and audit records, and a policy reads records of "
                   "one kind"));
  const std::string by_another =
      usage_rule(kCurl, "name: curl\n") + "---\n" + usage_rule(kCurl, "name: wget\n") +
      "---\ntitle: Both\ncorrelation:\n    type: temporal\n    rules: [curl, wget]\n"
      "    group-by: [who]\n    timespan: 1h\n"
      "    aliases: {who: {curl: account, wget: organization}}\n";
  EXPECT_THAT(told(load_text(by_another)),
              with("19:15",
                   "`who` is `account` for one of its rules and `organization` for another: "
                   "a policy asks one field of all records"));
  // Of a rule that two correlations name the fault is told once, and by itself.
  const std::string keywords = usage_rule("    s: ['200']\n    condition: s\n", "name: curl\n");
  const std::string first =
      "---\ntitle: First\ncorrelation:\n    type: event_count\n"
      "    rules: [curl]\n    group-by: [account]\n    timespan: 1h\n"
      "    condition: {gte: 2}\n";
  EXPECT_THAT(
      told(load_text(keywords + first + first)),
      ElementsAre("TW1023 5:9 no policy says this: a keyword is looked for that may be part "
                  "of `time`, which is timestamp"));
}

TEST(SigmaInASet, WhatNothingMapsOrNamesIsRefused) {
  EXPECT_THAT(told(load_text("title: T\nlogsource: {product: linux}\ndetection:\n    s: {a: b}\n"
                             "    condition: s\n")),
              ElementsAre("TW1020 2:12 nothing maps the log source product linux"));
  EXPECT_THAT(told(load_text(usage_rule("    s: {Image: b}\n    condition: s\n"))),
              ElementsAre("TW1021 4:9 nothing maps the field `Image` of product tidewaiter, "
                          "service usage"));
  EXPECT_THAT(told(load_text(usage_rule(kCurl, "id: 'not an id'\n"))),
              ElementsAre("TW1025 1:8 `sigma.not an id` cannot be the id of a policy"));
}

class SigmaFinding : public testing::TestWithParam<EngineKind> {};

TEST_P(SigmaFinding, EachHourWithMatchesIsReported) {
  const LoadOutcome outcome = load_text(usage_rule(kCurl));
  ASSERT_THAT(told(outcome), IsEmpty());
  Log log(outcome.set.policies.front(), GetParam());
  const auto ask = [&log](std::string_view clock, const std::string& agent) {
    Record record = Log::record("a", clock);
    set_value(record, *find_field("user_agent"), agent);
    log.add(std::move(record));
  };
  ask("10:05", "Mozilla/5.0");
  log.add("a", "10:06");  // no user agent: false, as Sigma has it
  EXPECT_THAT(log.news(), IsEmpty());
  EXPECT_EQ(log.coverage().records_unknown, 0);
  ask("10:07", "CURL/8.5");
  EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.opened 10:00+1 records=1"));
  ask("10:08", "curl/7");
  EXPECT_EQ(log.coverage().records_selected, 2);
}

TEST_P(SigmaFinding, AKeywordIsLookedForInEveryText) {
  const LoadOutcome outcome = load_text(usage_rule(
      "    any: ['hydra', 'k?y-7']\n    both:\n        '|all': [shell, 10.0.0.1]\n"
      "    true_somewhere: ['TRU']\n    condition: (any or both) and not true_somewhere\n"));
  ASSERT_THAT(told(outcome), IsEmpty());
  Log log(outcome.set.policies.front(), GetParam());
  const auto ask = [&log](std::string_view clock, const std::string& field, const Value& value,
                          const std::string& address = "10.0.0.2") {
    Record record = Log::record("a", clock);
    set_value(record, *find_field(field), value);
    set_value(record, *find_field("client.address"), address);
    log.add(std::move(record));
    return log.coverage().records_selected;
  };
  EXPECT_EQ(ask("10:01", "user_agent", "curl/8"), 0);
  EXPECT_EQ(ask("10:02", "user_agent", "a Hydra/1"), 1);  // parts, case aside
  EXPECT_EQ(ask("10:03", "model", "HYDRA"), 2);           // whatever the field
  EXPECT_EQ(ask("10:04", "api_key", "my-key-77"), 3);
  EXPECT_EQ(ask("10:05", "api_key", "my-ky-77"), 3);
  EXPECT_EQ(ask("10:06", "user_agent", "shell"), 3);  // one of two
  EXPECT_EQ(ask("10:07", "user_agent", "shell", "10.0.0.1"), 4);
  EXPECT_EQ(ask("10:08", "model", "hydra-true"), 4);  // `true` is part of it
  EXPECT_EQ(log.coverage().records_unknown, 0);
}

INSTANTIATE_TEST_SUITE_P(BothEngines, SigmaFinding,
                         testing::Values(EngineKind::kColumnar, EngineKind::kReference),
                         [](const auto& param) {
                           return param.param == EngineKind::kColumnar ? "Columnar" : "Reference";
                         });

// --- packs ---

constexpr const char* kMapping =
    "logsource_mapping: gateway\nversion: 1\nsources:\n"
    "  - {logsource: {product: gateway}, reads: usage, fields: {UserAgent: user_agent}}\n";

std::string pack_of(const std::string& includes) {
  return "pack: tools\ntitle: Tools\nincludes: [" + includes + "]\n";
}

std::string gateway_rule(const std::string& head) {
  return "title: Curl\n" + head +
         "logsource: {product: gateway}\ndetection:\n    s: {UserAgent|startswith: curl}\n"
         "    condition: s\n";
}

TEST(SigmaInAPack, IsIncludedByItsIdOrItsNameAndTheMappingByItsName) {
  const std::string rules = gateway_rule("id: " + std::string(kId) + "\n") + "---\n" +
                            gateway_rule("name: named-rule\n") + "---\n" +
                            gateway_rule("name: left-out\n") + "---\n" + kMapping;
  const LoadOutcome outcome =
      load_set({{"p/pack.yaml", pack_of("'sigma:" + std::string(kId) +
                                        "', 'sigma:named-rule', 'logsource_mapping:gateway'")},
                {"p/rules.yml", rules}});
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics.front().code, "TW0652");
  EXPECT_EQ(outcome.diagnostics.front().message,
            "`sigma:left-out` is not part of the pack `tools`: it is not loaded");
  const std::vector<std::string> ids = {"sigma." + std::string(kId), "sigma.named-rule"};
  EXPECT_EQ(ids_of(outcome), ids);
  ASSERT_EQ(outcome.documents.packs.size(), 1U);
  EXPECT_EQ(outcome.documents.packs[0].policies, ids);
  EXPECT_THAT(outcome.documents.packs[0].others, ElementsAre("logsource_mapping:gateway"));
}

// A rule with an id is also found by its name, any by what its policy is called, and a rule with
// neither by its title.
TEST(SigmaInAPack, IsFoundByEachOfItsNames) {
  const std::string both = gateway_rule("id: " + std::string(kId) + "\nname: curl-rule\n");
  for (const std::string& include : {"sigma:" + std::string(kId), std::string("sigma:curl-rule"),
                                     "sigma." + std::string(kId), std::string("sigma:curl-*")}) {
    const LoadOutcome outcome =
        load_set({{"p/pack.yaml", pack_of("'" + include + "', mapping.yml")},
                  {"p/rules.yml", both},
                  {"p/mapping.yml", kMapping}});
    EXPECT_THAT(told(outcome), IsEmpty()) << include;
    EXPECT_THAT(ids_of(outcome), ElementsAre("sigma." + std::string(kId))) << include;
  }
  const LoadOutcome untitled = load_set({{"p/pack.yaml", pack_of("'sigma:curl', mapping.yml")},
                                         {"p/rules.yml", gateway_rule("")},
                                         {"p/mapping.yml", kMapping}});
  EXPECT_THAT(told(untitled), IsEmpty());
  EXPECT_THAT(ids_of(untitled), ElementsAre("sigma.curl"));
}

TEST(SigmaInAPack, ThatIsNotThereIsAnErrorWithASuggestion) {
  const LoadOutcome outcome = load_set(
      {{"p/pack.yaml", pack_of("'sigma:named-rul', 'logsource_mapping:gatway', rules.yml")},
       {"p/rules.yml", gateway_rule("name: named-rule\n") + "---\n" + kMapping}});
  ASSERT_EQ(outcome.diagnostics.size(), 2U);
  for (const Diagnostic& one : outcome.diagnostics) EXPECT_EQ(one.code, "TW0650");
  EXPECT_EQ(outcome.diagnostics[0].hint, "did you mean `sigma:named-rule`?");
  EXPECT_EQ(outcome.diagnostics[1].hint, "did you mean `logsource_mapping:gateway`?");
}

// A filter and a rule that only serves a correlation become no policies; the pack holds them.
TEST(SigmaInAPack, HoldsWhatBecomesNoPolicy) {
  const std::string filter =
      "title: Ours\nname: ours\nlogsource: {product: gateway}\nfilter:\n    rules: [named-rule]\n"
      "    s: {UserAgent|endswith: ours}\n    condition: not s\n";
  const LoadOutcome outcome =
      load_set({{"p/pack.yaml", pack_of("'sigma:*', 'logsource_mapping:*'")},
                {"p/rules.yml",
                 gateway_rule("name: named-rule\n") + "---\n" + filter + "---\n" + kMapping}});
  EXPECT_THAT(told(outcome), IsEmpty());
  ASSERT_EQ(outcome.documents.packs.size(), 1U);
  EXPECT_THAT(outcome.documents.packs[0].policies, ElementsAre("sigma.named-rule"));
  EXPECT_THAT(outcome.documents.packs[0].others,
              ElementsAre("sigma:ours", "logsource_mapping:gateway"));
}

/// A test of the rule that kCurl makes.
std::string tests_of(const std::string& name) {
  return "---\ntests: " + name +
         "\ncases:\n"
         "  - name: a tool that asks by itself\n"
         "    given: [{kind: usage, time: 2026-03-01T10:00:00Z, account: a, user_agent: curl/8}]\n"
         "    expect: [{findings: 1, measure: {records: 1}}]\n";
}

// By the policy's id, by the rule's own, and by its name.
TEST(SigmaInASet, ARuleHasItsTestsInADocument) {
  const std::string rule = usage_rule(kCurl, "id: " + std::string(kId) + "\n");
  for (const std::string& name : {"sigma." + std::string(kId), std::string(kId)}) {
    const LoadOutcome outcome = load_text(rule + tests_of(name));
    EXPECT_THAT(told(outcome), IsEmpty()) << name;
    ASSERT_EQ(outcome.set.policies.size(), 1U);
    const Policy& policy = outcome.set.policies.front();
    ASSERT_EQ(policy.tests.size(), 1U) << name;
    EXPECT_EQ(policy.hash, load_text(rule).set.policies.front().hash);
    const auto results = run_policy_tests(policy, {});
    EXPECT_THAT(results.at(0).failures, IsEmpty());
  }
  EXPECT_EQ(load_text(usage_rule(kCurl, "name: Asks-Itself\n") + tests_of("Asks-Itself"))
                .set.policies.front()
                .tests.size(),
            1U);
}

TEST(SigmaInASet, TestsOfARuleThatIsNotThereAreAnError) {
  const LoadOutcome outcome = load_text(usage_rule(kCurl, "name: curl\n") + tests_of("sigma.cull"));
  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics.front().code, "TW0507");
  EXPECT_EQ(outcome.diagnostics.front().hint, "did you mean `sigma.curl`?");
}

}  // namespace
}  // namespace tidewaiter
