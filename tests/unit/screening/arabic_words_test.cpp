#include "policies/screening/arabic_words.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

/// "abd al kh-": a stroke behind what lacks vowels.
std::string read(std::u32string_view word, bool persian = false) {
  std::string text;
  for (const ArabicWord& one : arabic_words(word, persian)) {
    text += (text.empty() ? "" : " ") + one.letters + (one.has_vowels ? "" : "-");
  }
  return text;
}

// By hand, from the tables of BGN/PCGN for Arabic (1956): the consonants, and long vowels.
TEST(ArabicWords, ConsonantsAndTheVowelsThatAreWritten) {
  EXPECT_EQ(read(U"نشوان"), "nshwan-");
  EXPECT_EQ(read(U"حوثي"), "huthi-");
  EXPECT_EQ(read(U"وزير"), "wzir-");
  EXPECT_EQ(read(U"ياسر"), "yasr-");
  EXPECT_EQ(read(U"ربيع"), "rbi-");
  EXPECT_EQ(read(U"معاذ"), "madh-");
  EXPECT_EQ(read(U"شحاتة"), "shhata-");
}

// s and h, and not sh: BGN/PCGN part them as well.
TEST(ArabicWords, LettersThatWouldBeOneTogetherAreParted) {
  EXPECT_EQ(read(U"صحراوي"), "s'hrawi-");
  EXPECT_EQ(read(U"تحسين"), "t'hsin-");
  EXPECT_EQ(read(U"شهري"), "shhri-");  // sh and h whatever follows
}

TEST(ArabicWords, TheArticleAndAbdAreWords) {
  EXPECT_EQ(read(U"الحوثي"), "al huthi-");
  EXPECT_EQ(read(U"عبدالخالق"), "abd al khalq-");
  EXPECT_EQ(read(U"عبدالرحمن"), "abd al rahman");
  EXPECT_EQ(read(U"الله"), "allah");
  EXPECT_EQ(read(U"نورالله"), "nurullah-");
}

TEST(ArabicWords, FrequentNamesHaveTheirShortVowels) {
  EXPECT_EQ(read(U"محمد"), "muhammad");
  EXPECT_EQ(read(U"مُحَمَّد"), "muhammad");  // marks are none
  EXPECT_EQ(read(U"أحمد"), "ahmad");
  EXPECT_EQ(read(U"علی"), "ali");        // ya as Persian has it
  EXPECT_EQ(read(U"ﻤﺣﻤﺩ"), "muhammad");  // presentation forms
  EXPECT_EQ(read(U"حمزة"), read(U"حمزه"));
}

TEST(ArabicWords, PersianReadsSomeLettersOtherwise) {
  EXPECT_TRUE(is_persian(U"رضا پهلوی"));
  EXPECT_FALSE(is_persian(U"رضا"));
  EXPECT_EQ(read(U"رضا", true), "rza-");
  EXPECT_EQ(read(U"رضا"), "rda-");
  EXPECT_EQ(read(U"اچکزی", true), "atchkzi-");
}

TEST(ArabicWords, WhatHasNoLetterIsNoWord) {
  EXPECT_EQ(read(U"ـ"), "");
  EXPECT_EQ(read(U""), "");
  EXPECT_EQ(read(U"ع"), "a-");
}

}  // namespace
}  // namespace tidewaiter
