// A service that listens, asked by libcurl and by hand.
#include "daemon/http/http_service.h"

#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/outbound/http_client.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kLongest = 65'536;

/// A service on a port of its own that answers with what it was asked.
class RunningService {
 public:
  explicit RunningService(HttpRoutes routes)
      : service_(HttpService::listen({"127.0.0.1", 0}, std::move(routes)).value()),
        thread_([this](const std::stop_token& stop) {
          stopped_well_ = service_->run(stop).has_value();
        }) {}
  explicit RunningService(const HttpServiceLimits& limits = {})
      : service_(HttpService::listen({"127.0.0.1", 0},
                                     {"/add-checkpoint", kLongest,
                                      [this](const std::string& body) {
                                        ++asked_;
                                        return HttpAnswer{409, "text/x.tlog.size", body};
                                      }},
                                     limits)
                     .value()),
        thread_([this](const std::stop_token& stop) {
          stopped_well_ = service_->run(stop).has_value();
        }) {}
  ~RunningService() {
    thread_.request_stop();
    thread_.join();
    EXPECT_TRUE(stopped_well_);
  }
  RunningService(const RunningService&) = delete;
  RunningService& operator=(const RunningService&) = delete;

  [[nodiscard]] Result<HttpResponse> post(const std::string& path, const std::string& body) const {
    const std::string url = "http://127.0.0.1:" + std::to_string(service_->port()) + path;
    return make_curl_client()->send({url, {}, body, nullptr}, {});
  }
  enum class End { kOpen, kShut };
  /// What the service sends to these bytes until it closes the connection. kShut: nothing follows.
  [[nodiscard]] std::string send(const std::string& bytes, End end = End::kOpen) const {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(service_->port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    if (end == End::kShut) ::shutdown(socket, SHUT_WR);
    std::string answer;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::recv(socket, buffer.data(), buffer.size(), 0)) > 0;) {
      answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(socket);
    return answer;
  }
  [[nodiscard]] int asked() const { return asked_; }
  [[nodiscard]] int port() const { return service_->port(); }

 private:
  std::atomic<int> asked_{0};
  std::atomic<bool> stopped_well_{false};
  std::unique_ptr<HttpService> service_;
  std::jthread thread_;
};

TEST(HttpServiceTest, HandsTheBodyOverAndSendsTheAnswer) {
  const RunningService service;
  const HttpResponse answer = service.post("/add-checkpoint", "old 7\n").value();
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.body, "old 7\n");
  EXPECT_THAT(service.send("POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: "
                           "2\r\nConnection: close\r\n\r\n5\n"),
              testing::HasSubstr("Content-Type: text/x.tlog.size\r\n"));
}

TEST(HttpServiceTest, KnowsOnePathAndOneMethod) {
  const RunningService service;
  EXPECT_EQ(service.post("/", "x")->status, 404);
  EXPECT_EQ(service.post("/add-checkpoint/x", "x")->status, 404);
  EXPECT_THAT(service.send("GET /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n"),
              testing::StartsWith("HTTP/1.1 404"));
  EXPECT_EQ(service.asked(), 0);
}

TEST(HttpServiceTest, BoundsWhatItReads) {
  const RunningService service;
  EXPECT_EQ(service.post("/add-checkpoint", std::string(kLongest, 'x'))->status, 409);
  EXPECT_EQ(service.post("/add-checkpoint", std::string(kLongest + 1, 'x'))->status, 413);
  // The length is not told, and grows piece by piece.
  std::string chunks =
      "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 20; ++i) chunks += "1000\r\n" + std::string(0x1000, 'x') + "\r\n";
  EXPECT_THAT(service.send(chunks + "0\r\n\r\n"), testing::StartsWith("HTTP/1.1 413"));
  EXPECT_EQ(service.asked(), 1);
}

TEST(HttpServiceTest, AnswersNoHalfRequest) {
  using enum RunningService::End;
  const RunningService service;
  const std::string half =
      "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 9\r\n\r\nold";
  EXPECT_THAT(service.send(half, kShut), testing::Not(testing::HasSubstr("409")));
  static_cast<void>(service.send("POST /add-check", kShut));
  EXPECT_EQ(service.asked(), 0);
  EXPECT_EQ(service.post("/add-checkpoint", "old 0\n")->status, 409);
}

