// How far a walk through the keys of all projects has come, as a token.
#include "daemon/sources/contract/key_walk.h"

#include <string>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(KeyWalkTest, ReadsBackWhatItWrites) {
  for (const KeyWalk& walk :
       {KeyWalk{}, KeyWalk{{"proj_1"}, "", ""}, KeyWalk{{"proj_1", "proj-2"}, "proj_9", "key_4"},
        KeyWalk{{}, "proj_9", ""}, KeyWalk{{"cus_1"}, "@1767225600@cus_9", ""},
        KeyWalk{{}, "@253402300799@" + std::string(128, 'a'), ""}}) {
    EXPECT_EQ(key_walk_from_text(to_text(walk)), walk) << to_text(walk);
  }
  EXPECT_EQ(to_text(KeyWalk{{"a", "b"}, "c", "d"}), "c.d.a.b.");
}

TEST(KeyWalkTest, TakesNoOtherText) {
  for (const char* text :
       {"", ".", "a.b", "a.b.c", "a.b..", "a/b...", "a.b.../c.", "a.@b@c.", "a..@b@c."}) {
    EXPECT_FALSE(key_walk_from_text(text)) << text;
  }
}

TEST(KeyWalkTest, AnIdHasNothingThatAPathWouldRead) {
  EXPECT_TRUE(is_walk_id("proj_Ab-9"));
  for (const char* id : {"", "a/b", "..", "a?b", "a b", "a%2fb"})
    EXPECT_FALSE(is_walk_id(id)) << id;
  EXPECT_TRUE(is_walk_id(std::string(128, 'a')));
  EXPECT_FALSE(is_walk_id(std::string(129, 'a')));
}

}  // namespace
}  // namespace tidewaiter
