#include "policies/authoring/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/language/policy_hash.h"
#include "tests/unit/authoring/loaded_policy.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kBody =
    "select: {big: {output_tokens|gt: 10}}\nwindow: 1h\n"
    "measure: {n: count(), t: sum(output_tokens)}\nreport_when: n >= 3\n"
    "exempt: [{where: {organization: lab}, until: 2026-12-31, approved_by: legal, reason: M}]\n";

std::vector<std::string> names(const std::vector<PartChange>& changes) {
  std::vector<std::string> all;
  for (const PartChange& change : changes) all.push_back(change.name);
  return all;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(CompareMeaning, TellsThePartsThatDiffer) {
  const Policy policy = loaded(policy_head() + kBody);
  const auto changed = [&](const std::string& from, const std::string& to) {
    return names(compare_meaning(policy, loaded(replaced(policy_head() + kBody, from, to))));
  };
  EXPECT_THAT(changed("title: T", "title: U"), IsEmpty());
  EXPECT_THAT(changed("version: 1", "version: 2"), ElementsAre("version"));
  EXPECT_THAT(changed("gt: 10", "gt: 11"), ElementsAre("condition"));
  EXPECT_THAT(changed("window: 1h", "window: {length: 1h, every: 30m}"), ElementsAre("window"));
  EXPECT_THAT(changed("n >= 3", "n >= 4"), ElementsAre("report_when"));
  EXPECT_THAT(changed("t: sum", "t: max"), ElementsAre("measure t"));
  EXPECT_THAT(changed("t: sum", "u: sum"), ElementsAre("measure t", "measure u"));
  EXPECT_THAT(changed("reason: M", "reason: N"), ElementsAre("exempt[0]"));
  Policy shared = policy;
  shared.exempt[0].id = "labs";
  shared.hash = policy_hash(shared);
  EXPECT_THAT(names(compare_meaning(policy, shared)), ElementsAre("exempt[0]", "exemption:labs"));
  EXPECT_THAT(changed("for_each: account", "for_each: [account, model]"), ElementsAre("for_each"));
  const auto change =
      compare_meaning(policy, loaded(replaced(policy_head() + kBody, "n >= 3", "n >= 4")));
  EXPECT_EQ(change[0].before, "(n >= 3)");
  EXPECT_EQ(change[0].after, "(n >= 4)");
}

Policy with_list(const std::string& values) {
  return loaded(policy_head() +
                "select: {a: {client.country|in: list:emb}}\nwindow: 1h\nmeasure: {n: count()}\n"
                "report_when: n >= 3\n---\nlist: emb\ntitle: E\nvalues: " +
                values + "\n");
}

TEST(CompareMeaning, TellsWhatLeftAndJoinedAList) {
  const Policy policy = with_list("[CU, DE, {value: IR, until: 2026-12-31}]");
  const auto gone = compare_meaning(policy, with_list("[CU, {value: IR, until: 2026-12-31}]"));
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0].name, "list emb");
  EXPECT_EQ(gone[0].before, "DE left the list");
  EXPECT_EQ(gone[0].after, "");
  const auto dated = compare_meaning(policy, with_list("[BR, CU, DE, IR]"));
  ASSERT_EQ(dated.size(), 1U);
  EXPECT_EQ(dated[0].before, "IR until 2027-01-01T00:00:00Z");
  EXPECT_EQ(dated[0].after, "BR joined the list; IR always");
  const auto many = compare_meaning(policy, with_list("[AA, AB, AC, AD, AE, AF, AG]"));
  ASSERT_EQ(many.size(), 1U);
  EXPECT_EQ(many[0].before, "CU, DE, IR left the list");
  EXPECT_EQ(many[0].after, "AA, AB, AC, AD, AE and 2 more joined the list");
}

