// `screen`, through the language and both engines, against what docs/evaluation.md (Screening)
// says.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/explain.h"
#include "policies/language/load.h"
#include "policies/language/party_shape.h"
#include "policies/language/policy_hash.h"
#include "policies/screening/screening.h"
#include "tests/unit/engine/read_policy.h"
#include "written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kKing =
    "[{value: Martha King, kind: person, country: SY, aliases: [Queen Bee]}]";

Policy screening(const std::string& values, const std::string& more = {}) {
  const std::string text =
      "policy: p\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\nkind: sanctions\n"
      "severity: low\nreads: account\nevidence: {records: 0}\n"
      "screen: {fields: [name, owners.name], lists: [csl], score: 0.90, corroborate: {score: 0.80, "
      "any: [country]}}\n" +
      more + "---\nlist: csl\ntitle: t\nvalues: " + values + "\n";
  return read_policy({{"p.yaml", text}}, "1970-01-01");
}

const PartyCheck* check_of(const Expr& expr) {
  if (expr.check) return expr.check.get();
  for (const Expr& arg : expr.args) {
    if (const PartyCheck* found = check_of(arg)) return found;
  }
  return nullptr;
}

Record account(std::string_view clock, const std::string& name, const std::string& country = {}) {
  Record record = Log::record("a", clock);
  record.kind = RecordKind::kAccount;
  if (!name.empty()) set_value(record, *find_field("name"), name);
  if (!country.empty()) set_value(record, *find_field("country.billing"), country);
  return record;
}

class Screen : public testing::TestWithParam<EngineKind> {};
INSTANTIATE_TEST_SUITE_P(BothEngines, Screen,
                         testing::Values(EngineKind::kColumnar, EngineKind::kReference));

TEST_P(Screen, AHitIsReportedWithItsScore) {
  Log log(screening(kKing), GetParam());
  log.add(account("10:00", "King Martha"));
  log.add(account("13:00", "Zoe"));
  EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 10:00+1 records=1 score=1"));
  EXPECT_EQ(log.coverage().records_selected, 1);
  EXPECT_EQ(log.coverage().records_unknown, 0);
}

TEST_P(Screen, WhatCannotBeToldIsNoPass) {
  Log log(screening(kKing), GetParam());
  log.add(account("10:00", ""));                  // no name
  log.add(account("10:00", "Martha Kin"));        // 0.889479, and no country
  log.add(account("10:00", "Martha Kin", "DE"));  // another country
  EXPECT_THAT(log.news(), IsEmpty());
  EXPECT_EQ(log.coverage().records_unknown, 2);
  log.add(account("10:00", "Martha Kin", "SY"));
  EXPECT_THAT(log.news(), ElementsAre("(5,0) finding.opened 10:00+1 records=1 score=0.889479"));
}

TEST_P(Screen, ALaterVersionOfTheRecordThatMatchesNoMoreWithdraws) {
  Log log(screening(kKing), GetParam());
  const std::int64_t first = log.add(account("10:00", "Martha King"));
  log.revise(first, account("10:00", "Zoe"));
  EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 10:00+1 records=1 score=1",
                                      "(3,0) finding.withdrawn 10:00+1 records=1 score=1 "
                                      "no-longer-hol"));
}

TEST_P(Screen, AnotherListIsAnotherMeaning) {
  Log log(screening("[Zoe]"), GetParam());
  log.add(account("10:00", "Martha King"));
  EXPECT_THAT(log.news(), IsEmpty());
  log.activate(screening(kKing));
  EXPECT_THAT(log.news(), ElementsAre("(3,0) finding.opened 10:00+1 records=1 score=1 historical"));
  log.activate(screening("[Zoe]"));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.withdrawn 10:00+1")));
}

// Who joins the list opens findings about accounts that are known already; what was found before is
// said again under the new list and opens nothing; who leaves it takes the findings along.
TEST_P(Screen, AListThatChangesReportsWhatIsNewAlone) {
  Log log(screening("[Martha King]"), GetParam());
  log.add(account("10:00", "Martha King"));
  log.add(account("14:00", "Zoe Barnes"));
  log.add(account("18:00", "Somebody Else"));
  EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 10:00+1 records=1 score=1"));
  log.activate(screening("[Martha King, Zoe Barnes]"));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.restated 10:00+1 records=1 score=1 was 1"),
                                      HasSubstr("finding.opened 14:00+1 records=1 score=1 hist")));
  log.activate(screening("[Zoe Barnes]"));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.restated 14:00+1"),
                                      HasSubstr("finding.withdrawn 10:00+1")));
}

