#include "daemon/pipeline/policy_documents.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/language/load.h"
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

}  // namespace
}  // namespace tidewaiter
