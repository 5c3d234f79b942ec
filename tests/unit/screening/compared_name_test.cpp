#include "policies/screening/compared_name.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;

std::vector<std::string> words(std::string_view text, PartyKind kind) {
  const auto name = compared_name(text, kind);
  if (!name) return {"(" + name.error().message + ")"};
  std::vector<std::string> out;
  for (const NameWord& word : name->words) out.push_back(word.letters);
  return out;
}
std::vector<std::string> person(std::string_view text) { return words(text, PartyKind::kPerson); }
std::vector<std::string> company(std::string_view text) {
  return words(text, PartyKind::kOrganisation);
}

TEST(ComparedName, LegalFormsAreLeftOutAndRemembered) {
  EXPECT_THAT(company("Siemens Aktiengesellschaft"), ElementsAre("siemens"));
  EXPECT_THAT(company("OOO Oboronnye Initsiativy"), ElementsAre("oboronnye", "initsiativy"));
  EXPECT_THAT(company("S.I.S. d.o.o."), ElementsAre("sis"));
  EXPECT_THAT(company("FABERLIC EUROPE Sp. z o.o."), ElementsAre("faberlic", "europe"));
  const auto family = [](std::string_view text) {
    return compared_name(text, PartyKind::kOrganisation)->legal_family;
  };
  EXPECT_EQ(family("Stripe LLC"), family("Stripe Limited Liability Company"));
  EXPECT_EQ(family("Gazprom JSC"), family("Открытое акционерное общество Газпром"));
  EXPECT_NE(family("Deutsche Bank AG"), family("Deutsche Bank GmbH"));
  EXPECT_EQ(family("Deutsche Bank"), 0);
}

TEST(ComparedName, LegalFormsAreLeftOutAgainAndInside) {
  EXPECT_THAT(company("Gudzon Shipping Co LLC"), ElementsAre("gudzon", "shipping"));
  EXPECT_THAT(company("Alkhamael Co. Maritime Services"),
              ElementsAre("alkhamael", "maritime", "services"));
  EXPECT_THAT(company("Arfada Petroleum Private Joint Stock Company"),
              ElementsAre("arfada", "petroleum"));
  EXPECT_THAT(company("Aliaf Public Joint Stock Co."), ElementsAre("aliaf"));
  EXPECT_THAT(company("Spectrum Group SAL Holding"), ElementsAre("spectrum", "group"));
}

TEST(ComparedName, ANameOfALegalFormAloneKeepsIt) {
  EXPECT_THAT(company("Corporation Company"), ElementsAre("corporation", "company"));
}

TEST(ComparedName, AbbreviationsAndNumbersAreWrittenOut) {
  EXPECT_THAT(company("First Int'l Bank"), ElementsAre("1", "international", "bank"));
  EXPECT_THAT(company("Brigade Forty-Four"), ElementsAre("brigade", "44"));
  EXPECT_THAT(company("Fund XIV"), ElementsAre("fund", "14"));
}

TEST(ComparedName, ArabicCompoundsAreTakenApart) {
  EXPECT_THAT(person("Abdulrahman"), ElementsAre("abd", "rahman"));
  EXPECT_THAT(person("Abdurrahman al-Qaduli"), ElementsAre("abd", "rahman", "qaduli"));
  EXPECT_THAT(person("Abd al-Rahman al-Qaduli"), ElementsAre("abd", "rahman", "qaduli"));
  EXPECT_THAT(person("Saifuddin"), ElementsAre("saif", "din"));
  EXPECT_THAT(person("Abdullah"), ElementsAre("abdullah"));
}

TEST(ComparedName, DigitsThatLookLikeLettersAreLetters) {
  EXPECT_THAT(person("Ig0r Sech1n"), ElementsAre("igor", "sechin"));
}

TEST(ComparedName, RolesAreByTheWord) {
  const auto name = compared_name("Dr. Usama bin Laden J", PartyKind::kPerson);
  ASSERT_TRUE(name);
  std::vector<WordRole> roles;
  for (const NameWord& word : name->words) roles.push_back(word.role);
  EXPECT_THAT(roles, ElementsAre(WordRole::kTitle, WordRole::kPlain, WordRole::kParticle,
                                 WordRole::kPlain, WordRole::kInitial));
}

TEST(ComparedName, TheFamilyNameIsBeforeTheCommaElseLast) {
  const auto family = [](std::string_view text) {
    std::string names;
    const ComparedName name = compared_name(text, PartyKind::kPerson).value();
    for (const NameWord& word : name.words) {
      if (word.is_family_name) names += word.letters + ".";
    }
    return names;
  };
  EXPECT_EQ(family("DIAZ CANEL, Miguel"), "diaz.canel.");
  EXPECT_EQ(family("Miguel Diaz"), "diaz.");
  EXPECT_EQ(family("习近平"), "xi.");
}

// By hand, from the rules in the header.
TEST(ComparedName, SoundsAreOneForTheSpellingsOfOneName) {
  EXPECT_EQ(word_sound("merkel"), "mirkil");
  EXPECT_EQ(word_sound("schwartz"), "Svarz");
  EXPECT_EQ(word_sound("schwarz"), "Svarz");
  EXPECT_EQ(word_sound("zelenskyy"), word_sound("zelenski"));
  EXPECT_EQ(word_sound("sergej"), word_sound("sergei"));
  EXPECT_EQ(word_sound("husayn"), "husain");
  EXPECT_EQ(word_sound("xi"), word_sound("shi"));
  EXPECT_EQ(word_sound("hsiao"), word_sound("xiao"));
  EXPECT_EQ(word_sound("hsn"), "hsn");
  EXPECT_EQ(word_sound("christoph"), word_sound("kristof"));
  EXPECT_EQ(word_sound("achmad"), "akmad");
  EXPECT_EQ(word_sound("chavez"), "Caviz");
  EXPECT_EQ(word_sound("dzmitry"), word_sound("dmitry"));
  EXPECT_EQ(word_skeleton(word_sound("muhammad")), "mhmt");
  EXPECT_EQ(word_skeleton(word_sound("mhmd")), "mhmt");
  EXPECT_EQ(word_skeleton(word_sound("ahmad")), "ahmt");
}

TEST(ComparedName, RefusesWhatCannotBeCompared) {
  EXPECT_EQ(compared_name("--", PartyKind::kPerson).error().code, ErrorCode::kUndefined);
  std::string many;
  for (int i = 0; i < 49; ++i) many += "word ";
  EXPECT_EQ(compared_name(many, PartyKind::kPerson).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(compared_name(std::string(2049, 'a'), PartyKind::kPerson).error().code,
            ErrorCode::kUnsupported);
}

TEST(ComparedName, TheLikelyKindIsToldByItsWords) {
  EXPECT_EQ(likely_kind("Nantahala Capital Offshore Fund, Ltd."), PartyKind::kOrganisation);
  EXPECT_EQ(likely_kind("Volodymyr Zelenskyy"), PartyKind::kPerson);
}

}  // namespace
}  // namespace tidewaiter
