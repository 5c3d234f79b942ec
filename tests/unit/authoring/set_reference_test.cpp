#include "policies/authoring/set_reference.h"

#include <optional>
#include <string_view>

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

}  // namespace
}  // namespace tidewaiter
