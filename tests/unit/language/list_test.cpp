#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/language/foreign_rules.h"
#include "policies/language/interpret.h"
#include "policies/language/value_list.h"
#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr UtcTime kJune{1'780'272'000'000'000};  // 2026-06-01

LoadOutcome load_files(std::vector<std::string> texts) {
  std::vector<PolicyText> files;
  for (std::string& text : texts) {
    files.push_back({"p/" + std::to_string(files.size()) + ".yaml", std::move(text)});
  }
  return load_policies(files, kJune);
}

std::string list_of(const std::string& values, const std::string& more = "") {
  return "list: models\ntitle: Models\n" + more + "values: " + values + "\n";
}

/// Loads a policy with one selection beside a list, which both must be without a word.
Expr condition_of(const std::string& list, const std::string& selection) {
  const LoadOutcome outcome = load_files({sample_policy("select: {a: " + selection + "}"), list});
  EXPECT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  return outcome.set.policies.empty() ? Expr{} : outcome.set.policies[0].condition;
}

Record usage_at(std::string_view time, std::string_view field, Value value) {
  Record record;
  record.time = parse_time(time).value();
  set_value(record, find_field(field).value(), std::move(value));
  return record;
}

Value judge(const Expr& expr, const Record& record) { return interpret(expr, {&record, {}, {}}); }

Value judge_model(const Expr& expr, std::string_view model,
                  std::string_view time = "2026-03-01T00:00:00Z") {
  return judge(expr, usage_at(time, "model", std::string(model)));
}

constexpr const char* kScreens =
    "policy: p\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\nkind: sanctions\n"
    "severity: low\nfalse_positives: [x]\nreads: account\n"
    "screen: {fields: [name], lists: [sdn], score: 0.93}\ntests: [{name: one, given: [{kind: "
    "account, "
    "time: 2026-01-01T00:00:00Z, account: a, name: b}], expect: [{findings: 0}]}]\n";
constexpr const char* kSynced =
    "list: sdn\ntitle: Parties\nsynced: ofac-sdn\nsample: [Sample Party]\n";

SyncedLists issue_of(const std::string& name, UtcTime known_until) {
  const std::string text =
      party_issue_text({{name, {}, {}, {}, kAlways, std::nullopt, {}}}).value();
  SyncedLists lists;
  lists["ofac-sdn"] = {{"ofac-sdn", "id", sha256(text), kJune, known_until, std::nullopt},
                       std::make_shared<const PartyIssue>(read_party_issue(text).value())};
  return lists;
}

/// No documents of another language.
class NoRules : public ForeignRules {
 public:
  bool takes(const YamlNode&) const override { return false; }
  std::vector<std::string> references(const YamlNode&) const override { return {}; }
  std::vector<Policy> read(std::span<const Document>, NamedLists&) const override { return {}; }
  std::string reference(std::string_view) const override { return {}; }
  std::string policy_id(std::string_view) const override { return {}; }
};

LoadOutcome load_with(const SyncedLists* lists) {
  return load_policies(std::vector<PolicyText>{{"a", kScreens}, {"b", kSynced}}, kJune, NoRules(),
                       lists);
}

TEST(List, ACodeStandsForTheRulesThatTheSetIsLoadedWith) {
  const std::vector<PolicyText> texts = {
      {"a", kScreens}, {"b", "list: sdn\ntitle: Parties\nconsequences: EU\nvalues: [Queen Bee]\n"}};
  const LoadOutcome shipped = load_policies(texts, kJune);
  const auto has_codes = [](const LoadOutcome& outcome, const std::string& code) {
    return outcome.set.rules.size() == 1 && outcome.set.rules.contains(code);
  };
  EXPECT_TRUE(has_codes(shipped, "EU"));
  const Consequence rule{{}, Obligation::kRedFlag, {}, "none", {}, {}};
  const ConsequenceTable other = {
      {"EU", std::make_shared<const Consequences>(Consequences::Part{"EU", {}, {rule}, {}})}};
  const LoadOutcome loaded = load_policies(texts, kJune, NoRules(), nullptr, other);
  EXPECT_TRUE(has_codes(loaded, "EU"));
  EXPECT_EQ(loaded.documents.lists[0].consequences, other.at("EU"));
  // A policy that does not ask by obligations means the same by any table.
  EXPECT_EQ(loaded.set.hash, shipped.set.hash);
  const ConsequenceTable none;
  EXPECT_THAT(lines_of(load_policies(texts, kJune, NoRules(), nullptr, none).diagnostics),
              testing::Contains(HasSubstr("of no list `EU` it is known what follows")));
}

