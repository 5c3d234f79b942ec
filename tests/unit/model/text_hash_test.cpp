#include "policies/model/text_hash.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

/// Texts of every size up to 70, of which each differs from another one in a single bit.
std::vector<std::string> near_texts() {
  std::vector<std::string> texts;
  for (std::size_t size = 0; size <= 70; ++size) {
    const std::string text(size, 'a');
    texts.push_back(text);
    for (std::size_t bit = 0; bit < size * 8; ++bit) {
      std::string other = text;
      other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
      texts.push_back(other);
    }
  }
  return texts;
}

TEST(TextHash, GivesEqualTextsOneHash) {
  const TextHash hash;
  const TextHash copy = hash;
  for (const std::string& text : near_texts()) {
    const std::string elsewhere = "x" + text;  // not aligned as the other
    EXPECT_EQ(hash(text), hash(std::string_view(elsewhere).substr(1)));
    EXPECT_EQ(hash(text, 7), copy(text, 7));
  }
}

// 20,000 hashes of 64 bits meet by chance once in 10^11 runs.
TEST(TextHash, TellsTextsApartThatDifferInABit) {
  const TextHash hash;
  std::set<std::uint64_t> seen;
  const std::vector<std::string> texts = near_texts();
  for (const std::string& text : texts) EXPECT_TRUE(seen.insert(hash(text)).second) << text;
  for (std::uint64_t among = 1; among < 100; ++among) {
    EXPECT_TRUE(seen.insert(hash("acct", among)).second) << among;
  }
}

// Two keys agree on no text of some thousands but by chance.
TEST(TextHash, HasAKeyOfItsOwn) {
  const TextHash one;
  const TextHash other;
  std::size_t alike = 0;
  for (const std::string& text : near_texts()) alike += one(text) == other(text) ? 1 : 0;
  EXPECT_EQ(alike, 0U);
}

// Numbered names, as accounts have: of 2^16 in 2^16 places a third is empty, 1/e by chance, which
// is 24,109 with a standard deviation below 100.
TEST(TextHash, SpreadsNumberedNamesOverATable) {
  const TextHash hash;
  constexpr std::size_t kPlaces = 1U << 16U;
  for (const unsigned shift : {0U, 16U, 32U, 48U}) {
    std::vector<bool> taken(kPlaces);
    std::size_t empty = kPlaces;
    for (std::size_t i = 0; i < kPlaces; ++i) {
      const std::size_t place = (hash("acct-" + std::to_string(i)) >> shift) % kPlaces;
      empty -= taken[place] ? 0 : 1;
      taken[place] = true;
    }
    EXPECT_NEAR(static_cast<double>(empty), 24'109.0, 800.0) << shift;
  }
}

}  // namespace
}  // namespace tidewaiter
