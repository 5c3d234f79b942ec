// The `postgres` source and a database that does not answer: at the name server, at the door, and
// in the midst of a statement. None of them holds the source longer than it says.
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/sources/postgres/database_host.h"
#include "daemon/sources/postgres/postgres_client.h"
#include "daemon/sources/postgres/table_question.h"
#include "tests/unit/held_lookup.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

/// Listens on 127.0.0.1 and speaks as much of PostgreSQL's protocol (chapter 55) as it is told to,
/// then takes what comes and says nothing.
class SilentDatabase {
 public:
  enum class Says : std::uint8_t {
    kNothing,
    kWelcome,  ///< and takes the begin of a transaction
    kRefusal   ///< and does not look for its client, as where the system cannot
  };

  explicit SilentDatabase(Says says) : says_(says) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    socklen_t size = sizeof(address);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  ~SilentDatabase() {
    thread_.request_stop();
    thread_.join();
    for (const int peer : peers_) ::close(peer);
    ::close(listener_);
  }
  SilentDatabase(const SilentDatabase&) = delete;
  SilentDatabase& operator=(const SilentDatabase&) = delete;

  [[nodiscard]] std::string url() const {
    return "postgresql://reader@127.0.0.1:" + std::to_string(port_) + "/gateway";
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int connections() const { return connections_; }
  [[nodiscard]] bool was_asked(std::string_view text) const {
    const std::scoped_lock lock(mutex_);
    return heard_.find(text) != std::string::npos;
  }

 private:
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::vector<pollfd> waits = {{listener_, POLLIN, 0}};
      for (const int peer : peers_) waits.push_back({peer, POLLIN, 0});
      if (::poll(waits.data(), waits.size(), 10) <= 0) continue;
      for (std::size_t i = 1; i < waits.size(); ++i) {
        if (waits[i].revents != 0) hear(i - 1);
      }
      if (waits[0].revents == 0) continue;
      peers_.push_back(::accept(listener_, nullptr, nullptr));
      ++connections_;
    }
  }

  void hear(std::size_t index) {
    char bytes[4096];
    const ssize_t count = ::read(peers_[index], bytes, sizeof(bytes));
    if (count <= 0) {
      ::close(peers_[index]);
      peers_.erase(peers_.begin() + static_cast<std::ptrdiff_t>(index));
      return;
    }
    const std::string_view message(bytes, static_cast<std::size_t>(count));
    {
      const std::scoped_lock lock(mutex_);
      heard_ += message;
    }
    if (says_ != Says::kNothing) welcome(peers_[index], message);
  }

  void welcome(int peer, std::string_view message) {
    constexpr std::string_view kAsksForTls("\x00\x00\x00\x08\x04\xd2\x16\x2f", 8);
    std::string answer;
    if (message == kAsksForTls) {
      answer = "N";
    } else if (message.substr(0, 1) == std::string_view("\0", 1)) {
      // A start: it is let in (AuthenticationOk), and may ask (ReadyForQuery, idle).
      answer = std::string("R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I", 15);
    } else if (message.find("READ ONLY") != std::string_view::npos ||
               message.find("ROLLBACK TO") != std::string_view::npos) {
      // CommandComplete, and ReadyForQuery in a transaction.
      answer = std::string(
          "C\0\0\0\x0a"
          "BEGIN\0Z\0\0\0\x05T",
          17);
    } else if (says_ == Says::kRefusal &&
               message.find("client_connection_check_interval") != std::string_view::npos) {
      // ErrorResponse, and ReadyForQuery in a transaction that has failed.
      answer = std::string(
          "E\0\0\0\x17"
          "SERROR\0C22023\0Mno\0\0Z\0\0\0\x05"
          "E",
          30);
    }
    static_cast<void>(!::write(peer, answer.data(), answer.size()));
  }

  Says says_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::vector<int> peers_;
  std::atomic<int> connections_ = 0;
  mutable std::mutex mutex_;
  std::string heard_;
  std::jthread thread_;
};

/// Asks for a page as a feed does.
Result<HttpResponse> ask(const std::string& url, Duration deadline, const std::stop_token& stop) {
  SourceConfig source;
  source.name = "tables";
  source.kind = "postgres";
  source.contract.emplace();
  source.contract->url = url;
  source.contract->deadline = deadline;
  const HttpRequest request = to_request({"litellm", {{0}, {kHour.us}}, {}}, url);
  return make_postgres_client(source)->send(request, stop);
}

