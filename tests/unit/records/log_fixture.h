#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "storage/records/record_log.h"
#include "tests/unit/log_entries.h"

namespace tidewaiter {

/// 2026-11-23T00:00:00Z: 20780 days after the epoch.
inline constexpr UtcTime kMonday{20'780 * kDay.us};
inline constexpr UtcTime kNow{20'790 * kDay.us};

/// A folder of its own for each test, gone afterwards.
class RecordLogTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("tidewaiter_" + std::to_string(getpid()) + "_" + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    path_ = folder_ / "records.db";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static RecordLogOptions quick() {
    RecordLogOptions options;
    options.free_space_reserve = 0;
    options.busy_timeout = Duration{50'000};
    return options;
  }

  std::unique_ptr<RecordLog> open(RecordLog::Mode mode = RecordLog::Mode::kReadWrite) {
    auto log = RecordLog::open(path_, mode, quick());
    EXPECT_TRUE(log) << (log ? "" : log.error().message);
    return log ? std::move(*log) : nullptr;
  }

  std::filesystem::path folder_;
  std::filesystem::path path_;
};

/// A request with an identity of its own number.
inline Record request(int number, UtcTime time, std::int64_t tokens = 1) {
  Record record;
  record.source = "gw";
  record.id = sha256("request " + std::to_string(number));
  record.time = time;
  record.observed = {7};
  set_value(record, *find_field("output_tokens"), tokens);
  return record;
}

inline Page page_of(std::vector<Record> records, std::string cursor = "c") {
  Page page;
  page.source = "gw";
  page.records = std::move(records);
  page.cursor = std::move(cursor);
  return page;
}

}  // namespace tidewaiter
