// Objects of other programs, one a line, read by a mapping.
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "daemon/sources/json_cells.h"
#include "file_scene.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Strings = std::vector<std::string>;

Strings cells_of(const Strings& pointers, const std::string& object) {
  JsonCells cells = JsonCells::make(pointers).value();
  const auto read = cells.read(object);
  EXPECT_TRUE(read) << read.error().message;
  return {cells.cells().begin(), cells.cells().end()};
}

TEST(JsonCells, AreTheTextsOfWhatPointersLeadTo) {
  EXPECT_THAT(
      cells_of({"/a", "/b/c", "/b/d", "/t", "/n", "/f", "/none", "/b/none/x"},
               R"({"b":{"d":1.50e3,"c":"x\u00e9\"y"},"t":true,"n":null,"a":-7 ,"f":false})"),
      ElementsAre("-7", "x\u00e9\"y", "1.50e3", "true", "", "false", "", ""));
}

TEST(JsonCells, NamesMayHoldDotsSlashesAndTildes) {
  EXPECT_THAT(cells_of({"/gen_ai.usage.input_tokens", "/:authority", "/a~1b", "/a~0b", "/"},
                       R"({"gen_ai.usage.input_tokens":3,":authority":"h","a/b":1,"a~b":2,"":4})"),
              ElementsAre("3", "h", "1", "2", "4"));
}

TEST(JsonCells, WhatIsAnotherThanAnObjectOnTheWayIsNotThere) {
  EXPECT_THAT(cells_of({"/a/b"}, R"({"a":7})"), ElementsAre(""));
  EXPECT_THAT(cells_of({"/a/b"}, R"({"a":[{"b":1}]})"), ElementsAre(""));
  EXPECT_THAT(cells_of({"/a/b"}, R"({"a":null,"c":{"a":{"b":9}}})"), ElementsAre(""));
}

TEST(JsonCells, OneMemberMayBeSeveralColumns) {
  EXPECT_THAT(cells_of({"/a/b", "/c", "/a/b"}, R"({"a":{"b":7},"c":1})"),
              ElementsAre("7", "1", "7"));
}

TEST(JsonCells, RefuseWhatIsNoRow) {
  JsonCells cells = JsonCells::make(Strings{"/a", "/b/c"}).value();
  for (const auto& [object, reason] : std::vector<std::pair<const char*, const char*>>{
           {"", "no JSON object"},
           {"[1]", "no JSON object"},
           {R"({"a":1)", ""},
           {R"({"a":1} {})", "behind the object"},
           {R"({"a":1,"a":2})", "`a` comes twice"},
           {R"({"b":{"c":1},"b":{"c":2}})", "`b` comes twice"},
           {R"({"a":{}})", "`a` holds an object or an array"},
           {R"({"a":[1]})", "`a` holds an object or an array"},
           {R"({"a":nul})", ""},
           {R"({"a":1.})", ""},
           {R"({"a":tru})", ""}}) {
    const auto read = cells.read(object);
    ASSERT_FALSE(read) << object;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(read.error().message, HasSubstr(reason));
  }
  // Nothing of one object is left for the next.
  ASSERT_TRUE(cells.read(R"({"b":{"c":5}})"));
  EXPECT_THAT(Strings(cells.cells().begin(), cells.cells().end()), ElementsAre("", "5"));
}

TEST(JsonCells, PointersLeadToMembersAndNotThroughOneAnother) {
  for (const Strings& pointers : {Strings{"a"}, Strings{""}, Strings{"/a~2"}, Strings{"/a~"},
                                  Strings{"/a", "/a/b"}, Strings{"/a/b", "/a"}}) {
    EXPECT_FALSE(JsonCells::make(pointers)) << pointers.back();
  }
}

class JsonFileTest : public FileScene {
 protected:
  void SetUp() override {
    config_.path = "log.json";
    use_csv({{"at", ValueType::kTimestamp}, {"who", ValueType::kString}, {"n", ValueType::kInt64}},
            {{"time", "at"}, {"account", "who"}, {"input_tokens", "n"}});
    config_.format = FileFormat::kJson;
    config_.mapping->pointers = {"/at", "/user/name", "/usage/in"};
    config_.mapping->identity_by_place = true;
  }

  static std::string object(const std::string& who, const std::string& more = "") {
    return R"({"at":"2026-01-01T00:00:00Z","prompt":"c4n4ry","user":{"name":")" + who +
           R"("},"usage":{"in":7}})" + more;
  }
};

