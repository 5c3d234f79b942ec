#include "policies/model/jcs.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

using nlohmann::json;

std::string canonical(std::string_view text) {
  const Result<json> document = parse_json_strict(text);
  if (!document) return "error: " + document.error().message;
  const Result<std::string> bytes = to_jcs(*document);
  return bytes ? *bytes : "error: " + bytes.error().message;
}

TEST(Jcs, SortsMembersByUtf16CodeUnits) {
  // RFC 8785 §3.2.3: the names sort as \r, 1, U+0080, ö, €, U+1F600 (D83D DE00), U+FB33.
  EXPECT_EQ(canonical(R"({"\u20ac":"Euro Sign","\r":"Carriage Return",)"
                      R"("\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",)"
                      R"("\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control",)"
                      R"("\u00f6":"Latin Small Letter O With Diaeresis"})"),
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
            "\"\xc3\xb6\":\"Latin Small Letter O With Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\","
            "\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\","
            "\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}");
  EXPECT_EQ(canonical(R"({"aa":1,"":2,"a":3})"), R"({"":2,"a":3,"aa":1})");
}

TEST(EcmaNumber, MatchesTheStandardsTable) {
  // RFC 8785 appendix B.
  const std::pair<double, const char*> kNumbers[] = {
      {0.0, "0"},
      {-0.0, "0"},
      {5e-324, "5e-324"},
      {-5e-324, "-5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {9007199254740992.0, "9007199254740992"},
      {-9007199254740992.0, "-9007199254740992"},
      {295147905179352830000.0, "295147905179352830000"},
      {9.999999999999997e22, "9.999999999999997e+22"},
      {1e23, "1e+23"},
      {1.0000000000000001e23, "1.0000000000000001e+23"},
      {999999999999999700000.0, "999999999999999700000"},
      {999999999999999900000.0, "999999999999999900000"},
      {1e21, "1e+21"},
      {9.999999999999997e-7, "9.999999999999997e-7"},
      {0.000001, "0.000001"},
      {333333333.3333332, "333333333.3333332"},
      {333333333.33333325, "333333333.33333325"},
      {333333333.3333333, "333333333.3333333"},
      {-0.0000033333333333333333, "-0.0000033333333333333333"},
      {1424953923781206.2, "1424953923781206.2"},
  };
  for (const auto& [value, text] : kNumbers) {
    EXPECT_EQ(ecma_number(value), text);
  }
}

TEST(Jcs, EscapesAsLittleAsItMust) {
  EXPECT_EQ(canonical("\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\""),
            "\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
  EXPECT_EQ(canonical(R"("\u0008\t\n\u000c\r\u001f\u007f")"), "\"\\b\\t\\n\\f\\r\\u001f\x7f\"");
}

TEST(Jcs, RefusesFiguresThatJsonCannotHold) {
  EXPECT_EQ(to_jcs(json(9007199254740991)).value(), "9007199254740991");
  EXPECT_EQ(to_jcs(json(-9007199254740991)).value(), "-9007199254740991");
  EXPECT_FALSE(to_jcs(json(9007199254740992)));
  EXPECT_FALSE(to_jcs(json(-9007199254740992)));
  EXPECT_FALSE(to_jcs(json(std::numeric_limits<std::uint64_t>::max())));
  EXPECT_EQ(to_jcs(json(9007199254740991.0)).value(), "9007199254740991");
  EXPECT_FALSE(to_jcs(json(9007199254740992.0)));
  EXPECT_FALSE(to_jcs(json(-1e20)));
  EXPECT_EQ(to_jcs(json(1e21)).value(), "1e+21");  // not written as a whole number
  EXPECT_FALSE(to_jcs(json(std::numeric_limits<double>::infinity())));
  EXPECT_FALSE(to_jcs(json(std::numeric_limits<double>::quiet_NaN())));
  EXPECT_FALSE(to_jcs(json("\xff")));
  EXPECT_FALSE(to_jcs(json{{"\xed\xa0\x80", 1}}));  // a surrogate in UTF-8
  EXPECT_FALSE(to_jcs(json::binary({1, 2})));
}

TEST(ParseJsonStrict, RefusesWhatIsNotStrictJson) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {
           ""sv,
           "{"sv,
           "[1,]"sv,
           "{\"a\":1,}"sv,
           "01"sv,
           "+1"sv,
           ".5"sv,
           "1."sv,
           "NaN"sv,
           "nul"sv,
           "{} {}"sv,
           "{}x"sv,
           "'a'"sv,
           "{a:1}"sv,
           "/**/{}"sv,
           "\xef\xbb\xbf{}"sv,
           "{}\0"sv,
           "{}\0garbage"sv,
           "\"\0\""sv,
           "\"\n\""sv,
           "1e400"sv,
           "-1e400"sv,
           R"({"a":1,"a":1})"sv,
           R"({"a":{"b":1,"b":2}})"sv,
           "{\"a\":1,\"\\u0061\":2}"sv,  // the same name, written otherwise
           R"("\ud800")"sv,
           R"("\udc00")"sv,
           R"("\ud800\ud800")"sv,
           R"("\ud800x")"sv,
           "\"\xed\xa0\x80\""sv,
           "\"\xc0\x80\""sv,
           "\"\xf5\x80\x80\x80\""sv,
           "\"\x80\""sv,
           "18446744073709551616"sv,
           "-9223372036854775809"sv,  // would be rounded
       }) {
    EXPECT_FALSE(parse_json_strict(text)) << text;
  }
}

