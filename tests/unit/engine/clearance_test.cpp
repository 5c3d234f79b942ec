// Clearances of names, through the language and both engines, against what ADR 29 and
// docs/evaluation.md say.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/explain.h"
#include "policies/language/cleared_policies.h"
#include "policies/language/load.h"
#include "written_log.h"

namespace tidewaiter {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct WhatIsCleared {
  std::string account = "a";
  std::string name = "Martha King";
  std::string party = "Martha King";
  std::string field = "name";
  std::int64_t version = 1;
  std::vector<std::pair<std::string, std::string>> agreed = {};
};

Policy screening_version(std::int64_t version, const std::string& values) {
  const std::string text =
      "policy: p\nversion: " + std::to_string(version) +
      "\ntitle: t\nstatus: active\nbasis: [{control: c}]\nkind: sanctions\nseverity: low\n"
      "reads: account\nevidence: {records: 0}\n"
      "screen: {fields: [name, owners.name], lists: [csl], score: 0.90, corroborate: {score: 0.80, "
      "any: [country]}}\n---\nlist: csl\ntitle: t\nvalues: " +
      values + "\n";
  LoadOutcome outcome = load_policies(std::vector<PolicyText>{{"p.yaml", text}}, UtcTime{});
  EXPECT_EQ(outcome.set.policies.size(), 1U);
  return outcome.set.policies.empty() ? Policy{} : outcome.set.policies.front();
}

/// As people's acts come to it: the entry is that of the list that the policy looks into.
PolicyClearance clearance_of(const Policy& policy, const WhatIsCleared& cleared) {
  PolicyClearance out{"p", cleared.version, {"m-0123456789ab", "csl", {}, {}, {}}};
  for (const ListedParty& party : screening_of(policy)->parts().lists.front()->parties()) {
    if (party.name == cleared.party) out.cleared.entry = party_digest(party);
  }
  out.cleared.account = cleared_account("s", cleared.account);
  out.cleared.name = cleared_name(*find_field(cleared.field), cleared.name);
  for (const auto& [what, value] : cleared.agreed) {
    out.cleared.agreed.push_back(cleared_agreement(what, value));
  }
  std::ranges::sort(out.cleared.agreed);
  return out;
}

Policy with_clearances(const Policy& policy, const std::vector<PolicyClearance>& clearances) {
  PolicySet set;
  set.policies = {policy};
  apply_clearances(set, {}, clearances);
  return set.policies.front();
}

Record named_account(std::string_view id, std::string_view clock, const std::string& name) {
  Record record = Log::record(id, clock);
  record.kind = RecordKind::kAccount;
  if (!name.empty()) set_value(record, *find_field("name"), name);
  return record;
}

class ClearancesOfNames : public testing::TestWithParam<EngineKind> {
 protected:
  const Policy king = screening_version(1, "[{value: Martha King, kind: person}]");
  const Policy cleared_king = with_clearances(king, {clearance_of(king, {})});
};
INSTANTIATE_TEST_SUITE_P(BothEngines, ClearancesOfNames,
                         testing::Values(EngineKind::kColumnar, EngineKind::kReference));

// By hand: the two accounts have one name, and somebody knows one of them.
TEST_P(ClearancesOfNames, TakeTheHitOfOneAccountAwayAndCountIt) {
  Log log(king, GetParam());
  log.add(named_account("a", "10:00", "Martha King"));
  log.add(named_account("b", "10:00", "Martha King"));
  EXPECT_EQ(log.news().size(), 2U);
  log.activate(cleared_king);
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.withdrawn 10:00+1"),
                                      HasSubstr("finding.restated 10:00+1 records=1 score=1")));
  EXPECT_EQ(log.steps()[2].subject.values.front(), "a");
  EXPECT_EQ(log.steps()[3].subject.values.front(), "b");
  EXPECT_EQ(log.coverage().records_read, 2);
  EXPECT_EQ(log.coverage().records_selected, 1);
  EXPECT_EQ(log.coverage().records_exempt, 1);
  EXPECT_EQ(log.coverage().records_unknown, 0);
  // What comes under it is cleared as well, however it is written.
  log.add(named_account("a", "14:00", "MARTHA KING"));
  EXPECT_THAT(log.news(), IsEmpty());
  EXPECT_EQ(log.coverage().records_exempt, 2);
}

TEST_P(ClearancesOfNames, ThatAreLiftedLetTheHitBeFoundAnew) {
  Log log(king, GetParam());
  log.add(named_account("a", "10:00", "Martha King"));
  log.activate(cleared_king);
  log.activate(king);
  EXPECT_THAT(log.news(),
              ElementsAre(HasSubstr("(2,0) finding.opened"), HasSubstr("(3,0) finding.withdrawn"),
                          HasSubstr("(4,0) finding.opened 10:00+1 records=1 score=1")));
  // Another finding than the one that was withdrawn: it was found at another entry.
  EXPECT_EQ(log.steps()[1].finding, finding_id("log", "p", 2, 0));
  EXPECT_EQ(log.steps()[2].finding, finding_id("log", "p", 4, 0));
  EXPECT_EQ(log.coverage().records_exempt, 0);
}

