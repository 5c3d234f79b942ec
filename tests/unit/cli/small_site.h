#pragma once

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/command_line.h"
#include "storage/ledger/ledger.h"
#include "tests/unit/app/temporary_folder.h"

namespace tidewaiter {

/// What a command answered.
struct Answer {
  int status = -1;
  std::string out;
  std::string err;

  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(out); }
};

/// A folder with a configuration, one policy and one file of usage, and the program at work in it.
/// By hand: account `a` has three requests from 10:00 to 11:00 and account `c` four, which the
/// policy (three in an hour) reports; account `b` has one.
class SmallSite {
 public:
  SmallSite() {
    configure("origin: small.example/ledger");
    write("policies/volume.yaml", volume_policy());
    std::string usage;
    for (const char* id : {"a1", "a2", "a3", "b1", "c1", "c2", "c3", "c4"}) {
      usage += usage_line(id, "2026-10-05T10:0" + std::string(id + 1) + ":00Z", {id, 1});
    }
    write("usage.jsonl", usage);
  }

  /// Writes the configuration, with these keys of `ledger`.
  void configure(const std::string& ledger) const {
    write("tidewaiter.yaml",
          "state: state\npolicies: [policies]\n"
          "sources: [{name: gateway, kind: file, record: usage, path: usage.jsonl, "
          "format: jsonl}]\n"
          "ledger: {" +
              ledger +
              "}\n"
              "notify: {channels: [{name: operations, kind: log}]}\n");
  }
  void write(std::string_view name, std::string_view text) const {
    write_file(folder_ / name, text);
  }
  [[nodiscard]] std::filesystem::path path(std::string_view name) const { return folder_ / name; }
  [[nodiscard]] LedgerPaths ledger_paths() const {
    return {path("state/ledger.db"), path("state/lock.db"), path("state/ledger.key"),
            path("state/vault.db")};
  }

  /// Runs a command line in the folder, on a terminal of `width` columns (0: a pipe).
  [[nodiscard]] Answer operator()(const std::vector<std::string>& arguments,
                                  std::size_t width = 0) const {
    std::ostringstream out;
    std::ostringstream err;
    Environment environment;
    environment.working_folder = folder_.path();
    environment.host_name = "gate1";
    Terminal terminal;
    terminal.width = width;
    std::vector<std::string> all = {"--config", path("tidewaiter.yaml").string()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const int status = run_command_line(
        all, out, err, environment, [this] { return now; },
        [terminal](ColorChoice) { return terminal; });
    return {status, out.str(), err.str()};
  }

  /// A cycle that must succeed.
  void cycle() const {
    const Answer answer = (*this)({"run", "--once"});
    ASSERT_EQ(answer.status, 0) << answer.err;
  }

  /// The ledger's entries of a type, in order.
  [[nodiscard]] std::vector<nlohmann::json> entries(const std::string& type) const {
    std::vector<nlohmann::json> all;
    const auto log = (*this)({"ledger", "log", "--json", "--limit", "1000"}).json();
    for (const auto& one : log["entries"]) {
      if (one["entry"]["typ"] == type) all.push_back(one["entry"]);
    }
    return all;
  }

  UtcTime now{1'791'208'800'000'000};  ///< 2026-10-05T14:00:00Z

 private:
  TemporaryFolder folder_;
};

}  // namespace tidewaiter
