// Zero revisions of what a source has no longer, and what the log says of figures that were final.
#include "storage/records/reread.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "log_fixture.h"
#include "storage/records/erase_records.h"
#include "storage/records/figures.h"
#include "storage/records/own_records.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;

Record final_request(int number, UtcTime time, std::int64_t tokens = 1) {
  Record record = request(number, time, tokens);
  record.completeness = Completeness::kFinal;
  return record;
}

/// A page of nothing that says which records of Monday there still are.
Page reread_of(const std::vector<Record>& rows) {
  Page page = page_of({}, "reread");
  page.closes = true;
  page.reread.emplace();
  page.reread->window = {kMonday, kMonday + kDay};
  for (const Record& row : rows) page.reread->rows.emplace_back(row.id, row.time);
  page.reread->of = [](const Record&) { return std::optional(Completeness::kFinal); };
  return page;
}

using RereadLogTest = RecordLogTest;

TEST_F(RereadLogTest, WhatIsGoneComesAheadOfThePagesRecordsAndCountsAsARevision) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday), request(2, kMonday)}), kNow));
  Page page = reread_of({request(1, kMonday)});
  page.closes = false;
  page.records = {request(3, kMonday)};
  page.drained = Interval{kMonday, kMonday + kDay};
  page.reread->rows.emplace_back(request(3, kMonday).id, kMonday);
  const PageReceipt receipt = log->append(page, kNow).value();
  EXPECT_EQ(receipt.vanished, 1);
  EXPECT_EQ(receipt.revised, 1);
  EXPECT_EQ(receipt.added, 1);
  EXPECT_EQ(receipt.first_seq, 3);
  EXPECT_EQ(receipt.last_seq, 5);
  const auto entries = read_all(*log);
  ASSERT_EQ(entries.size(), 5U);
  const Record& gone = std::get<Record>(entries[2].body);
  EXPECT_TRUE(is_vanished(gone));
  EXPECT_EQ(gone.id, request(2, kMonday).id);
  EXPECT_EQ(entries[2].replaces->seq, 2);
  EXPECT_TRUE(std::holds_alternative<Control>(entries[4].body));
  EXPECT_EQ(log->source("gw")->cursor, "reread");
  EXPECT_TRUE(log->check());
}

TEST_F(RereadLogTest, WhatLiesOutsideTheWindowOrIsOfAnotherSourceStays) {
  const auto log = open();
  Page other = page_of({request(9, kMonday)});
  other.source = "other";
  ASSERT_TRUE(log->append(other, kNow));
  ASSERT_TRUE(
      log->append(page_of({request(1, kMonday - Duration{1}), request(2, kMonday + kDay)}), kNow));
  EXPECT_EQ(log->append(reread_of({}), kNow)->vanished, 0);
}

TEST_F(RereadLogTest, WhatIsNotOfWhatWasReadStays) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday), request(2, kMonday)}), kNow));
  Page page = reread_of({});
  page.reread->of = [](const Record& record) -> std::optional<Completeness> {
    if (record.id == request(1, kMonday).id) return std::nullopt;
    return Completeness::kSettling;
  };
  EXPECT_EQ(log->append(page, kNow)->vanished, 1);
  EXPECT_EQ(std::get<Record>(log->entry(3)->body).completeness, Completeness::kSettling);
}

TEST_F(RereadLogTest, MoreThanAPageIsGoneAtOnce) {
  const auto log = open();
  std::vector<Record> first;
  std::vector<Record> second;
  for (int i = 0; i < static_cast<int>(kMaxPageRecords); ++i) {
    first.push_back(final_request(i, kMonday));
    second.push_back(final_request(i, kMonday + kHour));
    second.back().id = sha256("second " + std::to_string(i));
  }
  ASSERT_TRUE(log->append(page_of(std::move(first)), kNow));
  ASSERT_TRUE(log->append(page_of(std::move(second)), kNow));
  const PageReceipt receipt = log->append(reread_of({}), kNow).value();
  constexpr auto kAll = static_cast<std::int64_t>(2 * kMaxPageRecords);
  EXPECT_EQ(receipt.vanished, kAll);
  EXPECT_EQ(receipt.after_close, kAll);
  EXPECT_EQ(receipt.last_seq, 3 * kAll);  // as many that say so
  EXPECT_TRUE(log->check());
  EXPECT_EQ(log->append(reread_of({}), kNow)->revised, 0);
}

