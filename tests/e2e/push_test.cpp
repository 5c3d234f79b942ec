// Records that are handed in to a daemon which is killed all the time, by a sender that repeats
// what was not acknowledged: they come to what an undisturbed daemon has. And no token and no
// content that was sent along stands in a file or a log.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/app/app.h"
#include "daemon/outbound/http_client.h"
#include "daemon_process.h"
#include "log_intake.h"
#include "tests/unit/app/temporary_folder.h"

namespace tidewaiter {
namespace {

using std::chrono::milliseconds;

constexpr const char* kToken = "c4n4ry-token-4f1c";
constexpr const char* kContent = "c4n4ry content of a prompt";
constexpr int kBatches = 120;
constexpr int kLeastKills = 30;

std::uint64_t push_seed() {
  const char* given = std::getenv("TIDEWAITER_SEED");
  return given == nullptr ? 20'261'129 : std::strtoull(given, nullptr, 10);
}

int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ::bind(socket, reinterpret_cast<const sockaddr*>(&address), size);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket);
  return ntohs(address.sin_port);
}

/// Bodies of one to sixty lines; some have a bad line, with content where no member may be.
std::vector<std::string> make_bodies(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::string> bodies;
  std::int64_t clock = 1'767'225'600;  // 2026-01-01T00:00:00Z
  int id = 0;
  for (int i = 0; i < kBatches; ++i) {
    std::string body;
    const int lines = std::uniform_int_distribution<int>(1, 60)(random);
    for (int n = 0; n < lines; ++n) {
      clock += 20;
      body += usage_line("id" + std::to_string(++id), format_time({clock * kSecond.us}),
                         "acct" + std::to_string(random() % 7));
    }
    if (i % 5 == 0) {
      body += R"({"kind":"usage","time":"2026-01-01T00:00:00Z","prompt":")" +
              std::string(kContent) + "\"}\n";
    }
    bodies.push_back(std::move(body));
  }
  bodies.push_back(R"({"drained":{"from":"2026-01-01T00:00:00Z","to":")" +
                   format_time({clock * kSecond.us}) + "\"}}\n");
  return bodies;
}

class PushKillTest : public testing::Test {
 protected:
  PushKillTest() : bodies_(make_bodies(push_seed())) {
    std::cout << "seed " << push_seed() << " (TIDEWAITER_SEED chooses another)\n";
    write_file(folder_ / "policies/fast.yaml", volume_policy("test.fast", "25"));
    write_file(folder_ / "token", std::string(kToken) + "\n");
    ::chmod((folder_ / "token").c_str(), 0600);
    for (const char* const name : {"killed", "calm"}) {
      write_file(folder_ / (std::string(name) + ".yaml"),
                 "state: " + std::string(name) +
                     "\npolicies: [policies]\n"
                     "push: {listen: '127.0.0.1:" +
                     std::to_string(port_) +
                     "', tokens: [{token: {file: token}, source: gw}], patience: 5s}\n"
                     "sources: [{name: gw, kind: push, max_bad: 50%}]\n"
                     "ledger: {sign_every: 1s}\nlog: {level: debug}\n"
                     "notify: {channels: [{name: operations, kind: log}]}\n");
    }
  }

  DaemonProcess start(const std::string& name, const NotifySocket& manager) const {
    return DaemonProcess({"--config", (folder_ / (name + ".yaml")).string()}, folder_ / "output",
                         {{"NOTIFY_SOCKET", manager.path()}});
  }

  /// Hands in one body after the other, each until it is acknowledged.
  void send_all(const std::stop_token& stop) {
    const std::unique_ptr<HttpClient> client = make_curl_client();
    const Secret token(kToken);
    for (const std::string& body : bodies_) {
      while (!stop.stop_requested()) {
        ++requests_;
        const auto answer = client->send({"http://127.0.0.1:" + std::to_string(port_) + "/push/gw",
                                          {{"Content-Type", "application/x-ndjson"}},
                                          body,
                                          &token},
                                         stop);
        if (answer && answer->status == 200) break;
        if (answer && answer->status != 503) {
          ADD_FAILURE() << answer->status << " " << answer->body;
          return;
        }
        std::this_thread::sleep_for(milliseconds(5));
      }
    }
    done_ = true;
  }

  Config config_of(const std::string& name) const {
    Environment environment;
    environment.working_folder = folder_.path();
    environment.host_name = "test";
    return read_config(folder_ / (name + ".yaml"), environment).config;
  }

