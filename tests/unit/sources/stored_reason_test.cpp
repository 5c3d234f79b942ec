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
  EXPECT_EQ(stored_reason(""), "");
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
