// What readers of pages share: names of members, identities of rows, and fields of a new record.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/contract/field_writer.h"
#include "daemon/sources/contract/member_names.h"
#include "daemon/sources/contract/page_json.h"
#include "daemon/sources/contract/row_identity.h"
#include "daemon/sources/contract/row_ids.h"
#include "policies/model/field_catalogue.h"

namespace tidewaiter {
namespace {

constexpr auto kNames = std::to_array<std::string_view>(
    {"id", "startTime", "endTime", "projectId", "sessionId", "userId", "user_id"});
constexpr MemberNames kMembers(kNames);

TEST(MemberNames, HasEachAtItsPlace) {
  for (std::size_t i = 0; i < kNames.size(); ++i) EXPECT_EQ(kMembers.place_of(kNames[i]), i);
}

/// Those alike in length and in first, middle and last character among them.
TEST(MemberNames, TellsAllOthers) {
  for (const std::string_view name :
       {"", "i", "iD", "ids", "startTimes", "stXrtTime", "userID", "user-id", "uSer_id"}) {
    EXPECT_EQ(kMembers.place_of(name), std::nullopt) << name;
  }
  EXPECT_EQ(kMembers.place_of(std::string(70'000, 'i')), std::nullopt);
}

TEST(MembersSeen, TellsTheSecondOfEachHoweverManyThereAre) {
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i) names.push_back("member " + std::to_string(i));
  MembersSeen seen;
  for (const std::string& name : names) EXPECT_TRUE(seen.is_first(name)) << name;
  for (const std::string& name : names) EXPECT_FALSE(seen.is_first(name)) << name;
}

/// The frame is eight bytes of length, the highest first, and the bytes: written out here.
TEST(RowIdentity, IsTheHashOfAllPartsInTheirFrames) {
  using namespace std::string_literals;
  const std::string shared = "\0\0\0\0\0\0\0\3abc\0\0\0\0\0\0\0\0"s;
  RowIdentity identity{"abc", ""};
  EXPECT_EQ(identity.add("de").finish(), sha256(shared + "\0\0\0\0\0\0\0\2de"s));
  EXPECT_EQ(identity.add("f").add("").finish(),
            sha256(shared + "\0\0\0\0\0\0\0\1f\0\0\0\0\0\0\0\0"s));
  EXPECT_EQ(identity.finish(), sha256(shared));
  const std::string longer(300, 'x');
  EXPECT_EQ(identity.add(longer).finish(), sha256(shared + "\0\0\0\0\0\0\1\x2c"s + longer));
}

TEST(RowIds, TellTheSecondOfEachBeyondWhatWasExpected) {
  RowIds ids(3);
  for (int i = 0; i < 5000; ++i) EXPECT_TRUE(ids.is_first(sha256(std::to_string(i))));
  for (int i = 0; i < 5000; ++i) EXPECT_FALSE(ids.is_first(sha256(std::to_string(i))));
}

/// Of one slot, at the end of the table, and the one that looks like a free slot.
TEST(RowIds, TellThoseThatBeginAlike) {
  RowIds ids;
  Digest digest;
  EXPECT_TRUE(ids.is_first(digest));
  EXPECT_FALSE(ids.is_first(digest));
  digest.bytes.fill(std::byte{0xFF});
  for (int last = 0; last < 40; ++last) {
    digest.bytes[31] = static_cast<std::byte>(last);
    EXPECT_TRUE(ids.is_first(digest));
    EXPECT_FALSE(ids.is_first(digest));
  }
}

TEST(FieldWriter, GivesWhatIsThere) {
  Record record;
  FieldWriter write(record, 2);
  write.text(field_id("model"), "m");
  write.text(field_id("response_model"), std::nullopt);
  write.number(field_id("input_tokens"), 7);
  write.number(field_id("output_tokens"), std::nullopt);
  write.text(field_id("project"), not_empty(""));
  write.text(field_id("account"), not_empty("a"));
  write.text(field_id("api_key"), "");
  write.truth(field_id("request.batch"), true);
  write.number(field_id("cached_tokens"), 3);  // out of order
  write.text(field_id("account"), "b");        // again
  Record same;
  set_value(same, *find_field("cached_tokens"), std::int64_t{3});
  set_value(same, *find_field("request.batch"), true);
  set_value(same, *find_field("api_key"), std::string());
  set_value(same, *find_field("account"), std::string("b"));
  set_value(same, *find_field("input_tokens"), std::int64_t{7});
  set_value(same, *find_field("model"), std::string("m"));
  EXPECT_EQ(record.fields, same.fields);
}

TEST(FieldId, IsThatOfTheName) {
  EXPECT_EQ(field_id("cost.basis"), find_field("cost.basis"));
  EXPECT_EQ(field_id("time"), kFieldTime);
}

}  // namespace
}  // namespace tidewaiter
