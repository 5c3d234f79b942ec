#include "policies/screening/screened_list.h"

#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;

constexpr Interval kAllTime{{INT64_MIN}, {INT64_MAX}};

ListedParty party(std::string name, std::vector<std::string> aliases = {}) {
  return {std::move(name), std::move(aliases), {}, {}, kAllTime};
}

std::shared_ptr<const ScreenedList> list_of(std::vector<ListedParty> parties) {
  return ScreenedList::make("csl", std::move(parties)).value();
}

TEST(ScreenedList, FindsPartiesByTheirNames) {
  ListedParty acme = party("Acme Trading", {"Martha King"});
  acme.kind = PartyKind::kPerson;
  acme.weak_aliases = {"Queen Bee"};
  const auto list = list_of({acme, party("KING, Martha")});
  EXPECT_TRUE(list->has_weak_aliases());
  EXPECT_FALSE(list_of({party("Acme")})->has_weak_aliases());
  for (const NameLookup how : {NameLookup::kIndex, NameLookup::kScan}) {
    const auto hits = list->find("martha king", PartyKind::kPerson, 900'000, how).value();
    ASSERT_THAT(hits, ElementsAre(PartyHit{0, 1, false, PartyKind::kPerson, kSameName},
                                  PartyHit{1, 0, false, PartyKind::kPerson, kSameName}));
    EXPECT_EQ(list->text_of(hits[0]), "Martha King");
    EXPECT_EQ(list->text_of(hits[1]), "KING, Martha");
    EXPECT_THAT(list->parts("martha king", hits[1]),
                ElementsAre("given name `martha` exact", "family name `king` exact"));
    const auto weak = list->find("Queen Bee", std::nullopt, 900'000, how).value();
    ASSERT_THAT(weak, ElementsAre(PartyHit{0, 2, true, PartyKind::kPerson, kSameName}));
    EXPECT_EQ(list->text_of(weak[0]), "Queen Bee");
    EXPECT_FALSE(list->find("--", std::nullopt, 900'000, how));
  }
}

// A weak alias needs a second sign, and there is none.
TEST(ScreenedList, KnowsOwnersAgainByTheFormOfTheirNamesThatAreNotWeak) {
  ListedParty third = party("Nobody", {"George Bushe"});
  third.weak_aliases = {"BUSH, George"};
  const auto list = list_of({party("Al Qaeda"), party("George Bush", {"Bush George"}), third});
  for (const NameLookup how : {NameLookup::kIndex, NameLookup::kScan}) {
    EXPECT_THAT(list->find_same(name_form("Alqaeda").value(), how), ElementsAre(0));
    EXPECT_THAT(list->find_same(name_form("bush, george").value(), how), ElementsAre(1));
    EXPECT_THAT(list->find_same(name_form("George Bushe").value(), how), ElementsAre(2));
    EXPECT_THAT(list->find_same(name_form("Georg Bush").value(), how), ElementsAre());
    EXPECT_THAT(list->find_same(name_form("George").value(), how), ElementsAre());
  }
}

/// Several who look names up at once have what one alone has.
TEST(ScreenedList, IsLookedIntoByManyAtOnce) {
  std::vector<ListedParty> parties;
  for (char c = 'a'; c <= 'z'; ++c) parties.push_back(party(std::string("Martha King") + c));
  const auto list = list_of(std::move(parties));
  const auto alone = list->find("Martha Kinga", std::nullopt, 700'000, NameLookup::kScan).value();
  ASSERT_GT(alone.size(), 1U);
  std::vector<int> same(4);
  {
    std::vector<std::jthread> threads;
    for (int& count : same) {
      threads.emplace_back([&list, &alone, &count] {
        for (int i = 0; i < 50; ++i) {
          const auto hits =
              list->find("Martha Kinga", std::nullopt, 700'000, NameLookup::kIndex).value();
          count += hits == alone ? 1 : 0;
        }
      });
    }
  }
  EXPECT_THAT(same, ElementsAre(50, 50, 50, 50));
}

TEST(ScreenedList, RefusesNamesThatSayNothing) {
  const auto made = ScreenedList::make("csl", {party("Acme", {"Beta", "***"})});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, testing::StartsWith("`***`: "));
}

TEST(ScreenedList, ItsListingsAreOfThePartiesInWhateverOrder) {
  ListedParty acme = party("Acme");
  ListedParty beta = party("Beta");
  acme.programs = {"P"};
  beta.programs = {"Q"};
  const Digest digest = list_of({acme, beta})->listing_digest();
  EXPECT_EQ(list_of({beta, acme})->digest(), list_of({acme, beta})->digest());
  EXPECT_EQ(list_of({beta, acme})->listing_digest(), digest);
  std::swap(acme.programs, beta.programs);  // each is listed under the other's
  EXPECT_NE(list_of({acme, beta})->listing_digest(), digest);
  EXPECT_NE(list_of({beta, acme})->listing_digest(), digest);
}

TEST(ScreenedList, ItsDigestIsThatOfAllItSays) {
  const Digest plain = list_of({party("Acme")})->digest();
  EXPECT_EQ(list_of({party("Acme")})->digest(), plain);
  EXPECT_NE(list_of({party("ACME")})->digest(), plain);
  EXPECT_NE(list_of({party("Acme", {"A"})})->digest(), plain);
  ListedParty one = party("Acme");
  one.countries = {"SY"};
  EXPECT_NE(list_of({one})->digest(), plain);
  one = party("Acme");
  one.identifiers = {"SY"};
  EXPECT_NE(list_of({one})->digest(), plain);
  one = party("Acme");
  one.weak_aliases = {"A"};
  EXPECT_NE(list_of({one})->digest(), plain);
  EXPECT_NE(list_of({one})->digest(), list_of({party("Acme", {"A"})})->digest());
  one = party("Acme");
  one.kind = PartyKind::kPerson;
  EXPECT_NE(list_of({one})->digest(), plain);
  one = party("Acme");
  one.during.to = {0};
  EXPECT_NE(list_of({one})->digest(), plain);
}

}  // namespace
}  // namespace tidewaiter