  /// What came in, in the order in which it came.
  std::vector<std::string> intake(const std::string& name) const {
    const auto records =
        RecordLog::open(state_paths(config_of(name)).records, RecordLog::Mode::kReadOnly);
    EXPECT_TRUE(records);
    std::vector<std::string> out = intake_of(**records);
    const SourceState state = (*records)->source("gw").value();
    out.push_back(std::to_string(state.quarantined) + " quarantined, covered to " +
                  (state.covered ? format_time(state.covered->to) : "nothing"));
    return out;
  }

  std::vector<std::string> findings(const std::string& name) const {
    const auto ledger = Ledger::open(state_paths(config_of(name)).ledger, Ledger::Mode::kReadOnly);
    EXPECT_TRUE(ledger);
    std::vector<std::string> out;
    const auto all = (*ledger)->findings({});
    EXPECT_TRUE(all);
    for (const FindingState& finding : *all) {
      out.push_back(finding.policy + " " + finding.subject + " " + format_time(finding.run.from) +
                    " " + format_time(finding.run.to) + " " + std::to_string(finding.windows));
    }
    std::ranges::sort(out);
    return out;
  }

  /// Every file but the token's own and the configurations.
  std::string written() const {
    std::string out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (entry.is_regular_file() && entry.path().filename() != "token") {
        out += read_all(entry.path());
      }
    }
    return out;
  }

  void finish(const std::string& name, std::jthread& sender) {
    std::optional<NotifySocket> manager(std::in_place, folder_ / "notify");
    DaemonProcess daemon = start(name, *manager);
    ASSERT_NE(manager->await("READY=1"), "") << read_all(folder_ / "output");
    manager.reset();  // one that nobody reads would fill up, and hold the daemon
    const bool sent = eventually([this] { return done_.load(); });
    sender.request_stop();
    sender.join();
    const int status = daemon.end(SIGTERM);
    ASSERT_TRUE(sent) << read_all(folder_ / "output");
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << read_all(folder_ / "output");
    // What was acknowledged last may not have been judged by then.
    std::vector<Diagnostic> diagnostics;
    auto app = App::start(config_of(name), {}, diagnostics);
    ASSERT_TRUE(app) << app.error().message;
    ASSERT_TRUE((*app)->run_once({}));
  }

  TemporaryFolder folder_;
  int port_ = free_port();
  std::vector<std::string> bodies_;
  std::atomic<bool> done_{false};
  std::atomic<int> requests_{0};
};

TEST_F(PushKillTest, WhatIsSentAgainComesToWhatAnUndisturbedDaemonHas) {
  std::mt19937_64 random(push_seed() + 1);
  int kills = 0;
  {
    std::jthread sender([this](const std::stop_token& stop) { send_all(stop); });
    while (!done_ || kills < kLeastKills) {
      NotifySocket manager(folder_ / "notify");
      DaemonProcess daemon = start("killed", manager);
      ASSERT_NE(manager.await("READY=1"), "") << read_all(folder_ / "output");
      const int us = std::uniform_int_distribution<int>(0, 150'000)(random);
      std::this_thread::sleep_for(std::chrono::microseconds(us));
      const int status = daemon.end(SIGKILL);
      ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
          << read_all(folder_ / "output");
      ++kills;
      if (kills > 20 * kLeastKills) break;
    }
    ASSERT_NO_FATAL_FAILURE(finish("killed", sender));
  }
  std::cout << kills << " kills, " << requests_ << " requests for " << bodies_.size()
            << " bodies\n";
  EXPECT_GT(requests_, static_cast<int>(bodies_.size())) << "nothing was ever sent again";

  done_ = false;
  {
    std::jthread sender([this](const std::stop_token& stop) { send_all(stop); });
    ASSERT_NO_FATAL_FAILURE(finish("calm", sender));
  }
  EXPECT_EQ(intake("killed"), intake("calm"));
  std::size_t good = 0;
  for (const std::string& body : bodies_) {
    for (std::size_t at = 0; (at = body.find("account", at)) != std::string::npos; ++at) ++good;
  }
  EXPECT_EQ(intake("calm").size(), good + 1) << "records, and a line about the source";
  EXPECT_THAT(findings("calm"), testing::Not(testing::IsEmpty()));
  EXPECT_EQ(findings("killed"), findings("calm"));
  const std::string all = written();
  EXPECT_THAT(all, testing::HasSubstr("acct3"));
  EXPECT_THAT(all, testing::Not(testing::HasSubstr("c4n4ry")));
}

}  // namespace
}  // namespace tidewaiter
