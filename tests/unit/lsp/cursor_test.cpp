#include "policies/authoring/cursor.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

/// "tests/expect=findings": keys, then the key of whose value the place is part. `^` is the place.
std::string path(std::string text) {
  const std::size_t at = text.find('^');
  text.erase(at, 1);
  const CursorPath found = cursor_path(text, at);
  std::string out = found.in_comment ? "#" : "";
  for (const std::string& key : found.keys) out += (out.empty() ? "" : "/") + key;
  return found.value_of ? out + "=" + *found.value_of : out;
}

TEST(CursorPath, FollowsIndentation) {
  EXPECT_EQ(path("policy: a\n^"), "");
  EXPECT_EQ(path("policy: ^a\n"), "=policy");
  EXPECT_EQ(path("select:\n  a:\n    model: x\n  ^"), "select");
  EXPECT_EQ(path("select:\n  a:\n    ^"), "select/a");
  EXPECT_EQ(path("select:\n  a:\n    model: ^"), "select/a=model");
  EXPECT_EQ(path("select:\n  a:\n    model: x\n^"), "");
  EXPECT_EQ(path("policy: a\n---\n^"), "");
}

TEST(CursorPath, FollowsLists) {
  EXPECT_EQ(path("tests:\n  - name: a\n    ^"), "tests");
  EXPECT_EQ(path("tests:\n  - ^"), "tests");
  EXPECT_EQ(path("tests:\n- name: a\n- ^"), "tests");
  EXPECT_EQ(path("tests:\n- name: a\n  expect:\n  - ^"), "tests/expect");
  EXPECT_EQ(path("tests:\n- name: a\nowner: ^"), "=owner");
}

TEST(CursorPath, KnowsWhatTheDocumentBeginsWith) {
  const auto document = [](const std::string& text) {
    return cursor_path(text, text.size()).document;
  };
  EXPECT_EQ(document("policy: a\ntests:\n  - "), "policy");
  EXPECT_EQ(document("policy: a\n---\ntests: a\ncases:\n  - "), "tests");
  EXPECT_EQ(document("policy: a\n---\n"), "");
}

TEST(CursorMeaning, OfADocumentOfTestsIsThatOfItsCases) {
  const auto section = [](const std::string& text) {
    return meaning_of(cursor_path(text, text.size())).section;
  };
  EXPECT_EQ(section("tests: a\n"), Section::kTests);
  EXPECT_EQ(section("tests: a\ncases:\n  - "), Section::kTest);
  EXPECT_EQ(section("tests: a\ncases:\n  - expect: [{"), Section::kExpectation);
  EXPECT_EQ(section("policy: a\ntests:\n  - "), Section::kTest);
}

TEST(CursorPath, FollowsBrackets) {
  EXPECT_EQ(path("window: {^"), "window");
  EXPECT_EQ(path("window: {length: ^"), "window=length");
  EXPECT_EQ(path("window: {length: 24h, ^"), "window");
  EXPECT_EQ(path("window: {length: 24h}\n^"), "");
  EXPECT_EQ(path("for_each: [account, ^"), "=for_each");
  EXPECT_EQ(path("tests: [{name: x, expect: [{^"), "tests/expect");
  EXPECT_EQ(path("tests: [{name: \"}, {\", expect: [{findings: ^"), "tests/expect=findings");
  EXPECT_EQ(path("select:\n  x: {model: a,\n    region: ^"), "select/x=region");
  EXPECT_EQ(path("window: {length: 24h,  # {[\n ^"), "window");
}

TEST(CursorPath, KnowsCommentsAndBlocks) {
  EXPECT_EQ(path("owner: a # ^"), "#=owner");
  EXPECT_EQ(path("# ^"), "#");
  EXPECT_EQ(path("owner: a#^"), "=owner");
  EXPECT_EQ(path("description: |\n  kind: ^"), "=description");
  EXPECT_EQ(path("description: |\n  kind: x\nkind: ^"), "=kind");
}

}  // namespace
}  // namespace tidewaiter