TEST_P(ClearancesOfNames, EndWithTheName) {
  Log log(cleared_king, GetParam());
  const std::int64_t first = log.add(named_account("a", "10:00", "Martha King"));
  EXPECT_THAT(log.news(), IsEmpty());
  log.add(named_account("a", "14:00", "King Martha"));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.opened 14:00+1 records=1 score=1")));
  // A later version of the very record, too.
  log.revise(first, named_account("a", "10:00", "King Martha"));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.opened 10:00+1")));
}

TEST_P(ClearancesOfNames, EndWithTheEntry) {
  Log log(cleared_king, GetParam());
  log.add(named_account("a", "10:00", "Martha King"));
  EXPECT_THAT(log.news(), IsEmpty());
  // The list says more of her, and nobody has held the account against that.
  const Policy more = screening_version(1, "[{value: Martha King, kind: person, country: SY}]");
  log.activate(with_clearances(more, {clearance_of(king, {})}));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.opened 10:00+1 records=1 score=1 hist")));
  // An entry that is as it was when it was cleared is that entry.
  log.activate(cleared_king);
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.withdrawn 10:00+1")));
  // What else stands in the list does not matter.
  const Policy others = screening_version(
      1, "[{value: Zoe Barnes, kind: person}, {value: Martha King, kind: person}]");
  log.activate(with_clearances(others, {clearance_of(king, {})}));
  EXPECT_THAT(log.news(), IsEmpty());
}

Record with_value(Record record, const char* name, Value value) {
  set_value(record, *find_field(name), std::move(value));
  return record;
}

// Somebody has said that the account of the name is another person, and seen neither country nor
// passport; the name alone is a hit, so that no agreement is asked for.
TEST_P(ClearancesOfNames, EndWithWhatComesToAgree) {
  const Policy syrian = screening_version(
      1, "[{value: Martha King, kind: person, country: SY, identifiers: [\"passport:N7\"]}]");
  Log log(with_clearances(syrian, {clearance_of(syrian, {})}), GetParam());
  const Record plain = named_account("a", "10:00", "Martha King");
  log.add(plain);
  log.add(
      with_value(named_account("a", "11:00", "Martha King"), "country.billing", std::string("FR")));
  EXPECT_THAT(log.news(), IsEmpty());
  EXPECT_EQ(log.coverage().records_exempt, 2);
  log.add(with_value(named_account("a", "14:00", "Martha King"), "country.registered",
                     std::string("sy")));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.opened 14:00+1 records=1 score=1")));
  log.add(with_value(named_account("a", "18:00", "Martha King"), "identifiers",
                     std::vector<std::string>{"vat:1", "PASSPORT:n7"}));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.opened 18:00+1 records=1 score=1")));
}

// Who has seen the country has not seen the passport, and the other way round.
TEST_P(ClearancesOfNames, HoldWithWhatAgreedWhenTheyWereGiven) {
  const Policy syrian = screening_version(
      1, "[{value: Martha King, kind: person, country: SY, identifiers: [\"passport:N7\"]}]");
  WhatIsCleared seen;
  seen.agreed = {{"country", "SY"}};
  Log log(with_clearances(syrian, {clearance_of(syrian, seen)}), GetParam());
  const Record from_syria =
      with_value(named_account("a", "10:00", "Martha King"), "country.declared", std::string("SY"));
  log.add(from_syria);
  log.add(named_account("a", "11:00", "Martha King"));
  EXPECT_THAT(log.news(), IsEmpty());
  log.add(with_value(from_syria, "identifiers", std::vector<std::string>{"passport:N7"}));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.opened 10:00+1 records=1 score=1")));
}

// A list that writes no code may mean any country: another one than the one that was seen ends it.
TEST_P(ClearancesOfNames, EndWithACountryThatMayAgree) {
  const Policy crimea =
      screening_version(1, "[{value: Martha King, kind: person, country: \"Region: Crimea\"}]");
  WhatIsCleared seen;
  seen.agreed = {{"country", "UA"}};
  Log log(with_clearances(crimea, {clearance_of(crimea, seen)}), GetParam());
  log.add(with_value(named_account("a", "10:00", "Martha King"), "country.declared",
                     std::string("UA")));
  EXPECT_THAT(log.news(), IsEmpty());
  log.add(with_value(named_account("a", "14:00", "Martha King"), "country.declared",
                     std::string("RU")));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.opened 14:00+1")));
}

TEST_P(ClearancesOfNames, EndWithTheVersionOfThePolicy) {
  Log log(cleared_king, GetParam());
  log.add(named_account("a", "10:00", "Martha King"));
  EXPECT_THAT(log.news(), IsEmpty());
  const Policy second = screening_version(2, "[{value: Martha King, kind: person}]");
  EXPECT_EQ(with_clearances(second, {clearance_of(second, {})}).hash, second.hash);
  log.activate(with_clearances(second, {clearance_of(second, {})}));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.opened 10:00+1")));
}

