#pragma once

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/unit/child_process.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {

/// The folder of PostgreSQL's programs as Debian lays it; the newest. Nothing: it is not installed.
inline std::optional<std::filesystem::path> postgres_programs() {
  std::vector<std::filesystem::path> found;
  std::error_code none;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
    if (std::filesystem::exists(version.path() / "bin" / "initdb")) {
      found.push_back(version.path() / "bin");
    }
  }
  if (found.empty()) return std::nullopt;
  return *std::max_element(found.begin(), found.end());
}

/// One connection, for the side that writes.
class Sql {
 public:
  Sql(const std::string& host, const std::string& role, const std::string& password,
      const std::string& database = "postgres")
      : connection_(PQconnectdb(("host=" + host + " dbname=" + database + " user=" + role +
                                 " password=" + password)
                                    .c_str()),
                    PQfinish) {
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
  }

  [[nodiscard]] bool is_there() const { return PQstatus(connection_.get()) == CONNECTION_OK; }

  /// The first value of the first row; empty if there is none. What is wrong fails the test.
  std::string run(const std::string& text) {
    std::string value;
    const std::string state = try_run(text, value);
    EXPECT_EQ(state, "") << text << "\n" << PQerrorMessage(connection_.get());
    return value;
  }
  /// The words of what is wrong; empty: nothing.
  std::string error_of(const std::string& text) {
    std::string value;
    return try_run(text, value).empty() ? "" : PQerrorMessage(connection_.get());
  }
  /// The code of what is wrong; empty: nothing.
  std::string state_of(const std::string& text) {
    std::string value;
    return try_run(text, value);
  }

 private:
  std::string try_run(const std::string& text, std::string& value) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexec(connection_.get(), text.c_str()), PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK) return {};
    if (status == PGRES_TUPLES_OK) {
      if (PQntuples(result.get()) > 0) value = PQgetvalue(result.get(), 0, 0);
      return {};
    }
    const char* const state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    return state == nullptr ? "lost" : state;
  }

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

/// A server of its own: its data in a temporary folder, on a Unix socket there, with passwords, and
/// a log of all statements. It runs as `nobody` where the test is root, whom PostgreSQL refuses.
class PostgresServer {
 public:
  static constexpr const char* kOwnerPassword = "0wner";

  explicit PostgresServer(std::filesystem::path programs) : programs_(std::move(programs)) {
    write_file(folder_ / "password", kOwnerPassword);
    if (::geteuid() == 0) {
      for (const std::filesystem::path& path : {folder_.path(), folder_ / "password"}) {
        EXPECT_EQ(::chown(path.c_str(), kNobody, kNobody), 0);
      }
    }
    const std::string data = (folder_ / "data").string();
    ChildProcess made([&] {
      return become(
          {(programs_ / "initdb").string(), "-D", data, "-U", "owner", "-E", "UTF8", "--no-locale",
           "--auth=scram-sha-256", "--no-sync", "--pwfile=" + (folder_ / "password").string()},
          (folder_ / "initdb.log").string());
    });
    EXPECT_EQ(made.wait(), 0) << log("initdb.log");
    start();
  }
  ~PostgresServer() { stop(); }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// As a standby: one without a primary, which answers questions and waits for a WAL for ever.
  void start(bool as_standby = false) {
    const std::filesystem::path signal = folder_ / "data" / "standby.signal";
    if (as_standby) {
      write_file(signal, "");
    } else {
      std::filesystem::remove(signal);
    }
    const std::string data = (folder_ / "data").string();
    const std::string folder = folder_.path().string();
    process_ = std::make_unique<ChildProcess>([&] {
      return become({(programs_ / "postgres").string(), "-D", data, "-k", folder, "-c",
                     "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c",
                     "max_connections=40", "-c", "log_statement=all"},
                    (folder_ / "server.log").string());
    });
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!owner().is_there()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << log("server.log");
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  /// PostgreSQL's fast shutdown, of this process alone.
  void stop() {
    if (process_) process_->end(SIGINT);
    process_.reset();
  }

  [[nodiscard]] std::string host() const { return folder_.path().string(); }
  [[nodiscard]] Sql owner() const { return {host(), "owner", kOwnerPassword}; }
  [[nodiscard]] std::string log(const std::string& name) const {
    std::ifstream stream(folder_ / name);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  static constexpr unsigned kNobody = 65534;

  /// In the child: leaves root, if it is, and runs a program with its output in a file.
  static int become(const std::vector<std::string>& words, const std::string& output) {
    if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) return 126;
    ::prctl(PR_SET_PDEATHSIG, SIGINT);  // a change of user has cleared it
    const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file < 0 || ::dup2(file, 1) < 0 || ::dup2(file, 2) < 0) return 125;
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    return 127;
  }

  std::filesystem::path programs_;
  TemporaryFolder folder_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace tidewaiter
