#include "daemon/pipeline/policy_documents.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/pipeline/packed_consequences.h"
#include "policies/language/load.h"
#include "policies/screening/screening.h"
#include "policies/screening/shipped_consequences.h"
#include "policies/sigma/policy_set.h"
#include "temporary_folder.h"

namespace tidewaiter {
namespace {

TEST(PolicyDocuments, CompileToTheSameSet) {
  const std::vector<PolicyText> texts = {{"a \"b\".yaml", volume_policy("test.one")},
                                         {"c.yaml", volume_policy("test.two", "7")}};
  const PolicySet set = load_policies(texts, UtcTime{0}).set;
  const std::string packed = pack_documents(texts);
  const auto again = compile_documents(packed, set.hash);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->hash, set.hash);
  EXPECT_EQ(again->policies.size(), 2U);
  const auto wrong = compile_documents(packed, sha256("other"));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(compile_documents("{", set.hash).error().code, ErrorCode::kCorruption);
}

TEST(PolicyDocuments, NameTheIssuesThatTheSetLooksInto) {
  const std::vector<PolicyText> texts = {
      {"a.yaml",
       "policy: p\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\nkind: sanctions\n"
       "severity: low\nreads: account\nscreen: {fields: [name], lists: [sdn, eu], score: 0.93}\n"
       "---\nlist: sdn\ntitle: t\nsynced: ofac-sdn\n---\nlist: eu\ntitle: t\nsynced: eu\n"}};
  const std::string text = party_issue_text({{"Queen Bee", {}, {}, {}, {{0}, {1}}}}).value();
  const auto issue = std::make_shared<const PartyIssue>(read_party_issue(text).value());
  SyncedLists lists;
  lists["ofac-sdn"] = {{"ofac-sdn", "0123", issue->digest, {1'000'000}, {2'000'000}, UtcTime{3}},
                       issue};
  lists["eu"].standing.published = "eu";
  const PolicySet set = load_policy_set(texts, UtcTime{0}, lists).set;
  const std::string packed = pack_documents(texts, lists);
  const Result<PackedSet> read = unpack_documents(packed);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->lists.size(), 2U);
  EXPECT_EQ(read->lists[0], lists["eu"].standing);
  EXPECT_EQ(read->lists[1], lists["ofac-sdn"].standing);
  const auto again = compile_documents(packed, set.hash, [&issue](const Digest& digest) {
    EXPECT_EQ(digest, issue->digest);
    return Result<std::shared_ptr<const PartyIssue>>(issue);
  });
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->hash, set.hash);
  // Without the issue there is no set, and certainly not one that finds nobody.
  const auto without = compile_documents(packed, set.hash);
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, ErrorCode::kCorruption);
  EXPECT_NE(without.error().message.find("the list `ofac-sdn`"), std::string::npos);
}

TEST(PolicyDocuments, NameTheClearancesThatApply) {
  const std::vector<PolicyText> texts = {
      {"a.yaml",
       "policy: p\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\nkind: sanctions\n"
       "severity: low\nreads: account\nscreen: {fields: [name], lists: [own], score: 0.93}\n"
       "---\nlist: own\ntitle: t\nvalues: [Queen Bee]\n"}};
  const std::vector<PolicyClearance> clearances = {{"p",
                                                    1,
                                                    {"m-0123456789ab",
                                                     "own",
                                                     sha256("entry"),
                                                     sha256("account"),
                                                     sha256("name"),
                                                     {cleared_agreement("country", "SY")}}}};
  const PolicySet written = load_policy_set(texts, UtcTime{0}).set;
  const PolicySet set = load_policy_set(texts, UtcTime{0}, {}, clearances).set;
  EXPECT_NE(set.hash, written.hash);
  const std::string packed = pack_documents(texts, {}, clearances);
  // By hand from docs/records-format.md.
  EXPECT_NE(packed.find("\"among\":\"own\",\"clearance\":\"m-0123456789ab\",\"entry\":\"" +
                        to_hex(sha256("entry"))),
            std::string::npos);
  const Result<PackedSet> read = unpack_documents(packed);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->clearances, clearances);
  const auto again = compile_documents(packed, set.hash);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->hash, set.hash);
  // One that was stored before agreements were known of had none; broken ones are none.
  const std::string agreed = "\"agreed\":[\"" + to_hex(cleared_agreement("country", "SY")) + "\"]";
  std::string older = packed;
  ASSERT_NE(older.find(agreed + ","), std::string::npos);
  older.erase(older.find(agreed + ","), agreed.size() + 1);
  const Result<PackedSet> without = unpack_documents(older);
  ASSERT_TRUE(without) << without.error().message;
  EXPECT_TRUE(without->clearances.front().cleared.agreed.empty());
  for (const char* const broken : {"7", "[7]", "[\"ab\"]"}) {
    std::string other = packed;
    other.replace(other.find(agreed), agreed.size(), std::string("\"agreed\":") + broken);
    EXPECT_EQ(unpack_documents(other).error().code, ErrorCode::kCorruption) << broken;
  }
  // Without them it is another set.
  EXPECT_EQ(compile_documents(pack_documents(texts), set.hash).error().code,
            ErrorCode::kUnsupported);
  EXPECT_EQ(unpack_documents(R"([{"clearance":"m-1","policy":"p"}])").error().code,
            ErrorCode::kCorruption);
}

