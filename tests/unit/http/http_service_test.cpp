// A service that listens, asked by libcurl and by hand.
#include "daemon/http/http_service.h"

#include <array>
#include <atomic>
#include <chrono>
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
  [[nodiscard]] int connect() const {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(service_->port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    return socket;
  }
  enum class End { kOpen, kShut };
  /// What the service sends to these bytes until it closes the connection. kShut: nothing follows.
  [[nodiscard]] std::string send(const std::string& bytes, End end = End::kOpen) const {
    const int socket = connect();
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

// The library would read such a body whole, and inflate it, before it says that nothing is there.
TEST(HttpServiceTest, ReadsNothingOfABodyThatNobodyTakes) {
  const RunningService service;
  const std::string long_one = " HTTP/1.1\r\nHost: w\r\nContent-Length: 99999999999\r\n\r\n";
  const std::string chunks =
      " HTTP/1.1\r\nHost: w\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char* const line : {"PUT /add-checkpoint", "PATCH /add-checkpoint", "DELETE /",
                                 "POST /other", "POST /add-checkpoint%0A", "PRI /"}) {
    for (const std::string& rest : {long_one, chunks}) {
      const std::string answer = service.send(line + rest);
      EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 404")) << line;
      EXPECT_THAT(answer, testing::HasSubstr("Connection: close")) << line;
    }
  }
  EXPECT_EQ(service.asked(), 0);
}

TEST(HttpServiceTest, WaitsForNothingOfABodyThatIsTooLong) {
  const RunningService service;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(service.send("POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: "
                           "65537\r\n\r\n"),
              testing::StartsWith("HTTP/1.1 413"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
}

TEST(HttpServiceTest, BoundsAHead) {
  const RunningService service;
  const std::string begun = "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nX: ";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(service.send(begun + std::string(70'000, 'x')), testing::StartsWith("HTTP/1.1 400"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
}

// Each is read in two ways by two readers, of which one would take the rest for a request.
TEST(HttpServiceTest, RefusesWhatDoesNotSayWhereItEnds) {
  const RunningService service;
  const std::string second =
      "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 2\r\n\r\n5\n";
  for (const char* const fields :
       {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: +5\r\n",
        "Content-Length: 5, 5\r\n", "Content-Length: %35\r\n", "Content-Length : 5\r\n",
        "Content-Length: 5\nX: y\r\n", "X: y\r\n Content-Length: 5\r\n"}) {
    const std::string answer = service.send("POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n" +
                                            std::string(fields) + "\r\n0\r\n\r\n" + second);
    EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 400")) << fields;
    EXPECT_THAT(answer, testing::HasSubstr("Connection: close")) << fields;
    EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << fields;
  }
  EXPECT_EQ(service.asked(), 0);
}

TEST(HttpServiceTest, TakesNoRestOfABodyForARequest) {
  const RunningService service;
  const std::string second =
      "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 2\r\n\r\n5\n";
  const std::string length = "Content-Length: " + std::to_string(second.size()) + "\r\n\r\n";
  EXPECT_EQ(service.send("PUT / HTTP/1.1\r\nHost: w\r\n" + length + second).find("HTTP/1.1", 1),
            std::string::npos);
  EXPECT_EQ(service
                .send("POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 99999\r\n\r\n" +
                      second)
                .find("HTTP/1.1", 1),
            std::string::npos);
  EXPECT_EQ(service.asked(), 0);
  // Behind a whole one the next is answered.
  const std::string last =
      "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\nContent-Length: "
      "2\r\n\r\n6\n";
  EXPECT_NE(service.send(second + last).find("HTTP/1.1 409", 1), std::string::npos);
  EXPECT_EQ(service.asked(), 2);
}

TEST(HttpServiceTest, HandsHeadersOverAsTheyWereSent) {
  HttpRoutes routes;
  routes.intake_path = "/in/";
  routes.longest_intake = kLongest;
  routes.intake = [](const ServedRequest& request, const ReadServedBody& read) {
    const auto body = read(kLongest);
    return HttpAnswer{200, "text/plain", "[" + request.header("x-text") + "]" + body.value_or("")};
  };
  const RunningService service(std::move(routes));
  const std::string begun = "POST /in/a HTTP/1.1\r\nHost: w\r\nConnection: close\r\n";
  EXPECT_THAT(service.send(begun + "X-Text:  a%2541 b\r\nContent-Length: 1\r\n\r\nz"),
              testing::EndsWith("[a%2541 b]z"));
  EXPECT_THAT(service.send(begun + "\r\n"), testing::EndsWith("[]")) << "no length: no body";
}

// A client that sends a byte now and then, and never all: before its head is whole, in a body that
// is taken, and in one that is not.
TEST(HttpServiceTest, StopsWhileClientsTrickle) {
  for (const char* const begun :
       {"POST /add-ch", "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 60000\r\n\r\n",
        "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 9999999999\r\n\r\n",
        "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n1"}) {
    auto service = std::make_unique<RunningService>();
    const int client = service->connect();
    ::send(client, begun, std::char_traits<char>::length(begun), MSG_NOSIGNAL);
    std::jthread trickle([client](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        ::send(client, "0", 1, MSG_NOSIGNAL);
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const auto begin = std::chrono::steady_clock::now();
    service.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2)) << begun;
    trickle.request_stop();
    trickle.join();
    ::close(client);
  }
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