TEST_F(JsonFileTest, EachObjectIsARecord) {
  write("log.json", object("a") + "\n\n" + object("b") + "\r\n" + object("a"));
  const Poll poll = this->poll();
  EXPECT_FALSE(poll.error);
  EXPECT_THAT(poll.accounts, ElementsAre("a", "b", "a"));  // by place: equal ones are two
  const Record& record = poll.pages.at(0).records.at(0);
  EXPECT_EQ(field_value(record, *find_field("input_tokens")), Value(std::int64_t{7}));
  EXPECT_NE(record.id, poll.pages.at(0).records.at(2).id);
  for (const Page& page : poll.pages) EXPECT_EQ(page.cursor.find("c4n4ry"), std::string::npos);
}

TEST_F(JsonFileTest, WhatIsNotWantedIsPassedOverAndKnownAgain) {
  config_.mapping->where = expression("who != \"b\"", config_.mapping->columns);
  write("log.json", object("b") + "\n" + object("a") + "\n" + object("b") + "\n");
  Poll first = this->poll();
  EXPECT_THAT(first.accounts, ElementsAre("a"));
  EXPECT_TRUE(first.bad.empty());
  EXPECT_TRUE(first.drained);
  append("log.json", object("c") + "\n" + object("b") + "\n");
  restart();
  EXPECT_THAT(this->poll().accounts, ElementsAre("c"));
  // Whether something is wanted that is not there nobody can tell: it is not.
  append("log.json", R"({"at":"2026-01-01T00:00:00Z"})"
                     "\n");
  EXPECT_TRUE(this->poll().accounts.empty());
}

TEST_F(JsonFileTest, ARowThatIsNotWantedMayHoldAnything) {
  config_.mapping->where = expression("who == \"a\"", config_.mapping->columns);
  const std::string odd = R"("at":"2026-01-01T00:00:00Z","usage":{"in":"many"})";
  write("log.json", object("a") + "\n{" + odd + R"(,"user":{"name":"b"}})" + "\n");
  const Poll poll = this->poll();
  EXPECT_THAT(poll.accounts, ElementsAre("a"));
  EXPECT_TRUE(poll.bad.empty());
  // One that is wanted may not, and neither may one of which that cannot be told.
  append("log.json", "{" + odd + R"(,"user":{"name":"a"}})" + "\n{" + odd + "}\n");
  config_.max_bad_share = 0.9;
  EXPECT_EQ(this->poll().bad.size(), 2U);
}

TEST_F(JsonFileTest, ALastObjectIsHeldUntilItIsWhole) {
  const std::string whole = object("b");
  write("log.json", object("a") + "\n" + whole.substr(0, 30), kNow);
  EXPECT_THAT(this->poll().accounts, ElementsAre("a"));
  append("log.json", whole.substr(30), kNow);
  EXPECT_THAT(this->poll().accounts, ElementsAre("b"));
}

TEST_F(JsonFileTest, ABadObjectIsQuarantinedByItself) {
  config_.max_bad_share = 0.9;
  write("log.json", object("a") + "\n" + object("c4n4ry", "x") + "\n" +
                        R"({"at":"2026-01-01T00:00:00Z","usage":{"in":"c4n4ry"}})" + "\n" +
                        R"({"user":{"name":"a"}})" + "\n");
  const Poll poll = this->poll();
  EXPECT_THAT(poll.accounts, ElementsAre("a"));
  ASSERT_EQ(poll.bad.size(), 3U);
  EXPECT_THAT(poll.bad[0].reason, HasSubstr("no JSON object"));
  EXPECT_THAT(poll.bad[1].reason, HasSubstr("column `n`"));
  EXPECT_THAT(poll.bad[2].reason, HasSubstr("`mapping.time` has no value"));
}

TEST_F(JsonFileTest, AnotherPointerOrConditionReadsEverythingAgain) {
  write("log.json", object("a") + "\n");
  EXPECT_THAT(this->poll().accounts, ElementsAre("a"));
  config_.mapping->pointers[2] = "/usage/out";
  restart();
  EXPECT_THAT(this->poll().accounts, ElementsAre("a"));
  config_.mapping->where = expression("n > 1", config_.mapping->columns);
  config_.mapping->pointers[2] = "/usage/in";
  restart();
  EXPECT_THAT(this->poll().accounts, ElementsAre("a"));
}

}  // namespace
}  // namespace tidewaiter