TEST(List, SyncedHoldsItsSampleOrAnIssue) {
  const LoadOutcome written = load_files({kScreens, kSynced});
  EXPECT_THAT(lines_of(written.diagnostics), IsEmpty());
  ASSERT_THAT(written.documents.lists, SizeIs(1));
  EXPECT_EQ(written.documents.lists[0].synced, "ofac-sdn");
  EXPECT_FALSE(written.documents.lists[0].standing);
  const LoadOutcome sample = load_with(nullptr);
  EXPECT_EQ(sample.set.hash, written.set.hash);

  const SyncedLists first = issue_of("Queen Bee", kJune);
  const LoadOutcome judging = load_with(&first);
  EXPECT_EQ(judging.documents.lists[0].standing, first.at("ofac-sdn").standing);
  EXPECT_NE(judging.set.policies[0].hash, written.set.policies[0].hash);
  // A later confirmation is another set of the same policies; another party is another policy.
  const SyncedLists later = issue_of("Queen Bee", kJune + kDay);
  EXPECT_EQ(load_with(&later).set.policies[0].hash, judging.set.policies[0].hash);
  EXPECT_NE(load_with(&later).set.hash, judging.set.hash);
  const SyncedLists other = issue_of("King Bee", kJune);
  EXPECT_NE(load_with(&other).set.policies[0].hash, judging.set.policies[0].hash);
  const SyncedLists none;
  EXPECT_FALSE(load_with(&none).documents.lists[0].standing->is_there());
  EXPECT_EQ(load_with(&none).documents.lists[0].standing->published, "ofac-sdn");
}

TEST(List, SyncedHasNoValuesOfItsOwn) {
  const auto told = [](const std::string& list) {
    std::string codes;
    for (const Diagnostic& d : load_files({kScreens, "list: sdn\ntitle: P\n" + list}).diagnostics) {
      codes += d.code + " ";
    }
    return codes;
  };
  EXPECT_THAT(told("synced: a\nvalues: [x]\n"), HasSubstr("TW0737"));
  EXPECT_THAT(told("synced: a\ntype: ip\n"), HasSubstr("TW0737"));
  EXPECT_THAT(told("values: [x]\nsample: [x]\n"), HasSubstr("TW0737"));
  EXPECT_THAT(told("synced: A b\n"), HasSubstr("TW0738"));
  EXPECT_EQ(told("synced: a\n"), "");
  const LoadOutcome looked =
      load_files({sample_policy("select: {a: {model|in: list:sdn}}"), kSynced});
  ASSERT_TRUE(has_errors(looked.diagnostics));
  EXPECT_EQ(looked.diagnostics[0].code, "TW0739");
}

TEST(List, StandsForItsValuesInSelectionsAndExpressions) {
  const std::string list = list_of("[large-1, large-2]");
  for (const char* selection : {"{model|in: list:models}", "'model in list:models'"}) {
    const Expr expr = condition_of(list, selection);
    EXPECT_EQ(judge_model(expr, "large-2"), Value(true)) << selection;
    EXPECT_EQ(judge_model(expr, "LARGE-2"), Value(false)) << "a list is cased";
    EXPECT_EQ(judge_model(expr, "large-3"), Value(false));
    EXPECT_EQ(judge(expr, Record{}), Value()) << "an absent field is unknown";
  }
  const Expr outside = condition_of(list, "'model not in list:models'");
  EXPECT_EQ(judge_model(outside, "large-2"), Value(false));
  EXPECT_EQ(judge_model(outside, "large-3"), Value(true));
  EXPECT_EQ(judge(outside, Record{}), Value());
}

