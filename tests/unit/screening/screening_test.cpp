#include "policies/screening/screening.h"

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/screening/shipped_consequences.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
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

/// A list of one person from Syria, that stands in it until the instant 2,000.
ListedParty martha_king() {
  ListedParty party{"Martha King", {"Queen Bee"}, {"SY"}, {"lei:1"}, {{0}, {2'000}}};
  party.kind = PartyKind::kPerson;
  return party;
}

Screening::Parts parts() {
  Screening::Parts parts;
  parts.names = {id_of("name"), id_of("owners")};
  parts.lists = {ScreenedList::make("csl", {martha_king()}).value()};
  parts.score = 900'000;
  return parts;
}

// kong ~ king is 0.925 and weighs 720 of 860 + 720 thousandths on both sides: (860 + 666) / 1580 =
// 0.965822, and × 0.98, for two plain words are all and one of them is less than 0.96 alike.
constexpr const char* kNear = "Martha Kong";
constexpr double kNearScore = 0.946505;
// kin ~ king is 0.791667 and weighs 650 and 720: (1720 + 1084.58379) / 3090 = 0.907632, and × 0.98.
constexpr const char* kFarther = "Martha Kin";

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

/// The list as an issue of a published one, known up to an instant.
std::shared_ptr<const ScreenedList> known_until(const std::shared_ptr<const ScreenedList>& list,
                                                std::int64_t us) {
  return list->as_issue(
      "csl", {"published", "0123456789abcdef", sha256("issue"), {0}, {us}, std::nullopt});
}

TEST(Screening, WhoIsNotInAListThatNobodyHasConfirmedCannotBeTold) {
  Screening::Parts all = parts();
  all.lists = {known_until(all.lists.front(), 1'001)};
  EXPECT_EQ(truth(Screening(all), account({{"name", "John"}})), false);
  all.lists = {known_until(parts().lists.front(), 1'000)};
  const Screening stale(all);
  EXPECT_EQ(truth(stale, account({{"name", "John"}})), std::nullopt);
  EXPECT_EQ(truth(stale, account({{"name", "Martha King"}})), true);  // a hit is one
  EXPECT_THAT(stale.grounds(account({{"name", "John"}})).lines,
              ElementsAre(HasSubstr("list:csl is stale: nobody has confirmed its issue "
                                    "0123456789ab of 1970-01-01")));
  EXPECT_THAT(stale.grounds(account({{"name", "Martha King"}})).lines,
              ElementsAre(HasSubstr(", issue 0123456789ab of 1970-01-01, sha256:")));
  // One of several lists is enough not to know.
  all.lists.push_back(ScreenedList::make("own", {}).value());
  EXPECT_EQ(truth(Screening(all), account({{"name", "John"}})), std::nullopt);
}

TEST(Screening, WithoutAnIssueNothingIsKnown) {
  Screening::Parts all = parts();
  IssueStanding none;
  none.published = "published";
  all.lists = {ScreenedList::make({}, {}).value()->as_issue("csl", none)};
  const Screening screening(all);
  EXPECT_EQ(truth(screening, account({{"name", "Martha King"}})), std::nullopt);
  EXPECT_THAT(screening.grounds(account({{"name", "John"}})).lines,
              ElementsAre("list:csl cannot be looked into: no issue of it has been fetched"));
  EXPECT_THAT(screening.canonical_text(), HasSubstr("list:csl not fetched"));
}

// Up to when it is known is no part of the meaning; what is judged again after a gap is.
TEST(Screening, ItsMeaningIsTheIssueAndNotItsAge) {
  const auto text_of = [](const std::shared_ptr<const ScreenedList>& list) {
    Screening::Parts all = parts();
    all.lists = {list};
    return Screening(all).canonical_text();
  };
  const auto list = parts().lists.front();
  EXPECT_EQ(text_of(known_until(list, 1)), text_of(known_until(list, 2)));
  EXPECT_EQ(text_of(known_until(list, 1)), text_of(list));
  IssueStanding resumed = *known_until(list, 2)->standing();
  resumed.resumed = UtcTime{1};
  EXPECT_NE(text_of(list->as_issue("csl", resumed)), text_of(list));
}

TEST(Screening, ACountryThatTheListWritesOtherwiseIsNoOtherCountry) {
  Screening::Parts all = parts();
  ListedParty party = martha_king();
  party.countries = {"Region: Crimea"};
  party.identifiers = {};
  all.lists = {ScreenedList::make("csl", {party}).value()};
  all.corroborate = {800'000, {Corroboration::kCountry}};
  const Screening screening(std::move(all));
  EXPECT_EQ(truth(screening, account({{"name", kFarther}, {"country.billing", "UA"}})),
            std::nullopt);
  EXPECT_EQ(truth(screening, account({{"name", "John"}, {"country.billing", "UA"}})), false);
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
  const std::string too_long(kMostNameBytes + 1, 'a');
  EXPECT_EQ(truth(screening, account({{"name", too_long}})), std::nullopt);
  EXPECT_EQ(
      truth(screening, account({{"name", too_long}, {"owners", std::vector<std::string>{"John"}}})),
      std::nullopt);
  EXPECT_EQ(truth(screening, account({{"name", too_long},
                                      {"owners", std::vector<std::string>{"Martha King"}}})),
            true);
}

// The last letters are no words of an organisation's name, and too many of a person's.
TEST(Screening, PaddingHidesNoName) {
  std::string pad;
  for (std::size_t i = 0; i < kMostNameWords; ++i) pad += " a";
  Screening::Parts all = parts();
  ListedParty acme{"Acme Trading", {}, {"SY"}, {}, {{0}, {2'000}}};
  all.lists.push_back(ScreenedList::make("own", {acme}).value());
  EXPECT_EQ(truth(Screening(all), account({{"name", "Acme Trading" + pad}})), true);
  EXPECT_EQ(truth(Screening(all), account({{"name", "Jane Roe" + pad}})), std::nullopt);
  // A hit that does not count does not say that the other reading has none that does.
  all.corroborate = {std::nullopt, {Corroboration::kCountry}, true};
  const Record elsewhere = account({{"name", "Acme Trading" + pad},
                                    {"country.declared", "DE"},
                                    {"country.billing", "DE"},
                                    {"country.registered", "DE"}});
  EXPECT_EQ(truth(Screening(all), elsewhere), std::nullopt);
  all.kind = PartyKind::kOrganisation;
  EXPECT_EQ(truth(Screening(all), elsewhere), false);
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
  ListedParty party = martha_king();
  party.countries.clear();
  party.identifiers.clear();
  bare.lists = {ScreenedList::make("csl", {party}).value()};
  bare.corroborate = {800'000, {Corroboration::kCountry, Corroboration::kIdentifiers}};
  EXPECT_EQ(truth(Screening(bare), account({{"name", kFarther}})), false);
}

TEST(Screening, LooksForThePartiesOfOneKindAlone) {
  Screening::Parts organisations = parts();
  organisations.kind = PartyKind::kOrganisation;
  EXPECT_EQ(truth(Screening(organisations), account({{"name", "Martha King"}})), false);
  organisations.kind = PartyKind::kPerson;
  EXPECT_EQ(truth(Screening(organisations), account({{"name", "Martha King"}})), true);
}

TEST(Screening, CorroborationMayBeAskedOfEveryHit) {
  Screening::Parts asking = parts();
  asking.corroborate = {std::nullopt, {Corroboration::kCountry}, true};
  const Screening screening(asking);
  EXPECT_EQ(truth(screening, account({{"name", "Martha King"}, {"country.billing", "SY"}})), true);
  EXPECT_EQ(truth(screening, account({{"name", "Martha King"}, {"country.billing", "DE"}})), false);
  EXPECT_EQ(truth(screening, account({{"name", "Martha King"}})), std::nullopt);
  EXPECT_EQ(truth(screening, account({{"name", kFarther}, {"country.billing", "SY"}})), false);
  EXPECT_NE(screening.canonical_text(), Screening(parts()).canonical_text());
  EXPECT_EQ(screening.summary(),
            "name or owners is at least 0.9 like a name in list:csl where country agrees");
  EXPECT_THAT(screening.grounds(account({{"name", "Martha King"}})).lines,
              ElementsAre(HasSubstr("country is not known: a name alone is not enough, something "
                                    "else has to agree")));
}

/// "Queen Bee" is a weak alias here.
Screening::Parts with_weak_alias() {
  Screening::Parts weak = parts();
  ListedParty party = martha_king();
  party.weak_aliases = std::exchange(party.aliases, {});
  weak.lists = {ScreenedList::make("csl", {party}).value()};
  return weak;
}

TEST(Screening, AWeakAliasCountsWithSomethingElseAlone) {
  using Texts = std::vector<std::string>;
  const Texts other{"lei:2"};
  const Screening screening(with_weak_alias());  // which has no `corroborate`
  EXPECT_EQ(truth(screening, account({{"name", "Queen Bee"}, {"country.billing", "SY"}})), true);
  EXPECT_EQ(truth(screening, account({{"name", "Queen Bee"}, {"identifiers", Texts{"lei:1"}}})),
            true);
  EXPECT_EQ(truth(screening, account({{"name", "Queen Bee"}, {"country.billing", "DE"}})),
            std::nullopt);
  EXPECT_EQ(
      truth(screening,
            account({{"name", "Queen Bee"}, {"country.billing", "DE"}, {"identifiers", other}})),
      false);
  EXPECT_EQ(truth(screening, account({{"name", "Martha King"}, {"country.billing", "DE"}})), true);
  // The other names of the party go on counting by themselves.
  EXPECT_EQ(truth(screening, account({{"name", "Queen Bee"},
                                      {"owners", Texts{"Martha King"}},
                                      {"country.billing", "DE"},
                                      {"identifiers", other}})),
            true);
  EXPECT_THAT(
      screening
          .grounds(
              account({{"name", "Queen Bee"}, {"country.billing", "DE"}, {"identifiers", other}}))
          .lines,
      ElementsAre(AllOf(HasSubstr("is 1 like `Queen Bee`, a weak alias of `Martha King`, of"),
                        HasSubstr("a weak alias alone is not enough"))));
}

// quen ~ queen is 0.947917 at most: below 0.99, above 0.8.
TEST(Screening, NoLowerScoreIsEnoughForAWeakAlias) {
  Screening::Parts weak = with_weak_alias();
  weak.score = 990'000;
  weak.corroborate = {800'000, {Corroboration::kCountry}};
  EXPECT_EQ(truth(Screening(weak), account({{"name", "Quen Bee"}, {"country.billing", "SY"}})),
            false);
  weak.corroborate->any = {Corroboration::kIdentifiers};
  EXPECT_EQ(truth(Screening(weak), account({{"name", "Queen Bee"}, {"country.billing", "SY"}})),
            std::nullopt);
}

TEST(Screening, TheGroundsNameWhatAgrees) {
  const Screening screening = corroborated();
  EXPECT_THAT(
      screening.grounds(account({{"name", "queen bee"}, {"country.billing", "SY"}})).lines,
      ElementsAre("name `queen bee` is 1 like `Queen Bee`, an alias of `Martha King`, of list:csl "
                  "(given name `queen` exact, family name `bee` exact), country agrees, "
                  "identifiers is not known"));
  EXPECT_THAT(screening.grounds(account({{"name", kFarther}, {"country.billing", "DE"}})).lines,
              ElementsAre(HasSubstr("is 0.889479 like `Martha King` of list:csl (given name "
                                    "`martha` exact, family name `kin` / `king` similar spelling "
                                    "0.791667), country does not agree, identifiers is not known: "
                                    "0.010521 short of 0.9")));
  EXPECT_THAT(screening.grounds(account({{"name", "Marta Kingsley"}})).lines,
              ElementsAre(testing::EndsWith(": 0.552066 short of 0.9, 0.452066 of 0.8")));
  EXPECT_THAT(screening.grounds(account({{"name", "Zzz"}})).lines,
              ElementsAre("no listed name is like it"));
  EXPECT_THAT(screening.grounds(account({})).lines, ElementsAre("there is no name"));
}

TEST(Screening, ItsTextIsItsMeaning) {
  const std::string text = corroborated().canonical_text();
  EXPECT_NE(text, Screening(parts()).canonical_text());
  EXPECT_THAT(text, HasSubstr(name_tables()));
  EXPECT_THAT(text, HasSubstr("names 3"));
  Screening::Parts other = parts();
  other.score = 900'001;
  EXPECT_NE(Screening(other).canonical_text(), Screening(parts()).canonical_text());
  other = parts();
  other.kind = PartyKind::kPerson;
  EXPECT_NE(Screening(other).canonical_text(), Screening(parts()).canonical_text());
  other = parts();
  other.names.pop_back();
  EXPECT_NE(Screening(other).canonical_text(), Screening(parts()).canonical_text());
  EXPECT_EQ(corroborated().summary(),
            "name or owners is at least 0.9 like a name in list:csl, or 0.8 where country or "
            "identifiers agrees");
}

/// Martha King under SDGT, and under SYRIA, which ended with 2025-06-30 (EO 14312).
Screening::Parts listed_parts(std::vector<std::string> programs, std::string_view code) {
  Screening::Parts all = parts();
  ListedParty party = martha_king();
  party.during = {{INT64_MIN}, {INT64_MAX}};
  party.programs = std::move(programs);
  all.lists = {
      ScreenedList::make("sdn", {party}).value()->with_consequences(shipped_consequences(code))};
  return all;
}

Record martha_on(const std::string& day) {
  Record record = account({{"name", "Martha King"}});
  record.time = parse_time(day + "T12:00:00Z").value();
  return record;
}

TEST(Screening, OnlyPartiesOfAProgrammeAreLookedFor) {
  Screening::Parts all = listed_parts({"SDGT"}, "SDN");
  all.choice.programs = {"IRAN", "sdgt"};
  EXPECT_EQ(truth(Screening(all), martha_on("2026-01-01")), true);
  all.choice.programs = {"IRAN"};
  EXPECT_EQ(truth(Screening(all), martha_on("2026-01-01")), false);
  EXPECT_THAT(Screening(all).hits(martha_on("2026-01-01")), testing::IsEmpty());
  // Whose programme the list does not say may be of it.
  all.lists = listed_parts({}, "SDN").lists;
  EXPECT_EQ(truth(Screening(all), martha_on("2026-01-01")), std::nullopt);
  EXPECT_THAT(Screening(all).hits(martha_on("2026-01-01")).front().text,
              HasSubstr("whether it is listed under `IRAN` is not known"));
}

TEST(Screening, OnlyPartiesOfWhichAnObligationFollowsAreLookedFor) {
  Screening::Parts all = listed_parts({"UKRAINE-EO13662"}, "SDN");
  all.choice.obligations = {Obligation::kBlock};
  EXPECT_EQ(truth(Screening(all), martha_on("2026-01-01")), true);
  // The same tag on another list.
  all.lists = listed_parts({"UKRAINE-EO13662"}, "OFAC-CONS").lists;
  EXPECT_EQ(truth(Screening(all), martha_on("2026-01-01")), false);
  all.choice.obligations = {Obligation::kBlock, Obligation::kSectoral};
  EXPECT_EQ(truth(Screening(all), martha_on("2026-01-01")), true);
  // What nobody says is neither.
  all.lists = {all.lists.front()->with_consequences(nullptr)};
  EXPECT_EQ(truth(Screening(all), martha_on("2026-01-01")), std::nullopt);
}

TEST(Screening, TheLawOfTheRecordsDayDecides) {
  Screening::Parts all = listed_parts({"SYRIA"}, "SDN");
  all.choice.obligations = {Obligation::kBlock};
  const Screening blocked(all);
  EXPECT_EQ(truth(blocked, martha_on("2025-06-30")), true);
  EXPECT_EQ(truth(blocked, martha_on("2025-07-01")), std::nullopt);
  all.lists = listed_parts({"SYRIA", "SDGT"}, "SDN").lists;
  EXPECT_EQ(truth(Screening(all), martha_on("2025-07-01")), true);
  const ScreenHit hit = Screening(all).hits(martha_on("2025-07-01")).front();
  EXPECT_EQ(obligations_text(hit.follows), "block; not-known");
}

TEST(Screening, ProgrammesAreOfTheMeaningWhereTheyAreAskedForAlone) {
  Screening::Parts all = listed_parts({"SDGT"}, "SDN");
  Screening::Parts other = listed_parts({"IRAN"}, "SDN");
  Screening::Parts untold = all;
  untold.lists = {all.lists.front()->with_consequences(nullptr)};
  const std::string before = Screening(all).canonical_text();
  EXPECT_EQ(before, Screening(other).canonical_text());
  EXPECT_EQ(before, Screening(untold).canonical_text());
  EXPECT_EQ(party_digest(all.lists.front()->parties().front()),
            party_digest(other.lists.front()->parties().front()));
  for (Screening::Parts* one : {&all, &other, &untold})
    one->choice.obligations = {Obligation::kBlock};
  EXPECT_NE(before, Screening(all).canonical_text());
  EXPECT_NE(Screening(all).canonical_text(), Screening(other).canonical_text());
  EXPECT_NE(Screening(all).canonical_text(), Screening(untold).canonical_text());
  all.choice.programs = {"SDGT"};
  EXPECT_EQ(Screening(all).summary(),
            "name or owners is at least 0.9 like a name in list:sdn that is listed under `SDGT` "
            "and for `block`");
}

}  // namespace
}  // namespace tidewaiter
