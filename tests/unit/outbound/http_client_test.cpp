// The HTTP client against a server that this project did not write (cpp-httplib), over loopback.
#include "daemon/outbound/http_client.h"

#include <array>
#include <atomic>
#include <future>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <unistd.h>
#include <zlib.h>

#include "web_server.h"

namespace tidewaiter {
namespace {

using httplib::Request;
using httplib::Response;

HttpRequest get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  request.method = HttpMethod::kGet;
  return request;
}

std::string gzipped(const std::string& bytes) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(HttpClientTest, AsksWithQueryHeadersAndCredentials) {
  Request seen;
  const WebServer<> server([&seen](httplib::Server& s) {
    s.Get("/v1/usage", [&seen](const Request& request, Response& response) {
      seen = request;
      response.set_content("{}", "application/json");
    });
  });
  const Secret token("t0ken");
  const Secret key("k3y");
  HttpRequest request = get(server.url("/v1/usage?group_by[]=model&group_by[]=user"));
  request.headers = {{"Accept", "application/json"}};
  request.bearer = &token;
  request.secret_headers = {{"x-api-key", &key}};
  const auto answer = make_curl_client()->send(request, {});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "{}");
  EXPECT_EQ(seen.get_header_value("Authorization"), "Bearer t0ken");
  EXPECT_EQ(seen.get_header_value("x-api-key"), "k3y");
  EXPECT_EQ(seen.get_header_value("Accept"), "application/json");
  EXPECT_EQ(seen.get_header_value("User-Agent"), "tidewaiter");
  EXPECT_EQ(seen.get_param_value_count("group_by[]"), 2U);
  EXPECT_EQ(seen.body, "");
}

TEST(HttpClientTest, TellsAllLinksOfAnAnswer) {
  const WebServer<> server([](httplib::Server& s) {
    s.Get("/", [](const Request&, Response& response) {
      response.headers.emplace("Link", R"(</a>; rel="prev")");
      response.headers.emplace("Link", R"(</b>; rel="next")");
    });
  });
  const auto answer = make_curl_client()->send(get(server.url("/")), {});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->link, R"(</a>; rel="prev", </b>; rel="next")");
}

TEST(HttpClientTest, KeepsConnectionsAndNothingElse) {
  std::vector<int> ports;
  std::vector<std::string> authorizations;
  const WebServer<> server([&](httplib::Server& s) {
    const auto note = [&](const Request& request, Response&) {
      ports.push_back(request.remote_port);
      authorizations.push_back(request.get_header_value("Authorization"));
    };
    s.Get("/", note);
    s.Post("/", note);
  });
  const auto client = make_curl_client();
  const Secret token("t0ken");
  HttpRequest first = get(server.url("/"));
  first.bearer = &token;
  ASSERT_TRUE(client->send(first, {}));
  ASSERT_TRUE(client->send({server.url("/"), {}, "body"}, {}));
  ASSERT_TRUE(client->send(get(server.url("/")), {}));
  ASSERT_EQ(ports.size(), 3U);
  EXPECT_THAT(ports, testing::Each(ports.front()));
  EXPECT_THAT(authorizations, testing::ElementsAre("Bearer t0ken", "", ""));
}

