#include "policies/screening/party_index.h"

#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr NameLookup kBothLookups[] = {NameLookup::kIndex, NameLookup::kScan};

std::vector<PartyHit> hits_of(const PartyIndex& index, std::string_view name,
                              std::optional<PartyKind> kind, NameLookup how) {
  return PartySearch(index).find(name, kind, 900'000, how).value();
}

TEST(PartyIndex, GivesOfEachPartyTheFirstOfItsLikestNames) {
  const PartyName names[] = {{0, 0, false, PartyKind::kPerson, "Acme Trading"},
                             {0, 1, false, PartyKind::kPerson, "Martha King"},
                             {0, 2, false, PartyKind::kPerson, "KING, Martha"},
                             {4, 0, false, PartyKind::kPerson, "Nobody"},
                             {7, 3, false, PartyKind::kPerson, "King Martha"}};
  const PartyIndex index(names);
  for (const NameLookup how : kBothLookups) {
    EXPECT_THAT(hits_of(index, "martha king", std::nullopt, how),
                ElementsAre(PartyHit{0, 1, false, PartyKind::kPerson, kSameName},
                            PartyHit{7, 3, false, PartyKind::kPerson, kSameName}));
    EXPECT_THAT(hits_of(index, "martha king", PartyKind::kOrganisation, how), IsEmpty());
  }
}

TEST(PartyIndex, AWeakNameStandsBesideTheOthersWhereItSaysMore) {
  const PartyName names[] = {{0, 0, false, PartyKind::kPerson, "Martha Kingh"},
                             {0, 1, true, PartyKind::kPerson, "Martha King"},
                             {1, 0, false, PartyKind::kPerson, "Martha King"},
                             {1, 1, true, PartyKind::kPerson, "Martha King"},
                             {2, 0, true, PartyKind::kPerson, "Martha King"}};
  const PartyIndex index(names);
  for (const NameLookup how : kBothLookups) {
    const auto hits = hits_of(index, "Martha King", std::nullopt, how);
    ASSERT_EQ(hits.size(), 4U);
    EXPECT_FALSE(hits[0].is_weak);
    EXPECT_LT(hits[0].score, kSameName);
    EXPECT_EQ(hits[1], (PartyHit{0, 1, true, PartyKind::kPerson, kSameName}));
    EXPECT_EQ(hits[2], (PartyHit{1, 0, false, PartyKind::kPerson, kSameName}));
    EXPECT_EQ(hits[3], (PartyHit{2, 0, true, PartyKind::kPerson, kSameName}));
  }
}

TEST(PartyIndex, OfNoKindIsFoundAsEither) {
  const PartyName names[] = {{0, 0, false, std::nullopt, "Roe Trading LLC"},
                             {1, 0, false, std::nullopt, "…"}};
  const PartyIndex index(names);
  // The legal form is left out of an organisation's name alone.
  for (const NameLookup how : kBothLookups) {
    EXPECT_THAT(hits_of(index, "Roe Trading", std::nullopt, how),
                ElementsAre(PartyHit{0, 0, false, PartyKind::kOrganisation, kSameName}));
  }
  ASSERT_EQ(index.unusable().size(), 1U);  // and told once
  EXPECT_EQ(index.unusable()[0].place, 1U);
}

std::string padded(std::string_view name) {
  std::string text(name);
  for (std::size_t i = 0; i < kMostNameWords; ++i) text += " a";
  return text;
}

// Single letters say nothing in an organisation's name, and are words in a person's: of 50 words
// that is too long.
TEST(PartyIndex, FindsByOneReadingWhereTheOtherIsTooLong) {
  const PartyName names[] = {{0, 0, false, std::nullopt, "Acme Trading"},
                             {1, 0, false, PartyKind::kPerson, "Martha King"}};
  const PartyIndex index(names);
  PartySearch search(index);
  for (const NameLookup how : kBothLookups) {
    EXPECT_THAT(hits_of(index, padded("Acme Trading"), std::nullopt, how),
                ElementsAre(PartyHit{0, 0, false, PartyKind::kOrganisation, kSameName}));
    for (const char* other : {"Martha King", "Jane Roe"}) {
      const auto none = search.find(padded(other), std::nullopt, 900'000, how);
      ASSERT_FALSE(none);
      EXPECT_EQ(none.error().code, ErrorCode::kUnsupported);
    }
    EXPECT_THAT(search.find(padded("Jane Roe"), PartyKind::kOrganisation, 900'000, how).value(),
                IsEmpty());
  }
}

TEST(PartyIndex, ListedNamesAreThereByOneReadingWhereTheOtherIsTooLong) {
  const std::string acme = padded("Acme Trading");
  const PartyName names[] = {{0, 0, false, std::nullopt, acme},
                             {1, 0, false, PartyKind::kPerson, acme}};
  const PartyIndex index(names);
  for (const NameLookup how : kBothLookups) {
    EXPECT_THAT(hits_of(index, "Acme Trading", std::nullopt, how),
                ElementsAre(PartyHit{0, 0, false, PartyKind::kOrganisation, kSameName}));
  }
  ASSERT_EQ(index.unusable().size(), 1U);
  EXPECT_EQ(index.unusable()[0].place, 1U);
  EXPECT_EQ(index.unusable()[0].code, ErrorCode::kUnsupported);
}

TEST(PartyIndex, TellsByWhatNamesAreAlike) {
  const PartyName names[] = {{0, 0, false, PartyKind::kPerson, "MILLER, Robert"}};
  EXPECT_THAT(
      PartyIndex(names).parts("Bob Miller", "MILLER, Robert", PartyKind::kPerson),
      ElementsAre("given name `bob` / `robert` nickname 0.85", "family name `miller` exact"));
}

/// Names of few words of few letters, many of them nearly alike; some are an organisation's.
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
    return random_() % 6 == 0 ? text + " Ltd" : text;
  }
  std::size_t number() { return random_(); }
  std::optional<PartyKind> kind() {
    const std::size_t which = random_() % 3;
    if (which == 0) return std::nullopt;
    return which == 1 ? PartyKind::kPerson : PartyKind::kOrganisation;
  }

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

TEST(PartyIndex, FindsWhatAScanFinds) {
  const std::uint32_t first = std::random_device()();
  std::size_t found = 0;
  for (std::uint32_t seed = first; seed < first + 4; ++seed) {
    Names names(seed);
    std::vector<std::string> texts;
    for (int i = 0; i < 300; ++i) texts.push_back(names.name());
    std::vector<PartyName> listed;
    for (std::uint32_t i = 0; i < texts.size(); ++i) {
      listed.push_back({i / 3, i % 3, names.number() % 4 == 0, names.kind(), texts[i]});
    }
    const PartyIndex index(listed);
    PartySearch search(index);
    for (int i = 0; i < 25; ++i) {
      const std::string text = names.name();
      const auto kind = names.kind();
      for (const Score least : {1, 500'000, 700'000, 800'000, 900'000, 999'999, 1'000'000}) {
        const auto hits = search.find(text, kind, least, NameLookup::kIndex).value();
        ASSERT_EQ(hits, search.find(text, kind, least, NameLookup::kScan).value())
            << "seed " << seed << ", `" << text << "` at " << least;
        if (least == 800'000) found += hits.size();
      }
    }
  }
  EXPECT_GT(found, 60U) << "the names are too unlike to show anything";
}

}  // namespace
}  // namespace tidewaiter
