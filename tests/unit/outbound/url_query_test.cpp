// Credentials that are written into the query of a URL.
#include "daemon/outbound/url_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(UrlQuery, FindsWhatNamesACredential) {
  // As Google, Azure, AWS, GitLab, Slack and those who write their own have them.
  for (const char* const name : {"key",
                                 "api_key",
                                 "apikey",
                                 "API-Key",
                                 "x-api-key",
                                 "apiKey",
                                 "access_token",
                                 "token",
                                 "auth_token",
                                 "sig",
                                 "X-Amz-Signature",
                                 "X-Amz-Credential",
                                 "X-Amz-Security-Token",
                                 "api_token",
                                 "secret_key",
                                 "auth_key",
                                 "session_token",
                                 "credential_id",
                                 "private_token",
                                 "client_secret",
                                 "password",
                                 "subscription-key",
                                 "gateway_api_key",
                                 "api%5Fkey",
                                 "%6Bey",
                                 "auth",
                                 "secret"}) {
    const std::string url = "https://api.example.com/v1?a=b&" + std::string(name) + "=s3cret";
    EXPECT_TRUE(credential_in_query(url)) << name;
  }
  EXPECT_EQ(credential_in_query("https://h/?a=1&Api_Key=x"), "Api_Key");
  EXPECT_EQ(credential_in_query("https://h/?a=1;token"), "token");
}

TEST(UrlQuery, LeavesOtherParametersAlone) {
  for (const char* const url :
       {"https://api.example.com/key/token", "https://api.example.com/?", "https://h/?project=7",
        "https://h/?keys=1&tokens=2&sort=key&max_tokens=3", "https://h/?a=token=x",
        "https://h/?monkey=1&page_token=x&design=2&nextToken=y&sort_keys=1", "https://h/?q=%",
        "https://h/?%6=1&&=x", "https://h/#?key=x"}) {
    const bool in_fragment = std::string_view(url).find('#') != std::string_view::npos;
    EXPECT_EQ(credential_in_query(url).has_value(), in_fragment) << url;
  }
}

TEST(UrlQuery, IsWhatIsNotShown) {
  EXPECT_EQ(without_query("https://h/p?q=1"), "https://h/p");
  EXPECT_EQ(without_query("https://h/p"), "https://h/p");
}

}  // namespace
}  // namespace tidewaiter
