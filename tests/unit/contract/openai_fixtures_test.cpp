// The examples of OpenAI's published specification, which nobody here wrote.
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/openai/openai_kind.h"
#include "daemon/sources/openai/usage_page.h"

namespace tidewaiter {
namespace {

std::filesystem::path examples() {
  const char* const shared = std::getenv("TIDEWAITER_SHARED");
  const std::filesystem::path root =
      shared != nullptr ? std::filesystem::path(shared)
                        : std::filesystem::path(TIDEWAITER_SOURCE_DIR) / ".." / "shared";
  return root / "specs" / "openai-examples";
}

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// All of them are about the day from 1730419200 to 1730505600.
UsageReading reading(const UsageEndpoint& endpoint) {
  UsageReading how;
  how.endpoint = &endpoint;
  how.source = "openai";
  how.width = kDay;
  how.window = {{1'730'419'200 * kSecond.us}, {1'730'505'600 * kSecond.us}};
  return how;
}

TEST(OpenAiFixturesTest, TheExampleOfEachEndpointIsRead) {
  if (!std::filesystem::exists(examples())) {
    GTEST_SKIP() << "skipped: there is no " << examples() << "; set TIDEWAITER_SHARED";
  }
  for (const UsageEndpoint& endpoint : usage_endpoints()) {
    const auto path =
        examples() / ("get_organization_usage_" + std::string(endpoint.name) + ".json");
    const auto answer = read_usage_page(text_of(path), reading(endpoint));
    ASSERT_TRUE(answer) << path << answer.error().message;
    EXPECT_EQ(answer->records.size(), 1U) << path;
    EXPECT_TRUE(answer->bad.empty()) << path;
    // The example of completions is the first page of several, the others are whole.
    const bool is_first = endpoint.name == "completions";
    EXPECT_EQ(answer->more, is_first) << path;
    EXPECT_EQ(answer->next, is_first ? "page_AAAAAGdGxdEiJdKOAAAAAGcqsYA=" : "") << path;
  }
  const UsageEndpoint& completions = *find_usage_endpoint("completions");
  const auto answer = read_usage_page(
      text_of(examples() / "get_organization_usage_completions.json"), reading(completions));
  const Record& record = answer->records[0];
  EXPECT_EQ(record.requests, 5);
  EXPECT_EQ(field_value(record, *find_field("input_tokens")), Value(std::int64_t{1000}));
  EXPECT_EQ(field_value(record, *find_field("cached_tokens")), Value(std::int64_t{400}));
  EXPECT_EQ(field_value(record, *find_field("output_tokens")), Value(std::int64_t{500}));
}

TEST(OpenAiFixturesTest, TheExamplesOfCostsAndDirectoryAreRead) {
  if (!std::filesystem::exists(examples())) {
    GTEST_SKIP() << "skipped: there is no " << examples() << "; set TIDEWAITER_SHARED";
  }
  SourceConfig source;
  source.name = "openai";
  source.kind = "openai";
  source.contract.emplace();
  source.contract->bucket = kDay;
  const auto read = [&source](const char* endpoint, const std::string& file, std::string token) {
    const auto feed = kOpenAiKind.feed(endpoint, source);
    const FeedQuestion question{reading(usage_endpoints()[0]).window, std::move(token)};
    return feed->read(text_of(examples() / ("get_organization_" + file + ".json")), question);
  };
  for (const auto& [endpoint, file, token] : std::vector<std::array<const char*, 3>>{
           {"costs", "costs", ""},
           {"users", "users", ""},
           {"projects", "projects", ""},
           {"admin_api_keys", "admin_api_keys", ""},
           {"api_keys", "projects_project_id_api_keys", "..proj_abc."}}) {
    const auto answer = read(endpoint, file, token);
    ASSERT_TRUE(answer) << file << answer.error().message;
    EXPECT_EQ(answer->records.size(), 1U) << file;
    EXPECT_TRUE(answer->bad.empty()) << file;
  }
  const Record bill = read("costs", "costs", "")->records.at(0);
  EXPECT_EQ(field_value(bill, *find_field("cost")), Value(std::int64_t{60'000'000}));
}

/// The example is no JSON, for it has commas that nothing follows.
TEST(OpenAiFixturesTest, TheExampleOfTheAuditLogIsRead) {
  const auto path = examples() / "get_organization_audit_logs.INVALID.json";
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << "skipped: there is no " << path << "; set TIDEWAITER_SHARED";
  }
  const std::string text = std::regex_replace(text_of(path), std::regex(R"(,(\s*[}\]]))"), "$1");
  SourceConfig source;
  source.name = "openai";
  source.kind = "openai";
  source.contract.emplace();
  source.contract->account = AccountChoice::kPrincipal;
  const FeedQuestion question{{{1'720'804'190 * kSecond.us}, {1'722'461'447 * kSecond.us}}, {}};
  const auto feed = kOpenAiKind.feed("audit_logs", source);
  const auto answer = feed->read(text, question);
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer->records.size(), 2U);
  EXPECT_TRUE(answer->bad.empty());
  EXPECT_TRUE(answer->more);
  EXPECT_THAT(feed->ask({question.window, answer->next}).url,
              testing::EndsWith("&after=audit_log_yyy__20240101"));
  const auto is = [](const Record& record, const char* field, const Value& wanted) {
    EXPECT_EQ(field_value(record, *find_field(field)), wanted) << field;
  };
  is(answer->records[0], "action", std::string("project.archived"));
  is(answer->records[0], "target.id", std::string("proj_abc"));
  is(answer->records[0], "actor.id", std::string("user-xxx"));
  is(answer->records[0], "api_key", Value());
  is(answer->records[1], "action", std::string("api_key.updated"));
  is(answer->records[1], "target.id", std::string("key_xxxx"));
  is(answer->records[1], "client.address", std::string("127.0.0.1"));
  is(answer->records[1], "client.country", std::string("US"));
  is(answer->records[1], "client.asn", std::int64_t{1234});
  is(answer->records[1], "tls.ja4", std::string("q13d0313h3_55b375c5d22e_c7319ce65786"));
}

TEST(OpenAiFixturesTest, AnotherEndpointsExampleIsRefused) {
  if (!std::filesystem::exists(examples())) {
    GTEST_SKIP() << "skipped: there is no " << examples() << "; set TIDEWAITER_SHARED";
  }
  EXPECT_FALSE(read_usage_page(text_of(examples() / "get_organization_costs.json"),
                               reading(*find_usage_endpoint("completions"))));
}

}  // namespace
}  // namespace tidewaiter
