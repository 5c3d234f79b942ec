#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "policies/model/record.h"
#include "storage/fsck/state_check.h"
#include "storage/ledger/ledger.h"
#include "storage/records/record_log.h"
#include "tests/unit/ledger/ledger_fixture.h"

namespace tidewaiter {

inline StateFiles state_in(const std::filesystem::path& folder) {
  return {folder, paths_in(folder), folder / "records.db", folder / "creating"};
}

/// The stores of a state at work, in the order of a cycle: a page of records, a commit of what it
/// was judged to be with its place in the log, a signature.
class StateWork {
 public:
  [[nodiscard]] static Result<void> create(const std::filesystem::path& folder) {
    if (auto made = Ledger::create(paths_in(folder), kOrigin, kNow); !made) return made;
    // Free space is the machine's business, and no test's.
    auto records = RecordLog::open(folder / "records.db", RecordLog::Mode::kReadWrite, kNoReserve);
    if (!records) return tl::unexpected(records.error());
    return {};
  }

  [[nodiscard]] static Result<StateWork> open(const std::filesystem::path& folder) {
    auto records = RecordLog::open(folder / "records.db", RecordLog::Mode::kReadWrite, kNoReserve);
    if (!records) return tl::unexpected(records.error());
    auto ledger = Ledger::open(paths_in(folder), Ledger::Mode::kReadWrite);
    if (!ledger) return tl::unexpected(ledger.error());
    return StateWork(std::move(*records), std::move(*ledger));
  }

  /// Takes record `number`, which may have been taken before.
  [[nodiscard]] Result<void> pull(std::int64_t number) {
    Record record;
    record.source = "gateway";
    record.id = sha256("record " + std::to_string(number));
    record.time = kNow + Duration{number * kMinute.us};
    record.observed = kNow;
    set_value(record, *find_field("output_tokens"), number);
    Page page;
    page.source = "gateway";
    page.cursor = std::to_string(number);
    page.records.push_back(std::move(record));
    auto receipt = records_->append(page, kNow);
    if (!receipt) return tl::unexpected(receipt.error());
    return {};
  }

  /// Commits a finding about `account` for the end of the log. Gives the entry's index; nothing new
  /// if the log was judged to its end.
  [[nodiscard]] Result<std::int64_t> judge(const std::string& account) {
    const auto head = records_->head();
    if (!head) return tl::unexpected(head.error());
    const auto judged = ledger_->position();
    if (!judged) return tl::unexpected(judged.error());
    const auto size = ledger_->head();
    if (!size) return tl::unexpected(size.error());
    if (judged->offset.seq == head->seq) return size->size - 1;
    LedgerCommit commit;
    commit.steps = {opened_step(head->seq, 0, account)};
    commit.offset = *head;
    commit.log_id = records_->log_id();
    const auto receipt = ledger_->commit(commit, kNow);
    if (!receipt) return tl::unexpected(receipt.error());
    return receipt->first_index;
  }

  [[nodiscard]] Ledger& ledger() { return *ledger_; }
  [[nodiscard]] RecordLog& records() { return *records_; }

 private:
  inline static const RecordLogOptions kNoReserve{0, RecordLogOptions{}.busy_timeout};

  StateWork(std::unique_ptr<RecordLog> records, std::unique_ptr<Ledger> ledger)
      : records_(std::move(records)), ledger_(std::move(ledger)) {}

  std::unique_ptr<RecordLog> records_;
  std::unique_ptr<Ledger> ledger_;
};

inline StateReport check_folder(const std::filesystem::path& folder) {
  return check_state(state_in(folder), [](StatePart, std::int64_t) {});
}

/// A line for each problem: its part, the words.
inline std::string problems_of(const StateReport& report) {
  std::string text;
  for (const StateProblem& problem : report.problems) {
    text += std::string(state_part_name(problem.part)) + ": " + problem.message + "\n";
  }
  return text;
}

}  // namespace tidewaiter
