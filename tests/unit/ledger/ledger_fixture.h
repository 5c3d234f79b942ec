#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <stdlib.h>

#include "policies/model/digest.h"
#include "policies/model/finding.h"
#include "storage/ledger/ledger.h"
#include "tests/unit/ledger/ledger_backend.h"

namespace tidewaiter {

inline constexpr const char* kOrigin = "tidewaiter.example.org/ledger";
inline constexpr const char* kLog = "log-1";
inline constexpr UtcTime kNow{1'767'225'600'000'000};  // 2026-01-01T00:00:00Z

/// A directory that goes with the object.
class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "tidewaiter-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline LedgerPaths paths_in(const std::filesystem::path& directory) {
  return {directory / "ledger.db", directory / "lock.db", directory / "ledger.key",
          directory / "vault.db"};
}

/// The hash of the log at an offset: any value serves, as long as it belongs to the sequence
/// number.
inline LogOffset offset_at(std::int64_t seq) { return {seq, sha256("log " + std::to_string(seq))}; }

inline Step opened_step(std::int64_t seq, std::int32_t ordinal, const std::string& account) {
  Step step;
  step.seq = seq;
  step.ordinal = ordinal;
  step.kind = StepKind::kOpened;
  step.policy = "many-requests";
  step.policy_version = 3;
  step.policy_hash = sha256("policy");
  step.finding = finding_id(kLog, step.policy, seq, ordinal);
  step.severity = Severity::kHigh;
  step.subject.fields = {*find_field("account")};
  step.subject.values = {account};
  step.subject.source = "gateway";
  step.run = {kNow, kNow + kHour};
  step.windows = 1;
  step.figures = {{"n", ValueType::kInt64, Value(std::int64_t{101}), true}};
  step.evidence = {seq};
  step.evidence_total = 101;
  return step;
}

inline Step next_step(const Step& of, StepKind kind, std::int64_t seq, std::int32_t ordinal,
                      const std::string& reason) {
  Step step = of;
  step.kind = kind;
  step.seq = seq;
  step.ordinal = ordinal;
  step.reason = reason;
  return step;
}

inline Step gap_step(std::int64_t seq, std::int32_t ordinal, std::int64_t count) {
  Step step;
  step.seq = seq;
  step.ordinal = ordinal;
  step.kind = StepKind::kGap;
  step.policy = "many-requests";
  step.policy_version = 3;
  step.policy_hash = sha256("policy");
  step.severity = Severity::kHigh;
  step.reason = "too-late";
  step.count = count;
  return step;
}

inline LedgerCommit commit_of(std::vector<Step> steps, std::int64_t seq) {
  LedgerCommit commit;
  commit.steps = std::move(steps);
  commit.offset = offset_at(seq);
  commit.log_id = kLog;
  return commit;
}

/// One step, opening a finding, as the whole work of log entry `seq`.
inline LedgerCommit simple_commit(std::int64_t seq) {
  return commit_of({opened_step(seq, 0, "account-" + std::to_string(seq % 7))}, seq);
}

/// RFC 6962 §2.1, straight from its text, over entries' bytes.
inline Digest naive_root(const std::vector<std::string>& entries, std::size_t from,
                         std::size_t to) {
  if (from == to) return sha256("");
  if (to - from == 1) return sha256(std::string(1, '\0') + entries[from]);
  std::size_t k = 1;
  while (k * 2 < to - from) k *= 2;
  const Digest left = naive_root(entries, from, from + k);
  const Digest right = naive_root(entries, from + k, to);
  std::string node(1, '\1');
  for (const Digest& side : {left, right}) {
    node.append(reinterpret_cast<const char*>(side.bytes.data()), side.bytes.size());
  }
  return sha256(node);
}

inline std::vector<std::string> all_entries(const Ledger& ledger) {
  std::vector<std::string> entries;
  const auto head = ledger.head();
  EXPECT_TRUE(head) << head.error().message;
  for (std::int64_t i = 0; head && i < head->size; ++i) {
    const auto entry = ledger.entry(i);
    EXPECT_TRUE(entry) << entry.error().message;
    entries.push_back(entry ? *entry : std::string());
  }
  return entries;
}

/// A ledger with its files in a directory of its own, opened for writing.
class LedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (backend_ == nullptr) GTEST_SKIP() << "the database of these tests is not installed";
    paths_ = backend_->new_place(dir_.path());
    const auto made = Ledger::create(paths_, kOrigin, kNow);
    ASSERT_TRUE(made) << made.error().message;
    reopen();
  }

  void reopen() {
    ledger_.reset();
    auto opened = Ledger::open(paths_, Ledger::Mode::kReadWrite);
    ASSERT_TRUE(opened) << opened.error().message;
    ledger_ = std::move(*opened);
  }

  void commit(const LedgerCommit& what) {
    const auto receipt = ledger_->commit(what, kNow);
    ASSERT_TRUE(receipt) << receipt.error().message;
  }

  [[nodiscard]] nlohmann::json entry_json(std::int64_t index) const {
    const auto entry = ledger_->entry(index);
    EXPECT_TRUE(entry) << entry.error().message;
    return entry ? nlohmann::json::parse(*entry) : nlohmann::json();
  }

  TempDir dir_;
  std::unique_ptr<LedgerBackend> backend_ = make_ledger_backend();
  LedgerPaths paths_;
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace tidewaiter
