// The same over loopback: by libcurl, and by hand where a client misbehaves.
#include "daemon/sources/push/push_service.h"

#include <array>
#include <fstream>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/outbound/http_client.h"
#include "push_loop.h"
#include "push_scene.h"

namespace tidewaiter {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

class PushServiceTest : public testing::Test {
 protected:
  PushServiceTest() {
    write_token("token-one");
    PushListener listener;
    listener.listen = "127.0.0.1:0";
    listener.tokens = {{{SecretRef::Kind::kFile, token_.string()}, ""}};
    service_ = PushService::start(listener, {push_source_config()}, {{}, push_noon, {}}).value();
    loop_ = std::make_unique<PushLoop>(service_->inbox(), push_source_config());
  }

  void write_token(const std::string& text) const {
    std::ofstream(token_) << text << '\n';
    ::chmod(token_.c_str(), 0600);
  }

  Result<HttpResponse> post(const std::string& body, const std::string& token = "token-one",
                            std::vector<std::pair<std::string, std::string>> headers = {
                                {"Content-Type", "application/x-ndjson"}}) {
    const Secret secret(token);
    return client_->send({service_->url() + "gw", std::move(headers), body, &secret}, {});
  }

  [[nodiscard]] int connect() const {
    const std::string& url = service_->url();
    const int port = std::stoi(url.substr(url.rfind(':') + 1));
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    return socket;
  }

  enum class End { kOpen, kGone };
  /// What comes to these bytes, until the connection is closed. kGone: it is, right behind them.
  std::string send(const std::string& bytes, End end = End::kOpen) const {
    const int socket = connect();
    EXPECT_EQ(::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    if (end == End::kGone) ::shutdown(socket, SHUT_RDWR);
    std::string answer;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::recv(socket, buffer.data(), buffer.size(), 0)) > 0;) {
      answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(socket);
    return answer;
  }

  TemporaryFolder folder_;
  std::filesystem::path token_ = folder_ / "token";
  std::unique_ptr<PushService> service_;
  std::unique_ptr<PushLoop> loop_;
  std::unique_ptr<HttpClient> client_ = make_curl_client();  // its connections end first
};

TEST_F(PushServiceTest, TakesLinesOverHttp) {
  const auto answer = post(native_line("one"));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(Json::parse(answer->body).at("taken"), 1);
  EXPECT_EQ(loop_->end().records, 1);
}

TEST_F(PushServiceTest, TakesGzipOverHttpInEveryMember) {
  const auto answer =
      post(gzip_of(native_line("one") + "\n") + gzip_of(native_line("two")), "token-one",
           {{"Content-Type", "application/x-ndjson"}, {"Content-Encoding", "gzip"}});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200) << answer->body;
  EXPECT_EQ(Json::parse(answer->body).at("taken"), 2);
}

TEST_F(PushServiceTest, FollowsATokenThatIsRotated) {
  EXPECT_EQ(post(native_line("one"))->status, 200);
  write_token("token-two");
  EXPECT_EQ(post(native_line("two"))->status, 401);
  EXPECT_EQ(post(native_line("two"), "token-two")->status, 200);
}

