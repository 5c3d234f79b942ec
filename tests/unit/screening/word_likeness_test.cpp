#include "policies/screening/word_likeness.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

NameWord word_of(std::string_view text, PartyKind kind = PartyKind::kPerson) {
  return compared_name(text, kind)->words.front();
}
WordLikeness like(std::string_view a, std::string_view b) {
  return word_likeness(word_of(a), word_of(b), PartyKind::kPerson);
}

// mirkil and mirkur: another vowel 0.6, l for r 0.7: 1 − (1.3/6)² / 0.3.
TEST(WordLikeness, CountsWhatDiffersInTheSounds) {
  EXPECT_EQ(sound_likeness(word_sound("merkel"), word_sound("merkur")), 843'519);
  // trafalgura has two vowels where trafigura has one and an l more: al against i.
  EXPECT_EQ(sound_likeness(word_sound("trafalgura"), word_sound("trafigura")), 914'667);
  EXPECT_EQ(sound_likeness("hasan", "hasna"), 892'000);  // a swap, 0.9 of five
  EXPECT_EQ(sound_likeness("pitin", "bitin"), 892'000);  // a class 0.7, a beginning 0.2
}

// ianit and janit: 0.8 and 0.2 for the beginning, of five; makui and makvi: 0.8 of five.
TEST(WordLikeness, LettersOfTwoWaysOfWritingAreKindred) {
  EXPECT_EQ(sound_likeness(word_sound("yaneth"), word_sound("janeth")), 866'667);
  EXPECT_EQ(sound_likeness(word_sound("makuei"), word_sound("makwei")), 914'667);
  EXPECT_EQ(sound_likeness("halid", "kalid"), 866'667);
}

TEST(WordLikeness, ShortWordsAllowLess) {
  EXPECT_EQ(sound_likeness("li", "la"), 0);
  EXPECT_EQ(sound_likeness("tum", "tim"), 866'667);
  EXPECT_EQ(sound_likeness("tum", "tun"), 818'519);
  EXPECT_EQ(sound_likeness("tum", "tus"), 0);
}

TEST(WordLikeness, SaysWhyWordsAreAlike) {
  EXPECT_EQ(like("Putin", "putin"), (WordLikeness{1'000'000, WordRelation::kSame}));
  EXPECT_EQ(like("Путин", "Putin"), (WordLikeness{1'000'000, WordRelation::kTransliterated}));
  EXPECT_EQ(like("Zelenskyy", "Zelenski"), (WordLikeness{970'000, WordRelation::kSound}));
  EXPECT_EQ(like("Robert", "Bob"), (WordLikeness{850'000, WordRelation::kNickname}));
  EXPECT_EQ(like("V.", "Vladimir"), (WordLikeness{850'000, WordRelation::kInitial}));
  EXPECT_EQ(like("محمد", "Muhammad"), (WordLikeness{1'000'000, WordRelation::kTransliterated}));
  EXPECT_EQ(like("نشوان", "Nashwan"), (WordLikeness{960'000, WordRelation::kConsonants}));
  EXPECT_EQ(like("Putin", "Medvedev"), WordLikeness{});
}

// mhmdi and muhamad: the i that is written is not there.
TEST(WordLikeness, VowelsThatAreWrittenHaveToFit) {
  EXPECT_EQ(like("محمدي", "Muhammad"), (WordLikeness{860'000, WordRelation::kConsonants}));
  EXPECT_EQ(like("محمدي", "Mohammadi"), (WordLikeness{960'000, WordRelation::kConsonants}));
  EXPECT_EQ(like("شاكري", "Shakir").score, 860'000);  // shakri: a swap, 0.892 by the sounds
  EXPECT_EQ(like("نوري", "Nuri"), (WordLikeness{1'000'000, WordRelation::kTransliterated}));
  EXPECT_EQ(like("زکي", "Zaki").score, 897'917);  // zki and zaki: 0.7 of four
  EXPECT_EQ(like("إرحيم", "Irhayyim").score, 960'000);
}

TEST(WordLikeness, SignsOfOneScriptAreTheSameOrNot) {
  EXPECT_EQ(like("平", "平").score, 1'000'000);
  EXPECT_EQ(like("平", "萍"), WordLikeness{});  // both are ping
  EXPECT_EQ(like("平", "ping").score, 920'000);
  EXPECT_EQ(like("雷", "li").score, 900'000);  // lei, which sounds like li
}

TEST(WordLikeness, AnSOfAPluralOfAnOrganisationCountsAsNone) {
  const auto like = [](std::string_view a, std::string_view b, PartyKind kind) {
    return word_likeness(word_of(a, kind), word_of(b, kind), kind).score;
  };
  EXPECT_EQ(like("Wings", "Wing", PartyKind::kOrganisation), 970'000);
  EXPECT_EQ(like("Express", "Expres", PartyKind::kOrganisation), 931'973);  // an s more, 1 of 7
  EXPECT_LT(like("Wings", "Wing", PartyKind::kPerson), 900'000);
}

TEST(WordLikeness, NumbersAreTheSameOrNot) {
  const NameWord five = word_of("5", PartyKind::kOrganisation);
  const NameWord six = word_of("6", PartyKind::kOrganisation);
  EXPECT_EQ(word_likeness(five, six, PartyKind::kOrganisation), WordLikeness{});
}

TEST(WordLikeness, IsSymmetricAndTheMarksLoseNothing) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto sound = [&random] {
    std::string text;
    for (std::size_t n = 2 + random() % 7; n > 0; --n) text += "aiukgsStdpbfmnlrhj"[random() % 18];
    return text;
  };
  int alike = 0;
  for (int i = 0; i < 50'000; ++i) {
    const std::string a = sound();
    std::string b = sound();
    if (i % 2 == 0) {  // the same with one letter changed
      b = a;
      b[random() % b.size()] = "aiukgsStdpbfmnlrhj"[random() % 18];
    }
    const Score score = sound_likeness(a, b);
    ASSERT_EQ(score, sound_likeness(b, a)) << a << ' ' << b;
    alike += score > 0 ? 1 : 0;
    for (const Score least : {kLeastLikeness, 800'000, 900'000}) {
      if (score < least) continue;
      ASSERT_TRUE(may_sound_alike(SoundMarks::of(a), SoundMarks::of(b), least)) << a << ' ' << b;
    }
  }
  EXPECT_GT(alike, 5'000);
}

}  // namespace
}  // namespace tidewaiter
