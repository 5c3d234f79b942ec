#include "policies/model/canonical_json.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using namespace std::string_view_literals;

bool is_canonical(std::string_view text) { return CanonicalJson().read(text); }

std::vector<std::string> names_of(CanonicalJson::Value object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.members()) names.emplace_back(name);
  return names;
}

TEST(CanonicalJson, TakesTheCanonicalFormOnly) {
  for (const auto text :
       {"{}"sv, "[]"sv, "null"sv, "true"sv, "false"sv, "0"sv, "-1"sv, "9007199254740991"sv,
        "-9007199254740991"sv, R"({"a":1,"b":[true,"x"]})"sv, "1e+30"sv, "0.5"sv, "5e-324"sv,
        "1e+21"sv, "[[],{},[{}]]"sv, R"("")"sv, "\"\x7f\""sv, "\"\xf4\x8f\xbf\xbf\""sv}) {
    EXPECT_TRUE(is_canonical(text)) << text;
  }
  for (const auto text : {""sv,
                          " {}"sv,
                          "{} "sv,
                          "{}{}"sv,
                          R"({"b":1,"a":1})"sv,
                          R"({"a":1,"a":1})"sv,
                          R"({"a": 1})"sv,
                          "[1,]"sv,
                          "[,1]"sv,
                          "[1"sv,
                          R"({"a":1,})"sv,
                          R"({"a"})"sv,
                          "{1:1}"sv,
                          "1.0"sv,
                          "-0"sv,
                          "-"sv,
                          "01"sv,
                          "-01"sv,
                          "+1"sv,
                          "1."sv,
                          ".5"sv,
                          "1E30"sv,
                          "1e30"sv,
                          "1e400"sv,
                          "1e-400"sv,
                          "0.50"sv,
                          "9007199254740992"sv,
                          "-9007199254740992"sv,
                          "100000000000000000000"sv,
                          "nul"sv,
                          "NaN"sv,
                          "Infinity"sv,
                          "\xef\xbb\xbf{}"sv,
                          "{}\0"sv}) {
    EXPECT_FALSE(is_canonical(text)) << text;
  }
}

TEST(CanonicalJson, TakesTheShortestEscapesOnly) {
  CanonicalJson document;
  ASSERT_TRUE(document.read(R"("\"\\\b\f\n\r\t\u0000\u000b\u001f")"));
  EXPECT_EQ(document.root().text(), "\"\\\b\f\n\r\t\0\x0b\x1f"sv);
  EXPECT_EQ(document.root().bytes(), R"("\"\\\b\f\n\r\t\u0000\u000b\u001f")");
  for (const auto text : {R"("\/")"sv,
                          R"("\u0041")"sv,
                          R"("\u0008")"sv,
                          R"("\u000a")"sv,
                          R"("\u000A")"sv,
                          R"("\u000B")"sv,
                          R"("\u001F")"sv,
                          R"("\u0020")"sv,
                          R"("\u007f")"sv,
                          R"("\ud83d\ude00")"sv,
                          R"("\ud800")"sv,
                          R"("\u")"sv,
                          R"("\u000")"sv,
                          R"("\)"sv,
                          R"("\")"sv,
                          R"("\a")"sv,
                          "\"\n\""sv,
                          "\"\0\""sv,
                          "\"\x80\""sv,
                          "\"\xc0\x80\""sv,
                          "\"\xed\xa0\x80\""sv,
                          "\"\xf5\x80\x80\x80\""sv,
                          "\"\xe2\\n\x82\xac\""sv}) {
    EXPECT_FALSE(is_canonical(text)) << text;
  }
}

TEST(CanonicalJson, FindsEverySpecialByteOfALongText) {
  const std::string plain(32, 'x');
  for (std::size_t i = 0; i < plain.size(); ++i) {
    for (const auto special : {"\""sv, "\x1f"sv, "\x80"sv, "\\"sv, "\0"sv}) {
      std::string text = plain;
      text.replace(i, 1, special);
      EXPECT_FALSE(is_canonical('"' + text + '"')) << i;
    }
    std::string wide = plain;
    wide.replace(i, 1, "\xc3\xa9");
    EXPECT_TRUE(is_canonical('"' + wide + '"')) << i;
  }
}

TEST(CanonicalJson, OrdersMembersByUtf16CodeUnits) {
  // RFC 8785 §3.2.3: \r, 1, U+0080, ö, €, U+1F600 (D83D DE00), U+FB33.
  CanonicalJson document;
  ASSERT_TRUE(
      document.read("{\"\\r\":0,\"1\":1,\"\xc2\x80\":2,\"\xc3\xb6\":3,\"\xe2\x82\xac\":4,"
                    "\"\xf0\x9f\x98\x80\":5,\"\xef\xac\xb3\":6}"));
  EXPECT_EQ(document.root()["\xef\xac\xb3"].whole_number(), 6);
  EXPECT_EQ(document.root()["\r"].bytes(), "0");
  EXPECT_FALSE(is_canonical("{\"\xef\xac\xb3\":6,\"\xf0\x9f\x98\x80\":5}"));
  EXPECT_TRUE(is_canonical(R"({"":1,"a":2,"aa":3})"));
  // `"` is 22 and `!` 21, though its escape begins with 5C: the names count, not how they are
  // written.
  EXPECT_TRUE(is_canonical(R"({"!":1,"\"":2,"#":3})"));
  EXPECT_FALSE(is_canonical(R"({"!":1,"#":3,"\"":2})"));
}

TEST(CanonicalJson, GivesEachValue) {
  CanonicalJson document;
  ASSERT_TRUE(document.read(R"({"a":[1,"t\n",null,1.5,[]],"b":{"c":true,"d":{}},"e":-7})"));
  const CanonicalJson::Value root = document.root();
  EXPECT_THAT(names_of(root), ElementsAre("a", "b", "e"));
  EXPECT_THAT(names_of(root["b"]), ElementsAre("c", "d"));
  std::vector<std::string> elements;
  for (const auto element : root["a"].elements()) elements.emplace_back(element.bytes());
  EXPECT_THAT(elements, ElementsAre("1", R"("t\n")", "null", "1.5", "[]"));
  EXPECT_EQ((*std::next(root["a"].elements().begin())).text(), "t\n");
  EXPECT_EQ(root["a"].elements().size(), 5U);
  EXPECT_EQ(root["b"].bytes(), R"({"c":true,"d":{}})");
  EXPECT_TRUE(root["b"]["c"].is_boolean());
  EXPECT_EQ(root["e"].whole_number(), -7);
  EXPECT_TRUE(root["b"]["d"].is_object());
}

TEST(CanonicalJson, HasNoValueWhereNoneIs) {
  CanonicalJson document;
  EXPECT_FALSE(document.root().exists());
  ASSERT_TRUE(document.read(R"({"a":1})"));
  EXPECT_FALSE(document.root()["b"].exists());
  EXPECT_FALSE(document.root()["a"]["b"].exists());
  EXPECT_EQ(document.root()["b"].bytes(), "");
  EXPECT_TRUE(document.root()["a"].elements().empty());
  EXPECT_FALSE(document.read("[1"));
  EXPECT_FALSE(document.root().exists());
}

TEST(CanonicalJson, BoundsTheDepth) {
  EXPECT_TRUE(is_canonical(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(is_canonical(std::string(65, '[') + std::string(65, ']')));
  EXPECT_FALSE(is_canonical(std::string(1'000'000, '[')));
}

}  // namespace
}  // namespace tidewaiter
