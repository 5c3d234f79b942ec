// The source between the inbox and the record log.
#include "daemon/sources/push/push_source.h"

#include <chrono>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "push_scene.h"
#include "storage/records/record_log.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Interval between(const char* from, const char* to) {
  return {parse_time(from).value(), parse_time(to).value()};
}

PushBatch batch_from(std::string_view lines) {
  return read_push_batch(push_source_config(), {PushForm::kNativeLines, lines, nullptr},
                         push_noon())
      .value();
}

TEST(PushCursor, ReadsBackWhatItWrote) {
  const PushCursor cursor{7, between("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"), push_noon()};
  EXPECT_EQ(push_cursor_from_text(to_text(cursor)).value(), cursor);
  EXPECT_EQ(push_cursor_from_text(to_text(PushCursor{})).value(), PushCursor{});
  EXPECT_EQ(push_cursor_from_text("{").error().code, ErrorCode::kCorruption);
  EXPECT_EQ(push_cursor_from_text(R"({"version":2,"pages":1})").error().code,
            ErrorCode::kUnsupported);
}

TEST(PushStatements, AreJoinedWhereTheyTouch) {
  const UtcTime ten = parse_time("2026-11-23T10:00:00Z").value();
  const UtcTime eleven = ten + kHour;
  EXPECT_EQ(joined_statements({}, std::nullopt).value(), std::nullopt);
  EXPECT_EQ(joined_statements({{ten, eleven}}, std::nullopt).value(), (Interval{ten, eleven}));
  EXPECT_EQ(joined_statements({{std::nullopt, eleven}}, Interval{ten - kHour, ten}).value(),
            (Interval{ten - kHour, eleven}));
  EXPECT_EQ(joined_statements({{ten - kDay, ten}}, Interval{ten, eleven}).value(),
            (Interval{ten - kDay, eleven}));
  EXPECT_EQ(joined_statements({{ten, eleven}}, Interval{ten - kHour, eleven}).value(),
            std::nullopt);
  EXPECT_EQ(
      joined_statements({{ten, eleven}, {std::nullopt, eleven + kHour}}, std::nullopt).value(),
      (Interval{ten, eleven + kHour}));
}

TEST(PushStatements, LeaveNoHole) {
  const UtcTime ten = parse_time("2026-11-23T10:00:00Z").value();
  const auto behind = joined_statements({{ten + kMinute, ten + kHour}}, Interval{ten - kDay, ten});
  ASSERT_FALSE(behind);
  EXPECT_EQ(behind.error().code, ErrorCode::kRefused);
  EXPECT_THAT(behind.error().message, HasSubstr("2026-11-23T10:00:00Z"));
  EXPECT_FALSE(joined_statements({{ten - kDay, ten - kHour}}, Interval{ten, ten + kHour}));
  EXPECT_FALSE(joined_statements({{std::nullopt, ten}}, std::nullopt));
}

/// A source over an inbox and a record log, without a daemon.
class PushSourceTest : public testing::Test {
 protected:
  PushSourceTest()
      : inbox_(1000, {}),
        log_(RecordLog::open(folder_ / "records.db", RecordLog::Mode::kReadWrite).value()) {
    remake();
  }
  ~PushSourceTest() override { inbox_.close(); }

  void remake(std::optional<Duration> lateness = std::nullopt) {
    SourceConfig config = push_source_config();
    config.push->lateness = lateness;
    SourceServices services;
    services.inbox = &inbox_;
    source_ = PushSource::make(config, services).value();
  }

  /// Brings a batch in a thread of its own, and returns once it waits.
  void bring(PushBatch batch) {
    const std::size_t before = inbox_.waiting("gw");
    senders_.emplace_back([this, at = told_.size(), batch = std::move(batch)]() mutable {
      auto outcome = inbox_.deliver("gw", std::move(batch), minutes(1), push_noon);
      const std::scoped_lock lock(mutex_);
      told_.at(at) = std::move(outcome);
    });
    told_.push_back(fail(ErrorCode::kUndefined, "not told yet"));
    while (inbox_.waiting("gw") == before) std::this_thread::sleep_for(milliseconds(1));
  }
  Result<PushReceipt> told(std::size_t at) {
    senders_.at(at).join();
    return told_.at(at);
  }

  std::string cursor() { return log_->source("gw").value().cursor; }
  std::optional<Page> next(UtcTime now = push_noon()) {
    auto page = source_->next(cursor(), now, {});
    EXPECT_TRUE(page) << page.error().message;
    return page.value_or(std::nullopt);
  }
  PageReceipt store(const Page& page) {
    const PageReceipt receipt = log_->append(page, push_noon()).value();
    source_->committed(receipt);
    return receipt;
  }

