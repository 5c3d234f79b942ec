#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// By hand: w1 stays, w2 gets an alias and another country, w3 goes, w4 comes.
constexpr std::string_view kOld =
    "id,kind,name,alias,country,program\n"
    "w1,person,\"Roe, Jane\",,FR,own\n"
    "w2,organisation,Acme Pumps GmbH,,DE,own\n"
    "w3,person,Otto Pfiffig,,AT,own\n";
constexpr std::string_view kNew =
    "id,kind,name,alias,country,program\n"
    "w4,person,Max Neu,Maxi,CH,own\n"
    "w2,organisation,Acme Pumps GmbH,Acme,FR,own\n"
    "w1,person,\"Roe, Jane\",,FR,own\n";

class ListDiffVerb : public testing::Test {
 protected:
  ListDiffVerb() {
    site_.write("old.csv", kOld);
    site_.write("new.csv", kNew);
  }
  [[nodiscard]] Answer diff(std::vector<std::string> more) const {
    std::vector<std::string> all = {"list", "diff", "old.csv", "new.csv"};
    all.insert(all.end(), more.begin(), more.end());
    return site_(all);
  }
  SmallSite site_;
};

TEST_F(ListDiffVerb, TellsWhatIsNewWhatIsGoneAndWhatChangedByField) {
  const Answer answer = diff({});
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_EQ(answer.err, "");
  EXPECT_THAT(answer.out, HasSubstr("from old.csv, 3 entries\nto new.csv, 3 entries\n"
                                    "1 added, 1 removed, 1 changed, 1 as they were\n"));
  EXPECT_THAT(answer.out, AllOf(HasSubstr("\nAdded  1 entry\n"), HasSubstr("w4     Max Neu"),
                                HasSubstr("\nRemoved  1 entry\n"), HasSubstr("w3     Otto Pfiffig"),
                                HasSubstr("\nChanged  1 entry\nw2  Acme Pumps GmbH\n"
                                          "  alias: + Acme\n  country: - DE\n  country: + FR\n"),
                                Not(HasSubstr("Jane"))));
}

TEST_F(ListDiffVerb, GivesTheSameAsJsonAndAsCsv) {
  const auto json = diff({"--json"}).json();
  EXPECT_EQ(json["same"], 1);
  EXPECT_EQ(json["added"][0]["entry"], "w4");
  EXPECT_EQ(json["added"][0]["aliases"][0]["name"], "Maxi");
  EXPECT_EQ(json["removed"][0]["name"], "Otto Pfiffig");
  EXPECT_EQ(json["changed"][0]["fields"],
            nlohmann::json::parse(R"([{"field": "alias", "removed": [], "added": ["Acme"]},
                                      {"field": "country", "removed": ["DE"], "added": ["FR"]}])"));
  EXPECT_EQ(json["after"]["entries"], 3);
  EXPECT_EQ(diff({"--csv"}).out,
            "change,entry,name,field,removed,added\n"
            "added,w4,Max Neu,,,\n"
            "removed,w3,Otto Pfiffig,,,\n"
            "changed,w2,Acme Pumps GmbH,alias,,Acme\n"
            "changed,w2,Acme Pumps GmbH,country,DE,FR\n");
}

TEST_F(ListDiffVerb, OfMoreThanTheLimitTheNumberIsTold) {
  std::string rows = "id,name\n";
  for (int i = 0; i < 5; ++i) rows += std::to_string(i) + ",Name " + std::to_string(i) + "\n";
  site_.write("old.csv", "id,name\nx,Gone\n");
  site_.write("new.csv", rows);
  const Answer some = diff({"--limit", "2"});
  EXPECT_THAT(some.out, AllOf(HasSubstr("… 3 more entries: `--limit 0` shows all\n"),
                              HasSubstr("Name 1"), Not(HasSubstr("Name 2"))));
  EXPECT_THAT(diff({"--limit", "0"}).out, AllOf(HasSubstr("Name 4"), Not(HasSubstr("more"))));
}

TEST_F(ListDiffVerb, RowsThatCannotBeReadAreToldAndAFileThatIsNotThereIsUsage) {
  site_.write("new.csv", "id,name\nw1,\nw2,Acme\n");
  const Answer answer = diff({});
  EXPECT_EQ(answer.status, 1) << "what is not read is not gone";
  EXPECT_EQ(answer.err, "new.csv:2: the row has no name\n");
  EXPECT_THAT(answer.out, HasSubstr("to new.csv, 1 entry, 1 row not read\n"));
  const Answer gone = site_({"list", "diff", "old.csv", "gone.csv"});
  EXPECT_EQ(gone.status, 2);
  EXPECT_EQ(gone.out, "");
  EXPECT_THAT(gone.err, HasSubstr("gone.csv"));
  EXPECT_EQ(site_({"list", "diff", "old.csv"}).status, 2);
}

}  // namespace
}  // namespace tidewaiter