TEST(HttpClientTest, BoundsWhatACompressedBodyBecomes) {
  const std::string bomb = gzipped(std::string(std::size_t{32} << 20U, '0'));
  const std::string small = gzipped(std::string(1000, 'x'));
  const WebServer<> server([&](httplib::Server& s) {
    s.Get("/(bomb|small)", [&](const Request& request, Response& response) {
      response.set_header("Content-Encoding", "gzip");
      response.set_content(request.path == "/bomb" ? bomb : small, "application/octet-stream");
    });
  });
  ASSERT_LT(bomb.size(), 65'536U);  // as it travels it is below the limit
  const auto client = make_curl_client();
  const auto refused = client->send(get(server.url("/bomb")), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
  EXPECT_EQ(refused.error().message, "the answer is larger than 65536 bytes");
  EXPECT_EQ(client->send(get(server.url("/small")), {}).value().body, std::string(1000, 'x'));
}

TEST(HttpClientTest, FollowsNoRedirect) {
  std::atomic<int> reached = 0;
  const WebServer<> elsewhere([&reached](httplib::Server& s) {
    s.Get("/", [&reached](const Request&, Response&) { ++reached; });
  });
  const WebServer<> server([&elsewhere](httplib::Server& s) {
    s.Get("/", [&elsewhere](const Request&, Response& response) {
      response.set_redirect(elsewhere.url("/"));
    });
  });
  const Secret token("t0ken");
  HttpRequest request = get(server.url("/"));
  request.bearer = &token;
  EXPECT_EQ(make_curl_client()->send(request, {}).value().status, 302);
  EXPECT_EQ(reached, 0);
}

TEST(HttpClientTest, ReadsTheServersClockAndWhenToComeAgain) {
  const WebServer<> server([](httplib::Server& s) {
    s.Get("/", [](const Request&, Response& response) {
      response.status = 429;
      response.set_header("Date", "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110, 5.6.7
      response.set_header("Retry-After", "3");
      response.set_header("Retry-After-Ms", "4500");
    });
    s.Get("/past", [](const Request&, Response& response) {
      response.set_header("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT");
    });
    s.Get("/absurd", [](const Request&, Response& response) {
      response.set_header("Retry-After", "99999999999999999999");
    });
  });
  const auto client = make_curl_client();
  const HttpResponse answer = client->send(get(server.url("/")), {}).value();
  EXPECT_EQ(answer.date, parse_time("1994-11-06T08:49:37Z").value());
  EXPECT_EQ(answer.retry_after, Duration{4'500'000});
  EXPECT_EQ(client->send(get(server.url("/past")), {}).value().retry_after, Duration{});
  EXPECT_EQ(client->send(get(server.url("/absurd")), {}).value().retry_after, kDay);
}

TEST(HttpClientTest, ReadsWhetherToSendAgain) {
  const WebServer<> server([](httplib::Server& s) {
    s.Get("/no", [](const Request&, Response& response) {
      response.set_header("Stripe-Should-Retry", "false");
    });
    s.Get("/yes", [](const Request&, Response& response) {
      response.set_header("X-Should-Retry", "true");
    });
    s.Get("/maybe", [](const Request&, Response& response) {
      response.set_header("Stripe-Should-Retry", "perhaps");
    });
  });
  const auto client = make_curl_client();
  EXPECT_EQ(client->send(get(server.url("/no")), {}).value().should_retry, false);
  EXPECT_EQ(client->send(get(server.url("/yes")), {}).value().should_retry, true);
  EXPECT_EQ(client->send(get(server.url("/maybe")), {}).value().should_retry, std::nullopt);
}

TEST(HttpClientTest, AStopBreaksARequestOff) {
  std::promise<void> asked;
  std::promise<void> release;
  const WebServer<> server([&](httplib::Server& s) {
    s.Get("/", [&asked, released = release.get_future().share()](const Request&, Response&) {
      asked.set_value();
      released.wait();
    });
  });
  std::stop_source stop;
  HttpLimits limits;
  limits.total = kHour;
  const auto client = make_curl_client(limits);
  auto answer = std::async(std::launch::async,
                           [&] { return client->send(get(server.url("/")), stop.get_token()); });
  asked.get_future().wait();
  stop.request_stop();
  const auto broken = answer.get();
  release.set_value();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(broken.error().message, "the request was broken off on request");
}

TEST(HttpClientTest, GivesUpWhereNothingComesInTime) {
  const WebServer<> server([](httplib::Server& s) {
    s.Get("/", [](const Request&, Response& response) {
      response.set_content_provider(1000, "text/plain",
                                    [](std::size_t offset, std::size_t, httplib::DataSink& sink) {
                                      if (offset == 0) return sink.write("x", 1);
                                      std::this_thread::sleep_for(std::chrono::milliseconds(20));
                                      return sink.is_writable();
                                    });
    });
  });
  HttpLimits limits;
  limits.total = Duration{200'000};
  const auto late = make_curl_client(limits)->send(get(server.url("/")), {});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kUnavailable);
}

TEST(HttpClientTest, RefusesPrivateAddressesWhereTheRouteDoes) {
  std::atomic<int> reached = 0;
  const WebServer<> server([&reached](httplib::Server& s) {
    s.Get(".*", [&reached](const Request&, Response&) { ++reached; });
  });
  HttpRoute route;
  route.private_addresses = false;
  const auto client = make_curl_client({}, route);
  for (const std::string& url :
       {server.url("/"), std::string("https://10.0.0.1/"), std::string("https://[::1]/"),
        std::string("https://0x7f.1/"), std::string("https://2130706433/"),
        std::string("https://localhost/")}) {
    const auto refused = client->send(get(url), {});
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code, ErrorCode::kRefused) << url << refused.error().message;
  }
  EXPECT_EQ(reached, 0);
  // With a proxy too, as far as the URL says it.
  route.proxy = server.url("");
  EXPECT_EQ(make_curl_client({}, route)->send(get("https://10.0.0.1/"), {}).error().code,
            ErrorCode::kRefused);
  EXPECT_EQ(reached, 0);
}

/// The machine's own name, if it has an address that is not public.
std::string private_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  addrinfo* found = nullptr;
  if (::getaddrinfo(name.data(), nullptr, nullptr, &found) != 0) return {};
  ::freeaddrinfo(found);
  return name.data();
}

TEST(HttpClientTest, ChecksTheAddressThatANameTurnsOutToHave) {
  const std::string name = private_name();
  if (name.empty()) GTEST_SKIP() << "this machine's name has no address";
  HttpRoute route;
  route.private_addresses = false;
  const auto refused = make_curl_client({}, route)->send(get("https://" + name + ":1/"), {});
  ASSERT_FALSE(refused);
  if (refused.error().code == ErrorCode::kUnavailable) {
    GTEST_SKIP() << "this machine's name has a public address";
  }
  EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("the host's address "));
}

TEST(HttpClientTest, MessagesDoNotRepeatPathAndQuery) {
  const auto away = make_curl_client()->send(get("http://127.0.0.1:1/s3cret?key=s3cret"), {});
  ASSERT_FALSE(away);
  EXPECT_THAT(to_text(away.error()), testing::Not(testing::HasSubstr("s3cret")));
}

TEST(HttpClientTest, EncodesForAQuery) {
  EXPECT_EQ(percent_encoded("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encoded("page_A+/=&[] \xc3\xa9"), "page_A%2B%2F%3D%26%5B%5D%20%C3%A9");
  // A secret is written into one piece of memory, which does not grow and leave parts of it behind.
  EXPECT_GE(percent_encoded(std::string(1000, 'a')).capacity(), 3000U);
}

}  // namespace
}  // namespace tidewaiter
