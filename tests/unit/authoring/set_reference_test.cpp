#include "policies/authoring/set_reference.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using Kind = NamedDocument::Kind;

std::optional<Kind> kind_at_end_of(std::string_view text) {
  const auto reference = set_reference_at(text, text.size());
  return reference ? std::optional(reference->kind) : std::nullopt;
}

TEST(SetReference, StandsBehindTheWholeWord) {
  for (const char* text : {"organization|in: list:emb", "in [list:", "list:a-b"}) {
    EXPECT_EQ(kind_at_end_of(text), Kind::kList) << text;
  }
  for (const char* text : {"under: license:d12", "licensed(d1", "licensed( "}) {
    EXPECT_EQ(kind_at_end_of(text), Kind::kLicense) << text;
  }
  for (const char* text : {"denylist:emb", "block-list:emb", "my_list:", "sublicense:d",
                           "unlicensed(d", "list: ", ":", "# list:emb"}) {
    EXPECT_EQ(kind_at_end_of(text), std::nullopt) << text;
  }
}

TEST(SetReference, NamesThePolicyWhoseTestsADocumentHas) {
  for (const char* text : {"tests: ", "tests: extr", "policy: a\n---\ntests: a"}) {
    EXPECT_EQ(kind_at_end_of(text), Kind::kPolicy) << text;
  }
  for (const char* text : {"policy: a\ntests: ", "tests: a\ncases: ", "tests: # a"}) {
    EXPECT_EQ(kind_at_end_of(text), std::nullopt) << text;
  }
  const std::vector<PolicyText> texts = {
      {"a.yaml", "policy: b.c\ntitle: T\n---\nlist: l\ntitle: L\n---\ntests: b.c\n"}};
  const std::vector<NamedDocument> documents = named_documents(texts);
  const std::string text = "tests: b.c";
  const auto reference = set_reference_at(text, text.size());
  ASSERT_TRUE(reference);
  const std::vector<Completion> completions = completions_of(*reference, documents);
  ASSERT_EQ(completions.size(), 1U);
  EXPECT_EQ(completions.front().label, "b.c");
  const auto hover = hover_of(*reference, text, documents);
  ASSERT_TRUE(hover);
  EXPECT_NE(hover->markdown.find("A policy of this set: `b.c`"), std::string::npos);
}

}  // namespace
}  // namespace tidewaiter