  TemporaryFolder folder_;
  PushInbox inbox_;
  std::unique_ptr<RecordLog> log_;
  std::unique_ptr<Connector> source_;
  std::mutex mutex_;
  std::deque<Result<PushReceipt>> told_;
  std::vector<std::jthread> senders_;
};

TEST_F(PushSourceTest, GivesNothingWhereNobodyListens) {
  auto alone = PushSource::make(push_source_config(), {}).value();
  EXPECT_FALSE(alone->next({}, push_noon(), {}).value());
  EXPECT_FALSE(alone->has_news());
}

TEST_F(PushSourceTest, TellsASenderOnceItsRecordsAreDurable) {
  EXPECT_FALSE(source_->has_news());
  bring(batch_from(native_line("one") + "\n" + native_line("two") + "\n"));
  EXPECT_TRUE(source_->has_news());
  const auto page = next();
  ASSERT_TRUE(page);
  EXPECT_THAT(page->records, SizeIs(2));
  EXPECT_FALSE(page->backfill);
  EXPECT_FALSE(page->drained);
  store(*page);
  EXPECT_EQ(told(0).value(), (PushReceipt{2, 0, 0, 0}));
  EXPECT_FALSE(next());
  EXPECT_FALSE(source_->has_news());
}

TEST_F(PushSourceTest, KnowsWhatIsSentAgain) {
  bring(batch_from(native_line("one")));
  store(*next());
  EXPECT_FALSE(next());
  bring(batch_from(native_line("one") + "\n" + native_line("one", R"(,"requests":5)") + "\n" +
                   native_line("two")));
  store(*next());
  EXPECT_EQ(told(1).value(), (PushReceipt{1, 1, 1, 0}));
}

TEST_F(PushSourceTest, GivesAPageAgainThatStorageDidNotTake) {
  bring(batch_from(native_line("one")));
  const auto lost = next();
  ASSERT_TRUE(lost);
  const auto again = next();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->cursor, lost->cursor);
  EXPECT_EQ(again->records.size(), 1U);
  store(*again);
  EXPECT_EQ(told(0).value(), (PushReceipt{1, 0, 0, 0}));
}

TEST_F(PushSourceTest, GivesABatchAgainToTheSourceThatTakesItsPlace) {
  bring(batch_from(native_line("one")));
  ASSERT_TRUE(next());
  remake();
  const auto again = next();
  ASSERT_TRUE(again);
  store(*again);
  EXPECT_EQ(told(0).value(), (PushReceipt{1, 0, 0, 0}));
}

