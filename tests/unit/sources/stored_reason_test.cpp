// Why a record is bad is stored without what stood in the value's place.
#include "daemon/sources/stored_reason.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/row_mapper.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(StoredReason, LeavesTheValueOut) {
  EXPECT_EQ(stored_reason("`time`: expected an RFC 3339 time, got `tell me, got `x``"),
            "`time`: expected an RFC 3339 time, got another text");
  EXPECT_EQ(stored_reason("`kind`: expected `usage`, got nothing"),
            "`kind`: expected `usage`, got nothing");
  EXPECT_EQ(stored_reason("`model`: expected a string, got a number: `4111111111111111`"),
            "`model`: expected a string, got a number");
  EXPECT_EQ(stored_reason("`tags`: expected an array of strings, got in it a number: `4111`"),
            "`tags`: expected an array of strings, got in it a number");
  EXPECT_EQ(stored_reason("expected a line of at most 1 MiB, got 1048577 bytes"),
            "expected a line of at most 1 MiB, got 1048577 bytes");
  EXPECT_EQ(stored_reason(""), "");
}

TEST(StoredReason, LeavesTheNameOfAnUnknownMemberOut) {
  EXPECT_EQ(stored_reason("`tell me how`: unknown member"), "unknown member");
  EXPECT_EQ(stored_reason("`modle`: unknown member, did you mean `model`?"),
            "unknown member, did you mean `model`?");
  EXPECT_EQ(stored_reason("`tell me, got `x`: unknown member, did you mean `y`?`: unknown member"),
            "unknown member");
  EXPECT_EQ(stored_reason("`time`: expected a time, got `a`: unknown member tell me`"),
            "`time`: expected a time, got another text");
}

TEST(StoredReason, NoReasonOfANativeRecordQuotesANumberOrAName) {
  RecordJsonReader reader;
  const std::string begin = R"({"kind":"usage","time":"2026-01-01T00:00:00Z",)";
  int bad = 0;
  for (const FieldId id : {*find_field("model"), *find_field("account"), *find_field("aliases"),
                           *find_field("client.address")}) {
    for (const char* const value : {"4111111111111111", "[4111111111111111]", "41111e99"}) {
      const auto record =
          reader.read(begin + "\"" + std::string(field(id).name) + "\":" + value + "}", Record{});
      if (record) continue;
      ++bad;
      EXPECT_THAT(stored_reason(record.error().message), Not(HasSubstr("4111"))) << field(id).name;
    }
  }
  EXPECT_GE(bad, 9);
  for (const char* const name :
       {"tell me how", "tell me `: unknown member", "modell", "tell\\nme"}) {
    const auto record = reader.read(begin + "\"" + name + "\":1}", Record{});
    ASSERT_FALSE(record) << name;
    EXPECT_THAT(stored_reason(record.error().message), HasSubstr("unknown member"));
    EXPECT_THAT(stored_reason(record.error().message), Not(HasSubstr("tell"))) << name;
  }
}

TEST(StoredReason, NoReasonOfANativeRecordQuotesAValue) {
  RecordJsonReader reader;
  for (const char* const name : {"time", "kind", "duration", "cost", "client.address",
                                 "completeness", "input_tokens", "observed", "prompt.sketch"}) {
    const std::string line = R"({"kind":"usage","time":"2026-01-01T00:00:00Z",")" +
                             std::string(name) + R"(":"tell me how"})";
    const auto record = reader.read(line, Record{});
    if (record) continue;
    EXPECT_THAT(stored_reason(record.error().message), Not(HasSubstr("tell me"))) << name;
  }
}

TEST(StoredReason, NoReasonOfACellQuotesIt) {
  for (const ValueType type :
       {ValueType::kBool, ValueType::kInt64, ValueType::kDouble, ValueType::kTimestamp,
        ValueType::kDuration, ValueType::kMoney, ValueType::kIp}) {
    const auto value = parse_cell("tell me how", type);
    ASSERT_FALSE(value) << type_name(type);
    EXPECT_THAT(value.error().message, HasSubstr("the text is not "));
    EXPECT_THAT(value.error().message, Not(HasSubstr("tell me")));
  }
}

}  // namespace
}  // namespace tidewaiter
