#include "policies/screening/screened_list.h"

#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;

constexpr Interval kAllTime{{INT64_MIN}, {INT64_MAX}};

ListedParty party(std::string name, std::vector<std::string> aliases = {}) {
  return {std::move(name), std::move(aliases), {}, {}, kAllTime};
}

std::shared_ptr<const ScreenedList> list_of(std::vector<ListedParty> parties) {
  return ScreenedList::make("csl", std::move(parties)).value();
}

TEST(ScreenedList, GivesOfEachPartyTheNameThatIsMostAlike) {
  const auto list = list_of({party("Acme Trading", {"Martha King", "Marhta King"}),
                             party("King Martha"), party("Nobody")});
  for (const NameLookup how : {NameLookup::kIndex, NameLookup::kScan}) {
    const auto hits = list->find(name_form("martha king").value(), 900'000, how);
    ASSERT_THAT(hits, ElementsAre(NameHit{0, 1, kSameName}, NameHit{1, 0, kSameName}));
    EXPECT_EQ(list->text_of(hits[0]), "Martha King");
    EXPECT_EQ(list->text_of(hits[1]), "King Martha");
  }
}

TEST(ScreenedList, RefusesNamesThatSayNothing) {
  const auto made = ScreenedList::make("csl", {party("Acme", {"Beta", "***"})});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, testing::StartsWith("`***`: "));
}

TEST(ScreenedList, ItsDigestIsThatOfAllItSays) {
  const Digest plain = list_of({party("Acme")})->digest();
  EXPECT_EQ(list_of({party("Acme")})->digest(), plain);
  EXPECT_NE(list_of({party("ACME")})->digest(), plain);
  EXPECT_NE(list_of({party("Acme", {"A"})})->digest(), plain);
  ListedParty one = party("Acme");
  one.countries = {"SY"};
  EXPECT_NE(list_of({one})->digest(), plain);
  one = party("Acme");
  one.identifiers = {"SY"};
  EXPECT_NE(list_of({one})->digest(), plain);
  one = party("Acme");
  one.during.to = {0};
  EXPECT_NE(list_of({one})->digest(), plain);
}

/// Words of few letters, so that many names are nearly alike.
class Names {
 public:
  explicit Names(std::uint32_t seed) : random_(seed) {
    for (int i = 0; i < 25; ++i) words_.push_back(fresh_word());
  }
  std::string name() {
    std::string text;
    for (std::size_t n = 1 + random_() % 4; n > 0; --n) {
      text += text.empty() ? "" : random_() % 8 == 0 ? "-" : " ";
      text += random_() % 10 == 0 ? fresh_word() : spoilt(words_[random_() % words_.size()]);
    }
    return text;
  }
  std::size_t number() { return random_(); }

 private:
  std::string fresh_word() {
    std::string text;
    for (std::size_t n = 1 + random_() % 9; n > 0; --n) {
      text += static_cast<char>('a' + random_() % 7);
    }
    return text;
  }
  std::string spoilt(std::string word) {
    if (random_() % 5 == 0) word[random_() % word.size()] = 'x';
    if (random_() % 6 == 0) word += 's';
    return word;
  }

  std::mt19937 random_;
  std::vector<std::string> words_;
};

TEST(ScreenedList, TheIndexLosesNothing) {
  std::size_t found = 0;
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    Names names(seed);
    std::vector<ListedParty> parties;
    for (int i = 0; i < 120; ++i) {
      parties.push_back(party(names.name()));
      while (names.number() % 3 == 0) parties.back().aliases.push_back(names.name());
    }
    const auto list = list_of(parties);
    for (int i = 0; i < 25; ++i) {
      const std::string text = names.name();
      const NameForm form = name_form(text).value();
      for (const Score least : {1, 500'000, 700'000, 800'000, 900'000, 999'999, 1'000'000}) {
        const auto hits = list->find(form, least, NameLookup::kIndex);
        ASSERT_EQ(hits, list->find(form, least, NameLookup::kScan))
            << "seed " << seed << ", `" << text << "` at " << least;
        if (least == 800'000) found += hits.size();
      }
    }
  }
  EXPECT_GT(found, 60U) << "the lists are too unlike to show anything";
}

}  // namespace
}  // namespace tidewaiter