TEST_F(PushServiceTest, AnswersThoseWhoAreSentAwayWithALongBody) {
  const auto answer = post(std::string(200'000, 'x'), "wrong-token");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 401);
}

TEST_F(PushServiceTest, TakesNothingOfABodyThatBreaksOff) {
  const std::string head =
      "POST /push/gw HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-one\r\n"
      "Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n";
  EXPECT_EQ(send(head + native_line("one") + "\n", End::kGone), "");
  EXPECT_EQ(Json::parse(post(native_line("two"))->body).at("taken"), 1);
  EXPECT_EQ(loop_->end().records, 1);
}

TEST_F(PushServiceTest, TakesChunks) {
  const std::string line = native_line("one");
  std::array<char, 16> size{};
  std::snprintf(size.data(), size.size(), "%zx", line.size());
  const std::string answer = send(
      "POST /push/gw HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-one\r\n"
      "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n"
      "Connection: close\r\n\r\n" +
      std::string(size.data()) + "\r\n" + line + "\r\n0\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, HasSubstr(R"("taken":1)"));
}

// The library would decode what stands in headers once more.
TEST_F(PushServiceTest, TakesEventsInHeadersForWhatTheySay) {
  const std::string data = R"({"kind":"usage","time":"2026-11-23T11:00:00Z","account":"a"})";
  const auto bring = [&](const std::string& id) {
    const std::string answer = send(
        "POST /push/gw HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-one\r\n"
        "Content-Type: application/json\r\nce-specversion: 1.0\r\nce-source: s\r\n"
        "ce-type: tidewaiter.record\r\nConnection: close\r\nce-id: " +
        id + "\r\nContent-Length: " + std::to_string(data.size()) + "\r\n\r\n" + data);
    return Json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
  };
  EXPECT_EQ(bring("a%2541").at("taken"), 1) << "that is a%41";
  EXPECT_EQ(bring("a%41").at("taken"), 1) << "that is aA";
  EXPECT_EQ(bring("aA").at("known"), 1);
  EXPECT_EQ(bring("\"a%22b\"").at("taken"), 1);
}

TEST_F(PushServiceTest, AsksForATokenWhereThereAreBlanksAlone) {
  for (const char* const blanks : {"%20", "   ", "%20%20", ""}) {
    EXPECT_THAT(send("POST /push/gw HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
                     std::string(blanks) + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 401"))
        << blanks;
  }
}

TEST_F(PushServiceTest, WaitsForNoBodyOfAStrangerAtItsEnd) {
  const int client = connect();
  const std::string head =
      "POST /push/gw HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n";
  ::send(client, head.data(), head.size(), MSG_NOSIGNAL);
  std::jthread trickle([client](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      ::send(client, "x", 1, MSG_NOSIGNAL);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  std::array<char, 256> answer{};
  EXPECT_GT(::recv(client, answer.data(), answer.size() - 1, 0), 0);
  EXPECT_THAT(answer.data(), StartsWith("HTTP/1.1 401"));
  const auto begin = std::chrono::steady_clock::now();
  loop_->end();
  service_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
  trickle.request_stop();
  trickle.join();
  ::close(client);
}

TEST_F(PushServiceTest, AnswersNothingElse) {
  const std::string get = send("GET /push/gw HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(get, StartsWith("HTTP/1.1 404"));
  const std::string other =
      send("POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(other, StartsWith("HTTP/1.1 404"));
}

TEST_F(PushServiceTest, SendsWhoWaitsAwayAtItsEnd) {
  loop_->end();  // nobody stores any more
  Result<HttpResponse> answer = fail(ErrorCode::kUndefined, "");
  std::jthread sender([&] { answer = post(native_line("one")); });
  while (service_->inbox().waiting("gw") == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  service_.reset();
  sender.join();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->retry_after, Duration{2 * kSecond.us});
}

TEST_F(PushServiceTest, SaysThatAnAddressIsTaken) {
  const std::string& url = service_->url();
  PushListener listener;
  listener.listen = url.substr(7, url.find('/', 7) - 7);
  EXPECT_EQ(PushService::start(listener, {}, {{}, push_noon, {}}).error().code,
            ErrorCode::kUnavailable);
}

TEST_F(PushServiceTest, IsSeenBySourceCheck) {
  SourceConfig config = push_source_config();
  const std::string& url = service_->url();
  config.push->listen = url.substr(7, url.find('/', 7) - 7);
  config.push->tokens = {{SecretRef::Kind::kFile, token_.string()}};
  const auto told = PushSource::make(config, {}).value()->check("", push_noon());
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_THAT(told->front(), HasSubstr("the daemon listens at"));
  service_.reset();
  EXPECT_EQ(PushSource::make(config, {}).value()->check("", push_noon()).error().code,
            ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace tidewaiter