TEST(SilentDatabaseTest, OneThatSaysNothingIsGivenUpInTime) {
  const SilentDatabase database(SilentDatabase::Says::kNothing);
  const auto answer = ask(database.url(), {300'000}, {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("did not answer in time"));
  EXPECT_EQ(database.connections(), 1);
}

TEST(SilentDatabaseTest, AStopEndsAStatementAndNobodyAsksForMore) {
  const SilentDatabase database(SilentDatabase::Says::kWelcome);
  std::stop_source stop;
  const std::jthread stopper([&] {
    while (!database.was_asked("client_connection_check_interval")) std::this_thread::yield();
    stop.request_stop();
  });
  const auto answer = ask(database.url(), kHour, stop.get_token());
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("on request"));
  // To cancel by another connection is to wait for that one.
  EXPECT_EQ(database.connections(), 1);
  EXPECT_TRUE(database.was_asked("READ ONLY"));
}

TEST(SilentDatabaseTest, OneThatCannotLookForItsClientIsReadAllTheSame) {
  const SilentDatabase database(SilentDatabase::Says::kRefusal);
  std::stop_source stop;
  const std::jthread stopper([&](const std::stop_token& ended) {
    // Only a request that went on asks for the columns.
    while (!ended.stop_requested() && !database.was_asked("pg_attribute")) {
      std::this_thread::yield();
    }
    stop.request_stop();
  });
  const auto answer = ask(database.url(), kMinute, stop.get_token());
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("on request"));
  EXPECT_TRUE(database.was_asked("ROLLBACK TO SAVEPOINT"));
}

TEST(SilentDatabaseTest, ASilentNameServerIsGivenUpInTime) {
  const auto answer = ask("postgresql://reader@db.held.test/gateway", {300'000}, {});
  EXPECT_EQ(HeldLookups::instance().waiting(), 1);  // it has not said anything, and we are here
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("address could not be found"));
  HeldLookups::instance().release();
}

Result<std::vector<std::string>> known(const std::string& host, std::int64_t /*left*/) {
  if (host == "a.example") return std::vector<std::string>{"192.0.2.1", "2001:db8::1"};
  if (host == "b.example") return std::vector<std::string>{"192.0.2.2"};
  return fail(ErrorCode::kUnavailable, "nobody knows " + host);
}

TEST(DatabaseHost, EachAddressIsAPlaceToTry) {
  DatabaseUrl url{{{"host", "a.example,b.example"}, {"port", "5432,6432"}, {"dbname", "d"}}, "r"};
  const DatabaseUrl there = placed(url, known).value();
  EXPECT_EQ(there.options.at("host"), "a.example,a.example,b.example");
  EXPECT_EQ(there.options.at("hostaddr"), "192.0.2.1,2001:db8::1,192.0.2.2");
  EXPECT_EQ(there.options.at("port"), "5432,5432,6432");
  EXPECT_EQ(there.options.at("dbname"), "d");
  EXPECT_EQ(there.role, "r");
  url.options["port"] = "6432";
  EXPECT_EQ(placed(url, known).value().options.at("port"), "6432,6432,6432");
  url.options.erase("port");
  EXPECT_FALSE(placed(url, known).value().options.contains("port"));
  url.options["port"] = "1,2,3";
  EXPECT_EQ(placed(url, known).error().code, ErrorCode::kInvalidInput);
}

TEST(DatabaseHost, ASocketIsLookedUpByNobody) {
  const DatabaseUrl url{{{"host", "/run/postgresql"}}, "r"};
  EXPECT_FALSE(placed(url, known).value().options.contains("hostaddr"));
  const DatabaseUrl both{{{"host", "/run,b.example"}}, "r"};
  EXPECT_EQ(placed(both, known).value().options.at("hostaddr"), ",192.0.2.2");
}

TEST(DatabaseHost, AHostThatNobodyKnowsIsLeftOut) {
  const DatabaseUrl some{{{"host", "x.example,b.example"}}, "r"};
  EXPECT_EQ(placed(some, known).value().options.at("host"), "b.example");
  const DatabaseUrl none{{{"host", "x.example,y.example"}}, "r"};
  EXPECT_EQ(placed(none, known).error().message,
            "`x.example`: nobody knows x.example; `y.example`: nobody knows y.example");
}

TEST(DatabaseHost, EachLookUpIsToldHowManyShareTheTime) {
  std::vector<std::string> asked;
  const auto look_up = [&asked](const std::string& host, std::int64_t left) {
    asked.push_back(host + " " + std::to_string(left));
    return known(host, left);
  };
  const DatabaseUrl url{{{"host", "x.example,/run,b.example,a.example"}}, "r"};
  EXPECT_TRUE(placed(url, look_up));
  EXPECT_THAT(asked, testing::ElementsAre("x.example 3", "b.example 2", "a.example 1"));
}

TEST(SilentDatabaseTest, ASilentNameServerOfOneHostStarvesNoOther) {
  const SilentDatabase database(SilentDatabase::Says::kWelcome);
  const std::string port = std::to_string(database.port());
  const auto answer = ask("postgresql://reader@/gateway?host=db.held.test,127.0.0.1&port=" + port,
                          {3 * kSecond.us}, {});
  ASSERT_FALSE(answer);
  // The other host was asked, and had time to say that it has no TLS.
  EXPECT_THAT(answer.error().message, HasSubstr("SSL"));
  HeldLookups::instance().release();
}

}  // namespace
}  // namespace tidewaiter