TEST_F(RereadLogTest, WhoWasErasedIsNotGone) {
  Record of_a = request(1, kMonday);
  set_value(of_a, *find_field("account"), std::string("canary-account-a"));
  const LogOffset judged = [&] {
    const auto log = open();
    EXPECT_TRUE(log->append(page_of({of_a, request(2, kMonday)}), kNow));
    return log->head().value();
  }();
  const SubjectPart part{*find_field("account"), "gw", "canary-account-a"};
  ASSERT_TRUE(erase_records(path_, {part, 7, judged}, kNow));
  const auto log = open();
  EXPECT_EQ(log->append(reread_of({}), kNow)->vanished, 1) << "the other one alone";
}

TEST_F(RereadLogTest, OfWhatRetentionDroppedNothingIsSaid) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({request(1, kMonday)}), kNow));
  ASSERT_TRUE(log->drop_before(kMonday + kDay, kNow));
  EXPECT_EQ(log->append(reread_of({}), kNow)->vanished, 0);
}

TEST_F(RereadLogTest, ASourceThatDoesNotCloseSaysNothingOfItsChanges) {
  const auto log = open();
  ASSERT_TRUE(log->append(page_of({final_request(1, kMonday, 10)}), kNow));
  EXPECT_EQ(log->append(page_of({final_request(1, kMonday, 11)}), kNow)->after_close, 0);
  Page closing = page_of({final_request(1, kMonday, 12)});
  closing.closes = true;
  EXPECT_EQ(log->append(closing, kNow)->after_close, 1);
  const Record notice = std::get<Record>(log->entry(4)->body);
  EXPECT_EQ(notice.source, kOwnSource);
  EXPECT_EQ(std::get<std::string>(field_value(notice, *find_field("status"))),
            "2026-11-23T00:00:00Z to 2026-11-23T00:00:00Z: output_tokens 11 became 12, "
            "entry 2 became 3");
}

TEST_F(RereadLogTest, WhatTheLogRemembersOfItsOwnSourceStays) {
  const auto log = open();
  Page own;
  own.source = kOwnSource;
  own.kind = RecordKind::kAudit;
  own.records = {gap_of_source("gw", kMonday, kNow, "away")};
  own.cursor = "remembered";
  ASSERT_TRUE(log->append(own, kNow));
  Page page = page_of({final_request(1, kMonday, 10)});
  page.closes = true;
  ASSERT_TRUE(log->append(page, kNow));
  page.records = {final_request(1, kMonday, 11)};
  ASSERT_EQ(log->append(page, kNow)->after_close, 1);
  EXPECT_EQ(log->source(std::string(kOwnSource))->cursor, "remembered");
}

TEST(Figures, AreWhatARecordCountsAndNotWhatItIsAbout) {
  Record before = request(1, kMonday, 10);
  before.requests = 3;
  set_value(before, *find_field("cost"), std::int64_t{1'500'000'000});
  set_value(before, *find_field("request.max_tokens"), std::int64_t{100});
  Record after = before;
  set_value(after, *find_field("project"), std::string("p2"));
  set_value(after, *find_field("request.max_tokens"), std::int64_t{200});
  EXPECT_TRUE(changed_figures(before, after).empty());
  set_value(after, *find_field("cost"), std::int64_t{2'000'000'000});
  set_value(after, *find_field("output_tokens"), {});
  std::vector<std::string> told;
  for (const FigureChange& one : changed_figures(before, after)) {
    told.push_back(one.name + " " + one.before + " " + one.after);
  }
  EXPECT_THAT(told, ElementsAre("output_tokens 10 none", "cost 1.5 USD 2 USD"));

  const Record zero = zero_revision(before);
  EXPECT_TRUE(is_vanished(zero));
  EXPECT_FALSE(is_vanished(before));
  EXPECT_EQ(zero.requests, 0);
  EXPECT_EQ(field_value(zero, *find_field("cost")), Value(std::int64_t{0}));
  EXPECT_EQ(field_value(zero, *find_field("request.max_tokens")), Value(std::int64_t{100}));
}

}  // namespace
}  // namespace tidewaiter
