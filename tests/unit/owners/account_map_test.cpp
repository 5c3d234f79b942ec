#include "daemon/sources/owners/account_map.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

Result<AccountMap> map_of(const std::string& text) {
  const TemporaryFolder folder;
  std::ofstream(folder / "map.csv", std::ios::binary) << text;
  return AccountMap::read(folder / "map.csv", PullWatch{});
}

TEST(AccountMap, SaysWhichAccountsAnIdentifierNames) {
  const auto map = map_of(
      "\xef\xbb\xbfnote,identifier,account\r\nx,XI-LEI:5299ab,acct-1\r\n,lei:5299AB,acct-2\r\n"
      "\"a, b\",GB-COH:0123,acct-1\r\n");
  ASSERT_TRUE(map) << to_text(map.error());
  // The scheme is told by its meaning, letters count in either case.
  EXPECT_THAT(map->accounts_of({"lei:5299Ab"}), ElementsAre("acct-1", "acct-2"));
  EXPECT_THAT(map->accounts_of({"isin:7", "gb-coh:0123"}), ElementsAre("acct-1"));
  EXPECT_THAT(map->accounts_of({"gb-coh:01234"}), IsEmpty());
  EXPECT_THAT(map->accounts_of({}), IsEmpty());
}

TEST(AccountMap, TakesIdsThatStandInTheFilesThemselves) {
  AccountMap map;
  map.take_ids_of("ACME-CRM");
  EXPECT_THAT(map.accounts_of({"lei:1", "acme-crm:Acct-9"}), ElementsAre("Acct-9"));
  EXPECT_THAT(map.accounts_of({"acme-crm:"}), IsEmpty());
  // However the scheme is spelled.
  map.take_ids_of("XI-LEI");
  EXPECT_THAT(map.accounts_of({"lei:5299"}), ElementsAre("5299"));
}

TEST(AccountMap, SaysWhichLinesNoIdentifierHas) {
  const auto map = map_of("account,identifier\nacct-1,lei:5299Ab\nacct-1,gb-coh:7\n");
  ASSERT_TRUE(map) << to_text(map.error());
  const auto named = map->named_by({"lei:5299AB", "gb-coh:8"});
  EXPECT_THAT(named, ElementsAre("lei:5299ab"));
  const auto without = map->lines_without(named);
  ASSERT_EQ(without.size(), 1U);
  EXPECT_EQ(without[0]->identifier, "gb-coh:7");
}

TEST(AccountMap, TellsWhatIsNoLine) {
  const auto why = [](const std::string& text) {
    const auto map = map_of(text);
    return map ? "read" : to_text(map.error());
  };
  EXPECT_THAT(why("account;identifier\n"), HasSubstr("map.csv:1: the header has no columns"));
  EXPECT_THAT(why("account,identifier\nacct,5299\n"),
              HasSubstr("map.csv:2: `5299` is no identifier"));
  EXPECT_THAT(why("account,identifier\n\n,lei:1\n"), HasSubstr("map.csv:3: `account` is empty"));
  EXPECT_THAT(why("account,identifier\nacct\n"), HasSubstr("map.csv:2: it has fewer cells"));
  EXPECT_THAT(why("account,identifier\n\"acct,lei:1\n"), HasSubstr("no line of CSV"));
  EXPECT_THAT(why("account,identifier\n"), EndsWith("it names no account"));
  const auto missing = AccountMap::read("/nowhere/map.csv", PullWatch{});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace tidewaiter
