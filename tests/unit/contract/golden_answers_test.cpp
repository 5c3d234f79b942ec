// Whole answers in the shapes of vendors' public documentation, with values of our own, and the
// native lines that they come to. The lines are worked out by hand; their ids are SHA-256 of what
// docs/sources says they are of, computed by another program.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/sources/anthropic/anthropic_kind.h"
#include "daemon/sources/langfuse/langfuse_kind.h"
#include "daemon/sources/litellm/litellm_kind.h"
#include "daemon/sources/newapi/newapi_kind.h"
#include "daemon/sources/openai/openai_kind.h"
#include "daemon/sources/openrouter/openrouter_kind.h"
#include "daemon/sources/scim/scim_kind.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

using Lines = std::vector<nlohmann::json>;

std::filesystem::path golden(const std::string& name) {
  return std::filesystem::path(TIDEWAITER_SOURCE_DIR) / "tests" / "unit" / "contract" / "golden" /
         name;
}

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// The lines of a file, each a tree.
Lines wanted_lines(const std::string& name) {
  Lines lines;
  std::istringstream text(text_of(golden(name)));
  for (std::string line; std::getline(text, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

/// What the records are, without what the source adds: when it saw them, and whose they are.
Lines lines_of(const std::vector<Record>& records) {
  Lines lines;
  for (const Record& record : records) {
    std::string line;
    write_record_json(record, line);
    nlohmann::json tree = nlohmann::json::parse(line);
    for (const char* const name : {"observed", "revision", "source", "completeness"}) {
      tree.erase(name);
    }
    lines.push_back(std::move(tree));
  }
  return lines;
}

/// What `kind` makes of an answer to a question about `window`.
FeedAnswer answer_of(const ContractKind& kind, const char* source_name, AccountChoice account,
                     const std::string& name, const FeedQuestion& question,
                     const char* endpoint = nullptr) {
  SourceConfig source;
  source.name = source_name;
  source.kind = kind.name;
  source.contract.emplace();
  source.contract->account = account;
  source.contract->bucket = kDay;
  const std::string_view asked = endpoint != nullptr ? endpoint : kind.endpoints[0].name;
  return kind.feed(asked, source)->read(text_of(golden(name)), question).value();
}

TEST(GoldenAnswers, ADayOfAnAuditLogOfOpenAi) {
  const UtcTime day = parse_time("2026-11-20T00:00:00Z").value();
  const FeedAnswer answer =
      answer_of(kOpenAiKind, "deeds", AccountChoice::kPrincipal, "openai_audit_logs.json",
                {{day, day + kDay}, {}}, "audit_logs");
  EXPECT_TRUE(answer.bad.empty());
  EXPECT_EQ(lines_of(answer.records), wanted_lines("openai_audit_logs.jsonl"));
  // The page behind the last event of one that began with audit_log-0005.
  EXPECT_EQ(answer.next, "7dc00a81b2318636audit_log-0001");
}

TEST(GoldenAnswers, ADayOfActivitiesOfAnthropic) {
  const UtcTime day = parse_time("2026-11-20T00:00:00Z").value();
  const FeedAnswer answer =
      answer_of(kAnthropicKind, "deeds", AccountChoice::kPrincipal, "anthropic_activities.json",
                {{day, day + kDay}, {}}, "activities");
  EXPECT_TRUE(answer.bad.empty());
  EXPECT_EQ(answer.rows, 5);  // one of them tells of a request of this program
  EXPECT_EQ(answer.own, std::vector{parse_time("2026-11-20T15:00:00Z").value()});
  EXPECT_EQ(lines_of(answer.records), wanted_lines("anthropic_activities.jsonl"));
  EXPECT_FALSE(answer.more);
}

TEST(GoldenAnswers, ADayOfAnthropicsAnalytics) {
  const UtcTime day = parse_time("2026-11-20T00:00:00Z").value();
  const FeedQuestion question{{day, day + kDay}, {}};
  const FeedAnswer usage = answer_of(kAnthropicKind, "claude", AccountChoice::kPrincipal,
                                     "anthropic_analytics.json", question, "analytics_usage");
  EXPECT_TRUE(usage.bad.empty());
  EXPECT_EQ(usage.rows, 5);  // two of them of one who cannot be told
  EXPECT_EQ(lines_of(usage.records), wanted_lines("anthropic_analytics.jsonl"));
  EXPECT_EQ(usage.whole_to, day + kDay);
  const FeedAnswer costs = answer_of(kAnthropicKind, "claude", AccountChoice::kProject,
                                     "anthropic_analytics_costs.json", question, "analytics_costs");
  EXPECT_TRUE(costs.bad.empty());
  EXPECT_EQ(lines_of(costs.records), wanted_lines("anthropic_analytics_costs.jsonl"));
  EXPECT_FALSE(costs.whole_to);
}

TEST(GoldenAnswers, ProfilesOfAnthropic) {
  const UtcTime day = parse_time("2026-11-20T00:00:00Z").value();
  const FeedAnswer answer =
      answer_of(kAnthropicKind, "claude", AccountChoice::kEndUser, "anthropic_profiles.json",
                {{day, day + kDay}, {}}, "user_profiles");
  EXPECT_TRUE(answer.bad.empty());
  EXPECT_EQ(lines_of(answer.records), wanted_lines("anthropic_profiles.jsonl"));
  EXPECT_EQ(answer.next, "page_b");
}

TEST(GoldenAnswers, ADayOfAKeyOfOpenRouter) {
  const UtcTime day = parse_time("2026-11-20T00:00:00Z").value();
  const FeedAnswer answer = answer_of(kOpenRouterKind, "router", AccountChoice::kApiKey,
                                      "openrouter_activity.json", {{day, day + kDay}, "2..aa."});
  EXPECT_TRUE(answer.bad.empty());
  EXPECT_EQ(lines_of(answer.records), wanted_lines("openrouter_activity.jsonl"));
  EXPECT_EQ(answer.next, "2..");  // the page behind two keys
}

TEST(GoldenAnswers, AnHourOfAGatewayOfLiteLlm) {
  const UtcTime ten = parse_time("2026-11-20T10:00:00Z").value();
  const FeedAnswer answer = answer_of(kLiteLlmKind, "gateway", AccountChoice::kProject,
                                      "litellm_spend.json", {{ten, ten + kHour}, {}}, "spend_logs");
  EXPECT_TRUE(answer.bad.empty());
  EXPECT_EQ(lines_of(answer.records), wanted_lines("litellm_spend.jsonl"));
  EXPECT_FALSE(answer.more);
}

TEST(GoldenAnswers, AnHourOfNewApi) {
  const UtcTime ten = parse_time("2026-11-20T10:00:00Z").value();
  const FeedAnswer answer = answer_of(kNewApiKind, "gateway", AccountChoice::kProject,
                                      "newapi_logs.json", {{ten, ten + kHour}, {}});
  EXPECT_TRUE(answer.bad.empty());
  EXPECT_EQ(answer.rows, 4);  // a top-up is no use of a model
  EXPECT_EQ(lines_of(answer.records), wanted_lines("newapi_logs.jsonl"));
  EXPECT_FALSE(answer.more);
}

TEST(GoldenAnswers, TheUsersOfAServiceByScim) {
  const UtcTime day = parse_time("2026-11-20T00:00:00Z").value();
  const FeedAnswer answer = answer_of(kScimKind, "staff", AccountChoice::kPrincipal,
                                      "scim_users.json", {{day, day + kDay}, {}});
  EXPECT_TRUE(answer.bad.empty());
  EXPECT_EQ(lines_of(answer.records), wanted_lines("scim_users.jsonl"));
  EXPECT_FALSE(answer.more);
}

TEST(GoldenAnswers, AnHourOfAProjectOfLangfuse) {
  const UtcTime noon = parse_time("2026-11-23T12:00:00Z").value();
  const FeedAnswer answer = answer_of(kLangfuseKind, "traces", AccountChoice::kEndUser,
                                      "langfuse_observations.json", {{noon, noon + kHour}, {}});
  EXPECT_TRUE(answer.bad.empty());
  EXPECT_EQ(answer.rows, 4);
  EXPECT_EQ(lines_of(answer.records), wanted_lines("langfuse_observations.jsonl"));
  EXPECT_EQ(answer.next, "eyJsYXN0IjoiMWQyZTNmNGEifQ");
}

}  // namespace
}  // namespace tidewaiter
