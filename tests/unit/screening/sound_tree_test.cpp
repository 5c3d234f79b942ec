#include "policies/screening/sound_tree.h"

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/screening/word_likeness.h"

namespace tidewaiter {
namespace {

std::set<std::string_view> near(const std::vector<std::string_view>& sounds,
                                std::string_view wanted, Score least) {
  std::vector<std::uint32_t> places;
  SoundTree(sounds).find_near(wanted, least, places);
  std::set<std::string_view> found;
  for (const std::uint32_t place : places) found.insert(sounds[place]);
  return found;
}

// Of six letters 0.85 allows a cost of 1.27: one consonant of no class, or two letters in the other
// order; of four letters it allows another vowel (0.6) and not a consonant more (1).
TEST(SoundTree, FindsSoundsThatDifferByLittle) {
  EXPECT_THAT(near({"putin", "rasputin", "pitin", "tupin"}, "putin", 850'000),
              testing::IsSupersetOf({"putin", "pitin"}));
  EXPECT_THAT(near({"martin", "matrin", "marzin", "xxxxxx"}, "martin", 850'000),
              testing::ElementsAre("martin", "marzin", "matrin"));
  EXPECT_THAT(near({"kuba", "kubara"}, "kuba", 850'000), testing::ElementsAre("kuba"));
}

TEST(SoundTree, SoundsThatAreNotComparedFindThemselves) {
  const std::string longest(41, 'k');
  EXPECT_THAT(near({"", longest, "a"}, longest, 700'000), testing::ElementsAre(longest));
  EXPECT_THAT(near({"", longest, "a"}, "", 700'000), testing::ElementsAre(""));
}

TEST(SoundTree, LosesNoneOfThoseThatAreAlike) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto sound = [&random] {
    // Few letters, so that many sounds are near: vowels, one class, others, and bytes of UTF-8.
    static constexpr std::string_view kLetters = "aiuhtdkgSCm1\xC4\x83";
    std::string text;
    for (std::size_t n = 1 + random() % 11; n > 0; --n) {
      const std::size_t letters = random() % 8 == 0 ? kLetters.size() : 5;
      text += kLetters[random() % letters];
    }
    return text;
  };
  std::set<std::string> distinct;
  while (distinct.size() < 4'000) distinct.insert(sound());
  const std::vector<std::string_view> sounds(distinct.begin(), distinct.end());
  const SoundTree tree(sounds);
  std::size_t alike = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string wanted = sound();
    for (const Score least : {1, 700'000, 850'000, 950'000}) {
      std::vector<std::uint32_t> places;
      tree.find_near(wanted, least, places);
      const std::set<std::uint32_t> found(places.begin(), places.end());
      for (std::uint32_t place = 0; place < sounds.size(); ++place) {
        if (sound_likeness(wanted, sounds[place]) < least) continue;
        ++alike;
        ASSERT_TRUE(found.contains(place)) << wanted << " and " << sounds[place];
      }
    }
  }
  EXPECT_GT(alike, 1'000U);
}

}  // namespace
}  // namespace tidewaiter
