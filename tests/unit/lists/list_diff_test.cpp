// Two issues of a list, and what changed from one to the other: by hand.

#include "policies/lists/list_diff.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ListEntry entry(std::string id, std::string name) {
  ListEntry one;
  one.id = std::move(id);
  one.name = std::move(name);
  return one;
}

ListEntry nameless_row(std::string row, std::string name) {
  ListEntry one = entry(std::move(row), std::move(name));
  one.has_own_id = false;
  return one;
}

/// "+ id", "- id", "~ id: field -gone +come"
std::vector<std::string> told(const std::vector<ListEntry>& before,
                              const std::vector<ListEntry>& after) {
  const ListDiff diff = list_diff(before, after);
  std::vector<std::string> lines;
  for (const ListEntry* one : diff.added) lines.push_back("+ " + one->id);
  for (const ListEntry* one : diff.removed) lines.push_back("- " + one->id);
  for (const EntryChange& change : diff.changed) {
    std::string line = "~ " + change.after->id + ":";
    for (const FieldChange& field : change.fields) {
      line += " " + std::string(field.field);
      for (const std::string& value : field.removed) line += " -" + value;
      for (const std::string& value : field.added) line += " +" + value;
    }
    lines.push_back(line);
  }
  return lines;
}

TEST(ListDiff, EntriesAreAddedRemovedAndChangedById) {
  ListEntry changed = entry("2", "Jane Roe");
  changed.kind = PartyKind::kPerson;
  changed.countries = {"DE", "FR"};
  ListEntry now = entry("2", "Jane Rowe");
  now.kind = PartyKind::kPerson;
  now.countries = {"FR", "IT"};
  EXPECT_THAT(told({entry("1", "Acme"), changed, entry("3", "Otto")},
                   {now, entry("1", "Acme"), entry("4", "Otto")}),
              ElementsAre("+ 4", "- 3", "~ 2: name -Jane Roe +Jane Rowe country -DE +IT"));
}

TEST(ListDiff, TheOrderOfEntriesAndValuesIsNoChange) {
  ListEntry one = entry("1", "Acme");
  one.aliases = {{"A", false}, {"B", false}};
  one.programs = {"X", "Y"};
  ListEntry other = entry("1", "Acme");
  other.aliases = {{"B", false}, {"A", false}, {"A", false}};
  other.programs = {"Y", "X"};
  const std::vector<ListEntry> before{one, entry("2", "Otto")};
  const std::vector<ListEntry> after{entry("2", "Otto"), other};
  EXPECT_THAT(told(before, after), IsEmpty());
  EXPECT_EQ(list_diff(before, after).same, 2U);
}

TEST(ListDiff, AnAliasThatBecomesWeakIsAChangeOfBoth) {
  ListEntry strong = entry("1", "Acme");
  strong.aliases = {{"Ace", false}};
  ListEntry weak = entry("1", "Acme");
  weak.aliases = {{"Ace", true}};
  EXPECT_THAT(told({strong}, {weak}), ElementsAre("~ 1: alias -Ace weak_alias +Ace"));
}

// The number of a row says nothing of a party: a row put in before it is one row more.
TEST(ListDiff, WithoutIdsOfItsOwnAListIsComparedByName) {
  ListEntry moved = nameless_row("3", "Otto");
  moved.countries = {"FR"};
  EXPECT_THAT(told({nameless_row("1", "Acme"), nameless_row("2", "Otto")},
                   {nameless_row("1", "Jane"), nameless_row("2", "Acme"), moved}),
              ElementsAre("+ 1", "~ 3: country +FR"));
}

TEST(ListDiff, OfSeveralWithOneIdEqualOnesArePairedFirst) {
  EXPECT_THAT(told({entry("1", "A"), entry("1", "B"), entry("1", "C")},
                   {entry("1", "C"), entry("1", "D"), entry("1", "A")}),
              ElementsAre("~ 1: name -B +D"));
  EXPECT_THAT(told({entry("1", "A")}, {entry("1", "A"), entry("1", "A")}), ElementsAre("+ 1"));
  EXPECT_THAT(told({entry("1", "A"), entry("1", "A")}, {entry("1", "A")}), ElementsAre("- 1"));
}

TEST(ListDiff, ValuesAreNotReadAcrossTheirBorders) {
  ListEntry one = entry("1", "Acme");
  one.countries = {"a 1 b"};
  ListEntry other = entry("1", "Acme");
  other.countries = {"a", "b"};
  EXPECT_THAT(told({one}, {other}), ElementsAre("~ 1: country -a 1 b +a +b"));
}

}  // namespace
}  // namespace tidewaiter
