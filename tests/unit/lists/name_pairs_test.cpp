#include "policies/lists/name_pairs.h"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(NamePairs, ColumnsAreFoundByTheirNames) {
  const auto table = parse_name_pairs(
      "case_group,schema,name1,name2,is_match\n"
      "x,Person,Olaf Scholze,Olaf Scholz,true\n"
      "x,Company,\"A, Inc.\",A Inc,true\n"
      "x,LegalEntity,B,C,false\n"
      "x,Person,,D,false\n");
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_EQ(table.rows[0].a, "Olaf Scholze");
  EXPECT_EQ(table.rows[0].kind, PartyKind::kPerson);
  EXPECT_EQ(table.rows[1].a, "A, Inc.");
  EXPECT_EQ(table.rows[1].kind, PartyKind::kOrganisation);
  EXPECT_EQ(table.rows[2].kind, std::nullopt);
  ASSERT_EQ(table.faults.size(), 1U);
  EXPECT_EQ(table.faults[0].line, 5U);
}

TEST(NamePairs, OfficialAliasPairsArePairs) {
  const auto ofac = parse_name_pairs(
      "ent_num,sdn_type,primary_name,alt_num,alt_type,alias\n36,-0- ,AEROCARIBBEAN,12,aka,AERO\n");
  ASSERT_EQ(ofac.rows.size(), 1U);
  EXPECT_EQ(ofac.rows[0].b, "AERO");
  EXPECT_EQ(ofac.rows[0].kind, PartyKind::kOrganisation);
}

TEST(NamePairs, WithoutAHeaderTheFirstTwoColumnsAreTheNames) {
  const auto table = parse_name_pairs("# comment\n李明,Li Ming,0.60,x\n");
  EXPECT_FALSE(table.has_header);
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0].b, "Li Ming");
  EXPECT_EQ(table.rows[0].line, 2U);
}

TEST(WantedNames, NameKindAndIdByHeader) {
  const auto table = parse_wanted_names("id,full_name,kind\n7,Jane Roe,person\n8,,person\n");
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0].id, "7");
  EXPECT_EQ(table.rows[0].kind, PartyKind::kPerson);
  EXPECT_EQ(table.faults.size(), 1U);
  EXPECT_FALSE(parse_wanted_names("Jane Roe\nJohn Roe\n").has_header);
  EXPECT_EQ(parse_wanted_names("Jane Roe\nJohn Roe\n").rows.size(), 2U);
}

TEST(WantedNames, AreReadWhateverStandsBetweenCells) {
  for (const std::string_view text :
       {"name\tid\nIvan Petrov\tc1\n", "# exported; as it was\nname;id\nIvan Petrov;c1\n",
        "id,name\nc1,Ivan Petrov\n"}) {
    const auto table = parse_wanted_names(text);
    ASSERT_EQ(table.rows.size(), 1U) << text;
    EXPECT_EQ(table.rows[0].name, "Ivan Petrov");
    EXPECT_EQ(table.rows[0].id, "c1");
  }
}

}  // namespace
}  // namespace tidewaiter