// `person` and the alias `x` are not the alias `personx`.
TEST(CompareMeaning, PartiesDifferByTheirKind) {
  const auto with_party = [](const std::string& party) {
    return loaded(policy_head() +
                  "reads: account\nscreen: {fields: [name], lists: [csl], score: 0.9}\n"
                  "---\nlist: csl\ntitle: Parties\nvalues: [{value: Acme, " +
                  party + "}]\n");
  };
  const auto changes =
      compare_meaning(with_party("kind: person, aliases: [x]"), with_party("aliases: [personx]"));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].after, "Acme with other names, countries or identifiers");
}

// Every part of the hash is a part of the summary: no change of meaning goes untold.
TEST(CompareMeaning, NamesWhateverTheHashSees) {
  const std::string text = policy_head() + kBody;
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"status: active", "status: draft"},
           {"severity: low", "severity: high"},
           {"kind: access", "kind: resale"},
           {"terms: x", "terms: y"},
           {"until: 2026-12-31", "until: 2027-12-31"},
           {"legal", "trust"},
           {"window: 1h", "window: {length: 1h, wait_for_late: 1h}"},
           {"window: 1h", "window: 1h\nevidence: {records: 3}"},
           {"window: 1h", "window: 1h\nevidence: {choose: last}"},
           {"window: 1h", "window: 1h\nevidence: {choose: {largest: output_tokens}}"},
           {"window: 1h", "window: 1h\nrepeat: {after: 2h}"},
           {"window: 1h", "window: 1h\nrepeat: {if_grown: 2x}"},
           {"window: 1h", "window: 1h\nin_force: [{from: 2026-01-01}]"},
           {"count()", "count() where big"}}) {
    const Policy before = loaded(text);
    const Policy after = loaded(replaced(text, from, to));
    ASSERT_NE(before.hash, after.hash) << to;
    const std::vector<PartChange> changes = compare_meaning(before, after);
    ASSERT_EQ(changes.size(), 1U) << to;
    EXPECT_NE(changes[0].name, "meaning") << to;
  }
}

SettledFinding finding(const std::string& account, std::int64_t hour, std::int64_t n) {
  SettledFinding f;
  f.subject = {{*find_field("account")}, {account}, ""};
  f.run = {{hour * kHour.us}, {(hour + 1) * kHour.us}};
  f.figures = {{"n", ValueType::kInt64, n, true}};
  f.ended = true;
  return f;
}

TEST(CompareSettled, TellsGainedLostAndChanged) {
  const std::vector<SettledFinding> before = {finding("same", 1, 3), finding("lost", 1, 3),
                                              finding("figures", 1, 3), finding("runs", 1, 3)};
  const std::vector<SettledFinding> after = {finding("same", 1, 3), finding("gained", 4, 3),
                                             finding("figures", 1, 4), finding("runs", 1, 3),
                                             finding("runs", 5, 3)};
  const FindingsComparison compared = compare_settled(before, after);
  EXPECT_EQ(compared.unchanged, 1);
  ASSERT_EQ(compared.changes.size(), 4U);
  using Kind = SubjectChange::Kind;
  EXPECT_EQ(compared.changes[0].kind, Kind::kGained);
  EXPECT_EQ(compared.changes[0].subject, "account:/gained");
  EXPECT_EQ(compared.changes[1].kind, Kind::kLost);
  EXPECT_EQ(compared.changes[2].kind, Kind::kChanged);
  EXPECT_EQ(compared.changes[2].subject, "account:/figures");
  EXPECT_EQ(compared.changes[3].after.size(), 1U);  // the run that is as before is no change
  EXPECT_TRUE(compared.changes[3].before.empty());
}

// A run that goes on is told of when it begins, under one version sooner than under the other.
TEST(CompareSettled, TakesOfRunsThatGoOnTheirStartAlone) {
  SettledFinding before = finding("a", 1, 3);
  SettledFinding after = finding("a", 1, 4);
  before.ended = after.ended = false;
  EXPECT_EQ(compare_settled(std::vector{before}, std::vector{after}).unchanged, 1);
  after.ended = true;
  EXPECT_EQ(compare_settled(std::vector{before}, std::vector{after}).unchanged, 0);
}

}  // namespace
}  // namespace tidewaiter
