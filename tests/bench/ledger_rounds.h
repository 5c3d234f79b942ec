#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "policies/model/error.h"
#include "policies/model/finding.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

// Steps of many accounts, for benchmarks that append them.

inline constexpr const char* kBenchLog = "bench";
inline constexpr UtcTime kBenchNow{1'767'225'600'000'000};
inline constexpr std::int64_t kBenchAccounts = 1000;

inline Step make_step(std::int64_t seq) {
  Step step;
  step.seq = seq;
  step.policy = "many-requests";
  step.policy_version = 1;
  step.policy_hash = sha256("policy");
  step.finding = finding_id(kBenchLog, step.policy, seq, 0);
  step.severity = Severity::kHigh;
  step.subject.fields = {*find_field("account")};
  step.subject.values = {"account-" + std::to_string(seq % kBenchAccounts)};
  step.subject.source = "gateway";
  step.run = {kBenchNow, kBenchNow + kHour};
  step.windows = 1;
  step.figures = {{"n", ValueType::kInt64, Value(seq), true},
                  {"cost", ValueType::kMoney, Value(seq * 1'000), true}};
  step.evidence = {seq, seq + 1, seq + 2};
  step.evidence_total = 120;
  return step;
}

/// The steps of a round, cut into commits, counting on from `seq`.
inline std::vector<LedgerCommit> make_round(std::int64_t& seq, std::int64_t steps,
                                            std::int64_t batch) {
  std::vector<LedgerCommit> commits;
  for (std::int64_t done = 0; done < steps; done += batch) {
    LedgerCommit commit;
    commit.log_id = kBenchLog;
    for (std::int64_t i = 0; i < batch; ++i) commit.steps.push_back(make_step(++seq));
    commit.offset = LogOffset{seq, sha256(std::to_string(seq))};
    commits.push_back(std::move(commit));
  }
  return commits;
}

inline Result<LedgerPaths> make_ledger(const std::filesystem::path& directory) {
  std::filesystem::create_directory(directory);
  LedgerPaths paths{directory / "ledger.db", directory / "lock.db", directory / "ledger.key",
                    directory / "vault.db"};
  if (auto made = Ledger::create(paths, "bench.example.org/ledger", kBenchNow); !made) {
    return tl::unexpected(made.error());
  }
  return paths;
}

}  // namespace tidewaiter
