// One policy with nearly everything at once, as somebody would write it who looks for a
// distillation campaign: clusters, own history and peers, an exemption by list, repeat, evidence,
// late records.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/policy_test.h"
#include "policies/language/load.h"

namespace tidewaiter {
namespace {

using testing::IsEmpty;

constexpr const char* kPolicy = R"text(policy: campaign.cluster-harvest
version: 3
title: A cluster of accounts harvests long answers
status: active
in_force: [{from: 2026-01-01}]
owner: trust-and-safety
basis: [{terms: "Services Agreement, 3 b"}]
kind: extraction
severity: high
description: Compare the prompts of its accounts first.
false_positives: [batch evaluation by a research partner]
reads: usage
select:
  bulk: {operation|in: [chat, batch], model|in: list:frontier-models}
  long: output_tokens / requests > 1500
condition: bulk and long
for_each: cluster
window: {length: 24h, every: 1h, wait_for_late: 6h}
measure:
  tokens:      sum(output_tokens)
  accounts:    distinct(account)
  above_own:   deviation(tokens, own, 28d)
  above_peers: deviation(tokens, peers(size_band), 7d)
report_when: tokens > 50M and accounts >= 5 and (above_own > 3.5 or above_peers > 3.5)
repeat: {after: 24h, if_grown: 2x}
exempt:
  - {where: {organization|in: list:research-partners}, until: 2026-12-31, approved_by: legal, reason: MSA-114}
respond: [{case: distillation}, {notify: [security]}, {propose: suspend}]
evidence: {fields: [time, account, model, output_tokens], records: 20, choose: largest}
)text";

constexpr const char* kBeside = R"text(---
list: frontier-models
title: Models that are worth copying
values: [large-3]
---
list: research-partners
title: Who may
values: [lab-1]
---
linkage: one-address
title: Accounts that come from one address
links: [{field: client.address, at_most: 20}]
)text";

std::string line(const std::string& account, const std::string& address, const std::string& time,
                 int millions, const std::string& organization, const std::string& more = "") {
  return "      - {kind: usage, source: gw, account: " + account +
         ", organization: " + organization + ", client.address: " + address + ", time: " + time +
         ", operation: chat, model: large-3" + ", output_tokens: " + std::to_string(millions) +
         "000000" + more + "}\n";
}

/// Three clusters of five accounts, each with 10, 11 or 12 million tokens a day for a week. So
/// the median is 11 million, and the median distance from it 1 million.
std::string week_of_peers() {
  std::string given;
  for (int day = 1; day <= 8; ++day) {
    for (int peer = 0; peer < 3; ++peer) {
      given += line("p" + std::to_string(peer) + "-" + std::to_string(day % 5),
                    "192.0.2." + std::to_string(peer),
                    "2026-03-0" + std::to_string(day) + "T12:00:00Z", 10 + peer, "customer");
    }
  }
  return given;
}

/// Five accounts of one address with 12 million each; what the fifth did comes four hours later.
std::string hydra(const std::string& organization) {
  std::string given;
  for (int i = 1; i <= 5; ++i) {
    given +=
        line("h" + std::to_string(i), "192.0.2.99", "2026-03-09T0" + std::to_string(i) + ":00:00Z",
             12, organization, i == 5 ? ", arrives: 2026-03-09T09:00:00Z" : "");
  }
  return given;
}

std::string test(const std::string& name, const std::string& given, const std::string& expect) {
  return "  - name: " + name + "\n    given:\n" + given +
         "    covered_from: 2026-02-28\n    drained_to: 2026-03-10T12:00:00Z\n    expect: [" +
         expect + "]\n";
}

TEST(CampaignPolicy, IsJudgedAsItIsWritten) {
  // The first window that holds all five begins on the 8th at 6:00. Each week of 24-hour windows
  // before it has 21 values of peers: 0.6745 (60 - 11) / 1 = 33.0505. It has no history of its
  // own.
  const std::string text =
      std::string(kPolicy) + "tests:\n" +
      test("five accounts in one day, one late", week_of_peers() + hydra("customer"),
           "{findings: 1, for: \"cluster:*\", measure: {accounts: 5, tokens: 60M, above_peers: "
           "33.0505}}") +
      test("four accounts are not five",
           week_of_peers() + hydra("customer").substr(0, hydra("customer").rfind("      - ")),
           "{findings: 0}") +
      test("the research partner stays quiet", week_of_peers() + hydra("lab-1"),
           "{findings: 0, because: \"exempt[0]\"}") +
      kBeside;
  const LoadOutcome outcome =
      load_policies(std::vector<PolicyText>{{"campaign.yaml", text}}, UtcTime{});
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    EXPECT_NE(diagnostic.level, DiagnosticLevel::kError) << to_text(diagnostic);
  }
  ASSERT_EQ(outcome.set.policies.size(), 1U);
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    const auto results = run_policy_tests(outcome.set.policies.front(), {}, engine);
    ASSERT_EQ(results.size(), 3U);
    for (const auto& result : results) EXPECT_THAT(result.failures, IsEmpty()) << result.test;
  }
}

}  // namespace
}  // namespace tidewaiter
