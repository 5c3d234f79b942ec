// When a request is sent again, by the contract's numbers: 0.5 s doubled up to 30 s, 5 tries, and a
// server's own wish as a minimum up to 15 minutes.
#include "daemon/sources/contract/retry_rule.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using Kind = NextStep::Kind;

constexpr double kAlmostOne = 0.999999;

Result<HttpResponse> answer(std::int64_t status, std::optional<Duration> retry_after = {},
                            std::string body = {}) {
  return HttpResponse{status, std::move(body), retry_after};
}

TEST(RetryRuleTest, TakesWhatDoesNotPass) {
  for (const std::int64_t status : {200, 204, 302, 400, 401, 403, 404, 410, 413, 422}) {
    EXPECT_EQ(next_step({}, 1, answer(status), 0.5).kind, Kind::kTake) << status;
  }
  const Result<HttpResponse> refused = fail(ErrorCode::kRefused, "a private address");
  EXPECT_EQ(next_step({}, 1, refused, 0.5).kind, Kind::kTake);
}

TEST(RetryRuleTest, TriesAgainWhatMayPass) {
  for (const std::int64_t status : {408, 409, 425, 429, 500, 502, 503, 504, 529}) {
    EXPECT_EQ(next_step({}, 1, answer(status), 0.5).kind, Kind::kAgain) << status;
  }
  const Result<HttpResponse> away = fail(ErrorCode::kUnavailable, "connection reset");
  EXPECT_EQ(next_step({}, 1, away, 0.5).kind, Kind::kAgain);
}

TEST(RetryRuleTest, DrawsFromADoublingRange) {
  RetryRule rule;
  rule.tries = 100;
  EXPECT_EQ(next_step(rule, 1, answer(500), 0.0).wait, Duration{0});
  EXPECT_EQ(next_step(rule, 1, answer(500), 0.5).wait, Duration{250'000});
  EXPECT_EQ(next_step(rule, 2, answer(500), 0.5).wait, Duration{500'000});
  EXPECT_EQ(next_step(rule, 4, answer(500), 0.5).wait, Duration{2'000'000});
  EXPECT_EQ(next_step(rule, 7, answer(500), 0.5).wait, Duration{15'000'000});  // 32 s, capped
  EXPECT_LT(next_step(rule, 90, answer(500), kAlmostOne).wait, Duration{30 * kSecond.us});
}

TEST(RetryRuleTest, TheServersWishIsAMinimumWithACap) {
  const Duration fifteen{15 * kMinute.us};
  EXPECT_EQ(next_step({}, 1, answer(429, kMinute), 0.5).wait, kMinute);
  EXPECT_EQ(next_step({}, 1, answer(429, Duration{1000}), 0.5).wait, Duration{250'000});
  EXPECT_EQ(next_step({}, 1, answer(503, fifteen), 0.5).kind, Kind::kAgain);
  const NextStep absurd = next_step({}, 1, answer(429, Duration{24'158'986 * kSecond.us}), 0.5);
  EXPECT_EQ(absurd.kind, Kind::kEnd);
  EXPECT_EQ(absurd.wait, Duration{24'158'986 * kSecond.us});
}

TEST(RetryRuleTest, EndsAfterFiveTriesAndWithoutQuota) {
  EXPECT_EQ(next_step({}, 4, answer(500), 0.5).kind, Kind::kAgain);
  EXPECT_EQ(next_step({}, 5, answer(500), 0.5).kind, Kind::kEnd);
  const std::string body = R"({"error":{"message":"m","type":"t","code":"insufficient_quota"}})";
  EXPECT_EQ(next_step({}, 1, answer(429, {}, body), 0.5).kind, Kind::kEnd);
}

TEST(RetryRuleTest, DoesWhatTheServerSaysOfSendingAgain) {
  const auto saying = [](std::int64_t status, bool again) {
    HttpResponse response{status, {}, {}};
    response.should_retry = again;
    return Result<HttpResponse>(std::move(response));
  };
  for (const std::int64_t status : {409, 429, 500, 503}) {
    EXPECT_EQ(next_step({}, 1, saying(status, false), 0.5).kind, Kind::kEnd) << status;
  }
  EXPECT_EQ(next_step({}, 1, saying(400, true), 0.5).kind, Kind::kAgain);
  EXPECT_EQ(next_step({}, 5, saying(400, true), 0.5).kind, Kind::kEnd);
  // Once no tries are left it is one that may pass later.
  EXPECT_EQ(status_error(*saying(400, true)).code, ErrorCode::kUnavailable);
  EXPECT_EQ(status_error(*saying(400, false)).code, ErrorCode::kInvalidInput);
  // A key that is refused is not tried again, whatever the server says.
  for (const std::int64_t status : {401, 403}) {
    EXPECT_EQ(next_step({}, 1, saying(status, true), 0.5).kind, Kind::kTake) << status;
    EXPECT_EQ(status_error(*saying(status, true)).code, ErrorCode::kRefused) << status;
  }
  // What is good, or would not pass anyway, is taken as it is.
  EXPECT_EQ(next_step({}, 1, saying(400, false), 0.5).kind, Kind::kTake);
  EXPECT_EQ(next_step({}, 1, saying(200, true), 0.5).kind, Kind::kTake);
}

TEST(RetryRuleTest, RepeatsOnlyPlainWordsOfAnError) {
  EXPECT_EQ(error_words(R"({"error":{"code":"invalid_value","type":"invalid_request_error",
                            "param":"group_by[0]","message":"secret"}})"),
            "invalid_value, invalid_request_error, group_by[0]");
  EXPECT_EQ(error_words(R"({"error":{"code":"two words","type":null,"param":7}})"), "");
  EXPECT_EQ(error_words(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],
                            "scimType":"invalidFilter","detail":"secret","status":"400"})"),
            "invalidFilter");
  EXPECT_EQ(error_words("<html>"), "");
  EXPECT_EQ(error_words(R"({"error":"no object"})"), "");
  std::string deep = R"({"error":)";
  for (int i = 0; i < 20'000; ++i) deep += '[';
  EXPECT_EQ(error_words(deep), "");
}

TEST(RetryRuleTest, ReadsTheCodeOfAnErrorAlone) {
  EXPECT_EQ(told_error_code(R"({"error":{"code":"resource_missing","type":"t"}})"),
            "resource_missing");
  EXPECT_EQ(told_error_code(R"({"error":{"type":"resource_missing"}})"), "");
  EXPECT_EQ(told_error_code("<html>"), "");
}

TEST(RetryRuleTest, SaysWhatAStatusMeans) {
  EXPECT_EQ(status_error({401, "", {}}).code, ErrorCode::kRefused);
  EXPECT_EQ(status_error({403, "", {}}).code, ErrorCode::kRefused);
  EXPECT_EQ(status_error({503, "", {}}).code, ErrorCode::kUnavailable);
  EXPECT_EQ(status_error({302, "", {}}).code, ErrorCode::kInvalidInput);
  EXPECT_EQ(status_error({400, R"({"error":{"code":"c"}})", {}}).message,
            "the server answered with status 400 (c): it does not take what was asked");
}

}  // namespace
}  // namespace tidewaiter
