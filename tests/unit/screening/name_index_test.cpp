#include "policies/screening/name_index.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

NameIndex index_of(const std::vector<std::string>& texts, PartyKind kind = PartyKind::kPerson) {
  std::vector<ComparedName> names;
  for (const std::string& text : texts) names.push_back(*compared_name(text, kind));
  return {kind, std::move(names)};
}

std::vector<std::uint32_t> found(const NameIndex& index, std::string_view text) {
  std::vector<std::uint32_t> places;
  for (const IndexHit& hit : NameSearch(index).find(*compared_name(text, index.kind()), 800'000)) {
    places.push_back(hit.name);
  }
  return places;
}

TEST(NameIndex, FindsByWhatNamesHaveInCommon) {
  const NameIndex index = index_of({"PUTIN, Vladimir", "MILLER, Robert", "محمد حسن",
                                    "Abdul Rahman Qaduli", "习近平", "Nikolai Patrushev"});
  EXPECT_THAT(found(index, "Владимир Путин"), testing::ElementsAre(0));
  EXPECT_THAT(found(index, "Bob Miller"), testing::ElementsAre(1));
  EXPECT_THAT(found(index, "Muhammad Hasan"), testing::ElementsAre(2));
  EXPECT_THAT(found(index, "Abdurrahman Qadouli"), testing::ElementsAre(3));
  EXPECT_THAT(found(index, "Xi Jinping"), testing::ElementsAre(4));
  EXPECT_THAT(found(index, "Nikolai Patr ushev"), testing::ElementsAre(5));
  EXPECT_THAT(found(index, "NikolaiPatrushev"), testing::ElementsAre(5));
  EXPECT_THAT(found(index, "Jane Roe"), testing::IsEmpty());
}

TEST(NameIndex, FindsNamesThatAreTheSameWrittenAsOne) {
  const NameIndex index =
      index_of({"AEOI", "Acme Trading", "I B M Ltd", "Bank of Iran"}, PartyKind::kOrganisation);
  EXPECT_THAT(found(index, "A E O I"), testing::ElementsAre(0));
  EXPECT_THAT(found(index, "A c m e T r a d i n g"), testing::ElementsAre(1));
  EXPECT_THAT(found(index, "IBM"), testing::ElementsAre(2));
  EXPECT_THAT(found(index, "BankofIran"), testing::ElementsAre(3));
}

// The numbers of searches come round: what an old one left is not taken for the new one's.
TEST(NameIndex, FindsWhenItsSearchesAreCountedAnew) {
  const NameIndex index = index_of({"Martha King", "Walid Hasan", "Martha Kingh"});
  NameSearch search(index, 0xFFFF'FFFDU);
  for (int i = 0; i < 6; ++i) {
    for (const char* text : {"Martha King", "Waleed Hassan", "Marthaking"}) {
      const ComparedName wanted = *compared_name(text, PartyKind::kPerson);
      EXPECT_EQ(search.find(wanted, 850'000), search.scan(wanted, 850'000)) << text << ", " << i;
    }
  }
}

// Of 64 names all have `ali`: 64/64 has one binary digit, 0.65 of its weight; the other word is in
// one: 64 has seven, 0.95.
TEST(NameIndex, WordsOfManyNamesWeighLess) {
  std::vector<std::string> texts;
  for (int i = 0; i < 64; ++i) {
    texts.push_back(std::string("ali ") + static_cast<char>('a' + i / 26) +
                    static_cast<char>('a' + i % 26) + "qrsto");
  }
  const NameIndex index = index_of(texts);
  const ComparedName& name = index.names().front();
  EXPECT_EQ(name.words[0].weight, (440 + 70 * 3) * 65 / 100);
  EXPECT_EQ(name.words[1].weight, (440 + 70 * 7) * 95 / 100);
}

TEST(NameIndex, FindsWhatAScanFinds) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto word = [&random] {
    static constexpr const char* kSyllables[] = {"ab", "al", "ber", "da", "el", "fa", "gu",  "ha",
                                                 "im", "ja", "ka",  "lo", "ma", "ni", "sul", "ti"};
    std::string text;
    for (std::size_t n = 2 + random() % 2; n > 0; --n) text += kSyllables[random() % 16];
    return text;
  };
  const auto name = [&] {
    std::string text;
    for (std::size_t n = 1 + random() % 4; n > 0; --n) text += word() + " ";
    return text;
  };
  std::vector<std::string> texts;
  for (int i = 0; i < 2'000; ++i) texts.push_back(name());
  const NameIndex index = index_of(texts);
  NameSearch search(index);
  std::size_t hits = 0;
  for (int i = 0; i < 300; ++i) {
    const ComparedName wanted = *compared_name(name(), PartyKind::kPerson);
    for (const Score least : {700'000, 800'000, 900'000}) {
      const std::vector<IndexHit> by_scan = search.scan(wanted, least);
      ASSERT_EQ(search.find(wanted, least), by_scan) << wanted.joined;
      hits += by_scan.size();
    }
  }
  EXPECT_GT(hits, 300U);
}

/// Names of a few parties in many ways, so that most of them are like some others.
class NameMaker {
 public:
  explicit NameMaker(unsigned seed) : random_(seed) {}

  std::string name(PartyKind kind) {
    std::vector<std::string> words = plain(kind);
    for (std::size_t n = random_() % 3; n > 0; --n) change(words);
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text.empty() ? "roe" : text;
  }

 private:
  std::string one_of(const std::vector<std::string>& all) { return all[random_() % all.size()]; }

  std::vector<std::string> plain(PartyKind kind) {
    static const std::vector<std::string> kPersons{
        "mohammed", "muhammad", "ali",     "hassan", "husayn", "abdulrahman", "bin",    "de",
        "robert",   "bob",      "bill",    "john",   "smith",  "smyth",       "dr",     "j",
        "m",        "vladimir", "putin",   "习近平", "习",     "kim",         "김정은", "محمد",
        "حسن",      "نشوان",    "nashwan", "الحوثي", "houthi", "fazl ur",     "fazlur", "Путин",
        "juan",     "xi",       "jinping", "li",     "lee",    "van"};
    static const std::vector<std::string> kOrganisations{
        "global",   "trading", "group", "ltd",  "gmbh",  "llc",   "bank",      "of",  "iran",
        "tech",     "co",      "first", "1",    "44",    "forty", "four",      "ооо", "банк",
        "shipping", "huawei",  "华为",  "intl", "petro", "chem",  "petrochem", "s",   "a"};
    std::vector<std::string> words;
    for (std::size_t n = 1 + random_() % 5; n > 0; --n) {
      words.push_back(one_of(kind == PartyKind::kPerson ? kPersons : kOrganisations));
    }
    return words;
  }

  void change(std::vector<std::string>& words) {
    const std::size_t at = random_() % words.size();
    std::string& word = words[at];
    const bool is_ascii =
        word.size() > 2 && std::ranges::all_of(word, [](char c) { return c > 0; });
    switch (random_() % 7) {
      case 0:
        std::ranges::shuffle(words, random_);
        break;
      case 1:  // written as one with the next
        if (at + 1 < words.size()) {
          word += words[at + 1];
          words.erase(words.begin() + static_cast<std::ptrdiff_t>(at) + 1);
        }
        break;
      case 2:
        if (is_ascii) word.insert(1 + random_() % (word.size() - 1), " ");
        break;
      case 3:
        if (is_ascii) word = word.substr(0, 1);
        break;
      case 5:  // spaced out
        if (is_ascii) {
          for (std::size_t i = word.size() - 1; i > 0; --i) word.insert(i, " ");
        }
        break;
      case 4:
        if (is_ascii) word[random_() % word.size()] = static_cast<char>('a' + random_() % 26);
        break;
      default:
        if (is_ascii) word.erase(random_() % word.size(), 1);
    }
  }

  std::mt19937 random_;
};

class NameIndexOf : public testing::TestWithParam<PartyKind> {};

TEST_P(NameIndexOf, FindsWhatAScanFindsAmongNamesThatAreNearlyTheSame) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  NameMaker maker(seed);
  std::vector<std::string> texts;
  for (int i = 0; i < 1'000; ++i) texts.push_back(maker.name(GetParam()));
  const NameIndex index = index_of(texts, GetParam());
  NameSearch search(index);
  std::size_t hits = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string text = maker.name(GetParam());
    const ComparedName wanted = *compared_name(text, GetParam());
    for (const Score least : {1, 500'000, 700'000, 750'000, 850'000, 930'000, 970'000, 1'000'000}) {
      const std::vector<IndexHit> by_scan = search.scan(wanted, least);
      ASSERT_EQ(search.find(wanted, least), by_scan) << text << " at " << least;
      hits += by_scan.size();
    }
  }
  EXPECT_GT(hits, 1'000U);
}

INSTANTIATE_TEST_SUITE_P(All, NameIndexOf,
                         testing::Values(PartyKind::kPerson, PartyKind::kOrganisation),
                         [](const auto& kind) {
                           return kind.param == PartyKind::kPerson ? "Persons" : "Organisations";
                         });

}  // namespace
}  // namespace tidewaiter