TEST(ParseJsonStrict, ReadsJson) {
  EXPECT_EQ(parse_json_strict(" { \"a\" : [ 1 , -2.5e0 , null , true , \"\\u00e9\" ] } ").value(),
            (json{{"a", {1, -2.5, nullptr, true, "\xc3\xa9"}}}));
  EXPECT_EQ(parse_json_strict("[[],{},[{}]]").value().dump(), "[[],{},[{}]]");
  EXPECT_EQ(parse_json_strict("18446744073709551615").value(),
            json(std::numeric_limits<std::uint64_t>::max()));
  EXPECT_EQ(parse_json_strict("-9223372036854775808").value(),
            json(std::numeric_limits<std::int64_t>::min()));
}

TEST(ParseJsonStrict, BoundsTheDepth) {
  EXPECT_TRUE(parse_json_strict(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(parse_json_strict(std::string(65, '[') + std::string(65, ']')));
  EXPECT_FALSE(parse_json_strict(std::string(1'000'000, '[')));
}

TEST(ParseJsonStrict, NamesTheByteThatIsWrong) {
  EXPECT_THAT(parse_json_strict("[1,x]").error().message, testing::HasSubstr("at byte 4"));
  EXPECT_THAT(parse_json_strict(R"({"a":1,"a":2})").error().message, testing::HasSubstr("`a`"));
}

TEST(IsJcs, AcceptsTheCanonicalFormOnly) {
  for (const char* text : {"{}", "[]", "null", "1", R"({"a":1,"b":[true,"x"]})", "1e+30", "0.5"}) {
    EXPECT_TRUE(is_jcs(text)) << text;
  }
  for (const char* text :
       {" {}", "{} ", R"({"b":1,"a":1})", R"({"a": 1})", "1.0", "-0", "1E30", "9007199254740992",
        "100000000000000000000", R"("\u0041")", R"("\/")", "[1,2", ""}) {
    EXPECT_FALSE(is_jcs(text)) << text;
  }
}

TEST(IsUtf8, FollowsTheTableOfWellFormedSequences) {
  for (const char* text : {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                           "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(text));
  }
  for (const char* text :
       {"\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_utf8(text));
  }
}

}  // namespace
}  // namespace tidewaiter
