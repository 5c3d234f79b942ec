#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sources/file_scene.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class BadInputTest : public FileScene {};

struct BadLine {
  const char* name;
  std::string line;
};

class BadLineTest : public FileScene, public testing::WithParamInterface<BadLine> {};

TEST_P(BadLineTest, IsQuarantinedWithItsPlaceAndTheRestIsKept) {
  const std::string before = lines({"a"});
  const std::string& bad = GetParam().line;
  write("log.jsonl", before + bad + "\n" + lines({"b"}, 1));
  const Poll got = poll();
  EXPECT_FALSE(got.error) << to_text(*got.error);
  EXPECT_THAT(got.accounts, ElementsAre("a", "b"));
  ASSERT_EQ(got.bad.size(), 1U);
  EXPECT_EQ(got.bad[0].origin, at("log.jsonl").string() + ":2");
  EXPECT_EQ(got.bad[0].offset, static_cast<std::int64_t>(before.size()));
  EXPECT_EQ(got.bad[0].length, static_cast<std::int64_t>(bad.size()));
  EXPECT_EQ(got.bad[0].content, sha256(bad));
  EXPECT_FALSE(got.bad[0].reason.empty());
  EXPECT_TRUE(got.drained);
}

std::string with(const std::string& members) {
  return R"({"kind":"usage","time":"2026-01-01T00:00:00Z",)" + members + "}";
}