// By hand: the name is both Martha King and, all but a letter, Marta King.
TEST_P(ClearancesOfNames, LeaveWhatElseTheNameHits) {
  const Policy both = screening_version(
      1, "[{value: Martha King, kind: person}, {value: Marta King, kind: person}]");
  Log log(both, GetParam());
  log.add(named_account("a", "10:00", "Martha King"));
  EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 10:00+1 records=1 score=1"));
  log.activate(with_clearances(both, {clearance_of(both, {})}));
  const std::vector<std::string> news = log.news();
  ASSERT_EQ(news.size(), 1U);
  // The score is that of the hit that is left.
  EXPECT_THAT(news[0], HasSubstr("finding.restated 10:00+1 records=1 score=0.9"));
  EXPECT_THAT(news[0], HasSubstr("was 1"));
  EXPECT_EQ(log.coverage().records_exempt, 0);
  WhatIsCleared marta;
  marta.party = "Marta King";
  log.activate(with_clearances(both, {clearance_of(both, {}), clearance_of(both, marta)}));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.withdrawn 10:00+1")));
  EXPECT_EQ(log.coverage().records_exempt, 1);
}

TEST_P(ClearancesOfNames, SayNothingOfOtherFields) {
  Record record = named_account("a", "10:00", "Martha King");
  set_value(record, *find_field("owners"), std::vector<std::string>{"Martha King"});
  Log log(cleared_king, GetParam());
  log.add(record);
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.opened 10:00+1 records=1 score=1")));
  WhatIsCleared owner;
  owner.field = "owners";
  log.activate(with_clearances(king, {clearance_of(king, {}), clearance_of(king, owner)}));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.withdrawn 10:00+1")));
}

// By hand: `Martha Kin` is 0.889479, which is a hit where the country agrees.
TEST_P(ClearancesOfNames, TellNothingThatCannotBeTold) {
  const Policy syrian = screening_version(1, "[{value: Martha King, kind: person, country: SY}]");
  WhatIsCleared kin;
  kin.name = "Martha Kin";
  kin.agreed = {{"country", "SY"}};
  Log log(with_clearances(syrian, {clearance_of(syrian, kin)}), GetParam());
  log.add(named_account("a", "10:00", "Martha Kin"));
  EXPECT_EQ(log.coverage().records_unknown, 1);
  EXPECT_EQ(log.coverage().records_exempt, 0);
  Record record = named_account("a", "11:00", "Martha Kin");
  set_value(record, *find_field("country.billing"), std::string("SY"));
  log.add(record);
  EXPECT_EQ(log.coverage().records_unknown, 1);
  EXPECT_EQ(log.coverage().records_exempt, 1);
  log.add(named_account("a", "12:00", ""));
  EXPECT_EQ(log.coverage().records_unknown, 2);
  EXPECT_THAT(log.news(), IsEmpty());
}

// What comes late, and what a process that starts anew reads, is judged by what holds then.
TEST_P(ClearancesOfNames, HoldForLateRecordsAndInAReplay) {
  Log log(king, GetParam());
  log.add(named_account("a", "10:00", "Martha King"));
  log.add(named_account("b", "18:00", "Zoe"));
  log.activate(cleared_king);
  log.add(named_account("a", "11:00", "Martha King"));
  const std::vector<std::string> live = log.news();
  EXPECT_THAT(live, ElementsAre(HasSubstr("finding.opened 10:00+1"),
                                HasSubstr("(4,0) finding.withdrawn 10:00+1")));
  log.restart();
  EXPECT_EQ(log.news(), live);
}

TEST(ClearanceHash, IsThatOfThePolicyWhereThereIsNone) {
  const Policy king = screening_version(1, "[Martha King]");
  EXPECT_EQ(with_clearances(king, {}).hash, king.hash);
  EXPECT_NE(with_clearances(king, {clearance_of(king, {})}).hash, king.hash);
  WhatIsCleared other;
  other.account = "b";
  EXPECT_NE(with_clearances(king, {clearance_of(king, other)}).hash,
            with_clearances(king, {clearance_of(king, {})}).hash);
}

TEST(ClearanceExplained, NamesWhatIsClearedAndByWhat) {
  const Policy king = screening_version(1, "[Martha King]");
  Explainer explainer(with_clearances(king, {clearance_of(king, {})}), "account:s/a", std::nullopt,
                      std::nullopt);
  LogEntry entry;
  entry.seq = 1;
  Record record = named_account("a", "10:00", "Martha King");
  record.id = sha256("1");
  entry.body = std::move(record);
  explainer.take(std::span(&entry, 1));
  const auto explanation = explainer.explain();
  ASSERT_TRUE(explanation) << explanation.error().message;
  EXPECT_FALSE(explanation->any_holds());
  EXPECT_EQ(explanation->count(RecordFate::kExempt), 1);
  EXPECT_THAT(explanation->grounds.lines,
              Contains("`Martha King` (csl:Martha King) is cleared by m-0123456789ab for name "
                       "`Martha King`"));
  EXPECT_THAT(why_not(explainer.policy(), *explanation), HasSubstr("by `clearances`"));
}

}  // namespace
}  // namespace tidewaiter
