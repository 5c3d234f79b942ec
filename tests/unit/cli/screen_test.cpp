#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kOwnList =
    "id,kind,name,alias,country,program\n"
    "w1,person,\"Roe, Jane\",Jenny Roe,FR,own\n"
    "w2,organisation,Acme Pumps GmbH,,DE,own\n";

// By hand: an identifier stands by itself in a longer text, and not within another one.
TEST(ListSearch, FindsEntriesByNameIdAndIdentifier) {
  const SmallSite site;
  site.write("own.csv",
             "id,kind,name,alias,country,program,identifier\n"
             "w1,person,\"Roe, Jane\",Jenny Roe,FR,own,Passport DE-77 (Germany)\n"
             "w2,organisation,Acme Pumps GmbH,,DE,dual use,LEI 5299\n"
             "w3,organisation,Other Trading,,DE,own,Passport DE-778\n");
  const auto found = [&site](const std::string& text) {
    return site({"list", "search", text, "--list", "own.csv", "--json"}).json()["entries"];
  };
  const auto roe = found("jane roe");
  ASSERT_EQ(roe.size(), 1U);
  EXPECT_EQ(roe[0]["entry"], "w1");
  EXPECT_EQ(roe[0]["score"], 1.0);
  EXPECT_EQ(roe[0]["programs"][0], "own");
  EXPECT_EQ(roe[0]["aliases"][0]["name"], "Jenny Roe");
  const auto passport = found("de-77");
  ASSERT_EQ(passport.size(), 1U);
  EXPECT_EQ(passport[0]["entry"], "w1");
  EXPECT_EQ(passport[0]["by"], "an identifier");
  EXPECT_EQ(passport[0]["score"], nullptr);
  EXPECT_EQ(found("W2")[0]["by"], "its id");
  const Answer nothing = site({"list", "search", "Xyzzy", "--list", "own.csv"});
  EXPECT_EQ(nothing.status, 0);
  EXPECT_EQ(nothing.out, "0 entries of 3 in 1 list; that none is like a text clears nobody\n");
}

// By hand: equal names score 1; a family name before a comma is the same name; two names without a
// word or a sound in common score 0.
TEST(ScreenPairs, PrintsTheScoreOfEachPairInTheOrderOfTheFile) {
  const SmallSite site;
  site.write("pairs.csv",
             "name1,name2,kind\nJane Roe,Jane Roe,person\n\"ROE, Jane\",Jane Roe,person\n"
             "Jane Roe,Otto Pfiffig,person\n");
  const Answer csv = site({"screen", "--pairs", "pairs.csv", "--csv"});
  EXPECT_EQ(csv.status, 0) << csv.err;
  EXPECT_EQ(csv.err, "");
  EXPECT_THAT(csv.out, AllOf(StartsWith("line,name1,name2,kind,score,parts,problem\n"
                                        "2,Jane Roe,Jane Roe,person,1,"),
                             HasSubstr("\n3,\"ROE, Jane\",Jane Roe,person,1,"),
                             HasSubstr("\n4,Jane Roe,Otto Pfiffig,person,0,")));
  const auto json = site({"screen", "--pairs", "pairs.csv", "--json"}).json();
  ASSERT_EQ(json["pairs"].size(), 3U);
  EXPECT_EQ(json["pairs"][1]["line"], 3);
  EXPECT_EQ(json["pairs"][1]["name1"], "ROE, Jane");
  EXPECT_EQ(json["pairs"][1]["score"], 1.0);
  EXPECT_EQ(json["pairs"][2]["score"], 0.0);
  EXPECT_TRUE(json["faults"].empty());
  const Answer text = site({"screen", "--pairs", "pairs.csv"});
  EXPECT_THAT(text.out, AllOf(HasSubstr("OTHER NAME"), EndsWith("3 pairs\n")));
}