/// The policy, its list being an issue that is known up to a time of the day.
Policy screening_issue(const std::string& party, std::string_view known_until,
                       std::optional<UtcTime> resumed = {}) {
  Policy policy = screening("[Nobody at all]");
  auto parts = dynamic_cast<const Screening&>(*check_of(policy.condition)).parts();
  parts.lists = {ScreenedList::make("csl", {{party, {}, {}, {}, kAlways, std::nullopt, {}}})
                     .value()
                     ->as_issue("csl", {"published",
                                        "id",
                                        sha256(party),
                                        {0},
                                        Log::record("a", known_until).time,
                                        resumed})};
  PartyShape shape = party_shape(std::make_shared<const Screening>(std::move(parts)), "score", {});
  policy.condition = std::move(shape.check);
  policy.measures.back() = std::move(shape.figure);
  policy.hash = policy_hash(policy);
  return policy;
}

// What is not known is no pass, and neither is what is known again judged otherwise than by what is
// said then.
TEST_P(Screen, AStaleIssueCannotTellAndALaterConfirmationGoesOn) {
  Log log(screening_issue("Martha King", "12:00"), GetParam());
  log.add(account("10:00", "Zoe"));
  log.add(account("11:00", "Martha King"));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.opened 11:00+1")));
  EXPECT_EQ(log.coverage().records_unknown, 0);
  // Confirmed before it was stale: the policy goes on, and no finding is touched.
  log.activate(screening_issue("Martha King", "14:00"));
  log.add(account("13:00", "Zoe"));
  EXPECT_THAT(log.news(), IsEmpty());
  EXPECT_EQ(log.coverage().records_unknown, 0);
  EXPECT_EQ(log.coverage().records_read, 3);
  // Nobody has confirmed it up to then.
  const std::int64_t late = log.add(account("14:00", "Zoe"));
  EXPECT_EQ(log.coverage().records_unknown, 1);
  log.add(account("15:00", "Martha King"));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.opened 15:00+1")));
  log.revise(late, account("14:00", "Zoe Barnes"));
  EXPECT_THAT(log.news(), IsEmpty());
  // Confirmed again: those who came meanwhile are judged anew, what was found is said again.
  log.activate(screening_issue("Martha King", "23:00", UtcTime{1}));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.restated 11:00+1"),
                                      HasSubstr("finding.restated 15:00+1")));
  EXPECT_EQ(log.coverage().records_unknown, 0);
}

TEST_P(Screen, AWeakAliasNeedsSomethingElse) {
  Log log(screening("[{value: Martha King, country: SY, weak_aliases: [Queen Bee]}]"), GetParam());
  log.add(account("10:00", "Queen Bee"));
  log.add(account("10:00", "Queen Bee", "DE"));
  EXPECT_THAT(log.news(), IsEmpty());
  EXPECT_EQ(log.coverage().records_unknown, 1);
  log.add(account("10:00", "Queen Bee", "SY"));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.opened 10:00+1 records=1 score=1")));
}

TEST_P(Screen, APartyStandsInItsListUntilItsDay) {
  Log log(screening("[{value: Martha King, until: 2026-01-01T11:00:00Z}]"), GetParam());
  log.add(account("11:00", "Martha King"));
  EXPECT_THAT(log.news(), IsEmpty());
  log.add(account("10:59", "Martha King"));
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.opened 10:00+1")));
}

TEST_P(Screen, AConditionNarrowsIt) {
  Log log(screening(kKing, "select: {paid: {plan: paid}}\n"), GetParam());
  Record record = account("10:00", "Martha King");
  set_value(record, *find_field("plan"), std::string("free"));
  log.add(record);
  EXPECT_THAT(log.news(), IsEmpty());
  set_value(record, *find_field("plan"), std::string("paid"));
  record.id = {};
  log.add(record);
  EXPECT_THAT(log.news(), ElementsAre(HasSubstr("finding.opened")));
}

TEST(ScreenHash, HoldsWhatTheListSaysOfParties) {
  const Digest plain = screening(kKing).hash;
  EXPECT_EQ(screening(kKing).hash, plain);
  EXPECT_NE(
      screening("[{value: Martha King, kind: person, country: IR, aliases: [Queen Bee]}]").hash,
      plain);
  EXPECT_NE(screening("[{value: Martha King, kind: person, country: SY}]").hash, plain);
  // Why a party stands in the list is for people.
  EXPECT_EQ(
      screening(
          "[{value: Martha King, kind: person, country: SY, aliases: [Queen Bee], reason: why}]")
          .hash,
      plain);
}