/// A policy about those whose property is blocked, among parties of which `SDN` says what follows.
const std::vector<PolicyText> kBlockedParties = {
    {"a.yaml",
     "policy: p\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\nkind: sanctions\n"
     "severity: low\nreads: account\n"
     "screen: {fields: [name], lists: [sdn], score: 0.93, obligations: [block]}\n"
     "---\nlist: sdn\ntitle: t\nconsequences: SDN\nvalues: [{value: Queen Bee, programs: "
     "[SYRIA]}]\n"}};

/// The program's table, but that everything on the SDN list is blocked to the end of 2025.
ConsequenceTable other_table() {
  const Consequence rule{
      {}, Obligation::kBlock, {}, "EO 1", {{{INT64_MIN}, parse_time("2026-01-01").value()}}, {}};
  ConsequenceTable table = shipped_table();
  table["SDN"] =
      std::make_shared<const Consequences>(Consequences::Part{"SDN", {}, {rule}, {"IRAN"}});
  return table;
}

std::optional<bool> is_queen_bee_told(const PolicySet& set, std::string_view day) {
  Record record;
  record.kind = RecordKind::kAccount;
  record.time = parse_time(day).value();
  set_value(record, find_field("name").value(), std::string("Queen Bee"));
  return screening_of(set.policies.front())->judge(record, NameLookup::kIndex).truth;
}

TEST(PolicyDocuments, HaveTheRulesThatTheSetWasJudgedBy) {
  const PolicySet judged = load_policy_set(kBlockedParties, UtcTime{0}, {}, {}, other_table()).set;
  const std::string packed = pack_documents(kBlockedParties, {}, {}, judged.rules);
  // By hand from docs/records-format.md.
  EXPECT_TRUE(packed.ends_with(
      R"(,{"consequences":"SDN","parts":[{"code":"SDN","known_programs":["IRAN"],"rules":[)"
      R"({"citation":"EO 1","in_force":[{"to":"2026-01-01T00:00:00Z"}],"obligation":"block"}]}]}])"))
      << packed;
  const auto again = compile_documents(packed, judged.hash);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->hash, judged.hash);
  EXPECT_EQ(is_queen_bee_told(*again, "2025-12-31"), true);
  EXPECT_EQ(is_queen_bee_told(*again, "2026-01-01"), std::nullopt);
  EXPECT_EQ(pack_documents(kBlockedParties, {}, {}, again->rules), packed);

  // The program's: SYRIA ended with 2025-06-30 (EO 14312).
  const PolicySet configured = load_policy_set(kBlockedParties, UtcTime{0}).set;
  EXPECT_NE(configured.hash, judged.hash);
  EXPECT_EQ(is_queen_bee_told(configured, "2025-12-31"), std::nullopt);
  EXPECT_EQ(compile_documents(pack_documents(kBlockedParties), judged.hash).error().code,
            ErrorCode::kUnsupported);
}

