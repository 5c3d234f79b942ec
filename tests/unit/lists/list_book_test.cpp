#include "policies/lists/list_book.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "policies/screening/screened_list.h"

namespace tidewaiter {
namespace {

ListEntry entry(std::string id, std::optional<PartyKind> kind, std::string name,
                std::vector<ListedName> aliases = {}) {
  ListEntry made;
  made.id = std::move(id);
  made.kind = kind;
  made.name = std::move(name);
  made.aliases = std::move(aliases);
  return made;
}

TEST(ListBook, FindsPartiesByTheirBestNames) {
  std::vector<ListBook::Source> sources(1);
  sources[0].name = "own";
  sources[0].list.entries = {
      entry("1", PartyKind::kPerson, "PUTIN, Vladimir", {{"Wladimir Putin", false}}),
      entry("2", std::nullopt, "Roe Trading LLC", {{"ROECO", true}}),
      entry("3", PartyKind::kPerson, "…"),
  };
  const ListBook book(std::move(sources));
  EXPECT_EQ(book.entry_count(), 3U);
  EXPECT_EQ(book.name_count(), 4U);
  EXPECT_EQ(book.sources()[0].list.faults.size(), 1U);  // the name of signs alone
  BookSearch search(book);
  const auto putin = search.find("Wladimir Putin", std::nullopt, 800'000).value();
  ASSERT_EQ(putin.size(), 1U);
  EXPECT_EQ(putin[0].listed_name(), "Wladimir Putin");
  EXPECT_EQ(putin[0].score, kSameName);
  const auto roe = search.find("Roeco", PartyKind::kOrganisation, 800'000).value();
  ASSERT_EQ(roe.size(), 1U);
  EXPECT_TRUE(roe[0].is_weak());
  EXPECT_EQ(roe[0].entry->id, "2");
  EXPECT_FALSE(search.parts("Roeco", roe[0]).empty());
  EXPECT_TRUE(search.find("Jane Doe", std::nullopt, 800'000).value().empty());
  EXPECT_FALSE(search.find("?", std::nullopt, 800'000));
}

TEST(ListBook, FindsAPartyOfUnknownKindAsEither) {
  std::vector<ListBook::Source> sources(1);
  sources[0].list.entries = {entry("1", std::nullopt, "Rosoboronexport"),
                             entry("2", std::nullopt, "Roe Trading LLC")};
  const ListBook book(std::move(sources));
  EXPECT_EQ(book.name_count(), 2U);
  BookSearch search(book);
  for (const std::optional<PartyKind> kind :
       {std::optional<PartyKind>(), std::optional(PartyKind::kPerson),
        std::optional(PartyKind::kOrganisation)}) {
    const auto hits = search.find("Rosoboronexport", kind, 800'000).value();
    ASSERT_EQ(hits.size(), 1U);
    EXPECT_EQ(hits[0].entry->id, "1");
    EXPECT_EQ(hits[0].score, kSameName);
  }
  // The legal form is left out of an organisation's name alone.
  const auto roe = search.find("Roe Trading", std::nullopt, 800'000).value();
  ASSERT_EQ(roe.size(), 1U);
  EXPECT_EQ(roe[0].kind, PartyKind::kOrganisation);
  EXPECT_EQ(roe[0].score, kSameName);
}

TEST(ListBook, OfEqualNamesTheOneThatIsNotWeakSaysMore) {
  std::vector<ListBook::Source> sources(1);
  sources[0].list.entries = {
      entry("1", PartyKind::kPerson, "Mohammed Karim", {{"ABU ALI", true}, {"Abu Ali", false}})};
  const ListBook book(std::move(sources));
  BookSearch search(book);
  const auto hits = search.find("Abu Ali", std::nullopt, 800'000).value();
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_FALSE(hits[0].is_weak());
}

// What a policy's `screen` judges by is what `tidewaiter screen` tells of the same list.
TEST(ListBook, GivesTheScoresAndPartsThatPoliciesJudgeBy) {
  std::vector<ListBook::Source> sources(1);
  sources[0].list.entries = {
      entry("1", PartyKind::kPerson, "PUTIN, Vladimir", {{"Vova", true}}),
      entry("2", PartyKind::kPerson, "MILLER, Robert", {{"Mueller, Robert", false}}),
      entry("3", PartyKind::kOrganisation, "Roe Trading LLC"),
      entry("4", std::nullopt, "Miller Trading")};
  std::vector<ListedParty> parties;
  for (const ListEntry& one : sources[0].list.entries) {
    ListedParty party{one.name, {}, {}, {}, {}, one.kind};
    for (const ListedName& alias : one.aliases) {
      (alias.is_weak ? party.weak_aliases : party.aliases).push_back(alias.text);
    }
    parties.push_back(std::move(party));
  }
  const auto list = ScreenedList::make("own", std::move(parties)).value();
  const ListBook book(std::move(sources));
  BookSearch search(book);
  std::size_t compared = 0;
  for (const char* name : {"Vladimir Putin", "Владимир Путин", "Bob Miller", "Robert Muller",
                           "Roe Trading", "Miller Trade Limited", "VOVA"}) {
    const auto hits = search.find(name, std::nullopt, 500'000).value();
    for (const BookHit& hit : hits) {
      const auto party =
          static_cast<std::uint32_t>(hit.entry - book.sources()[0].list.entries.data());
      const auto found = list->find(name, hit.kind, hit.score, NameLookup::kScan).value();
      const auto same = std::ranges::find_if(found, [&](const PartyHit& one) {
        return one.party == party && list->text_of(one) == hit.listed_name();
      });
      ASSERT_NE(same, found.end()) << name << ", " << hit.listed_name();
      EXPECT_EQ(same->score, hit.score) << name;
      EXPECT_EQ(same->is_weak, hit.is_weak()) << name;
      EXPECT_EQ(list->parts(name, *same), search.parts(name, hit)) << name;
      ++compared;
    }
  }
  EXPECT_GE(compared, 7U);
}

}  // namespace
}  // namespace tidewaiter