INSTANTIATE_TEST_SUITE_P(
    All, BadLineTest,
    testing::Values(BadLine{"NotJson", "nonsense"}, BadLine{"HalfALine", R"({"kind":"usage","ti)"},
                    BadLine{"InvalidUtf8", with("\"account\":\"\xc3\x28\"")},
                    BadLine{"DuplicateKeys", with(R"("account":"a","account":"b")")},
                    BadLine{"NaN", with(R"("output_tokens":NaN)")},
                    BadLine{"Fraction", with(R"("output_tokens":1.5)")},
                    BadLine{"NegativeTokens", with(R"("output_tokens":-1)")},
                    BadLine{"UnknownMember", with(R"("prompt":"secret")")},
                    BadLine{"NoTime", R"({"kind":"usage","account":"a"})"},
                    BadLine{"OtherKind", R"({"kind":"audit","time":"2026-01-01T00:00:00Z"})"},
                    BadLine{"Year9999", R"({"kind":"usage","time":"9999-12-31T23:59:59Z"})"},
                    BadLine{"OneDayAndALittleAhead",
                            R"({"kind":"usage","time":"2026-01-03T00:00:01Z"})"},
                    BadLine{"EndsAhead", with(R"("duration":"3d")")},
                    BadLine{"Nul", std::string("\0", 1)}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(BadInputTest, OneDayAheadIsStillBelieved) {
  write("log.jsonl", "{\"kind\":\"usage\",\"time\":\"2026-01-03T00:00:00Z\",\"account\":\"a\"}\n");
  const Poll got = poll();
  EXPECT_THAT(got.accounts, ElementsAre("a"));
  EXPECT_EQ(got.pages.at(0).records.at(0).completeness, Completeness::kOpen);
}

TEST_F(BadInputTest, AGibibyteInOneLineIsHashedInBoundedMemory) {
  constexpr std::int64_t kLength = std::int64_t{1} << 30U;
  write("log.jsonl", lines({"a"}));
  const auto before = static_cast<std::int64_t>(std::filesystem::file_size(at("log.jsonl")));
  std::filesystem::resize_file(at("log.jsonl"), static_cast<std::uintmax_t>(before + kLength));
  append("log.jsonl", "\n" + lines({"b"}, 1));
  const Poll got = poll();
  EXPECT_FALSE(got.error) << to_text(*got.error);
  EXPECT_THAT(got.accounts, ElementsAre("a", "b"));
  ASSERT_EQ(got.bad.size(), 1U);
  EXPECT_EQ(got.bad[0].length, kLength);
  EXPECT_EQ(got.bad[0].offset, before);
  EXPECT_THAT(got.bad[0].reason, HasSubstr("longer than 1 MiB"));
  // `head -c 1073741824 /dev/zero | sha256sum`
  EXPECT_EQ(to_hex(got.bad[0].content),
            "49bc20df15e412a64472421e13fe86ff1c5165e18b2afccf160d4dc19fe68a14");
}

TEST_F(BadInputTest, CsvWithByteOrderMarkCrlfAndQuotes) {
  use_small_csv();
  write("log.csv",
        "\xef\xbb\xbfn,\"who\",at\r\n1,\"a,\"\"x\"\"\",2026-01-01\r\n\r\n2,\"b\r\nb\",2026-01-"
        "01\r\n");
  const Poll got = poll();
  EXPECT_FALSE(got.error) << to_text(*got.error);
  EXPECT_THAT(got.accounts, ElementsAre("a,\"x\"", "b\r\nb"));
  EXPECT_THAT(got.bad, IsEmpty());
}

TEST_F(BadInputTest, ByteOrderMarkBeforeNativeLines) {
  write("log.jsonl", "\xef\xbb\xbf" + lines({"a"}));
  EXPECT_THAT(poll().accounts, ElementsAre("a"));
}

TEST_F(BadInputTest, AStrayQuoteSwallowsNothing) {
  use_small_csv();
  write("log.csv", "at,who,n\n2026-01-01,a,1\n2026-01-01,\"b,1\n2026-01-01,c,1\n2026-01-01,d,1\n");
  const Poll got = poll();
  EXPECT_THAT(got.accounts, ElementsAre("a", "c", "d"));
  ASSERT_EQ(got.bad.size(), 1U);
  EXPECT_THAT(got.bad[0].origin, HasSubstr("log.csv:3"));
  EXPECT_THAT(got.bad[0].reason, HasSubstr("not closed"));
}

TEST_F(BadInputTest, AMissingColumnStopsTheSource) {
  use_small_csv();
  write("log.csv", "at,whom,n\n2026-01-01,a,1\n");
  const Poll got = poll();
  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->code, ErrorCode::kInvalidInput);
  EXPECT_EQ(got.error->where, at("log.csv").string() + ":1");
  EXPECT_THAT(got.error->message, HasSubstr("did you mean `whom`?"));
}

TEST_F(BadInputTest, TooManyBadLinesFailTheFileAndKeepTheGoodOnes) {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    text += i % 50 == 7 ? "bad\n" : line(std::to_string(i), i) + "\n";
  }
  write("log.jsonl", text);
  const Poll got = poll();
  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->code, ErrorCode::kInvalidInput);
  // Two of the first hundred lines are bad and one is allowed.
  EXPECT_THAT(got.error->message, HasSubstr("2 of the last 100 lines are bad"));
  EXPECT_THAT(got.error->message, HasSubstr("line 8: "));
  EXPECT_THAT(got.error->message, HasSubstr("line 58: "));
  EXPECT_EQ(got.accounts.size(), 98U);
  EXPECT_EQ(got.bad.size(), 2U);
  EXPECT_FALSE(got.drained);
  // It stays so after a new start, and goes on when a person allows more.
  restart();
  EXPECT_TRUE(poll().error);
  config_.max_bad_share = 0.05;
  restart();
  const Poll rest = poll();
  EXPECT_FALSE(rest.error) << to_text(*rest.error);
  EXPECT_EQ(rest.accounts.size(), 294U - 98U);
  EXPECT_TRUE(rest.drained);
}

TEST_F(BadInputTest, ASmallFileMayHaveOneBadLine) {
  write("log.jsonl", lines({"a", "b"}) + "bad\n");
  const Poll one = poll();
  EXPECT_FALSE(one.error) << to_text(*one.error);
  EXPECT_TRUE(one.drained);
  write("log.jsonl", lines({"c", "d"}) + "bad\nworse\n");
  const Poll two = poll();
  EXPECT_TRUE(two.error);
  EXPECT_THAT(two.accounts, ElementsAre("c", "d"));
  EXPECT_FALSE(two.drained);
}

TEST_F(BadInputTest, NoneIsAllowedIfTheShareIsZero) {
  config_.max_bad_share = 0;
  write("log.jsonl", lines({"a"}) + "bad\n");
  EXPECT_TRUE(poll().error);
}

}  // namespace
}  // namespace tidewaiter