TEST(PolicyDocuments, OfAnEarlierVersionHaveTheProgramsRules) {
  const PolicySet configured = load_policy_set(kBlockedParties, UtcTime{0}).set;
  ASSERT_EQ(configured.rules.size(), 1U);
  const auto again = compile_documents(pack_documents(kBlockedParties), configured.hash);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->hash, configured.hash);
  EXPECT_EQ(is_queen_bee_told(*again, "2025-06-30"), true);
}

TEST(PolicyDocuments, KeepEachShippedRuleAsItIs) {
  for (const auto& [code, shipped] : shipped_table()) {
    const auto again = read_packed_consequences(packed_consequences(*shipped));
    ASSERT_NE(again, nullptr) << code;
    EXPECT_EQ(again->code(), code);
    EXPECT_EQ(again->by_source(), shipped->by_source());
    EXPECT_EQ(again->meaning(), shipped->meaning());
    ASSERT_EQ(again->parts().size(), shipped->parts().size());
    for (std::size_t i = 0; i < again->parts().size(); ++i) {
      EXPECT_EQ(again->parts()[i].rules, shipped->parts()[i].rules) << code;
      EXPECT_EQ(again->parts()[i].regime_words, shipped->parts()[i].regime_words) << code;
      EXPECT_EQ(again->parts()[i].known_programs, shipped->parts()[i].known_programs) << code;
    }
  }
}

TEST(PolicyDocuments, RefuseRulesThatAreNone) {
  const std::string head = R"([{"consequences":"X","parts":[{"code":"X","rules":[)";
  const std::string rule = R"({"obligation":"block","citation":"c")";
  ASSERT_TRUE(unpack_documents(head + rule + "}]}]}]"));
  for (const std::string& broken :
       {std::string(R"([{"consequences":7}])"), std::string(R"([{"consequences":"X"}])"),
        std::string(R"([{"consequences":"X","parts":[{"code":"Y","rules":[]}]}])"),
        head + R"({"obligation":"bless","citation":"c"}]}]}])",
        head + R"({"obligation":"block"}]}]}])", head + rule + R"(,"programs":[7]}]}]}])",
        head + rule + R"(,"in_force":[{"to":"soon"}]}]}]}])",
        head + rule + R"(,"in_force":{}}]}]}])", head + rule + R"(,"owned":{}}]}]}])"}) {
    const auto read = unpack_documents(broken);
    ASSERT_FALSE(read) << broken;
    EXPECT_EQ(read.error().code, ErrorCode::kCorruption) << broken;
  }
}

TEST(PolicyDocuments, OtherRulesAreNotClearancesAlone) {
  const PackedSet before{kBlockedParties, {}, {}, {}};
  PackedSet after = before;
  after.rules = {*shipped_table().find("SDN")};
  EXPECT_TRUE(only_clears_more(before, after));
  after.rules = {*other_table().find("SDN")};
  EXPECT_FALSE(only_clears_more(before, after));
  EXPECT_FALSE(only_clears_more(after, before));
}

/// One that an earlier version stored, without programmes.
std::shared_ptr<const PartyIssue> issue_without_programmes() {
  return std::make_shared<const PartyIssue>(
      read_party_issue("{\"tidewaiter_issue\":1}\n{\"name\":\"Queen Bee\"}\n").value());
}

TEST(PolicyDocuments, WhatWasJudgedWithoutProgrammesStaysJudgedSo) {
  std::vector<PolicyText> texts = kBlockedParties;
  texts[0].text.replace(texts[0].text.find("values:"), std::string::npos, "synced: ofac-sdn\n");
  SyncedLists lists;
  const auto issue = issue_without_programmes();
  lists["ofac-sdn"] = {{"ofac-sdn", "01", issue->digest, {0}, {INT64_MAX}, {}}, issue};
  const PolicySet now = load_policy_set(texts, UtcTime{0}, lists).set;
  EXPECT_EQ(is_queen_bee_told(now, "2026-01-01"), std::nullopt);
  // The version before took a party without a programme for one that has none.
  SyncedLists whole = lists;
  whole["ofac-sdn"].issue = std::make_shared<const PartyIssue>(
      PartyIssue{issue->digest, issue->parties->keeping_programs(true)});
  const PolicySet before = load_policy_set(texts, UtcTime{0}, whole).set;
  EXPECT_NE(before.hash, now.hash);
  const auto find = [&issue](const Digest&) {
    return Result<std::shared_ptr<const PartyIssue>>(issue);
  };
  const auto stored = compile_documents(pack_documents(texts, lists), before.hash, find);
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(is_queen_bee_told(*stored, "2026-01-01"), true);
  const auto anew = compile_documents(pack_documents(texts, lists, {}, now.rules), now.hash, find);
  ASSERT_TRUE(anew) << anew.error().message;
  EXPECT_EQ(is_queen_bee_told(*anew, "2026-01-01"), std::nullopt);
}