TEST_F(PushSourceTest, GivesALargeBatchInPages) {
  std::string lines;
  for (int i = 0; i < 10'000; ++i) lines += native_line("id" + std::to_string(i)) + "\n";
  lines += R"({"drained":{"from":"2026-11-23T10:00:00Z","to":"2026-11-23T11:30:00Z"}})";
  bring(batch_from(lines));
  std::vector<std::size_t> sizes;
  while (const auto page = next()) {
    sizes.push_back(page->records.size());
    EXPECT_EQ(page->drained.has_value(), sizes.size() == 3);
    store(*page);
    if (page->drained) break;
  }
  EXPECT_THAT(sizes, testing::ElementsAre(4096, 4096, 1808));
  EXPECT_EQ(told(0).value(), (PushReceipt{10'000, 0, 0, 0}));
  EXPECT_EQ(log_->source("gw").value().covered,
            between("2026-11-23T10:00:00Z", "2026-11-23T11:30:00Z"));
}

TEST_F(PushSourceTest, PullsWhatWaitsAtItsBeginning) {
  bring(batch_from(native_line("one")));
  const auto first = next();
  ASSERT_TRUE(first);
  bring(batch_from(native_line("two")));
  store(*first);
  EXPECT_FALSE(next()) << "what came meanwhile is for the next pull";
  EXPECT_TRUE(source_->has_news());
  ASSERT_TRUE(next());
  store(*next());
  EXPECT_EQ(told(1).value().taken, 1);
}

TEST_F(PushSourceTest, RefusesAStatementThatLeavesAHole) {
  bring(batch_from(R"({"drained":{"from":"2026-11-23T08:00:00Z","to":"2026-11-23T09:00:00Z"}})"));
  store(*next());
  EXPECT_TRUE(told(0));
  bring(batch_from(native_line("one") + "\n" +
                   R"({"drained":{"from":"2026-11-23T10:00:00Z","to":"2026-11-23T11:00:00Z"}})"));
  bring(batch_from(native_line("two")));
  const auto page = next();
  ASSERT_TRUE(page);
  ASSERT_THAT(page->records, SizeIs(1)) << "of the refused batch nothing is taken";
  store(*page);
  EXPECT_EQ(told(1).error().code, ErrorCode::kRefused);
  EXPECT_EQ(told(2).value().taken, 1);
  EXPECT_EQ(log_->source("gw").value().covered,
            between("2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z"));
}

TEST_F(PushSourceTest, StatesNothingThatNobodyStated) {
  bring(batch_from(native_line("one")));
  store(*next());
  EXPECT_FALSE(next(push_noon() + kDay));
  EXPECT_FALSE(log_->source("gw").value().covered);
}

TEST_F(PushSourceTest, StatesByLatenessWhatItListenedTo) {
  remake(Duration{10 * kMinute.us});
  const UtcTime start = push_noon();
  EXPECT_FALSE(next(start));
  EXPECT_FALSE(next(start + Duration{(10 * kMinute.us) - 1}));
  EXPECT_FALSE(next(start + Duration{10 * kMinute.us})) << "nothing lies between yet";
  const auto page = next(start + Duration{15 * kMinute.us});
  ASSERT_TRUE(page);
  EXPECT_THAT(page->records, IsEmpty());
  EXPECT_EQ(page->drained, (Interval{start, start + Duration{5 * kMinute.us}}));
  store(*page);
  EXPECT_FALSE(next(start + Duration{15 * kMinute.us})) << "it is stated once";
}

TEST_F(PushSourceTest, WaitsAgainAfterARestartAndAfterARefusal) {
  const Duration lateness{10 * kMinute.us};
  remake(lateness);
  const UtcTime start = push_noon();
  EXPECT_FALSE(next(start));
  store(*next(start + kHour));
  remake(lateness);
  const UtcTime restart = start + kHour + Duration{4 * kMinute.us};
  EXPECT_FALSE(next(restart)) << "what came to nobody comes again, within its lateness";
  const auto waiting = next(restart + Duration{9 * kMinute.us});
  ASSERT_TRUE(waiting) << "it says that it listens, and states nothing new";
  EXPECT_EQ(waiting->drained, (Interval{start, start + Duration{50 * kMinute.us}}));
  store(*waiting);
  const auto page = next(restart + lateness);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->drained, (Interval{start, restart}));
  inbox_.note_refusal(restart + lateness);
  EXPECT_FALSE(next(restart + lateness + kMinute));
  store(*next(restart + lateness + lateness));
  EXPECT_EQ(log_->source("gw").value().covered, (Interval{start, restart + lateness}));
}

TEST_F(PushSourceTest, StatesNothingOverARequestThatHasNoAnswer) {
  const Duration lateness{10 * kMinute.us};
  remake(lateness);
  const UtcTime start = push_noon();
  EXPECT_FALSE(next(start));
  auto elsewhere = inbox_.make_room("other", 10, start);
  auto room = inbox_.make_room("gw", 10, start + Duration{15 * kMinute.us});
  const auto page = next(start + kHour);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->drained, (Interval{start, start + Duration{5 * kMinute.us}}));
  store(*page);
  EXPECT_FALSE(next(start + kHour + kHour));
  room.reset();
  EXPECT_EQ(next(start + kHour)->drained, (Interval{start, start + Duration{50 * kMinute.us}}));
}

TEST_F(PushSourceTest, ClaimsNoBreakThatSendersMayHaveGivenUpIn) {
  const Duration lateness{10 * kMinute.us};
  remake(lateness);
  const UtcTime start = push_noon() - kDay;
  EXPECT_FALSE(next(start));
  store(*next(start + kHour));
  remake(lateness);
  const UtcTime restart = start + kHour + Duration{11 * kMinute.us};
  EXPECT_FALSE(next(restart));
  EXPECT_FALSE(next(restart + kHour));
  bring(batch_from(native_line("one")));
  store(*next(restart + kHour));
  EXPECT_TRUE(told(0));
  remake(lateness);
  EXPECT_FALSE(next(restart + kHour + kMinute));
  EXPECT_FALSE(next(restart + kHour + kHour)) << "a second start sees the first break";
  // A sender knows what it handed in: it goes on from there.
  bring(batch_from(R"({"drained":{"to":")" + format_time(restart + kHour + kMinute) + "\"}}"));
  store(*next(restart + kHour + kHour));
  EXPECT_TRUE(told(1));
  EXPECT_EQ(next(restart + kHour + kHour)->drained,
            (Interval{start, restart + kHour + Duration{50 * kMinute.us}}));
}

TEST_F(PushSourceTest, StopsWhereNobodyListensAnyMore) {
  remake(Duration{10 * kMinute.us});
  EXPECT_FALSE(next());
  inbox_.fail_listening({ErrorCode::kRefused, "no more connections can be taken"});
  EXPECT_TRUE(source_->has_news());
  const auto page = source_->next(cursor(), push_noon() + kDay, {});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::kRefused) << "it is stopped until a person acts";
}

}  // namespace
}  // namespace tidewaiter
