#include "daemon/notify/webhook_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr UtcTime kSignedAt{1'614'265'330'999'999};

// The key is twenty times 0x0b, so that the text below is signed as OpenSSL's command signs it:
// printf 'msg_1.1614265330.{}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0b…0b -binary |
// base64
TEST(WebhookSignature, SignsIdSecondsAndBody) {
  const auto signature =
      webhook_signature("whsec_CwsLCwsLCwsLCwsLCwsLCwsLCws=", "msg_1", kSignedAt, "{}");
  ASSERT_TRUE(signature) << signature.error().message;
  EXPECT_EQ(*signature, "v1,rH1Ijf3vUIyc8RxPm6q7hbGvDkCRngzD34WzLQvOCZQ=");
}

TEST(WebhookSignature, RefusesOtherSecretsWithoutShowingThem) {
  for (const char* secret : {"hunter2", "whsec_", "whsec_hunter2!", "sk_CwsLCwsLCwsLCwsL"}) {
    const auto signature = webhook_signature(secret, "id", kSignedAt, "{}");
    ASSERT_FALSE(signature) << secret;
    EXPECT_THAT(signature.error().message, Not(HasSubstr("hunter2")));
  }
}

TEST(WebhookSignature, SecondsAreWhole) { EXPECT_EQ(webhook_seconds(kSignedAt), "1614265330"); }

}  // namespace
}  // namespace tidewaiter
