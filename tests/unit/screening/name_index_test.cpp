#include "policies/screening/name_index.h"

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

}  // namespace
}  // namespace tidewaiter
