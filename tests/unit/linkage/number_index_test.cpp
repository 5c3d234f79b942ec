// The index against a map, with so few hashes that numbers meet all the time.

#include "policies/linkage/number_index.h"

#include <iostream>
#include <map>
#include <random>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

std::uint64_t clustered_hash(std::uint32_t number) {
  return number % 7 + (std::uint64_t{number % 3} << 57);
}

TEST(NumberIndex, FindsWhatIsInItAndNothingElse) {
  constexpr unsigned kSeed = 20261129;
  std::cout << "seed " << kSeed << "\n";
  std::mt19937 random(kSeed);
  NumberIndex index;
  std::map<std::uint32_t, bool> in;
  const auto list = [&](const auto& put) {
    for (const auto& [number, is_in] : in) {
      if (is_in) put(clustered_hash(number), number);
    }
  };
  for (int i = 0; i < 20'000; ++i) {
    const auto number = static_cast<std::uint32_t>(random() % 60);
    const std::uint32_t found =
        index.find(clustered_hash(number), [&](std::uint32_t one) { return one == number; });
    ASSERT_EQ(found, in[number] ? number : NumberIndex::kNone) << i;
    if (in[number]) {
      index.remove(clustered_hash(number), number, clustered_hash);
    } else {
      index.add(clustered_hash(number), number, list);
    }
    in[number] = !in[number];
  }
}

}  // namespace
}  // namespace tidewaiter
