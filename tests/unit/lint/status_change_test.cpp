#include "policies/lint/status_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::HasSubstr;

Result<std::string> made_active(const std::string& text,
                                const std::set<std::string>& ids = {"a.b"}) {
  return with_policy_status({"policies/a.yaml", text}, ids, PolicyStatus::kActive);
}

TEST(StatusChange, ChangesTheWordAndNothingElse) {
  struct Case {
    const char* before;
    const char* after;
  };
  const Case cases[] = {
      {"# why\npolicy: a.b\nversion: 2   # bump\nstatus: shadow  # until tried\n\ntitle: T\n",
       "# why\npolicy: a.b\nversion: 2   # bump\nstatus: active  # until tried\n\ntitle: T\n"},
      {"policy: a.b\nstatus: 'draft'\ntitle: \"ä: b\"\n",
       "policy: a.b\nstatus: active\ntitle: \"ä: b\"\n"},
      {"policy: a.b\r\nstatus: shadow\r\ntitle: T\r\n",
       "policy: a.b\r\nstatus: active\r\ntitle: T\r\n"},
      {"{policy: a.b, status: shadow, title: T}\n", "{policy: a.b, status: active, title: T}\n"},
  };
  for (const Case& one : cases) {
    const Result<std::string> after = made_active(one.before);
    ASSERT_TRUE(after) << after.error().message;
    EXPECT_EQ(*after, one.after);
  }
}

TEST(StatusChange, AddsALineWhereThereIsNone) {
  const Result<std::string> behind_version =
      made_active("policy: a.b\nversion: 1  # first\n# of the title\ntitle: T\n");
  ASSERT_TRUE(behind_version) << behind_version.error().message;
  EXPECT_EQ(*behind_version,
            "policy: a.b\nversion: 1  # first\nstatus: active\n# of the title\ntitle: T\n");
  const Result<std::string> behind_id = made_active("  policy: a.b\n  title: T\n");
  ASSERT_TRUE(behind_id) << behind_id.error().message;
  EXPECT_EQ(*behind_id, "  policy: a.b\n  status: active\n  title: T\n");
}

TEST(StatusChange, ChangesOnlyTheChosenDocuments) {
  const std::string text =
      "policy: a.b\nstatus: shadow\n---\npolicy: a.c\nstatus: shadow\n---\nlist: l\nvalues: [x]\n";
  const Result<std::string> one = made_active(text, {"a.c"});
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(*one,
            "policy: a.b\nstatus: shadow\n---\npolicy: a.c\nstatus: active\n---\nlist: l\nvalues: "
            "[x]\n");
  const Result<std::string> both = made_active(text, {"a.b", "a.c"});
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_EQ(*both,
            "policy: a.b\nstatus: active\n---\npolicy: a.c\nstatus: active\n---\nlist: l\nvalues: "
            "[x]\n");
}

// Whatever cannot be edited in place is left to a person, never guessed at.
TEST(StatusChange, RefusesWhatItCannotPlace) {
  const Result<std::string> in_brackets = made_active("{policy: a.b, version: 1, title: T}\n");
  ASSERT_FALSE(in_brackets);
  EXPECT_EQ(in_brackets.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(in_brackets.error().message, HasSubstr("by hand"));
  const Result<std::string> sigma = made_active("title: A Sigma rule\nid: 1\nstatus: stable\n");
  ASSERT_FALSE(sigma);
  EXPECT_THAT(sigma.error().message, HasSubstr("has no `policy: a.b`"));
  const Result<std::string> broken = made_active("policy: a.b\nstatus: [\n");
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().message, HasSubstr("policy lint"));
}

}  // namespace
}  // namespace tidewaiter
