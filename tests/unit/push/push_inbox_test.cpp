// Batches between those who bring them and the one who stores them.
#include "daemon/sources/push/push_inbox.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "push_scene.h"

namespace tidewaiter {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

PushBatch batch_of(std::size_t records) {
  PushBatch batch;
  batch.records.resize(records);
  return batch;
}

TEST(PushInbox, HasRoomForSoManyBytes) {
  PushInbox inbox(100, {});
  auto first = inbox.make_room("gw", 60, push_noon());
  ASSERT_TRUE(first);
  EXPECT_FALSE(inbox.last_refusal());
  EXPECT_FALSE(inbox.make_room("gw", 41, push_noon()));
  EXPECT_EQ(inbox.last_refusal(), push_noon());
  {
    const auto second = inbox.make_room("gw", 40, push_noon());
    EXPECT_TRUE(second);
    EXPECT_FALSE(inbox.make_room("gw", 1, push_noon()));
  }
  first->shrink_to(10);
  first->shrink_to(50);  // it does not grow again
  EXPECT_TRUE(inbox.make_room("gw", 90, push_noon()));
  first.reset();
  EXPECT_TRUE(inbox.make_room("gw", 1000, push_noon())) << "an empty one takes any one body";
}

TEST(PushInbox, SaysWhatBecameOfABatch) {
  std::atomic<int> woken{0};
  PushInbox inbox(100, [&woken] { ++woken; });
  Result<PushReceipt> told = fail(ErrorCode::kUndefined, "");
  std::jthread sender([&] { told = inbox.deliver("gw", batch_of(3), minutes(1), push_noon); });
  while (inbox.waiting("gw") == 0) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_EQ(inbox.waiting("other"), 0U);
  EXPECT_EQ(inbox.first("other"), nullptr);
  ASSERT_NE(inbox.first("gw"), nullptr);
  EXPECT_EQ(inbox.first("gw")->records.size(), 3U);
  inbox.end_first("gw", PushReceipt{2, 0, 1, 0});
  sender.join();
  EXPECT_EQ(woken, 1);
  ASSERT_TRUE(told);
  EXPECT_EQ(*told, (PushReceipt{2, 0, 1, 0}));
  EXPECT_EQ(inbox.waiting("gw"), 0U);
}

TEST(PushInbox, ForgetsABatchThatNobodyBeganToStore) {
  PushInbox inbox(100, {});
  const auto told = inbox.deliver("gw", batch_of(1), milliseconds(5), push_noon);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(inbox.waiting("gw"), 0U);
  EXPECT_EQ(inbox.last_refusal(), push_noon());
}

TEST(PushInbox, NotesARefusalAtItsEndAndNeverBack) {
  PushInbox inbox(100, {});
  inbox.note_refusal(push_noon());
  inbox.note_refusal(push_noon() - kHour);
  EXPECT_EQ(inbox.last_refusal(), push_noon());
  const auto later = [asked = push_noon()]() mutable { return asked = asked + kMinute; };
  EXPECT_FALSE(inbox.deliver("gw", batch_of(1), milliseconds(5), later));
  EXPECT_EQ(inbox.last_refusal(), push_noon() + kMinute) << "asked once, at the end";
}

TEST(PushInbox, KnowsTheOldestRequestThatHasNoAnswer) {
  PushInbox inbox(100, {});
  EXPECT_FALSE(inbox.oldest_open("gw"));
  auto second = inbox.make_room("gw", 1, push_noon() + kMinute);
  auto first = inbox.make_room("gw", 1, push_noon());
  EXPECT_EQ(inbox.oldest_open("gw"), push_noon());
  EXPECT_FALSE(inbox.oldest_open("other"));
  first.reset();
  EXPECT_EQ(inbox.oldest_open("gw"), push_noon() + kMinute);
  second.reset();
  EXPECT_FALSE(inbox.oldest_open("gw"));
}

TEST(PushInbox, SendsAwayWhoWaitsForASourceThatIsGone) {
  PushInbox inbox(100, {});
  Result<PushReceipt> told = PushReceipt{};
  std::jthread sender([&] { told = inbox.deliver("gw", batch_of(1), minutes(10), push_noon); });
  while (inbox.waiting("gw") == 0) std::this_thread::sleep_for(milliseconds(1));
  ASSERT_NE(inbox.first("gw"), nullptr) << "storing had begun";
  inbox.keep_sources({"gw"});
  EXPECT_EQ(inbox.waiting("gw"), 1U);
  inbox.keep_sources({"other"});
  sender.join();
  EXPECT_EQ(told.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(inbox.waiting("gw"), 0U);
  inbox.end_first("gw", PushReceipt{});  // whoever had begun it comes too late
}

TEST(PushInbox, KeepsABatchThatIsBeingStored) {
  PushInbox inbox(100, {});
  std::jthread source([&] {
    while (inbox.first("gw") == nullptr) std::this_thread::sleep_for(milliseconds(1));
  });
  EXPECT_FALSE(inbox.deliver("gw", batch_of(1), milliseconds(100), push_noon));
  source.join();
  ASSERT_EQ(inbox.waiting("gw"), 1U);
  inbox.end_first("gw", PushReceipt{});
  EXPECT_EQ(inbox.waiting("gw"), 0U);
}

TEST(PushInbox, SendsAllAwayWhenItCloses) {
  PushInbox inbox(100, {});
  Result<PushReceipt> told = PushReceipt{};
  std::jthread sender([&] { told = inbox.deliver("gw", batch_of(1), minutes(10), push_noon); });
  while (inbox.waiting("gw") == 0) std::this_thread::sleep_for(milliseconds(1));
  inbox.close();
  sender.join();
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().message, "the daemon is stopping");
  EXPECT_FALSE(inbox.make_room("gw", 1, push_noon()));
  EXPECT_FALSE(inbox.deliver("gw", batch_of(1), minutes(10), push_noon));
}

}  // namespace
}  // namespace tidewaiter
