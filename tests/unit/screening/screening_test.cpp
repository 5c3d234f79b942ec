#include "policies/screening/screening.h"

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

FieldId id_of(std::string_view name) { return find_field(name).value(); }

using Fields = std::initializer_list<std::pair<const char*, Value>>;

Record account(Fields fields) {
  Record record;
  record.kind = RecordKind::kAccount;
  record.time = UtcTime{1'000};
  for (const auto& [name, value] : fields) set_value(record, id_of(name), value);
  return record;
}

/// A list of one party from Syria, that stands in it until the instant 2,000.
Screening::Parts parts() {
  Screening::Parts parts;
  parts.names = {id_of("name"), id_of("owners")};
  parts.lists = {
      ScreenedList::make("csl", {{"Martha King", {"Queen Bee"}, {"SY"}, {"lei:1"}, {{0}, {2'000}}}})
          .value()};
  parts.score = 900'000;
  return parts;
}

// marhta ~ martha 0.961111 by 12 letters, kin ~ king 0.941667 by 7: (11533332 + 6591669) / 19, cut.
constexpr const char* kNear = "Marhta Kin";
constexpr double kNearScore = 0.953947;
// Two words are the same and one is left over: 20 letters of 24.
constexpr const char* kFarther = "Martha Joan King";

Screening corroborated() {
  Screening::Parts all = parts();
  all.corroborate = {800'000, {Corroboration::kCountry, Corroboration::kIdentifiers}};
  return Screening(std::move(all));
}

std::optional<bool> truth(const Screening& screening, const Record& record) {
  const auto verdict = screening.judge(record, NameLookup::kIndex);
  const auto slow = screening.judge(record, NameLookup::kScan);
  EXPECT_EQ(verdict.truth, slow.truth);
  EXPECT_EQ(verdict.figure, slow.figure);
  EXPECT_EQ(verdict.truth == true, verdict.figure.has_value());
  return verdict.truth;
}

TEST(Screening, HoldsWhereAnyNameIsLikeAListedOne) {
  const Screening screening(parts());
  EXPECT_EQ(truth(screening, account({{"name", "KING, Martha"}})), true);
  EXPECT_EQ(truth(screening, account({{"name", "Queen-Bee"}})), true);
  EXPECT_EQ(truth(screening, account({{"name", kNear}})), true);
  EXPECT_EQ(truth(screening, account({{"name", "John"},
                                      {"owners", std::vector<std::string>{"A", "martha king"}}})),
            true);
  EXPECT_EQ(truth(screening, account({{"name", "John"}})), false);
}

TEST(Screening, TheFigureIsTheBestScore) {
  const Screening screening(parts());
  const auto verdict = screening.judge(
      account({{"name", kNear}, {"owners", std::vector<std::string>{"Martha King"}}}),
      NameLookup::kIndex);
  EXPECT_EQ(verdict.figure, 1.0);
  EXPECT_EQ(screening.judge(account({{"name", kNear}}), NameLookup::kIndex).figure, kNearScore);
}

TEST(Screening, WithoutANameNothingCanBeTold) {
  const Screening screening(parts());
  EXPECT_EQ(truth(screening, account({})), std::nullopt);
  EXPECT_EQ(truth(screening, account({{"legal_name", "Martha King"}})), std::nullopt);
  EXPECT_EQ(truth(screening, account({{"name", "--"}})), std::nullopt);
  EXPECT_EQ(truth(screening, account({{"owners", std::vector<std::string>{}}})), std::nullopt);
}

TEST(Screening, ANameThatIsTooLongIsNoPass) {
  const Screening screening(parts());
  const std::string too_long(kMostNameLength + 1, 'a');
  EXPECT_EQ(truth(screening, account({{"name", too_long}})), std::nullopt);
  EXPECT_EQ(
      truth(screening, account({{"name", too_long}, {"owners", std::vector<std::string>{"John"}}})),
      std::nullopt);
  EXPECT_EQ(truth(screening, account({{"name", too_long},
                                      {"owners", std::vector<std::string>{"Martha King"}}})),
            true);
}

TEST(Screening, PartiesStandInTheListAtTheirTimes) {
  const Screening screening(parts());
  Record record = account({{"name", "Martha King"}});
  record.time = UtcTime{-1};
  EXPECT_EQ(truth(screening, record), false);
  record.time = UtcTime{0};
  EXPECT_EQ(truth(screening, record), true);
  record.time = UtcTime{2'000};
  EXPECT_EQ(truth(screening, record), false);
}

TEST(Screening, ALowerScoreNeedsCorroboration) {
  const Screening screening = corroborated();
  const auto with = [&](const char* field, Value value) {
    return truth(screening, account({{"name", kFarther}, {field, std::move(value)}}));
  };
  using Texts = std::vector<std::string>;
  EXPECT_EQ(with("country.billing", "SY"), true);
  EXPECT_EQ(with("country.registered", "sy"), true);
  EXPECT_EQ(with("identifiers", Texts{"duns:7", "LEI:1"}), true);
  // One does not agree and the other is not known: it may still do so.
  EXPECT_EQ(with("country.declared", "DE"), std::nullopt);
  EXPECT_EQ(with("identifiers", Texts{"lei:2"}), std::nullopt);
  EXPECT_EQ(with("plan", "free"), std::nullopt);
  EXPECT_EQ(truth(screening, account({{"name", kFarther},
                                      {"country.declared", "DE"},
                                      {"identifiers", Texts{"lei:2"}}})),
            false);
  EXPECT_EQ(truth(Screening(parts()), account({{"name", kFarther}, {"country.billing", "SY"}})),
            false);
}

TEST(Screening, WhatTheListDoesNotSayCorroboratesNothing) {
  Screening::Parts bare = parts();
  bare.lists = {ScreenedList::make("csl", {{"Martha King", {}, {}, {}, {{0}, {2'000}}}}).value()};
  bare.corroborate = {800'000, {Corroboration::kCountry, Corroboration::kIdentifiers}};
  EXPECT_EQ(truth(Screening(bare), account({{"name", kFarther}})), false);
}

TEST(Screening, TheGroundsNameWhatAgrees) {
  const Screening screening = corroborated();
  EXPECT_THAT(
      screening.grounds(account({{"name", "queen bee"}, {"country.billing", "SY"}})).lines,
      ElementsAre("name `queen bee` is 1 like `Queen Bee`, an alias of `Martha King`, of list:csl, "
                  "country agrees, identifiers is not known"));
  EXPECT_THAT(screening.grounds(account({{"name", kFarther}, {"country.billing", "DE"}})).lines,
              ElementsAre(HasSubstr("is 0.833333 like `Martha King` of list:csl, country does not "
                                    "agree, identifiers is not known: 0.066667 short of 0.9")));
  EXPECT_THAT(screening.grounds(account({{"name", "Martha"}})).lines,
              ElementsAre(testing::EndsWith(": 0.15 short of 0.9, 0.05 of 0.8")));
  EXPECT_THAT(screening.grounds(account({{"name", "Zzz"}})).lines,
              ElementsAre("no listed name has a word in common"));
  EXPECT_THAT(screening.grounds(account({})).lines, ElementsAre("there is no name"));
}

TEST(Screening, ItsTextIsItsMeaning) {
  const std::string text = corroborated().canonical_text();
  EXPECT_NE(text, Screening(parts()).canonical_text());
  EXPECT_THAT(text, HasSubstr(name_tables()));
  Screening::Parts other = parts();
  other.score = 900'001;
  EXPECT_NE(Screening(other).canonical_text(), Screening(parts()).canonical_text());
  other = parts();
  other.names.pop_back();
  EXPECT_NE(Screening(other).canonical_text(), Screening(parts()).canonical_text());
  EXPECT_EQ(corroborated().summary(),
            "name or owners is at least 0.9 like a name in list:csl, or 0.8 where country or "
            "identifiers agrees");
}

}  // namespace
}  // namespace tidewaiter
