#include "policies/lists/list_book.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace tidewaiter