std::vector<std::string> errors_of(const std::string& screen, const std::string& item) {
  const std::string text =
      "policy: p\nversion: 1\ntitle: t\nbasis: [{control: c}]\nkind: sanctions\nseverity: low\n"
      "reads: account\nscreen: {fields: [name], lists: [csl], score: 0.9" +
      screen + "}\n---\nlist: csl\ntitle: t\nvalues: [{value: Martha King, " + item + "}]\n";
  std::vector<std::string> codes;
  const std::vector<PolicyText> files{{"p.yaml", text}};
  for (const Diagnostic& diagnostic : load_policies(files, UtcTime{}).diagnostics) {
    if (diagnostic.level == DiagnosticLevel::kError) codes.push_back(diagnostic.code);
  }
  return codes;
}

TEST(ScreenRead, TakesALowerScoreOrARequirement) {
  const std::string item = "kind: person, weak_aliases: [Queen Bee], country: SY";
  EXPECT_THAT(errors_of("", item), IsEmpty());
  EXPECT_THAT(errors_of(", kind: person, corroborate: {required: true, any: [country]}", item),
              IsEmpty());
  EXPECT_THAT(errors_of(", corroborate: {score: 0.8, required: false, any: [country]}", item),
              IsEmpty());
  EXPECT_THAT(errors_of(", corroborate: {any: [country]}", item), ElementsAre("TW0103"));
  EXPECT_THAT(errors_of(", corroborate: {required: true}", item), ElementsAre("TW0103"));
  EXPECT_THAT(errors_of(", corroborate: {score: 0.8, required: true, any: [country]}", item),
              ElementsAre("TW0733"));
  EXPECT_THAT(errors_of(", kind: ship", item), testing::SizeIs(1));
  EXPECT_THAT(errors_of("", "kind: ship"), testing::SizeIs(1));
}

Explanation explained(const Policy& policy, const std::vector<Record>& records) {
  Explainer explainer(policy, "account:s/a", std::nullopt, std::nullopt);
  std::int64_t seq = 0;
  for (Record record : records) {
    LogEntry entry;
    entry.seq = ++seq;
    record.id = sha256(std::to_string(seq));
    entry.body = std::move(record);
    explainer.take(std::span(&entry, 1));
  }
  const auto explanation = explainer.explain();
  EXPECT_TRUE(explanation) << (explanation ? "" : explanation.error().message);
  return explanation.value_or(Explanation{});
}

TEST(ScreenExplained, NamesThePartyAndWhatAgrees) {
  const Explanation e =
      explained(screening(kKing), {account("10:00", "queen bee", "SY"), account("10:10", "Zoe")});
  EXPECT_TRUE(e.any_holds());
  EXPECT_TRUE(e.grounds.counts);
  EXPECT_THAT(e.grounds.lines,
              ElementsAre("name `queen bee` is 1 like `Queen Bee`, an alias of `Martha King`, of "
                          "list:csl (given name `queen` exact, family name `bee` exact), country "
                          "agrees"));
}

Policy chosen(const std::string& choice, const std::string& list) {
  const std::string text =
      "policy: p\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\nkind: sanctions\n"
      "severity: low\nreads: account\nevidence: {records: 0}\nscreen: {fields: [name], lists: "
      "[csl], "
      "score: 0.9" +
      choice + "}\n---\nlist: csl\ntitle: t\n" + list + "\n";
  return read_policy({{"p.yaml", text}}, "1970-01-01");
}

constexpr const char* kThreeProgrammes =
    "consequences: [{programs: [A], obligation: block, citation: c, in_force: [{until: "
    "2026-01-01T10:00:00Z}]}, {programs: [B], obligation: red-flag, citation: c}]\n"
    "values: [{value: Martha King, programs: [A]}, {value: Roy Otter, programs: [B]}, "
    "{value: Zoe Quince, programs: [C]}]";