TEST(List, StandsBesideValuesAndOtherLists) {
  const Expr expr = condition_of(list_of("[a]") + "---\nlist: others\ntitle: More\nvalues: [c]\n",
                                 "{model|in: [list:models, b, list:others]}");
  for (const char* model : {"a", "b", "c"}) EXPECT_EQ(judge_model(expr, model), Value(true));
  EXPECT_EQ(judge_model(expr, "d"), Value(false));
}

TEST(List, ValuesCountByTheRecordsTime) {
  const Expr expr = condition_of(
      list_of("[always, {value: gone, until: 2026-03-31}, {value: new, from: 2026-03-01, until: "
              "2026-03-31T12:00:00Z, reason: trial}]"),
      "{model|in: list:models}");
  const auto stands = [&](const char* model, const char* time) {
    return judge_model(expr, model, time) == Value(true);
  };
  EXPECT_TRUE(stands("always", "1990-01-01T00:00:00Z"));
  EXPECT_TRUE(stands("gone", "2026-03-31T23:59:59.999999Z"));
  EXPECT_FALSE(stands("gone", "2026-04-01T00:00:00Z"));
  EXPECT_FALSE(stands("new", "2026-02-28T23:59:59Z"));
  EXPECT_TRUE(stands("new", "2026-03-01T00:00:00Z"));
  EXPECT_FALSE(stands("new", "2026-03-31T12:00:00Z"));
}

TEST(List, IsEmptyWhenItIsNotInForce) {
  const Expr expr = condition_of(
      list_of("[a, {value: b, until: 2026-02-28}]", "in_force: [{from: 2026-02-01}]\n"),
      "{model|in: list:models}");
  EXPECT_EQ(judge_model(expr, "a", "2026-01-31T23:59:59Z"), Value(false));
  EXPECT_EQ(judge_model(expr, "a", "2026-02-01T00:00:00Z"), Value(true));
  EXPECT_EQ(judge_model(expr, "b", "2026-02-28T00:00:00Z"), Value(true));
  EXPECT_EQ(judge_model(expr, "b", "2026-03-01T00:00:00Z"), Value(false));
}

TEST(List, ValuesMayLeaveAndComeBack) {
  const Expr expr =
      condition_of(list_of("[{value: a, until: 2026-01-31}, {value: a, from: 2026-03-01}]"),
                   "{model|in: list:models}");
  EXPECT_EQ(judge_model(expr, "a", "2026-01-31T00:00:00Z"), Value(true));
  EXPECT_EQ(judge_model(expr, "a", "2026-02-01T00:00:00Z"), Value(false));
  EXPECT_EQ(judge_model(expr, "a", "2026-03-01T00:00:00Z"), Value(true));
}

