#include "policies/authoring/documentation.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/authoring/policy_words.h"
#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr UtcTime kAsOf{1'780'272'000'000'000};  // 2026-06-01

Policy load_one(const std::string& fragment) {
  LoadOutcome outcome = load_text(sample_policy(fragment));
  EXPECT_EQ(outcome.set.policies.size(), 1U)
      << testing::PrintToString(lines_of(outcome.diagnostics));
  return outcome.set.policies.empty() ? Policy() : outcome.set.policies.front();
}

std::string condition_words(const std::string& selection) {
  const Policy policy = load_one("select:\n  a: " + selection + "\n");
  return in_words(policy.condition, policy);
}

TEST(PolicyWords, SayWhatASelectionSelects) {
  EXPECT_EQ(condition_words("{operation|in: [chat, batch], output_tokens|gt: 1500}"),
            "operation is one of chat, batch and output_tokens is above 1,500");
  EXPECT_EQ(condition_words("{model|startswith: large}"), "model begins with “large”");
  EXPECT_EQ(condition_words("{region|cased: EU}"), "region is exactly “EU”");
  EXPECT_EQ(condition_words("{end_user|exists: false}"), "end_user is not given");
  EXPECT_EQ(condition_words("{client.address|cidr: 10.0.0.0/8}"),
            "client.address lies in the network 10.0.0.0/8");
  EXPECT_EQ(condition_words("not (output_tokens / requests > 2 and duration < 1h)"),
            "not (output_tokens ÷ requests is above 2 and duration is below 1h)");
  EXPECT_EQ(condition_words("(requests + 1) * 2 - (requests - 1) > 5 or model == 'a'"),
            "(requests + 1) × 2 − (requests − 1) is above 5 or model is a");
}

TEST(PolicyWords, SayWhatIsMeasured) {
  const Policy policy = load_one(
      "measure:\n  n: count()\n  tokens: sum(output_tokens) where http_status >= 400\n"
      "  half: quantile(0.5, output_tokens)\n  share: top_share(model, 3)\n"
      "  uneven: gini(output_tokens, api_key)\n  each: tokens / n\n"
      "  above: deviation(n, peers(model), 30d)\n"
      "  step: lockstep(api_key, model, 5m)\n");
  const auto words = [&](std::size_t i) { return in_words(policy.measures.at(i), policy); };
  EXPECT_EQ(words(0), "the number of requests");
  EXPECT_EQ(words(1), "the sum of output_tokens, where http_status is at least 400");
  EXPECT_EQ(words(2), "the value below or at which 1/2 of the values of output_tokens lie");
  EXPECT_EQ(words(3), "the share of requests that the 3 most frequent values of model have");
  EXPECT_EQ(words(4), "how unequally the total of output_tokens is spread over api_key, 0 to 1");
  EXPECT_EQ(words(5), "tokens ÷ n");
  EXPECT_EQ(words(6),
            "how far n is from its median over the last 30d of the other subjects with the same "
            "model, in units of its usual spread");
  EXPECT_EQ(words(7),
            "how closely those of different api_key act in step, with the same model, in slots of "
            "5m, 0 to 1");
}

TEST(PolicyWords, CountFindingsWhereAPolicyReadsThem) {
  const Policy policy = load_one("reads: finding\nmeasure: {n: count()}\nreport_when: n >= 2\n");
  EXPECT_EQ(in_words(policy.measures.at(0), policy), "the number of findings");
}

TEST(PolicyPage, HasWhatALawyerAsksFor) {
  const Policy policy = load_one(
      "basis: [{law: Export rule, jurisdiction: US, citation: 15 CFR 744, settled: disputed}]\n"
      "for_each: [account, model]\n"
      "window: {length: 24h, every: 1h, wait_for_late: 6h}\n"
      "exempt: [{where: {organization: lab-1}, until: 2026-03-31, approved_by: legal, reason: "
      "MSA-114}]\n"
      "respond: [{case: access}, {propose: suspend}]\n");
  const std::string page = to_html(std::vector{policy_page(policy, kAsOf)});
  EXPECT_THAT(page, HasSubstr("law: Export rule (US, 15 CFR 744; settled: disputed)"));
  EXPECT_THAT(page, HasSubstr("each account with model"));
  EXPECT_THAT(page, HasSubstr("1d, looked at every 1h; what comes up to 6h late still counts"));
  EXPECT_THAT(page, HasSubstr("before 2026-04-01T00:00:00Z (expired); approved by legal: MSA-114"));
  EXPECT_THAT(page, HasSubstr("in which n is above 100."));
  EXPECT_THAT(page, HasSubstr("quiet: 0 findings"));
  EXPECT_THAT(page, HasSubstr(to_hex(policy.hash)));
  EXPECT_THAT(page, HasSubstr("<dt>account</dt><dd>the party judged, chosen for each source</dd>"));
}

TEST(PolicyPage, AnExemptionThatHoldsIsNotCalledExpired) {
  const Policy policy = load_one(
      "exempt: [{where: {organization: lab-1}, until: 2099-12-31, approved_by: legal, reason: "
      "r}]\n");
  EXPECT_THAT(to_html(std::vector{policy_page(policy, kAsOf)}), Not(HasSubstr("(expired)")));
}

// What a title says is never markup.
TEST(PolicyPage, HostileTitlesStayText) {
  const std::string hostile =
      "\"</title><script>alert(1)</script><img src=x onerror='a'>&amp; \\\"q\\\" [x](javascript:a) "
      "| *b* `c` # d\"";
  const Policy policy =
      load_one("title: " + hostile + "\nowner: " + hostile + "\nfalse_positives: [" + hostile +
               "]\nselect:\n  a: {model: " + hostile + "}\n");
  const PolicyPage page = policy_page(policy, kAsOf);
  const std::string html = to_html(std::vector{page});
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x "
                              "onerror=&#39;a&#39;&gt;&amp;amp; &quot;q&quot;"));
  const std::string markdown = to_markdown(page);
  // Every character with a meaning stands behind a backslash.
  EXPECT_THAT(markdown, HasSubstr("\\<script\\>alert\\(1\\)\\</script\\>"));
  EXPECT_THAT(markdown, HasSubstr("\\[x\\]\\(javascript\\:a\\) \\| \\*b\\* \\`c\\` \\# d"));
}

TEST(PolicyPage, LinesOfATextDoNotLeaveTheirTable) {
  const Policy policy = load_one("owner: \"a\\n\\n# b\\n\"\n");
  EXPECT_THAT(to_markdown(policy_page(policy, kAsOf)), HasSubstr("| owner | a  \\# b |\n"));
}

TEST(PolicyPage, SaysWhatLinksTheAccountsOfACluster) {
  const LoadOutcome outcome =
      load_text(sample_policy("for_each: cluster\n") +
                "---\nlinkage: x\ntitle: x\nlinks: [{field: payment.fingerprints, at_most: 20}, "
                "{field: client.address, at_most: 5}]\n");
  ASSERT_EQ(outcome.set.policies.size(), 1U);
  EXPECT_EQ(subject_words(outcome.set.policies.front()),
            "each cluster of accounts that have in common client.address (where at most 5 have it) "
            "or payment.fingerprints (where at most 20 have it)");
}

}  // namespace
}  // namespace tidewaiter