// Nothing follows the half of a body, and the connection stays open.
TEST(HttpServiceTest, WaitsForABodyNoLongerThanItsLimits) {
  const std::string half =
      "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 9\r\n\r\nold";
  const Duration soon{50 * kSecond.us / 1000};
  HttpServiceLimits between_pieces;
  between_pieces.read = soon;
  const RunningService first(between_pieces);
  EXPECT_THAT(first.send(half), testing::StartsWith("HTTP/1.1 408"));
  EXPECT_EQ(first.asked(), 0);
  // All is there, and yet too late.
  HttpServiceLimits as_a_whole;
  as_a_whole.request = Duration{-1};
  const RunningService second(as_a_whole);
  EXPECT_EQ(second.post("/add-checkpoint", "old 0\n")->status, 408);
  EXPECT_EQ(second.asked(), 0);
}

TEST(HttpServiceTest, RefusesAForm) {
  const RunningService service;
  const std::string part =
      "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n";
  const std::string answer = service.send(
      "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\nContent-Type: "
      "multipart/form-data; boundary=x\r\nContent-Length: " +
      std::to_string(part.size()) + "\r\n\r\n" + part);
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(answer, testing::Not(testing::HasSubstr("EXCEPTION")));
  EXPECT_EQ(service.asked(), 0);
  EXPECT_EQ(service.post("/add-checkpoint", "old 0\n")->status, 409);
}

TEST(HttpServiceTest, HandsThePathOverAndSendsTheAnswer) {
  HttpRoutes routes;
  routes.get = [](const std::string& path) {
    if (path == "/odd") throw std::runtime_error("of nobody's business");
    return HttpAnswer{path == "/there" ? 200 : 404, "text/plain", path + "\n", "no-cache"};
  };
  const RunningService service(std::move(routes));
  const auto get = [&service](const std::string& path, const char* method = "GET") {
    return service.send(std::string(method) + " " + path +
                        " HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n");
  };
  EXPECT_THAT(get("/there?x=1"),
              testing::AllOf(testing::StartsWith("HTTP/1.1 200"), testing::EndsWith("\r\n/there\n"),
                             testing::HasSubstr("Cache-Control: no-cache\r\n"),
                             testing::HasSubstr("Access-Control-Allow-Origin: *\r\n")));
  EXPECT_THAT(get("/there", "HEAD"),
              testing::AllOf(testing::StartsWith("HTTP/1.1 200"), testing::EndsWith("\r\n\r\n")));
  const std::string there = "GET /there HTTP/1.1\r\nHost: w\r\nConnection: close\r\n";
  for (const char* range : {"0-0", "1-", "-2", "99-", "0-,0-,0-"}) {
    const std::string part =
        service.send(there + "Range: bytes=" + std::string(range) + "\r\n\r\n");
    EXPECT_THAT(part, testing::StartsWith("HTTP/1.1 416")) << range;
    EXPECT_THAT(part, testing::Not(testing::HasSubstr("no-cache"))) << range;
  }
  EXPECT_THAT(service.send(there + "Content-Length: 3\r\n\r\nold"),
              testing::StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(get("/"), testing::StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(get("/there", "DELETE"), testing::StartsWith("HTTP/1.1 404"));
  EXPECT_EQ(service.post("/there", "x")->status, 404);
  EXPECT_THAT(get("/odd"), testing::AllOf(testing::StartsWith("HTTP/1.1 500"),
                                          testing::Not(testing::HasSubstr("business"))));
}

TEST(HttpServiceTest, HasItsPortAlone) {
  const RunningService service;
  const auto second = HttpService::listen({"127.0.0.1", service.port()}, HttpRoutes{});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
}

TEST(ListenAddress, IsAHostAndAPort) {
  EXPECT_EQ(parse_listen_address("127.0.0.1:8470")->host, "127.0.0.1");
  EXPECT_EQ(parse_listen_address("127.0.0.1:8470")->port, 8470);
  EXPECT_EQ(parse_listen_address("[::1]:0")->host, "::1");
  for (const char* bad : {"", "8470", ":8470", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                          "127.0.0.1:-1", "127.0.0.1:x", "::1:8470", "[]:8470", "[::1:8470"}) {
    EXPECT_FALSE(parse_listen_address(bad)) << bad;
  }
}

}  // namespace
}  // namespace tidewaiter
