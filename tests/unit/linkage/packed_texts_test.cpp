#include "policies/linkage/packed_texts.h"

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/linkage/block_vector.h"
#include "policies/linkage/times_said.h"
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

TEST(PackedTexts, TakeNoMoreThanTheirBlocks) {
  PackedTexts texts(2);
  const std::string half(32'000, 'a');
  std::vector<PackedTexts::Place> places;
  for (int i = 0; i < 4; ++i) places.push_back(texts.add(half));
  EXPECT_THROW((void)texts.add(half), std::length_error);
  // What was there is as it was, and what fits still comes in.
  for (const PackedTexts::Place place : places) ASSERT_EQ(texts.at(place), half);
  EXPECT_EQ(texts.at(texts.add("b")), "b");
  EXPECT_THROW((void)texts.add(half), std::length_error);
}

TEST(PackedTexts, OfACopyStayWhereTheyAre) {
  PackedTexts texts;
  const std::string half(32'000, 'a');
  for (int i = 0; i < 3; ++i) (void)texts.add(half);
  PackedTexts copy = texts;
  const PackedTexts::Place place = copy.add("b");
  const char* const before = copy.at(place).data();
  for (int i = 0; i < 100; ++i) (void)copy.add(std::string(300, 'c'));
  EXPECT_EQ(copy.at(place).data(), before);
  EXPECT_EQ(copy.at(place), "b");
}

TEST(TimesSaid, StayAtTheMost) {
  TimesSaid said(TimesSaid::kMost - 1);
  said.mark();
  said.take_back();
  EXPECT_EQ(said.times(), TimesSaid::kMost - 2);
  for (int i = 0; i < 5; ++i) said.add();
  EXPECT_EQ(said.times(), 2'147'483'647U);  // 2^31 - 1
  EXPECT_TRUE(said.is_marked());
  // How often it was said beyond that nobody knows.
  said.take_back();
  EXPECT_EQ(said.times(), TimesSaid::kMost);
  said.unmark();
  EXPECT_FALSE(said.is_marked());
  EXPECT_EQ(said.times(), TimesSaid::kMost);
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
  EXPECT_EQ(numbers.capacity(), 0U);
}

TEST(BlockVector, HasRoomForABlockMoreAtTheMost) {
  constexpr std::size_t kBlock = BlockVector<std::uint64_t>::kBlock;
  static_assert(kBlock == 8'192);
  for (const std::size_t begun : {1U, 5'000U, 8'192U, 10'000U}) {
    BlockVector<std::uint64_t> numbers;
    for (std::uint64_t i = 0; i < begun; ++i) numbers.push_back(i);
    BlockVector<std::uint64_t> copy = numbers;  // that has room for what is in it alone
    const std::uint64_t* const last = &copy[begun - 1];
    for (std::uint64_t i = begun; i < 30'000; ++i) {
      copy.push_back(i);
      ASSERT_LE(copy.capacity(), copy.size() + kBlock) << begun << ", " << i;
    }
    ASSERT_TRUE(begun <= kBlock || last == &copy[begun - 1]);
    for (std::uint64_t i = 0; i < 30'000; ++i) ASSERT_EQ(copy[i], i);
    ASSERT_EQ(numbers.size(), begun);
    numbers = copy;
    ASSERT_EQ(numbers.size(), 30'000U);
    ASSERT_EQ(numbers.back(), 29'999U);
  }
}

}  // namespace
}  // namespace tidewaiter
