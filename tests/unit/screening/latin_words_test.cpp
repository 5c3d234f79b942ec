#include "policies/screening/latin_words.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;

std::vector<std::string> letters(std::string_view text) {
  std::vector<std::string> out;
  for (const LatinWord& word : latin_words(text)) out.push_back(word.letters);
  return out;
}

TEST(LatinWords, AbbreviationsAreWordsAndSignsEndThem) {
  EXPECT_THAT(letters("S.I.S. d.o.o."), ElementsAre("sis", "doo"));
  EXPECT_THAT(letters("O’Neil & Sons (1999)"), ElementsAre("oneil", "sons", "1999"));
  EXPECT_THAT(letters("Łódź Straße"), ElementsAre("lodz", "strasse"));
  EXPECT_TRUE(letters("… -- !").empty());
}

// The US Board on Geographic Names writes ш as sh, ж as zh, х as kh, ю as yu and ц as ts.
TEST(LatinWords, CyrillicIsWrittenAsEnglishTextsWriteIt) {
  EXPECT_THAT(letters("Шойгу Жуков"), ElementsAre("shoygu", "zhukov"));
  EXPECT_THAT(letters("Хрущев Юрий"), ElementsAre("khrushchev", "yuriy"));
  EXPECT_EQ(latin_words("Путин").front().script, Script::kCyrillic);
}

TEST(LatinWords, SignsAreWordsOfTheirOwn) {
  const std::vector<LatinWord> words = latin_words("习近平");
  ASSERT_EQ(words.size(), 3U);
  EXPECT_THAT(letters("习近平"), ElementsAre("xi", "jin", "ping"));
  EXPECT_EQ(words[1].sign, U'近');
  // The traditional form of the first and the second sign are 習 and 近.
  EXPECT_EQ(latin_words("習近平").front().sign, words.front().sign);
  EXPECT_THAT(letters("김정은"), ElementsAre("gim", "jeong", "eun"));
}

TEST(LatinWords, KeepsWhatTheWritingTells) {
  const std::vector<LatinWord> words = latin_words("PUTIN, Vladimir");
  ASSERT_EQ(words.size(), 2U);
  EXPECT_TRUE(words[0].is_upper && !words[0].in_tail);
  EXPECT_TRUE(!words[1].is_upper && words[1].in_tail);
  EXPECT_EQ(latin_words("محمد").front().script, Script::kAbjad);
}

TEST(LatinWords, CapitalsAtTheEndAreAWord) {
  EXPECT_THAT(letters("SiemensAG"), ElementsAre("siemens", "ag"));
  EXPECT_THAT(letters("McKesson NVIDIA"), ElementsAre("mckesson", "nvidia"));
}

// The first letter is Cyrillic and looks like a Latin one.
TEST(LatinWords, ScriptsThatLookAlikeDoNotEndAWord) {
  EXPECT_EQ(letters("\u0421astro").size(), 1U);
}

// Fillers of Hangul (U+3164, U+115F, U+1160, U+FFA0) are letters that show nothing.
TEST(LatinWords, WhatShowsNothingIsNoLetter) {
  for (const char* filler : {"\u3164", "\u115F", "\u1160", "\uFFA0", "\u200B", "\uFE0F"}) {
    EXPECT_THAT(letters("Iv" + std::string(filler) + "an"), ElementsAre("ivan")) << filler;
  }
}

TEST(LatinWords, CompatibilityFormsAreWhatTheyStandFor) {
  EXPECT_THAT(letters("Ⓐⓒⓜⓔ Ａｃｍｅ 𝐀𝐜𝐦𝐞 ᴬᶜᵐᵉ"), ElementsAre("acme", "acme", "acme", "acme"));
  EXPECT_THAT(letters("Acme Ⅳ ² ㈱"), ElementsAre("acme", "iv", "2", "zhu"));
  EXPECT_THAT(letters("٣٤ ۱۱۰ १२ ７"), ElementsAre("34", "110", "12", "7"));
  EXPECT_THAT(letters("ｶﾞ ﷲ"), ElementsAre("ga", "allah"));
}

TEST(LatinWords, SignsThatAreNoLettersStayWhatTheyAre) {
  EXPECT_THAT(letters("Acme™ Roe℠"), ElementsAre("acme", "roe"));
  EXPECT_THAT(letters("O´Neil O\u1FFDNeil"), ElementsAre("oneil", "oneil"));
  EXPECT_THAT(letters("Acme…Trading"), ElementsAre("acme", "trading"));
}

TEST(LatinWords, TakesAnyBytes) { EXPECT_THAT(letters("a\xffz"), ElementsAre("a", "z")); }

}  // namespace
}  // namespace tidewaiter
