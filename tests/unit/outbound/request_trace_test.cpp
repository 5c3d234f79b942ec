// What may be told of a request: where it went and what came, and nothing that could be a secret.
#include "daemon/outbound/request_trace.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

RequestTrace of_url(const std::string& url) {
  HttpRequest request;
  request.url = url;
  return trace_of(request, HttpResponse{200, "four", {}}, {1500});
}

TEST(RequestTrace, LeavesOutUserQueryAndFragment) {
  struct Case {
    const char* url;
    const char* host;
    const char* path;
  };
  for (const Case& one : {
           Case{"https://api.example.com/v1/usage?api_key=s3cret&a=b", "api.example.com",
                "/v1/usage"},
           Case{"http://127.0.0.1:8080/x?s3cret#s3cret", "127.0.0.1:8080", "/x"},
           Case{"https://s3cret:s3cret@api.example.com/", "api.example.com", "/"},
           Case{"postgresql://s3cret@db.example.org:5433/litellm?sslrootcert=s3cret",
                "db.example.org:5433", "/litellm"},
           Case{"no url: s3cret", "", ""},
       }) {
    const RequestTrace trace = of_url(one.url);
    EXPECT_EQ(trace.host, one.host) << one.url;
    EXPECT_EQ(trace.path, one.path) << one.url;
    EXPECT_EQ(trace.status, 200);
    EXPECT_EQ(trace.bytes, 4);
    EXPECT_EQ(trace.elapsed, Duration{1500});
    EXPECT_EQ(trace.failure, "");
  }
}

TEST(RequestTrace, SaysWhyThereIsNoAnswer) {
  const Result<HttpResponse> none = fail(ErrorCode::kUnavailable, "the request failed: why");
  const RequestTrace trace = trace_of({"https://api.example.com/", {}, {}}, none, {});
  EXPECT_EQ(trace.status, 0);
  EXPECT_EQ(trace.failure, "the request failed: why");
}

TEST(RequestTrace, ATracedClientTellsNoPath) {
  class Silent : public HttpClient {
   public:
    Result<HttpResponse> send(const HttpRequest& request, const std::stop_token&) override {
      urls.push_back(request.url);
      return HttpResponse{204, "", {}};
    }
    void rest() override { ++rests; }
    std::vector<std::string> urls;
    int rests = 0;
  };
  Silent silent;
  std::vector<RequestTrace> told;
  const auto client =
      make_traced_client(silent, [&told](const RequestTrace& trace) { told.push_back(trace); });
  const std::string url = "https://chat.example.com/hook/s3cret";
  EXPECT_EQ(client->send({url, {}, {}}, {}).value().status, 204);
  EXPECT_THAT(silent.urls, testing::ElementsAre(url));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].host, "chat.example.com");
  EXPECT_EQ(told[0].path, "");
  EXPECT_EQ(told[0].method, HttpMethod::kPost);
  EXPECT_EQ(told[0].status, 204);
  client->rest();
  EXPECT_EQ(silent.rests, 1);
  EXPECT_EQ(told.size(), 1U);
}

}  // namespace
}  // namespace tidewaiter
