#include "policies/screening/name_match.h"

#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;

NameMatch match(std::string_view a, std::string_view b, PartyKind kind = PartyKind::kPerson) {
  return NameMatcher().match(*compared_name(a, kind), *compared_name(b, kind));
}
Score score(std::string_view a, std::string_view b, PartyKind kind = PartyKind::kPerson) {
  return match(a, b, kind).score;
}

TEST(NameMatch, TheSameNameInAnyOrderAndScript) {
  EXPECT_EQ(score("BUSH, George", "George Bush"), kSameName);
  EXPECT_EQ(score("Владимир Путин", "Vladimir Putin"), kSameName);
  EXPECT_EQ(score("VladimirPutin", "Vladimir Putin"), 980'000);
  EXPECT_EQ(score("Xi Jinping", "习近平"), 960'000);  // the same, written as one and read aloud
  EXPECT_EQ(score("Zhang Lei", "张雷"), 920'000);     // many are read like that
}

enum class Normal { kComposed, kDecomposed };
std::string in_form(const std::string& text, Normal form) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const normalizer = form == Normal::kComposed
                                                 ? icu::Normalizer2::getNFCInstance(status)
                                                 : icu::Normalizer2::getNFDInstance(status);
  std::string out;
  normalizer->normalize(icu::UnicodeString::fromUTF8(text), status).toUTF8String(out);
  EXPECT_TRUE(U_SUCCESS(status) != 0);
  return out;
}

TEST(NameMatch, IsTheSameComposedAndDecomposed) {
  const std::string names[] = {"김정은",        "박근혜 김",  "Владимир Цой",   "Сергей Шойгу",
                               "Γιώργος Ρήγας", "José Núñez", "Łukasz Wałęsa",  "Nguyễn Văn Đức",
                               "أحمد آل ثاني",  "مُحَمَّد حسين",  "בִּנְיָמִין נתניהו",  "ガーデン",
                               "प्रियंका क़ाज़ी",   "習近平",     "Škoda Øystein ß"};
  for (const std::string& name : names) {
    const std::string composed = in_form(name, Normal::kComposed);
    const std::string decomposed = in_form(name, Normal::kDecomposed);
    for (const PartyKind kind : {PartyKind::kPerson, PartyKind::kOrganisation}) {
      EXPECT_EQ(score(composed, decomposed, kind), kSameName) << name;
      EXPECT_EQ(score(name, decomposed, kind), kSameName) << name;
    }
  }
}

TEST(NameMatch, CompatibilityFormsAreTheNamesThatTheyWrite) {
  const auto company = [](std::string_view a, std::string_view b) {
    return score(a, b, PartyKind::kOrganisation);
  };
  EXPECT_EQ(company("Ⓐⓒⓜⓔ Trading", "Acme Trading"), kSameName);
  EXPECT_EQ(company("Ａｃｍｅ Trading", "Acme Trading"), kSameName);
  EXPECT_EQ(company("Factory Ⅳ", "Factory IV"), kSameName);
  EXPECT_EQ(company("Unit ²", "Unit 2"), kSameName);
  EXPECT_EQ(company("Unit ٣٤", "Unit 34"), kSameName);
  EXPECT_EQ(company("Unit ۱۱۰", "Unit 110"), kSameName);
  EXPECT_EQ(company("Acme™", "Acme"), kSameName);
  EXPECT_LT(company("Unit ٣٤", "Unit ٣٥"), kSameName);
}

// Single letters are words that say nothing in an organisation's name, and sounds change when
// letters come together.
TEST(NameMatch, ANameSpacedOutIsTheSameWrittenAsOne) {
  const auto company = [](std::string_view a, std::string_view b) {
    return score(a, b, PartyKind::kOrganisation);
  };
  EXPECT_EQ(company("A E O I", "AEOI"), 980'000);
  EXPECT_EQ(company("I B M", "IBM"), 980'000);
  EXPECT_EQ(company("I.B.M.", "I B M"), 980'000);
  EXPECT_EQ(company("A c m e Trading", "Acme Trading"), 980'000);
  EXPECT_EQ(company("Bankof Iran", "Bank of Iran"), 980'000);
  EXPECT_EQ(score("M a r t h a K i n g", "Martha King"), 980'000);
  EXPECT_EQ(score("Sarah Khan", "Sarahkhan"), 980'000);
  EXPECT_LT(company("I B M", "I B N"), 980'000);
}

// thomas weighs 860, jones 790, an initial 400; it is left over on one side, at a quarter: 2 · (860
// + 790) / (2 · (860 + 790) + 0.25 · 400).
TEST(NameMatch, WhatIsLeftOverOnOneSideCostsLittle) {
  EXPECT_EQ(score("Thomas H. Jones", "Thomas Jones"), 970'588);
}

// 2 · (860 + 720) / (2 · (860 + 720) + 0.25 · 720) = 0.946 for joan left over, a name of its own.
TEST(NameMatch, ANameMoreIsNeverAsSureAsTheSameNames) {
  EXPECT_EQ(score("Martha Joan King", "Martha King"), 920'000);
}

// charles 930, carter and carper 860, 0.907408 alike: (1860 + 1720 · 0.907408) / 3580 · 0.98. With
// martha, 860, twice: (3440 + 1720 · 0.907408) / 5160, for three words tell more.
TEST(NameMatch, OfTwoWordsThatDifferLessIsSure) {
  EXPECT_EQ(score("Charles Carter", "Carper, Charles"), 936'403);
  EXPECT_EQ(score("Martha Martha Carter", "Martha Martha Carper"), 969'136);
}

TEST(NameMatch, OnePlainWordAloneIsNeverAsSure) {
  EXPECT_EQ(score("Sheikh Walid", "Walid"), 920'000);
  EXPECT_EQ(score("Alf Ahmed", "A. Ahmed"),
            920'000);                            // (1580 + 1050 · 0.85) / 2630 · 0.98 = 0.9213
  EXPECT_EQ(score("Walid", "Waleed"), 970'000);  // all that there is
}

// amer 720 and alamer 860 at 0.97, plastic 930 twice: (1580 · 0.97 + 1860) / 3440. fazl 720 and
// fazlur 860 at 0.97, rehman 860 twice: (1580 · 0.97 + 1720) / 3300.
TEST(NameMatch, AnArticleMayBePartOfAWord) {
  EXPECT_EQ(score("AL-AMER PLASTIC", "ALAMER PLASTIC", PartyKind::kOrganisation), 986'220);
  EXPECT_EQ(score("Fazl-ur Rehman", "Fazlur Rehman"), 985'636);
  EXPECT_GE(score("Saif al-Islam Rauf", "Saifalislam Rauf"), 960'000);
}

// The same words by their sounds alone, and as a reading of signs.
TEST(NameMatch, JoinedWordsAreSurestByTheirLetters) {
  EXPECT_EQ(score("Jamie Lee", "Jamielee"), 980'000);
  EXPECT_EQ(score("Jun Di", "Jundy"), 960'000);
  EXPECT_EQ(score("军 翟", "Jundi"), 920'000);
}

// rustam and its like weigh 860; the patronymics, 1000 each, contradict: κ is 2.
// 2 · (860 + 1000) / (2 · (860 + 1000) + 2 · 2 · 1000)
TEST(NameMatch, WhatIsLeftOverOnBothSidesContradicts) {
  EXPECT_EQ(score("RUSTAM IBRAHIMOVICH ASELDEROV", "RUSTAM MAGOMEDOVICH ASELDEROV"), 481'865);
}

TEST(NameMatch, WordsMayBeJoinedOrSplit) {
  EXPECT_GE(score("Nikolai Patr ushev", "Nikolai Patrushev"), 960'000);
  EXPECT_GE(score("Goodwill Motors", "Good Will Motors", PartyKind::kOrganisation), 960'000);
}

TEST(NameMatch, LegalFormsFold) {
  const auto company = [](std::string_view a, std::string_view b) {
    return score(a, b, PartyKind::kOrganisation);
  };
  EXPECT_EQ(company("SIS DOO", "S.I.S. d.o.o."), kSameName);
  EXPECT_EQ(company("Volkswagen GmbH", "Volkswagen Gesellschaft mit beschränkter Haftung"),
            kSameName);
  EXPECT_LT(company("CDE Company", "A.B.C. Company"), 500'000);
}

TEST(NameMatch, SaysByWhat) {
  const auto parts = [](std::string_view a, std::string_view b) {
    return parts_of(match(a, b), *compared_name(a, PartyKind::kPerson),
                    *compared_name(b, PartyKind::kPerson));
  };
  EXPECT_THAT(parts("Владимир Путин", "PUTIN, Vladimir Vladimirovich"),
              ElementsAre("given name `vladimir` transliterated",
                          "family name `putin` transliterated", "`vladimirovich` missing"));
  EXPECT_THAT(parts("Bob Miller", "Robert Muller"),
              ElementsAre("given name `bob` / `robert` nickname 0.85",
                          "family name `miller` / `muller` similar spelling 0.952"));
  EXPECT_THAT(parts("Anna Schmidt", "Anna Petrova"),
              ElementsAre("given name `anna` exact", "`schmidt` against `petrova`"));
}

TEST(NameMatch, IsSymmetricAndSameToItself) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::vector<std::string> words{"ali",   "mohammed", "bin",  "salman", "al",  "din",
                                       "saif",  "hassan",   "abd",  "el",     "x",   "smith",
                                       "smyth", "jo",       "hn",   "john",   "bob", "robert",
                                       "محمد",  "Путин",    "习近", "41"};
  NameMatcher matcher;
  for (int i = 0; i < 5'000; ++i) {
    std::string names[2];
    for (std::string& name : names) {
      for (std::size_t n = 1 + random() % 6; n > 0; --n)
        name += words[random() % words.size()] + " ";
    }
    const PartyKind kind = i % 2 == 0 ? PartyKind::kPerson : PartyKind::kOrganisation;
    const ComparedName a = *compared_name(names[0], kind);
    const ComparedName b = *compared_name(names[1], kind);
    const Score one = matcher.score(a, b);
    ASSERT_EQ(one, matcher.score(b, a)) << names[0] << "| " << names[1];
    ASSERT_TRUE(one >= 0 && one <= kSameName);
    ASSERT_EQ(matcher.score(a, a), kSameName) << names[0];
  }
}

// Two words of 1,000 that are the same on both sides, and 1,000 left over: on one side 2000 / (2000
// + 250) = 0.889, on both 2000 / (2000 + 4000) = 0.333. Two of 0.85 may not have anything left
// over.
TEST(ScoreBound, TellsWhatCannotReachTheScore) {
  const ScoreBound persons(PartyKind::kPerson, 850'000);
  const std::int64_t same = 2'000 * persons.worth(kSameName);
  EXPECT_TRUE(persons.may_reach(same, 1'000, 0));
  EXPECT_TRUE(persons.may_reach(same, 0, 1'000));
  EXPECT_FALSE(persons.may_reach(same, 1'000, 1'000));
  EXPECT_FALSE(persons.may_reach(same, 2'000, 0));  // 2000 / (2000 + 500) = 0.8
  EXPECT_TRUE(persons.may_reach(2'000 * persons.worth(850'000), 0, 0));
  EXPECT_FALSE(persons.may_reach(2'000 * persons.worth(850'000), 1, 0));
}

}  // namespace
}  // namespace tidewaiter