TEST_P(Screen, FindsPartiesByWhatFollowsAtTheRecordsTime) {
  const std::vector<Record> records = {
      account("09:00", "Martha King"),  // blocked until 10:00
      account("11:00", "Martha King"),  // then nobody knows
      account("12:00", "Roy Otter"),    // a red flag, and no block
      account("13:00", "Zoe Quince"),   // of a programme that no rule names
      account("14:00", "Nora Field")};
  const auto told = [&](const std::string& choice) {
    const Policy policy = chosen(choice, kThreeProgrammes);
    const PartyCheck* check = check_of(policy.condition);
    std::string truths;
    for (const Record& record : records) {
      const auto how = GetParam() == EngineKind::kColumnar ? NameLookup::kIndex : NameLookup::kScan;
      const std::optional<bool> truth = check->judge(record, how).truth;
      truths += truth ? (*truth ? '+' : '-') : '?';
    }
    return truths;
  };
  EXPECT_EQ(told(""), "++++-");
  EXPECT_EQ(told(", obligations: [block]"), "+?-?-");
  EXPECT_EQ(told(", obligations: [red-flag]"), "-?+?-");
  EXPECT_EQ(told(", obligations: [block, red-flag]"), "+?+?-");
  EXPECT_EQ(told(", programs: [a]"), "++---");
  EXPECT_EQ(told(", programs: [A, C], obligations: [block]"), "+?-?-");
}

TEST(ScreenRead, TakesProgrammesObligationsAndConsequences) {
  const auto errors = [](const std::string& screen, const std::string& list) {
    const std::string text =
        "policy: p\nversion: 1\ntitle: t\nbasis: [{control: c}]\nkind: sanctions\nseverity: low\n"
        "reads: account\nscreen: {fields: [name], lists: [csl], score: 0.9" +
        screen + "}\n---\nlist: csl\ntitle: t\nvalues: [{value: Martha King, programs: [A]}]\n" +
        list + "\n";
    std::vector<std::string> codes;
    for (const Diagnostic& diagnostic :
         load_policies(std::vector<PolicyText>{{"p.yaml", text}}, UtcTime{}).diagnostics) {
      if (diagnostic.level == DiagnosticLevel::kError) codes.push_back(diagnostic.code);
    }
    return codes;
  };
  EXPECT_THAT(errors(", programs: A, obligations: block", "consequences: SDN"), IsEmpty());
  EXPECT_THAT(errors(", obligations: [blocks]", "consequences: SDN"), testing::SizeIs(1));
  EXPECT_THAT(errors(", obligations: []", "consequences: SDN"), testing::SizeIs(1));
  EXPECT_THAT(errors(", programs: []", "consequences: SDN"), testing::SizeIs(1));
  EXPECT_THAT(errors("", "consequences: sdn"), ElementsAre("TW0745"));
  EXPECT_THAT(errors("", "consequences: []"), testing::SizeIs(1));
  EXPECT_THAT(errors("", "consequences: [{obligation: block}]"), ElementsAre("TW0103"));
  EXPECT_THAT(errors("", "consequences: [{citation: c}]"), ElementsAre("TW0103"));
  EXPECT_THAT(errors("",
                     "consequences: [{obligation: block, citation: c, owned: {share: 50%, "
                     "citation: c}}]"),
              ElementsAre("TW0740"));
  for (const std::string share : {">= 0%", "> 100%", "50%", ">= 101%"}) {
    EXPECT_THAT(errors("", "consequences: [{obligation: block, citation: c, owned: {share: \"" +
                               share + "\", citation: c}}]"),
                ElementsAre("TW0740"))
        << share;
  }
  EXPECT_THAT(errors("",
                     "consequences: [{obligation: block, citation: c, owned: {share: \"> 50%\", "
                     "citation: c, in_force: [{from: 2026-01-01}]}}]"),
              IsEmpty());
}

TEST(ScreenExplained, ShowsTheNearestAndHowFarItFellShort) {
  const Policy policy = screening(kKing);
  const Explanation e =
      explained(policy, {account("10:00", "Marta Kingsley"), account("10:10", "Martha Kin", "DE")});
  EXPECT_FALSE(e.any_holds());
  EXPECT_FALSE(e.grounds.counts);
  EXPECT_THAT(e.grounds.lines,
              ElementsAre(EndsWith("country does not agree: 0.010521 short of 0.9")));
  EXPECT_THAT(why_not(policy, e), HasSubstr("2 records not selected"));
  EXPECT_THAT(why_not(policy, e), EndsWith("0.010521 short of 0.9"));
  ASSERT_EQ(e.not_selected_by.size(), 1U);
  EXPECT_EQ(e.not_selected_by[0].text,
            "name or owners is at least 0.9 like a name in list:csl, or 0.8 where country agrees");
}

}  // namespace
}  // namespace tidewaiter
