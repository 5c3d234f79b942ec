// A webhook that a provider has signed, as its documentation gives it.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/notify/webhook_signature.h"

namespace tidewaiter {
namespace {

TEST(RecordedWebhook, HasTheSignatureThatWeGive) {
  const char* const shared = std::getenv("TIDEWAITER_SHARED");
  const std::filesystem::path path = std::filesystem::path(shared != nullptr ? shared : "") /
                                     "specs/recordings/webhook-vector.json";
  if (shared == nullptr || !std::filesystem::exists(path)) {
    GTEST_SKIP() << "skipped: there is no " << path << "; set TIDEWAITER_SHARED";
  }
  std::ifstream file(path);
  const auto recorded = nlohmann::json::parse(file);
  const UtcTime at{recorded.at("webhook-timestamp").get<std::int64_t>() * kSecond.us};
  const auto signature = webhook_signature(recorded.at("secret").get<std::string>(),
                                           recorded.at("webhook-id").get<std::string>(), at,
                                           recorded.at("payload").get<std::string>());
  ASSERT_TRUE(signature) << signature.error().message;
  EXPECT_EQ(*signature, recorded.at("webhook-signature").get<std::string>());
}

}  // namespace
}  // namespace tidewaiter
