#include "policies/engine/packed_samples.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <random>
#include <sstream>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "policies/engine/accumulators.h"
#include "policies/engine/held_memory.h"
#include "policies/engine/state_archive.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();

auto parts_of(const Sample& sample) {
  return std::tuple(sample.time, sample.seq, sample.weight, sample.key,
                    std::bit_cast<std::uint64_t>(sample.number), sample.group);
}

std::vector<Sample> samples_of(const PackedSamples& packed) {
  std::vector<Sample> samples;
  packed.append_to(samples);
  return samples;
}

bool are_the_same(const std::vector<Sample>& a, const std::vector<Sample>& b) {
  return std::ranges::equal(a, b, {}, parts_of, parts_of);
}

std::int64_t any_of(std::mt19937_64& random, std::vector<std::int64_t> values) {
  return values[random() % values.size()];
}

/// Times from few milliseconds apart to the ends of what there is, values of every kind.
Sample any_sample(std::mt19937_64& random, std::int64_t seq) {
  Sample sample;
  const auto near = static_cast<std::int64_t>(random() % 1'000);
  sample.time = any_of(random, {near, near * 1'000, near * 1'000'000, -near, kLeast, kGreatest});
  sample.seq = seq;
  sample.weight = any_of(random, {1, 1, 0, 7, kGreatest});
  sample.key = any_of(random, {0, 5, -5, kLeast, kGreatest});
  if (random() % 3 == 0) {
    const std::vector<double> numbers = {0.0, -0.0, 1.5, -1e300,
                                         std::numeric_limits<double>::denorm_min()};
    sample.number = numbers[random() % numbers.size()];
    if (random() % 2 == 0) sample.key = key_of(sample.number);
  }
  sample.group = any_of(random, {0, 0, 3, kLeast});
  return sample;
}

TEST(PackedSamples, GiveBackWhatASortedListHolds) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    PackedSamples packed;
    std::vector<Sample> plain;
    const auto place = [](const Sample& one) { return std::tie(one.time, one.seq); };
    for (std::int64_t seq = 1; seq <= 120; ++seq) {
      if (!plain.empty() && random() % 4 == 0) {
        const auto gone = plain.begin() + static_cast<std::ptrdiff_t>(random() % plain.size());
        packed.remove(gone->time, gone->seq);
        plain.erase(gone);
      } else {
        const Sample sample = any_sample(random, random() % 2 == 0 ? seq : -seq);
        packed.add(sample);
        plain.insert(std::ranges::lower_bound(plain, place(sample), {}, place), sample);
      }
      ASSERT_EQ(packed.size(), plain.size());
      ASSERT_EQ(packed.empty(), plain.empty());
      ASSERT_TRUE(are_the_same(samples_of(packed), plain));
    }
    packed.clear();
    EXPECT_TRUE(packed.empty());
    plain.clear();
    for (std::int64_t seq = 1; seq <= 5; ++seq) {  // in the room of those that were there
      const Sample sample = any_sample(random, seq);
      packed.add(sample);
      plain.insert(std::ranges::lower_bound(plain, place(sample), {}, place), sample);
    }
    EXPECT_TRUE(are_the_same(samples_of(packed), plain));
  }
}

TEST(PackedSamples, LeaveTheRestWhereNoneIsOfThePlace) {
  PackedSamples packed;
  packed.remove(1, 1);
  packed.add({10, 1, 1, 2, 0.0, 0});
  packed.remove(10, 2);
  packed.remove(11, 1);
  EXPECT_EQ(packed.size(), 1U);
}

TEST(PackedSamples, StopWhereTheVisitorHasEnough) {
  PackedSamples packed;
  for (std::int64_t seq = 1; seq <= 5; ++seq) packed.add({seq, seq, 1, 0, 0.0, 0});
  std::vector<std::int64_t> seen;
  packed.each([&seen](const Sample& sample) {
    seen.push_back(sample.seq);
    return seen.size() < 3;
  });
  EXPECT_EQ(seen, (std::vector<std::int64_t>{1, 2, 3}));
  seen.clear();
  packed.each_back([&seen](const Sample& sample) {
    seen.push_back(sample.seq);
    return seen.size() < 2;
  });
  EXPECT_EQ(seen, (std::vector<std::int64_t>{5, 4}));
}

TEST(PackedSamples, ComeBackFromASnapshot) {
  PackedSamples packed;
  for (std::int64_t seq = 9; seq > 0; --seq) packed.add({seq * 7, seq, seq, -seq, 0.5, seq});
  std::stringstream bytes;
  {
    StateWriter writer(bytes);
    writer(packed, PackedSamples());
  }
  PackedSamples back;
  PackedSamples none;
  none.add({1, 1, 1, 1, 0.0, 0});
  {
    StateReader reader(bytes);
    reader(back, none);
  }
  EXPECT_TRUE(are_the_same(samples_of(back), samples_of(packed)));
  EXPECT_TRUE(none.empty());
  back.add({1, 10, 1, 0, 0.0, 0});
  EXPECT_EQ(samples_of(back).front().seq, 10);
}

// A request a second with a number below 64: 32 bytes for the list, and of each a byte of parts,
// one of the value and one of its length, up to three of its second and three of its number; a
// quarter of room beyond, in steps of 16.
TEST(PackedSamples, TakeFewBytes) {
  PackedSamples packed;
  for (std::int64_t seq = 0; seq < 10'000; ++seq) {
    packed.add({seq * 1'000'000, seq, 1, seq % 64, 0.0, 0});
  }
  HeldMemory memory;
  memory(packed);
  EXPECT_LE(memory.bytes(), (32 + 10'000 * 9) * 5 / 4 + 16);
}

}  // namespace
}  // namespace tidewaiter