TEST(PolicyDocuments, HoldAllThatTheSetIsMadeOf) {
  const std::vector<PolicyText> texts = {
      {"p/pack.yaml", "pack: p\ntitle: P\nincludes: [a.yaml, documents/]\n"},
      {"p/a.yaml", volume_policy("test.one") +
                       "exempt: [{under: license:l, where: 'account in list:partners', "
                       "approved_by: legal}]\n"},
      {"p/b.yaml", volume_policy("test.left-out")},
      {"p/documents/l.yaml",
       "license: l\nnumber: D1\nauthority: BIS\nin_force: [{until: 2026-12-31}]\n"
       "countries: [DE]\n"},
      {"p/documents/e.yaml",
       "exemption: e\npolicies: [\"test.*\"]\nwhere: {account: a}\nuntil: 2026-12-31\n"
       "approved_by: legal\nreason: r\n"},
      {"p/documents/m.yaml",
       "list: partners\ntitle: M\nvalues: [{value: b, until: 2026-06-30}]\n"}};
  const LoadOutcome loaded = load_policies(texts, UtcTime{0});
  ASSERT_FALSE(has_errors(loaded.diagnostics)) << to_text(loaded.diagnostics.front());
  ASSERT_EQ(loaded.set.policies.size(), 1U);
  EXPECT_EQ(loaded.set.policies[0].exempt.size(), 2U);
  const auto again = compile_documents(pack_documents(texts), loaded.set.hash);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->hash, loaded.set.hash);
  // Without one of them it is another set, or none.
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::vector<PolicyText> part = texts;
    part.erase(part.begin() + static_cast<std::ptrdiff_t>(i));
    const bool same = compile_documents(pack_documents(part), loaded.set.hash).has_value();
    EXPECT_EQ(same, texts[i].path == "p/b.yaml") << texts[i].path;
  }
}

TEST(PolicyDocuments, AreNotCompiledAgainWhereTheSameOnesWere) {
  const TemporaryFolder folder;
  const auto records = *RecordLog::open(folder / "records.db", RecordLog::Mode::kReadWrite);
  const std::vector<PolicyText> texts = {{"a.yaml", volume_policy("test.one")}};
  const auto set = std::make_shared<const PolicySet>(load_policies(texts, UtcTime{0}).set);
  const std::string documents = pack_documents(texts);
  ASSERT_TRUE(records->append_control(PolicySetActivated{set->hash}, documents, UtcTime{1}));

  IssueShelf issues(*records);
  const CompiledSet same{documents, set};
  // An issue that the set does not name was that of one before it, and is given up.
  const std::string text = party_issue_text({}).value();
  ASSERT_TRUE(records->keep_list_issue(text));
  const std::weak_ptr<const PartyIssue> former = issues.find(sha256(text)).value();
  ASSERT_FALSE(former.expired());
  const auto shared = stored_policy_set(*records, set->hash, issues, &same);
  ASSERT_TRUE(shared) << shared.error().message;
  EXPECT_EQ(shared->set, set);
  EXPECT_TRUE(former.expired());
  // The same policy under another path means the same, and is told of by that path.
  const CompiledSet elsewhere{pack_documents(std::vector<PolicyText>{{"b.yaml", texts[0].text}}),
                              set};
  for (const CompiledSet* known : {&elsewhere, static_cast<const CompiledSet*>(nullptr)}) {
    const auto compiled = stored_policy_set(*records, set->hash, issues, known);
    ASSERT_TRUE(compiled) << compiled.error().message;
    EXPECT_NE(compiled->set, set);
    EXPECT_EQ(compiled->set->hash, set->hash);
    EXPECT_EQ(compiled->documents, documents);
  }
}

}  // namespace
}  // namespace tidewaiter
