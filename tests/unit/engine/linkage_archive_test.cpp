// What linkage keeps, through an archive and on: parts with numbers that are free, and blocks that
// grow after they were read.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "policies/engine/state_archive.h"
#include "policies/linkage/block_vector.h"
#include "policies/linkage/co_actions.h"
#include "policies/linkage/held_values.h"
#include "policies/linkage/linker.h"
#include "policies/linkage/packed_texts.h"
#include "tests/property/random.h"

namespace tidewaiter {
namespace {

/// Reads into `to` what is written of `from`.
template <class Part>
void carry_over(Part& from, Part& to) {
  std::stringstream bytes;
  {
    StateWriter writer(bytes);
    writer(from);
  }
  StateReader reader(bytes);
  reader(to);
}

TEST(LinkageArchive, BlocksGrowAsTheyDid) {
  constexpr std::size_t kBlock = BlockVector<std::uint64_t>::kBlock;
  for (const std::size_t begun : {0U, 3U, 5'000U, 8'192U, 10'000U}) {
    BlockVector<std::uint64_t> numbers;
    for (std::uint64_t i = 0; i < begun; ++i) numbers.push_back(i);
    BlockVector<std::uint64_t> read;
    carry_over(numbers, read);
    ASSERT_EQ(read.size(), begun);
    const std::uint64_t* const last = begun > kBlock ? &read[begun - 1] : nullptr;
    for (std::uint64_t i = begun; i < 30'000; ++i) {
      read.push_back(i);
      ASSERT_LE(read.capacity(), read.size() + kBlock) << begun << ", " << i;
    }
    ASSERT_TRUE(last == nullptr || last == &read[begun - 1]);
    for (std::uint64_t i = 0; i < 30'000; ++i) ASSERT_EQ(read[i], i);
  }
}

TEST(LinkageArchive, TextsStayWhereTheyAre) {
  const std::string half(32'000, 'a');
  PackedTexts texts;
  std::vector<PackedTexts::Place> places;
  for (int i = 0; i < 3; ++i) places.push_back(texts.add(half));
  PackedTexts read;
  carry_over(texts, read);
  const char* const before = read.at(places[2]).data();
  for (int i = 0; i < 90; ++i) places.push_back(read.add(std::string(300, 'c')));
  EXPECT_EQ(read.at(places[2]).data(), before);
  for (int i = 0; i < 200; ++i) places.push_back(read.add(std::string(300, 'c')));
  for (std::size_t i = 0; i < places.size(); ++i) {
    ASSERT_EQ(read.at(places[i]), i < 3 ? half : std::string(300, 'c')) << i;
  }
}

TEST(LinkageArchive, HoldingsThatAreFreeAreTakenAgain) {
  HeldValues held;
  const std::uint32_t kind = held.kind_number({});
  std::vector<HoldingNumber> holdings;
  const auto hold = [&](HeldValues& by, int account, int value) {
    return by.add(by.account("s", "a" + std::to_string(account)),
                  by.value(kind, "v" + std::to_string(value)), [] {});
  };
  for (int i = 0; i < 3'000; ++i) holdings.push_back(hold(held, i % 100, i % 999));
  for (int i = 0; i < 3'000; i += 3) held.remove(holdings[static_cast<std::size_t>(i)]);
  HeldValues read;
  carry_over(held, read);
  // Both go on alike, beyond a block of holdings (2,048), of values (4,096) and of accounts.
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_EQ(hold(read, i % 5'000, i % 7'001), hold(held, i % 5'000, i % 7'001)) << i;
  }
  ASSERT_EQ(read.accounts(), held.accounts());
  ASSERT_EQ(read.values(), held.values());
  for (ValueNumber value = 0; value < held.values(); ++value) {
    ASSERT_EQ(read.text(value), held.text(value));
    std::vector<AccountNumber> before;
    std::vector<AccountNumber> after;
    held.each_holder(value, [&](AccountNumber account) { before.push_back(account); });
    read.each_holder(value, [&](AccountNumber account) { after.push_back(account); });
    ASSERT_EQ(after, before);
  }
}

/// Requests of six accounts within a week, versions of them, and what retention drops.
class Requests {
 public:
  explicit Requests(std::uint64_t seed) : random_(seed) {}

  LogEntry next() {
    LogEntry entry;
    entry.seq = ++seq_;
    if (random_.chance(1)) {
      before_ = std::max(before_, UtcTime{random_.number(0, 3) * kDay.us});
      stored_.clear();
      entry.body = Control{RecordsDropped{before_}};
      return entry;
    }
    Record record;
    record.kind = RecordKind::kUsage;
    record.source = "s";
    // All in six hours of a day: runs form, join and part, and some slots are crowded.
    record.time = UtcTime{random_.number(0, 6) * kDay.us + random_.number(0, 11) * kHour.us / 2};
    set_value(record, *find_field("account"),
              std::string(1, static_cast<char>(random_.number('a', 'f'))));
    set_value(record, *find_field("client.address"),
              "192.0.2." + std::to_string(random_.number(1, 200)));
    if (!stored_.empty() && random_.chance(30)) {
      const auto last = static_cast<std::int64_t>(stored_.size()) - 1;
      Record& old = stored_[static_cast<std::size_t>(random_.number(0, last))];
      record.revision = old.revision + 1;
      entry.replaces = ReplacedRecord{1, old};
      old = record;
    } else {
      stored_.push_back(record);
    }
    entry.body = std::move(record);
    return entry;
  }

 private:
  Random random_;
  std::vector<Record> stored_;
  UtcTime before_{0};
  std::int64_t seq_ = 0;
};

Linkage steps_and_addresses() {
  LockstepLink steps;
  steps.slot = Duration{30 * kMinute.us};
  steps.over = Duration{7 * kDay.us};
  steps.at_least = 4;
  steps.percent = 15;
  steps.at_most = 4;
  Link address;
  address.field = *find_field("client.address");
  address.at_most = 3;
  address.window = kDay;
  Linkage linkage{{address}, 0, {steps}};
  linkage.links[0].weight = 3;
  linkage.lockstep[0].weight = 6;
  linkage.threshold = 5;
  return linkage;
}

TEST(LinkageArchive, WhoIsInStepGoesOnAsItWould) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Requests requests(seed);
    Linker linker(steps_and_addresses());
    std::size_t moves = 0;
    for (int part = 0; part < 6; ++part) {
      Linker read(steps_and_addresses());
      carry_over(linker, read);
      for (int i = 0; i < 100; ++i) {
        const LogEntry entry = requests.next();
        const std::vector<ClusterMove> want = linker.take(entry);
        ASSERT_EQ(read.take(entry), want) << "seed " << seed << ", entry " << entry.seq;
        ASSERT_EQ(read.lockstep_counts(), linker.lockstep_counts()) << "seed " << seed;
        moves += want.size();
      }
      linker = std::move(read);
    }
    ASSERT_GT(moves, 0U) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tidewaiter
