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

// `list:` alone is no YAML behind a key, and the lists may stand in the very file that is written.
TEST(SetReference, KnowsTheListsOfATextThatIsNoYamlYet) {
  const std::string rest = "\n---\nlist: embargo\ntitle: 'Embargo'\nvalues: [IR]\n---\npolicy: b\n";
  for (const char* begun : {"policy: a\nselect: {x: {client.country|in: list:",
                            "policy: a\nselect:\n  x:\n    client.country|in: list:",
                            "policy: a\nselect:\n  x: 'client.country in list:"}) {
    const std::string text = begun + rest;
    const auto reference = set_reference_at(text, std::string_view(begun).size());
    ASSERT_TRUE(reference) << begun;
    const auto documents = named_documents(std::vector<PolicyText>{{"a.yaml", text}});
    const auto completions = completions_of(*reference, documents);
    ASSERT_EQ(completions.size(), 1U) << begun;
    EXPECT_EQ(completions.front().label, "embargo");
    EXPECT_EQ(completions.front().detail, "Embargo");
  }
}

TEST(SetReference, OffersListsWhereAValueOfInBegins) {
  const auto documents =
      named_documents(std::vector<PolicyText>{{"l.yaml", "list: embargo\ntitle: E\n"}});
  const auto labels = [&documents](std::string_view text) {
    std::vector<std::string> all;
    for (const Completion& one : lists_at(text, text.size(), documents)) all.push_back(one.label);
    return all;
  };
  const std::vector<std::string> embargo = {"list:embargo"};
  EXPECT_EQ(labels("policy: a\nselect:\n  x:\n    client.country|in: "), embargo);
  EXPECT_EQ(labels("policy: a\nselect: {x: {client.country|in: l"), embargo);
  for (const char* text :
       {"policy: a\nselect: {x: {client.country: ", "policy: a\nselect: {x: {client.country|in: [",
        "policy: a\nselect: {x: {client.country|in", "policy: a\n# client.country|in: "}) {
    EXPECT_TRUE(labels(text).empty()) << text;
  }
}

}  // namespace
}  // namespace tidewaiter
