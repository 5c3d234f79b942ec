#include "policies/linkage/packed_texts.h"

#include <iostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/linkage/block_vector.h"
#include "tests/property/random.h"

namespace tidewaiter {
namespace {

TEST(PackedTexts, GivesEachTextAsItCame) {
  constexpr std::uint64_t kSeed = 20261130;
  std::cout << "seed " << kSeed << "\n";
  Random random(kSeed);
  // Where a length takes a byte more, where a block is full to the byte, and texts that are longer.
  std::vector<std::size_t> lengths{0, 1, 127, 128, 16'383, 16'384, 65'532, 65'533, 65'534, 200'000};
  for (int i = 0; i < 3'000; ++i) lengths.push_back(static_cast<std::size_t>(random.number(0, 60)));
  for (const std::size_t length : {65'536U, 0U, 65'533U, 3U}) lengths.push_back(length);
  PackedTexts texts;
  std::vector<PackedTexts::Place> places;
  std::vector<std::string> expected;
  for (const std::size_t length : lengths) {
    expected.emplace_back(length, static_cast<char>(random.number(0, 255)));
    places.push_back(texts.add(expected.back()));
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    ASSERT_EQ(texts.at(places[i]), expected[i]) << i;
  }
}

TEST(BlockVector, IsAVector) {
  BlockVector<std::uint64_t> numbers;
  EXPECT_TRUE(numbers.empty());
  EXPECT_EQ(numbers.size(), 0U);
  constexpr std::uint64_t kMany = 30'000;  // blocks of 8,192
  for (std::uint64_t i = 0; i < kMany; ++i) {
    numbers.push_back(i * i);
    ASSERT_EQ(numbers.size(), i + 1);
    ASSERT_EQ(numbers.back(), i * i);
  }
  const std::uint64_t* const place = &numbers[10'000];
  numbers[10'000] = 7;
  const BlockVector<std::uint64_t> copy = numbers;
  numbers.emplace_back(1U);
  EXPECT_EQ(&numbers[10'000], place);
  EXPECT_EQ(copy.size(), kMany);
  for (std::uint64_t i = 0; i < kMany; ++i) ASSERT_EQ(copy[i], i == 10'000 ? 7 : i * i);
  numbers.clear();
  EXPECT_TRUE(numbers.empty());
}

}  // namespace
}  // namespace tidewaiter
