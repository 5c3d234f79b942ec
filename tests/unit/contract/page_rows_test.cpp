// What readers of pages share: names of members, identities of rows, and fields of a new record.

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/contract/field_writer.h"
#include "daemon/sources/contract/member_names.h"
#include "daemon/sources/contract/member_order.h"
#include "daemon/sources/contract/page_json.h"
#include "daemon/sources/contract/row_identity.h"
#include "daemon/sources/contract/row_ids.h"
#include "policies/model/field_catalogue.h"
#include "tests/property/random.h"
#include "tests/property/seeds.h"

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

/// A list of objects whose members are mostly those of the one before, in its order.
std::string random_objects(Random& random) {
  static const std::vector<std::string> names{"id",
                                              "startTime",
                                              "endTime",
                                              "projectId",
                                              "sessionId",
                                              "userId",
                                              "user_id",
                                              "Id",
                                              "id ",
                                              "startTim",
                                              "startTimes",
                                              "i\\u0064",
                                              "\\u0069d",
                                              "user\\\"id",
                                              "a\\\\",
                                              "\\\\",
                                              "",
                                              "other",
                                              "a longer name than any that is known",
                                              "user_i\\u0064"};
  std::vector<std::string> members;
  for (std::int64_t i = random.number(0, 40); i > 0; --i) members.push_back(random.one_of(names));
  std::string out = "[";
  for (int object = 0; object < 6; ++object) {
    out += object > 0 ? ",{" : "{";
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (random.chance(3)) members[i] = random.one_of(names);
      out += (i > 0 ? ",\"" : "\"") + members[i] + (random.chance(10) ? "\" :" : "\":");
      out += std::to_string(i);
    }
    if (random.chance(20) && !members.empty()) members.pop_back();
    out += '}';
  }
  return out + ']';
}

TEST(MemberOrder, FindsEachMemberAsBySearch) {
  namespace ondemand = simdjson::ondemand;
  over_random_seeds(400, [](std::uint64_t seed) {
    Random random(seed);
    const simdjson::padded_string text(random_objects(random));
    using Found = std::vector<std::pair<std::size_t, std::int64_t>>;
    const auto read = [&](const auto& each) {
      Found found;
      ondemand::parser parser;
      auto document = parser.iterate(text);
      for (auto element : document.get_array()) {
        ondemand::object object = element.get_object();
        EXPECT_FALSE(each(object, [&](std::size_t place, ondemand::value& value) -> PageRead {
          found.emplace_back(place, value.get_int64().value());
          return std::nullopt;
        }));
      }
      return found;
    };
    MemberOrder order(kMembers);
    const Found quick = read([&](ondemand::object& object, const auto& take) {
      return order.each_member(object, take);
    });
    const Found by_search = read([](ondemand::object& object, const auto& take) {
      return each_member(object, [&](std::string_view name, ondemand::value& value) {
        return take(kMembers.place_of(name).value_or(kNames.size()), value);
      });
    });
    EXPECT_EQ(quick, by_search) << std::string_view(text);
  });
}

TEST(MemberOrder, EndsAtAFaultAndAtWhatIsNoJson) {
  namespace ondemand = simdjson::ondemand;
  const auto faults = [](std::string_view text) {
    const simdjson::padded_string padded(text);
    ondemand::parser parser;
    auto document = parser.iterate(padded);
    ondemand::object object = document.get_object();
    int taken = 0;
    const PageRead fault = MemberOrder(kMembers).each_member(
        object, [&](std::size_t place, ondemand::value&) -> PageRead {
          ++taken;
          return place == 0 ? row_fault("it is `id`") : PageRead();
        });
    return std::make_pair(fault.has_value(), taken);
  };
  EXPECT_EQ(faults(R"({"userId":1,"id":2,"other":3})"), std::make_pair(true, 2));
  EXPECT_EQ(faults(R"({"userId":1 "other":3})"), std::make_pair(true, 1));
  EXPECT_EQ(faults(R"({"userId":1,"\ud800":2,"other":3})"), std::make_pair(true, 1));
  EXPECT_EQ(faults(R"({"userId":1,"other":3})"), std::make_pair(false, 2));
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
  EXPECT_EQ(identity.add_framed(RowIdentity::framed({"f", ""})).finish(),
            sha256(shared + "\0\0\0\0\0\0\0\1f\0\0\0\0\0\0\0\0"s));
  const std::string longer(300, 'x');
  EXPECT_EQ(identity.add(longer).finish(), sha256(shared + "\0\0\0\0\0\0\1\x2c"s + longer));
}

TEST(RowIds, NumberEachInTheOrderOfTheirComing) {
  RowIds ids;
  for (std::size_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(ids.number(sha256(std::to_string(i))), i);
    EXPECT_EQ(ids.number(sha256(std::to_string(i / 2))), i / 2);
  }
  EXPECT_EQ(ids.size(), 1000U);
  EXPECT_EQ(ids.id(17), sha256("17"));
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
