#include "policies/screening/name_form.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;

std::vector<std::string> words(std::string_view name) {
  const auto form = name_form(name);
  if (!form) return {"(" + form.error().message + ")"};
  std::vector<std::string> out;
  for (const std::u32string& word : form->words) {
    std::string text;
    for (const char32_t c : word) text += c < 0x80 ? static_cast<char>(c) : '?';
    out.push_back(text);
  }
  return out;
}

TEST(NameForm, HasNoCaseAndNoPunctuation) {
  EXPECT_THAT(words("  BUSH, George  W. "), ElementsAre("bush", "george", "w"));
  EXPECT_THAT(words("ABU-BAKR al'Baghdadi"), ElementsAre("abu", "bakr", "albaghdadi"));
  EXPECT_THAT(words("O’Neil & Sons (1999)"), ElementsAre("oneil", "sons", "1999"));
}

TEST(NameForm, AbbreviationsAreWords) {
  EXPECT_THAT(words("S.I.S. d.o.o."), ElementsAre("sis", "doo"));
  EXPECT_EQ(words("SIS DOO"), words("S.I.S. d.o.o."));
}

TEST(NameForm, AccentsAndLigaturesAreLettersOfTheAlphabet) {
  EXPECT_THAT(words("Łódź Straße"), ElementsAre("lodz", "strasse"));
  EXPECT_THAT(words("Nguyễn Văn"), ElementsAre("nguyen", "van"));
  EXPECT_THAT(words("İstanbul"), ElementsAre("istanbul"));
  // One letter, precomposed and as a letter with its mark.
  EXPECT_EQ(words("Jos\u00E9"), words("Jose\u0301"));
}

/// As ISO 9 and the other transliterations of CLDR write them.
TEST(NameForm, OtherScriptsAreWrittenInLatinLetters) {
  EXPECT_THAT(words("Владимир Путин"), ElementsAre("vladimir", "putin"));
  EXPECT_THAT(words("ΓΕΏΡΓΙΟΣ"), ElementsAre("georgios"));
  EXPECT_THAT(words("中国石油"), ElementsAre("zhong", "guo", "shi", "you"));
  EXPECT_THAT(words("김정은"), ElementsAre("gimjeong", "eun"));
  EXPECT_THAT(words("محمد علي"), ElementsAre("mhmd", "ly"));
}

TEST(NameForm, WhatShowsNothingIsNoLetter) {
  for (const char* filler : {"\u3164", "\u115F", "\u1160", "\uFFA0", "\u200B"}) {
    EXPECT_EQ(words("Iv" + std::string(filler) + "an"), words("Ivan")) << filler;
  }
}

TEST(NameForm, NamesOfSignsAloneSayNothing) {
  for (const char* name : {"", " ", "---", "!?", "…"}) {
    const auto form = name_form(name);
    ASSERT_FALSE(form) << name;
    EXPECT_EQ(form.error().code, ErrorCode::kUndefined) << name;
  }
}

TEST(NameForm, TooLongNamesAreRefusedAndNotCut) {
  EXPECT_TRUE(name_form(std::string(kMostNameLength, 'a')));
  const auto one_more = name_form(std::string(kMostNameLength + 1, 'a'));
  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error().code, ErrorCode::kUnsupported);
  // Blanks are no letters, but somebody has to read them.
  EXPECT_TRUE(name_form(std::string(kMostNameBytes - 1, ' ') + "a"));
  EXPECT_FALSE(name_form(std::string(kMostNameBytes, ' ') + "a"));
  // 300 Han characters, of which each is five letters in pinyin.
  std::string han;
  for (int i = 0; i < 300; ++i) han += "中";
  const auto grown = name_form(han);
  ASSERT_FALSE(grown);
  EXPECT_EQ(grown.error().code, ErrorCode::kUnsupported);
}

TEST(NameForm, BrokenTextIsCompared) {
  // What is no UTF-8 becomes the replacement character, which ends a word.
  EXPECT_THAT(words("ab\xFF"
                    "cd"),
              ElementsAre("ab", "cd"));
}

TEST(NameForm, TheTablesHaveTheirVersions) {
  EXPECT_THAT(name_tables(), testing::MatchesRegex("ICU [0-9]+\\.[0-9]+, Unicode [0-9]+\\.[0-9]+"));
}

}  // namespace
}  // namespace tidewaiter
