// What goes to a proxy and what goes through it, over loopback. The proxy is this test's own; the
// server behind it is cpp-httplib's, with TLS.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connect_proxy.h"
#include "daemon/outbound/http_client.h"
#include "tests/unit/temporary_folder.h"
#include "tls_identity.h"
#include "web_server.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

class HttpClientProxyTest : public testing::Test {
 protected:
  HttpClientProxyTest() { route_.ca = identity_.write(folder_.path() / "ca.pem"); }

  Result<HttpResponse> get_through(const ConnectProxy& proxy, const Secret* login) {
    route_.proxy = proxy.url();
    const Secret token("t0ken");
    HttpRequest request;
    request.url = server_.url("/", "https");
    request.method = HttpMethod::kGet;
    request.bearer = &token;
    request.proxy_login = login;
    return make_curl_client({}, route_)->send(request, {});
  }

  TemporaryFolder folder_;
  Identity identity_{"server"};
  httplib::Request seen_;
  WebServer<httplib::SSLServer> server_{
      [this](httplib::Server& server) {
        server.Get("/", [this](const httplib::Request& request, httplib::Response& response) {
          seen_ = request;
          response.set_content("there", "text/plain");
        });
      },
      identity_.certificate.get(), identity_.key.get()};
  HttpRoute route_;
};

TEST_F(HttpClientProxyTest, TellsTheProxyWhoAsksAndNobodyElse) {
  // RFC 7617, 2: the user ends at the first colon. What looks percent-encoded is not decoded; by
  // `printf %s 'tw:p%41:s@s' | base64`.
  const Secret login("tw:p%41:s@s");
  const ConnectProxy proxy("Basic dHc6cCU0MTpzQHM=");
  const auto answer = get_through(proxy, &login);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "there");
  EXPECT_FALSE(seen_.has_header("Proxy-Authorization"));
  EXPECT_EQ(seen_.get_header_value("Authorization"), "Bearer t0ken");
  ASSERT_EQ(proxy.heads().size(), 1U);
  EXPECT_THAT(proxy.heads()[0], HasSubstr("CONNECT 127.0.0.1:"));
  EXPECT_THAT(proxy.heads()[0], Not(HasSubstr("t0ken")));
}

TEST_F(HttpClientProxyTest, WithoutALoginThereIsNone) {
  const ConnectProxy proxy("");
  ASSERT_TRUE(get_through(proxy, nullptr));
  EXPECT_THAT(proxy.heads()[0], Not(HasSubstr("Proxy-Authorization")));
}

TEST_F(HttpClientProxyTest, SaysThatAProxyWantsAnotherLogin) {
  const Secret wrong("tw:wr0ng");
  const ConnectProxy proxy("Basic dHc6cCU0MTpzQHM=");
  for (const Secret* const login : {static_cast<const Secret*>(nullptr), &wrong}) {
    const auto refused = get_through(proxy, login);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
    EXPECT_THAT(refused.error().message, HasSubstr("(status 407)"));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("wr0ng")));
  }
  EXPECT_TRUE(seen_.path.empty());
}

TEST_F(HttpClientProxyTest, SaysThatAProxyOpensNoWay) {
  const ConnectProxy proxy("nobody", "503 Service Unavailable");
  const auto refused = get_through(proxy, nullptr);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("status 503"));
}

/// Plain HTTP stays on this machine, and so does the login.
TEST_F(HttpClientProxyTest, NoLoginGoesOutWithoutTheProxy) {
  httplib::Request plain;
  const WebServer<> server([&plain](httplib::Server& s) {
    s.Get("/", [&plain](const httplib::Request& request, httplib::Response&) { plain = request; });
  });
  const ConnectProxy proxy("");
  const Secret login("tw:secret");
  HttpRequest request;
  request.url = server.url("/");
  request.method = HttpMethod::kGet;
  request.proxy_login = &login;
  route_.proxy = proxy.url();
  ASSERT_TRUE(make_curl_client({}, route_)->send(request, {}));
  EXPECT_EQ(plain.path, "/");
  EXPECT_FALSE(plain.has_header("Proxy-Authorization"));
  EXPECT_TRUE(proxy.heads().empty());
}

}  // namespace
}  // namespace tidewaiter
