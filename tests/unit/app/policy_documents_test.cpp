#include "daemon/pipeline/policy_documents.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/language/load.h"
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
  const auto shared = stored_policy_set(*records, set->hash, issues, &same);
  ASSERT_TRUE(shared) << shared.error().message;
  EXPECT_EQ(shared->set, set);
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