TEST(List, HoldsValuesOfEachType) {
  const auto holds = [](const char* type, const char* values, const char* field, Value value) {
    const Expr expr = condition_of(list_of(values, std::string("type: ") + type + "\n"),
                                   std::string("{") + field + "|in: list:models}");
    return judge(expr, usage_at("2026-01-01T00:00:00Z", field, std::move(value)));
  };
  EXPECT_EQ(holds("ip", "['2001:DB8::1', 192.0.2.1]", "client.address", "2001:db8::1"),
            Value(true));
  EXPECT_EQ(holds("ip", "['2001:DB8::1']", "client.address", "192.0.2.1"), Value(false));
  EXPECT_EQ(holds("int64", "[7, 2k]", "client.asn", std::int64_t{2000}), Value(true));
  EXPECT_EQ(holds("double", "[0, 0.5]", "request.temperature", -0.0), Value(true));
  EXPECT_EQ(holds("double", "[0, 0.5]", "request.temperature", 0.25), Value(false));
  EXPECT_EQ(holds("money", "[10 USD]", "cost", std::int64_t{10'000'000'000}), Value(true));
  EXPECT_EQ(holds("bool", "[true]", "request.stream", true), Value(true));
}

TEST(List, AnyElementOfAListFieldCounts) {
  const LoadOutcome outcome =
      load_files({sample_policy("reads: account\nselect: {a: {aliases|in: list:models}}"),
                  list_of("[acme, {value: old, until: 2026-01-01}]")});
  ASSERT_THAT(lines_of(outcome.diagnostics), IsEmpty());
  const Expr& expr = outcome.set.policies[0].condition;
  const auto with = [&](std::vector<std::string> aliases) {
    return judge(expr, usage_at("2026-02-01T00:00:00Z", "aliases", std::move(aliases)));
  };
  EXPECT_EQ(with({"x", "acme"}), Value(true));
  EXPECT_EQ(with({"x", "old"}), Value(false));
  EXPECT_EQ(judge(expr, Record{}), Value());
}

struct ListCase {
  const char* name;
  const char* selection;
  std::string list;
  std::vector<std::string> want;
};

class ListDiagnostics : public testing::TestWithParam<ListCase> {};

TEST_P(ListDiagnostics, AreGiven) {
  const ListCase& c = GetParam();
  std::string fragment = std::string("select: {a: ") + c.selection + "}";
  EXPECT_EQ(places_of(load_files({sample_policy(fragment), c.list}).diagnostics), c.want);
}

INSTANTIATE_TEST_SUITE_P(
    All, ListDiagnostics,
    testing::Values(
        ListCase{"UnknownList",
                 "{model|in: list:modles}",
                 list_of("[a]"),
                 {"TW0622 2:24+11", "TW0626 1:1+4"}},
        ListCase{"UnknownListInExpression",
                 "'exists(model) and model in list:x'",
                 "",
                 {"TW0622 2:41+6"}},
        ListCase{
            "OtherType", "{client.address|in: list:models}", list_of("[a]"), {"TW0623 2:33+11"}},
        ListCase{"WithoutIn", "{model: list:models}", "", {"TW0624 2:21+11"}},
        ListCase{"WithoutInInExpression", "'model == list:models'", "", {"TW0624 2:23+11"}},
        ListCase{"NoName", "'model in list:'", "", {"TW0201 2:23+5"}},
        ListCase{"Unused", "{model: a}", list_of("[a]"), {"TW0626 1:1+4"}},
        ListCase{"TwoOfOneName",
                 "{model|in: list:models}",
                 list_of("[a]") + "---\n" + list_of("[b]"),
                 {"TW0621 5:1+4"}},
        ListCase{"ValueTwice", "{model|in: list:models}", list_of("[a, b, a]"), {"TW0627 3:16+1"}},
        ListCase{"ValueTwiceAtOneTime",
                 "{model|in: list:models}",
                 list_of("[{value: a, until: 2026-02-01}, {value: a, from: 2026-02-01}]"),
                 {"TW0627 3:49+1"}},
        ListCase{"CountryThatYamlTwists",
                 "{client.country|in: list:models}",
                 list_of("[DE, NO]"),
                 {"TW0901 3:14+2"}},
        ListCase{"ValueOfAnotherType",
                 "{client.address|in: list:models}",
                 list_of("[192.0.2.1, x]", "type: ip\n"),
                 {"TW0303 4:21+1"}},
        ListCase{"UnknownKey",
                 "{model|in: list:models}",
                 list_of("[{value: a, untli: 2026-01-01}]"),
                 {"TW0102 3:21+5"}},
        ListCase{"LeavesBeforeItEnters",
                 "{model|in: list:models}",
                 list_of("[{value: a, from: 2026-02-01, until: 2026-01-01}]"),
                 {"TW0113 3:46+10"}},
        ListCase{"Expired",
                 "{model|in: list:models}",
                 list_of("[{value: a, until: 2026-05-31}]"),
                 {"TW0628 1:1+4"}},
        ListCase{"ExpiresTomorrow",
                 "{model|in: list:models}",
                 list_of("[a]", "in_force: [{until: 2026-06-01}]\n"),
                 {}},
        ListCase{"Empty", "{model|in: list:models}", list_of("[]"), {"TW0629 3:9+1"}},
        ListCase{"BadName",
                 "{model: a}",
                 "list: Models\ntitle: x\nvalues: [a]\n",
                 {"TW0626 1:1+4", "TW0620 1:7+6"}},
        ListCase{
            "NoTitle", "{model|in: list:models}", "list: models\nvalues: [a]\n", {"TW0103 1:1+4"}},
        ListCase{
            "NoValues", "{model|in: list:models}", "list: models\ntitle: x\n", {"TW0103 1:1+4"}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ListDiagnosticsText, SuggestsTheNearestListAndSaysWhereTheOtherStands) {
  const LoadOutcome unknown =
      load_files({sample_policy("select: {a: {model|in: list:modles}}"), list_of("[a]")});
  EXPECT_EQ(unknown.diagnostics[0].hint, "did you mean `list:models`?");
  const LoadOutcome other =
      load_files({sample_policy("select: {a: {client.address|in: list:models}}"), list_of("[a]")});
  EXPECT_THAT(other.diagnostics[0].hint, HasSubstr("p/1.yaml:1"));
  EXPECT_THAT(other.diagnostics[0].message, HasSubstr("string"));
}

TEST(ListDiagnosticsText, AListWithErrorsIsNotAnErrorWhereItIsUsed) {
  const LoadOutcome outcome = load_files(
      {sample_policy("select: {a: {model|in: list:models}}"), list_of("[a]", "type: strign\n")});
  EXPECT_THAT(places_of(outcome.diagnostics), ElementsAre("TW0105 3:7+6"));
}

TEST(ListHash, CoversTheContentAndNothingElse) {
  const auto hash = [](const std::string& list) {
    const LoadOutcome outcome =
        load_files({sample_policy("select: {a: {model|in: list:models}}"), list});
    EXPECT_FALSE(has_errors(outcome.diagnostics));
    return outcome.set.policies.at(0).hash;
  };
  const Digest plain = hash(list_of("[a, b]"));
  EXPECT_EQ(plain, hash(list_of("[b, a]", "owner: legal\nversion: 2\nsource: a register\n")));
  EXPECT_EQ(plain, hash(list_of("[{value: b, reason: why}, a]")));
  EXPECT_NE(plain, hash(list_of("[a]")));
  EXPECT_NE(plain, hash(list_of("[a, b, c]")));
  EXPECT_NE(plain, hash(list_of("[a, {value: b, until: 2026-12-31}]")));
  EXPECT_NE(plain, hash(list_of("[a, b]", "in_force: [{from: 2026-01-01}]\n")));
  EXPECT_NE(hash(list_of("[a, {value: b, until: 2026-12-31}]")),
            hash(list_of("[a, {value: b, until: 2026-12-30}]")));
}

TEST(ListText, ShowsTheNameAndIsCanonicalWithTheContent) {
  const Expr expr = condition_of(list_of("[a]"), "{model|in: list:models}");
  EXPECT_EQ(to_text(expr, ExprScope{}), "(model in list:models)");
  EXPECT_EQ(to_text(expr), "(model in list:models sha256:" + to_hex(expr.list->digest()) + ")");
}

TEST(ListDocuments, AreTold) {
  const LoadOutcome outcome = load_files(
      {sample_policy("select: {a: {model|in: list:models}}"),
       list_of("[a, b]",
               "version: 4\nowner: legal\nsource: {name: Register, url: https://example.org/r, "
               "retrieved: 2026-05-01}\n")});
  ASSERT_THAT(outcome.documents.lists, SizeIs(1));
  const ListDocument& list = outcome.documents.lists[0];
  EXPECT_EQ(list.header.name, "models");
  EXPECT_EQ(list.header.version, 4);
  EXPECT_EQ(list.header.owner, "legal");
  EXPECT_EQ(list.source->name, "Register");
  EXPECT_EQ(list.source->retrieved, parse_time("2026-05-01").value());
  EXPECT_EQ(list.values->size(), 2U);
}

TEST(ListFile, HasABoundForItsValuesAndForWhatIsInBrackets) {
  std::string list = "list: models\ntitle: Models\nvalues:\n";
  std::string brackets = "list: models\ntitle: Models\nvalues:\n  [";
  for (std::size_t i = 0; i <= kMostListFileValues; ++i) {
    list += "- " + std::to_string(i) + "\n";
    brackets += std::to_string(i) + ",\n";
  }
  const auto found = load_files({list}).diagnostics;
  // Four keys and texts, the map, the list and the document stand before the first value.
  ASSERT_THAT(places_of(found), ElementsAre("TW0002 32764:3+1"));
  EXPECT_EQ(found[0].message, "the file has more than 32768 values");
  const auto in_brackets = load_files({brackets + "]\n"}).diagnostics;
  ASSERT_THAT(places_of(in_brackets), ElementsAre("TW0002 3:1+1"));
  EXPECT_EQ(in_brackets[0].message,
            "what follows here goes on for more than 64 KiB: a collection in brackets, a text or a "
            "comment");
}

// A list that was pasted twice: one warning a value would hide what to do.
TEST(ListFile, TellsTheFirstHundredValuesThatStandTwice) {
  std::string list = "list: models\ntitle: Models\nvalues:\n";
  for (int i = 0; i < 500; ++i) list += "- name-" + std::to_string(i % 250) + "\n";
  const auto found =
      load_files({sample_policy("select: {a: {model|in: list:models}}"), list}).diagnostics;
  ASSERT_THAT(found, SizeIs(100));
  EXPECT_EQ(found.front().message, "`name-0` stands in the list already");
  EXPECT_EQ(found.front().span.line, 4 + 250);
  EXPECT_EQ(found.back().message,
            "`name-99` stands in the list already, as do 150 more values further on");
}

TEST(ListFile, MayBeLargerThanOtherFiles) {
  std::string list = "# names\n---\nlist: models\ntitle: Models\nvalues:\n";
  while (list.size() <= kYamlLimits.bytes)
    list += "- a-long-name-" + std::to_string(list.size()) + "\n";
  const LoadOutcome good =
      load_files({sample_policy("select: {a: {model|in: list:models}}"), list});
  EXPECT_THAT(lines_of(good.diagnostics), IsEmpty());
  const std::string other = sample_policy("description: " + std::string(kYamlLimits.bytes, 'x'));
  EXPECT_THAT(places_of(load_files({other}).diagnostics), ElementsAre("TW0002 1:1+1"));
  list.append(kMostListFileBytes, '#');
  EXPECT_THAT(places_of(load_files({list}).diagnostics), ElementsAre("TW0002 1:1+1"));
}

TEST(ValueList, OfTheSameContentHasTheSameDigestHoweverItIsWritten) {
  using Item = ValueList::Item;
  const UtcTime day1{86'400'000'000};
  const std::vector<Item> whole = {{std::string("a"), kAlways}};
  const std::vector<Item> halves = {{std::string("a"), {kAlways.from, day1}},
                                    {std::string("a"), {day1, kAlways.to}}};
  const ValueList one("n", ValueType::kString, whole);
  const ValueList two("n", ValueType::kString, halves);
  EXPECT_EQ(one.digest(), two.digest());
  EXPECT_FALSE(two.is_dated());
  const ValueList addresses("n", ValueType::kIp, whole);
  EXPECT_NE(one.digest(), addresses.digest());
}

}  // namespace
}  // namespace tidewaiter