TEST(ScreenPairs, ABadRowIsToldWithItsLineAndTheOthersAreCompared) {
  const SmallSite site;
  site.write("pairs.csv", "name1,name2\nJane Roe,\nJane Roe,Jane Roe\n");
  const Answer answer = site({"screen", "--pairs", "pairs.csv", "--json"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_EQ(answer.err, "pairs.csv:2: a name is missing: expected two\n");
  EXPECT_EQ(answer.json()["pairs"].size(), 1U);
  EXPECT_EQ(answer.json()["faults"][0]["line"], 2);
}

TEST(ScreenPairs, OfMoreThanTenBadRowsTheNumberIsTold) {
  const SmallSite site;
  std::string rows = "name1,name2\n";
  for (int i = 0; i < 13; ++i) rows += "Jane Roe,\n";
  site.write("pairs.csv", rows);
  const Answer answer = site({"screen", "--pairs", "pairs.csv"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_THAT(answer.err, AllOf(HasSubstr("pairs.csv:11: "), Not(HasSubstr("pairs.csv:12: ")),
                                EndsWith("pairs.csv: 3 more rows could not be read\n")));
}

TEST(ScreenPairs, WithoutAHeaderTheFirstTwoColumnsAreTheNames) {
  const SmallSite site;
  site.write("pairs.csv", "Jane Roe,Jane Roe\n");
  const Answer answer = site({"screen", "--pairs", "pairs.csv", "--csv"});
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.err, HasSubstr("no header with `name1` and `name2`"));
  EXPECT_THAT(answer.out, HasSubstr("\n1,Jane Roe,Jane Roe,person,1,"));
}

TEST(ScreenName, PrintsTheListedPartiesThatItIsLike) {
  const SmallSite site;
  site.write("own.csv", kOwnList);
  const Answer answer = site({"screen", "Jane Roe", "--list", "own.csv", "--json"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  const auto json = answer.json();
  ASSERT_EQ(json["names"].size(), 1U);
  ASSERT_EQ(json["names"][0]["hits"].size(), 1U);
  const auto& hit = json["names"][0]["hits"][0];
  EXPECT_EQ(hit["score"], 1.0);
  EXPECT_EQ(hit["listed_name"], "Roe, Jane");
  EXPECT_EQ(hit["entry"], "w1");
  EXPECT_EQ(hit["kind"], "person");
  EXPECT_EQ(hit["list"], "own.csv");
  EXPECT_EQ(hit["countries"], nlohmann::json::array({"FR"}));
  EXPECT_EQ(json["lists"][0]["entries"], 2);
  const Answer csv = site({"screen", "Jane Roe", "--list", "own.csv", "--csv"});
  EXPECT_THAT(csv.out, HasSubstr("\n,,Jane Roe,1,\"Roe, Jane\",false,w1,"));
  const Answer text = site({"screen", "Jenny Roe", "--list", "own.csv"});
  EXPECT_THAT(text.out, AllOf(HasSubstr("(alias of Roe, Jane)"),
                              EndsWith("1 hit for 1 name in 2 entries (3 listed names)\n")));
}

TEST(ScreenName, WhatIsNotLikeAListedNameHasNoHit) {
  const SmallSite site;
  site.write("own.csv", kOwnList);
  const Answer answer = site({"screen", "Otto Pfiffig", "--list", "own.csv"});
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.out, "0 hits for 1 name in 2 entries (3 listed names)\n");
}

TEST(ScreenName, ANameOfSignsCannotBeLookedFor) {
  const SmallSite site;
  site.write("own.csv", kOwnList);
  const Answer answer = site({"screen", "???", "--list", "own.csv"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_THAT(answer.err, HasSubstr("`???`: "));
}

TEST(ScreenName, RowsOfAListThatCannotBeReadAreToldWithTheirLine) {
  const SmallSite site;
  site.write("own.csv", "name,country\nJane Roe,FR\n,FR\n");
  const Answer answer = site({"screen", "Jane Roe", "--list", "own.csv", "--json"});
  EXPECT_EQ(answer.status, 1) << "nobody knows whom the row names";
  EXPECT_EQ(answer.err, "own.csv:3: the row has no name\n");
  EXPECT_EQ(answer.json()["lists"][0]["faults"][0]["line"], 3);
}

TEST(ScreenName, AListOfWhichNothingIsReadClearsNobody) {
  const SmallSite site;
  site.write("own.csv", "name,country\n,RU\n");
  const Answer answer = site({"screen", "Jane Roe", "--list", "own.csv"});
  EXPECT_EQ(answer.status, 3);
  EXPECT_THAT(answer.err,
              HasSubstr("nothing of the list can be read: line 2: the row has no name"));
  site.write("own.csv", "name,country\n");
  const Answer empty = site({"screen", "Jane Roe", "--list", "own.csv"});
  EXPECT_EQ(empty.status, 1);
  EXPECT_EQ(empty.err, "own.csv: the list holds no entry\n");
}

TEST(ScreenName, HitsBeyondTheLimitAreCounted) {
  const SmallSite site;
  std::string rows = "name\n";
  for (int i = 0; i < 15; ++i) rows += "Jane Roe\n";
  site.write("own.csv", rows);
  const std::vector<std::string> command = {"screen", "Jane Roe", "--list", "own.csv"};
  const auto with = [&command, &site](std::vector<std::string> more) {
    more.insert(more.begin(), command.begin(), command.end());
    return site(more);
  };
  EXPECT_THAT(with({}).out, AllOf(HasSubstr("… 5 more hits: `--limit 0` shows all\n"),
                                  HasSubstr("15 hits for 1 name")));
  EXPECT_THAT(with({"--limit", "0"}).out, Not(HasSubstr("more")));
  EXPECT_EQ(with({"--json"}).json()["names"][0]["hits"].size(), 15U);
  const auto two = with({"--json", "--limit", "2"}).json()["names"][0];
  EXPECT_EQ(two["hits"].size(), 2U);
  EXPECT_EQ(two["more"], 13);
}

TEST(ScreenName, ANameThatCannotBeLookedForHasARowInCsv) {
  const SmallSite site;
  site.write("own.csv", kOwnList);
  site.write("names.csv", "id,name\nc1,???\n");
  const Answer answer = site({"screen", "--input", "names.csv", "--list", "own.csv", "--csv"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_THAT(answer.out, HasSubstr("parts,obligations,licence,problem\n2,c1,???,,,,,,,,,,,,,"));
}

TEST(ScreenPairs, OfANameThatCannotBeComparedNothingIsTold) {
  const SmallSite site;
  site.write("pairs.csv", "name1,name2\n???,Ivan\n");
  const Answer json = site({"screen", "--pairs", "pairs.csv", "--json"});
  EXPECT_EQ(json.status, 1);
  EXPECT_TRUE(json.json()["pairs"][0]["score"].is_null());
  EXPECT_THAT(json.json()["pairs"][0]["problem"].get<std::string>(), HasSubstr("`???`: "));
  EXPECT_THAT(site({"screen", "--pairs", "pairs.csv", "--csv"}).out,
              HasSubstr("\n2,???,Ivan,person,,,`???`: "));
}

constexpr std::string_view kSdn =
    "7,\"ROE, Jane\",\"individual\",\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n";
constexpr std::string_view kAlt = "7,1,\"aka\",\"PFIFFIG, Otto\",-0- \r\n";

TEST(ScreenName, OfacsAliasesAreReadBesideItsPrimaryFile) {
  const SmallSite site;
  site.write("sdn.csv", kSdn);
  const std::vector<std::string> command = {"screen", "Otto Pfiffig", "--list", "sdn.csv",
                                            "--json"};
  const Answer alone = site(command);
  EXPECT_THAT(alone.err, AllOf(HasSubstr("there is no alt.csv"), HasSubstr("there is no add.csv")));
  EXPECT_TRUE(alone.json()["names"][0]["hits"].empty());
  site.write("alt.csv", kAlt);
  site.write("add.csv", "7,5,-0- ,\"Havana\",\"Cuba\",-0- \r\n");
  const Answer beside = site(command);
  EXPECT_EQ(beside.err, "");
  const auto hits = beside.json()["names"][0]["hits"];
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0]["entry_name"], "ROE, Jane");
  EXPECT_EQ(hits[0]["countries"], nlohmann::json::array({"Cuba"}));
  // Named as well, it is not read twice.
  const Answer both = site({"screen", "Otto Pfiffig", "--list", "alt.csv", "--list", "sdn.csv"});
  EXPECT_EQ(both.status, 0) << both.err;
  EXPECT_THAT(both.out, HasSubstr("in 1 entry (2 listed names)"));
}

TEST(ScreenName, AnotherListIsNotTakenForOfacsAliases) {
  const SmallSite site;
  site.write("sdn.csv", kOwnList);
  site.write("alt.csv", "name\nOtto Pfiffig\n");
  const Answer answer = site({"screen", "Otto Pfiffig", "--list", "sdn.csv", "--list", "alt.csv"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("1 hit for 1 name in 3 entries"));
}

TEST(ScreenInput, LooksForEachNameOfTheFile) {
  const SmallSite site;
  site.write("own.csv", kOwnList);
  site.write("names.csv",
             "id,name,kind\nc1,\"ACME PUMPS, GmbH\",organisation\nc2,,person\n"
             "c3,Jane Roe,person\n");
  const Answer csv = site({"screen", "--input", "names.csv", "--list", "own.csv", "--csv"});
  EXPECT_EQ(csv.status, 1);  // a row has no name
  EXPECT_EQ(csv.err, "names.csv:3: the name is missing\n");
  EXPECT_THAT(csv.out, AllOf(StartsWith("line,id,name,score,listed_name,"),
                             HasSubstr("\n2,c1,\"ACME PUMPS, GmbH\",1,Acme Pumps GmbH,false,w2,"),
                             HasSubstr("\n4,c3,Jane Roe,1,\"Roe, Jane\",false,w1,")));
  const auto json = site({"screen", "--input", "names.csv", "--list", "own.csv", "--json"}).json();
  ASSERT_EQ(json["names"].size(), 2U);
  EXPECT_EQ(json["names"][1]["id"], "c3");
}

TEST(Screen, AFileThatIsNotThereIsUsage) {
  const SmallSite site;
  site.write("own.csv", kOwnList);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"screen", "Jane Roe", "--list", "own.csv", "--list", "gone.csv"},
        {"screen", "--pairs", "gone.csv"},
        {"screen", "--input", "gone.csv", "--list", "own.csv"}}) {
    const Answer answer = site(arguments);
    EXPECT_EQ(answer.status, 2);
    EXPECT_EQ(answer.out, "");
    EXPECT_THAT(answer.err, HasSubstr("gone.csv"));
  }
}

TEST(Screen, AFolderIsNotRead) {
  const SmallSite site;
  const Answer answer = site({"screen", "Jane Roe", "--list", "policies"});
  EXPECT_EQ(answer.status, 3);
  EXPECT_THAT(answer.err, HasSubstr("policies: this is a folder: name a file in it\n"));
}

TEST(Screen, AFileOfNoKnownFormatIsNamed) {
  const SmallSite site;
  site.write("odd.csv", "a,b\n1,2\n");
  const Answer answer = site({"screen", "Jane Roe", "--list", "odd.csv"});
  EXPECT_EQ(answer.status, 3);
  EXPECT_THAT(answer.err, AllOf(HasSubstr("odd.csv"), HasSubstr("`name` among them")));
}

TEST(Screen, FormsThatExcludeEachOtherAreUsage) {
  const SmallSite site;
  site.write("own.csv", kOwnList);
  const auto refused = [&site](const std::vector<std::string>& arguments) {
    const Answer answer = site(arguments);
    EXPECT_EQ(answer.status, 2);
    return answer.err;
  };
  EXPECT_THAT(refused({"screen"}), HasSubstr("but there are 0"));
  EXPECT_THAT(refused({"screen", "Jane Roe", "--pairs", "own.csv"}), HasSubstr("but there are 2"));
  EXPECT_THAT(refused({"screen", "Jane Roe"}), HasSubstr("--list FILE"));
  EXPECT_THAT(refused({"screen", "Jane Roe", "--list", "own.csv", "--json", "--csv"}),
              HasSubstr("--csv excludes --json"));
  EXPECT_THAT(refused({"screen", "--pairs", "own.csv", "--list", "own.csv"}),
              HasSubstr("not --list"));
  EXPECT_THAT(refused({"screen", "Jane Roe", "--list", "own.csv", "--score", "0.4"}),
              HasSubstr("--score"));
}

// CUBA is on the SDN list a programme that blocks (31 CFR part 515); of one's own list nobody says
// what follows, unless whoever looks does.
TEST(Screen, AHitCarriesWhatItsListAsksFor) {
  const SmallSite site;
  site.write("sdn.csv", kSdn);
  site.write("alt.csv", kAlt);
  site.write("add.csv", "7,5,-0- ,\"Havana\",\"Cuba\",-0- \r\n");
  site.write("own.csv",
             "id,name,program,license_requirement,license_policy\n"
             "w1,\"Roe, Jane\",own,All items,Presumption of denial\n");
  const auto hit_of = [&site](std::vector<std::string> more) {
    more.insert(more.begin(), {"screen", "Jane Roe", "--json"});
    return site(more).json()["names"][0]["hits"][0];
  };
  const auto sdn = hit_of({"--list", "sdn.csv"});
  EXPECT_EQ(sdn["consequences"]["on"], "2026-10-05");
  ASSERT_EQ(sdn["consequences"]["told"].size(), 1U);
  const auto& blocked = sdn["consequences"]["told"][0];
  EXPECT_EQ(blocked["obligation"], "block");
  EXPECT_EQ(blocked["programs"][0], "CUBA");
  EXPECT_EQ(blocked["owned"]["share"], ">= 50%");
  EXPECT_EQ(blocked["owned"]["in_force"][0]["from"], "2014-08-13");
  EXPECT_EQ(blocked["owned"]["holds"], true);
  EXPECT_EQ(sdn["licence"]["requirement"], nullptr);
  const auto own = hit_of({"--list", "own.csv"});
  EXPECT_TRUE(own["consequences"]["told"].empty());
  EXPECT_EQ(own["consequences"]["untold"][0], "nobody has said what follows from being on own.csv");
  EXPECT_EQ(own["licence"]["review"], "Presumption of denial");
  const auto entity = hit_of({"--list", "own.csv", "--consequences", "EL"});
  EXPECT_EQ(entity["consequences"]["told"][0]["obligation"], "licence-required");
  // Suspended from 2025-11-10 through 2026-11-09, and the day is 2026-10-05.
  EXPECT_EQ(entity["consequences"]["told"][0]["owned"]["holds"], false);
  const std::vector<std::string> both = {"screen",  "Jane Roe", "--list",
                                         "sdn.csv", "--list",   "own.csv"};
  EXPECT_THAT(site(both).out, AllOf(HasSubstr("ASKS"), HasSubstr("block"), HasSubstr("not-known")));
  const Answer csv = site({"screen", "Jane Roe", "--list", "own.csv", "--csv"});
  EXPECT_THAT(csv.out, HasSubstr(",not-known,All items; review: Presumption of denial,\n"));
  EXPECT_EQ(site({"screen", "Jane Roe", "--list", "own.csv", "--consequences", "el"}).status, 2);
  const Answer found = site({"list", "search", "Jane Roe", "--list", "sdn.csv"});
  EXPECT_THAT(found.out,
              HasSubstr("  asks        block by CUBA (31 CFR chapter V; OFAC, SDN list)"));
  const auto entry = site({"list", "search", "Jane Roe", "--list", "own.csv", "--json"}).json();
  EXPECT_EQ(entry["entries"][0]["licence"]["requirement"], "All items");
  EXPECT_EQ(entry["entries"][0]["consequences"]["untold"].size(), 1U);
}

// A spreadsheet runs what begins like a formula.
TEST(Screen, CsvCellsAreNoFormulas) {
  const SmallSite site;
  site.write("pairs.csv", "name1,name2\n=Jane Roe,\"Jane \"\"J\"\" Roe\"\n");
  const Answer answer = site({"screen", "--pairs", "pairs.csv", "--csv"});
  EXPECT_THAT(answer.out, HasSubstr("\n2,'=Jane Roe,\"Jane \"\"J\"\" Roe\",person,"));
}

}  // namespace
}  // namespace tidewaiter
