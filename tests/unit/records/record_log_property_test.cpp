#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "policies/model/record_json.h"
#include "tests/unit/records/log_fixture.h"

namespace tidewaiter {
namespace {

/// The record log's contract over plain containers.
class ModelLog {
 public:
  PageReceipt append(const Page& page) {
    PageReceipt receipt;
    const auto first = static_cast<std::int64_t>(entries_.size()) + 1;
    for (const Record& record : page.records) {
      if (record.time < dropped_before_) {
        ++receipt.expired;
        ++receipt.quarantined;
        continue;
      }
      days_.insert(align_down(record.time, kDay));
      auto& versions = versions_[{record.id, record.time}];
      LogEntry entry;
      entry.seq = static_cast<std::int64_t>(entries_.size()) + 1;
      if (versions.empty()) {
        ++receipt.added;
      } else {
        const LogEntry& last = entries_[static_cast<std::size_t>(versions.back() - 1)];
        if (same_content(std::get<Record>(last.body), record)) {
          ++receipt.duplicates;
          continue;
        }
        ++receipt.revised;
        entry.replaces = ReplacedRecord{last.seq, std::get<Record>(last.body)};
      }
      Record stored = record;
      stored.revision = static_cast<std::int64_t>(versions.size());
      entry.body = stored;
      versions.push_back(entry.seq);
      entries_.push_back(std::move(entry));
    }
    if (page.drained) {
      LogEntry entry;
      entry.seq = static_cast<std::int64_t>(entries_.size()) + 1;
      entry.body = Control(SourceDrained{page.source, page.kind, *page.drained});
      entries_.push_back(std::move(entry));
    }
    const auto last = static_cast<std::int64_t>(entries_.size());
    if (last >= first) {
      receipt.first_seq = first;
      receipt.last_seq = last;
    }
    return receipt;
  }

  void drop_before(UtcTime before) {
    while (!days_.empty() && *days_.begin() + kDay <= before) {
      dropped_before_ = std::max(dropped_before_, *days_.begin() + kDay);
      days_.erase(days_.begin());
      LogEntry entry;
      entry.seq = static_cast<std::int64_t>(entries_.size()) + 1;
      entry.body = Control(RecordsDropped{dropped_before_});
      entries_.push_back(std::move(entry));
    }
  }

  [[nodiscard]] std::vector<LogEntry> entries() const {
    std::vector<LogEntry> left;
    for (const LogEntry& entry : entries_) {
      const auto* record = std::get_if<Record>(&entry.body);
      if (record == nullptr || record->time >= dropped_before_) left.push_back(entry);
    }
    return left;
  }

 private:
  std::vector<LogEntry> entries_;
  std::map<std::pair<Digest, UtcTime>, std::vector<std::int64_t>> versions_;
  std::set<UtcTime> days_;  ///< that have a table
  UtcTime dropped_before_;
};

void expect_same(const LogEntry& got, const LogEntry& want) {
  EXPECT_EQ(got.seq, want.seq);
  ASSERT_EQ(got.body.index(), want.body.index());
  ASSERT_EQ(got.replaces.has_value(), want.replaces.has_value());
  if (const auto* record = std::get_if<Record>(&want.body)) {
    const auto& other = std::get<Record>(got.body);
    EXPECT_TRUE(same_content(other, *record));
    EXPECT_EQ(other.id, record->id);
    EXPECT_EQ(other.revision, record->revision);
    EXPECT_EQ(other.observed, record->observed);
  }
  if (want.replaces) {
    EXPECT_EQ(got.replaces->seq, want.replaces->seq);
    EXPECT_TRUE(same_content(got.replaces->record, want.replaces->record));
    EXPECT_EQ(got.replaces->record.revision, want.replaces->record.revision);
  }
}

Page random_page(std::mt19937_64& random) {
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random() % n); };
  Page page = page_of({}, std::to_string(random()));
  const std::int64_t count = below(12);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto number = static_cast<int>(below(25));
    // Mostly one time a record; sometimes another day, which makes it another record.
    const std::int64_t day = below(10) == 0 ? below(6) : number % 6;
    Record record = request(number, kMonday + Duration{day * kDay.us}, below(3));
    record.observed = {below(1'000'000)};
    page.records.push_back(std::move(record));
  }
  if (below(4) == 0) page.drained = Interval{kMonday, kMonday + Duration{below(6) * kDay.us}};
  return page;
}

class RecordLogPropertyTest : public RecordLogTest,
                              public testing::WithParamInterface<std::uint64_t> {};

TEST_P(RecordLogPropertyTest, AgreesWithTheModel) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  std::mt19937_64 random(GetParam());
  auto log = open();
  ModelLog model;
  for (int round = 0; round < 40; ++round) {
    if (random() % 15 == 0) {
      const UtcTime before = kMonday + Duration{static_cast<std::int64_t>(random() % 4) * kDay.us};
      ASSERT_TRUE(log->drop_before(before, kNow));
      model.drop_before(before);
    }
    if (random() % 10 == 0) {
      log.reset();
      log = open();
    }
    const Page page = random_page(random);
    const PageReceipt want = model.append(page);
    const auto got = log->append(page, kNow);
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->first_seq, want.first_seq);
    EXPECT_EQ(got->last_seq, want.last_seq);
    EXPECT_EQ(got->added, want.added);
    EXPECT_EQ(got->revised, want.revised);
    EXPECT_EQ(got->duplicates, want.duplicates);
    EXPECT_EQ(got->expired, want.expired);
    EXPECT_EQ(got->quarantined, want.quarantined);
  }
  const auto got = read_all(*log);
  const auto want = model.entries();
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < got.size(); ++i) expect_same(got[i], want[i]);
  EXPECT_TRUE(log->check());
}

INSTANTIATE_TEST_SUITE_P(Seeds, RecordLogPropertyTest, testing::Range<std::uint64_t>(1, 21));

}  // namespace
}  // namespace tidewaiter
