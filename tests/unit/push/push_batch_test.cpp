// Bodies as records, without a network.
#include "daemon/sources/push/push_batch.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/model/digest.h"
#include "policies/model/record_identity.h"
#include "push_scene.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using BatchRead = tl::expected<PushBatch, PushRefusal>;

BatchRead read_as(PushForm form, std::string_view bytes,
                  const SourceConfig& config = push_source_config()) {
  return read_push_batch(config, {form, bytes, nullptr}, push_noon());
}

std::string event_with(const std::string& id, const std::string& type, const std::string& data) {
  return R"({"specversion":"1.0","id":")" + id + R"(","source":"/gw/1","type":")" + type +
         R"(","data":)" + data + "}";
}

std::string record_event(const std::string& id) {
  return event_with(id, "tidewaiter.record",
                    R"({"kind":"usage","time":"2026-11-23T11:00:00Z","account":"a"})");
}

TEST(PushBatch, HoldsTheRecordsOfNativeLines) {
  const BatchRead batch =
      read_as(PushForm::kNativeLines, "\xef\xbb\xbf" + native_line("one") + "\r\n\n" +
                                          native_line("two", R"(,"output_tokens":7)"));
  ASSERT_TRUE(batch) << batch.error().reason;
  ASSERT_THAT(batch->records, SizeIs(2));
  EXPECT_EQ(batch->records[0].id, identity_of_text("gw", "one"));
  EXPECT_EQ(batch->records[1].id, identity_of_text("gw", "two"));
  EXPECT_EQ(batch->records[1].source, "gw");
  EXPECT_EQ(batch->records[1].observed, push_noon());
  EXPECT_EQ(batch->records[1].completeness, Completeness::kFinal);
  EXPECT_THAT(batch->quarantine, IsEmpty());
}

TEST(PushBatch, KnowsAnEventByItsSourceAndId) {
  const BatchRead batch =
      read_as(PushForm::kEventArray, "[" + record_event("e1") + "," + record_event("e2") + "]");
  ASSERT_TRUE(batch) << batch.error().reason;
  ASSERT_THAT(batch->records, SizeIs(2));
  EXPECT_EQ(batch->records[0].id,
            Sha256().update_framed("gw").update_framed("/gw/1").update_framed("e1").finish());
  EXPECT_NE(batch->records[0].id, batch->records[1].id);
  const BatchRead alone = read_as(PushForm::kSingleEvent, record_event("e1"));
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->records[0].id, batch->records[0].id);
}

TEST(PushBatch, MapsEventsOfOthersAndPassesOverTheirContent) {
  SourceConfig config = push_source_config();
  config.format = FileFormat::kJson;
  Mapping mapping;
  mapping.columns = {{"at", ValueType::kTimestamp},
                     {"who", ValueType::kString},
                     {"kind", ValueType::kString},
                     {"tokens", ValueType::kInt64}};
  mapping.pointers = {"/time", "/subject", "/type", "/data/tokens"};
  const auto expression = [&mapping](const char* text) {
    ExprScope scope;
    scope.columns = mapping.columns;
    std::vector<Diagnostic> diagnostics;
    return parse_expression(text, scope, {}, diagnostics).value();
  };
  mapping.time = expression("at");
  mapping.where = expression("kind == \"prompt\"");
  mapping.fields = {{*find_field("output_tokens"), expression("tokens")},
                    {*find_field("account"), expression("who")}};
  std::ranges::sort(mapping.fields, {}, &std::pair<FieldId, Expr>::first);
  config.mapping = std::move(mapping);
  const auto meter = [](const char* id, const char* type) {
    return R"({"specversion":"1.0","id":")" + std::string(id) + R"(","source":"meter","type":")" +
           type +
           R"(","time":"2026-11-23T10:00:00Z","subject":"customer-1",)"
           R"("data":{"tokens":7,"prompt":"nobody reads this"}})";
  };
  const BatchRead batch =
      read_as(PushForm::kEventArray, "[" + meter("1", "prompt") + "," + meter("2", "session") + "]",
              config);
  ASSERT_TRUE(batch) << batch.error().reason;
  ASSERT_THAT(batch->records, SizeIs(1));
  EXPECT_EQ(batch->passed, 1);
  EXPECT_EQ(batch->records[0].time, parse_time("2026-11-23T10:00:00Z").value());
  EXPECT_EQ(batch->records[0].fields.size(), 2U);
  EXPECT_EQ(batch->records[0].id,
            Sha256().update_framed("gw").update_framed("meter").update_framed("1").finish());
}

TEST(PushBatch, QuarantinesABadLineWithItsPlace) {
  const std::string bad = R"({"kind":"usage","tme":"2026-11-23T11:00:00Z"})";
  const std::string good = native_line("one");
  const BatchRead batch = read_as(PushForm::kNativeLines, good + "\n" + bad + "\n");
  ASSERT_TRUE(batch) << batch.error().reason;
  EXPECT_THAT(batch->records, SizeIs(1));
  ASSERT_THAT(batch->quarantine, SizeIs(1));
  EXPECT_EQ(batch->quarantine[0].origin, "push/gw:2");
  EXPECT_EQ(batch->quarantine[0].offset, static_cast<std::int64_t>(good.size()) + 1);
  EXPECT_EQ(batch->quarantine[0].content, sha256(bad));
  EXPECT_EQ(batch->quarantine[0].length, static_cast<std::int64_t>(bad.size()));
  ASSERT_THAT(batch->faults, SizeIs(1));
  EXPECT_EQ(batch->faults[0].number, 2);
  EXPECT_THAT(batch->faults[0].reason, HasSubstr("`tme`: unknown member, did you mean `time`?"));
}

TEST(PushBatch, IsRefusedAboveTheShareThatMayBeBad) {
  const std::string good = native_line("one") + "\n";
  const BatchRead two = read_as(PushForm::kNativeLines, good + "{}\n{}\n");
  ASSERT_FALSE(two);
  EXPECT_FALSE(two.error().whole);
  EXPECT_THAT(two.error().reason, HasSubstr("2 of 3 lines are bad"));
  ASSERT_THAT(two.error().faults, SizeIs(2));
  EXPECT_EQ(two.error().faults[0].number, 2);

  SourceConfig half = push_source_config();
  half.max_bad_share = 0.67;
  EXPECT_TRUE(read_as(PushForm::kNativeLines, good + "{}\n{}\n", half));
  SourceConfig none = push_source_config();
  none.max_bad_share = 0;
  EXPECT_FALSE(read_as(PushForm::kNativeLines, good + "{}\n", none));
}

TEST(PushBatch, IsRefusedWhereNothingIsGood) {
  EXPECT_FALSE(read_as(PushForm::kNativeLines, "{}\n"));
  const BatchRead event =
      read_as(PushForm::kSingleEvent, event_with("1", "com.example.other", "{}"));
  ASSERT_FALSE(event);
  EXPECT_THAT(event.error().reason, HasSubstr("`type`: expected `tidewaiter.record`"));
}

TEST(PushBatch, GivesUpEarlyOnABodyOfNothingGood) {
  std::string body;
  for (int i = 0; i < 100'000; ++i) body += "{}\n";
  const BatchRead batch = read_as(PushForm::kNativeLines, body);
  ASSERT_FALSE(batch);
  EXPECT_THAT(batch.error().reason, HasSubstr("100 of 100 lines are bad"));
  EXPECT_THAT(batch.error().faults, SizeIs(10));
}

TEST(PushBatch, RefusesABodyThatIsNoArrayOfEvents) {
  for (const char* const body : {"", "{}", "[", "[{}", "[] []", "7"}) {
    const BatchRead batch = read_as(PushForm::kEventArray, body);
    ASSERT_FALSE(batch) << body;
    EXPECT_TRUE(batch.error().whole) << body;
  }
  const BatchRead none = read_as(PushForm::kEventArray, "[]");
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST(PushBatch, RefusesWhatASourceDoesNotTake) {
  const BatchRead other = read_as(
      PushForm::kNativeLines, R"({"kind":"account","time":"2026-11-23T11:00:00Z","account":"a"})");
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().reason, HasSubstr("`kind`: `account`, and this source takes `usage`"));
  const BatchRead ahead =
      read_as(PushForm::kNativeLines, R"({"kind":"usage","time":"2026-11-24T12:00:01Z"})");
  ASSERT_FALSE(ahead);
  EXPECT_THAT(ahead.error().reason, HasSubstr("more than 24 h in the future"));
}

TEST(PushBatch, HoldsWhatSendersState) {
  const BatchRead lines =
      read_as(PushForm::kNativeLines,
              native_line("one") + "\n" +
                  R"({"drained":{"from":"2026-11-23T10:00:00Z","to":"2026-11-23T11:30:00Z"}})" +
                  "\n" + R"({ "drained" : {"to":"2026-11-23T12:00:00Z"} })");
  ASSERT_TRUE(lines) << lines.error().reason;
  ASSERT_THAT(lines->statements, SizeIs(2));
  EXPECT_EQ(lines->statements[0].from, parse_time("2026-11-23T10:00:00Z").value());
  EXPECT_EQ(lines->statements[0].to, parse_time("2026-11-23T11:30:00Z").value());
  EXPECT_FALSE(lines->statements[1].from);
  const BatchRead event =
      read_as(PushForm::kSingleEvent,
              event_with("d1", "tidewaiter.drained", R"({"to":"2026-11-23T11:30:00Z"})"));
  ASSERT_TRUE(event) << event.error().reason;
  EXPECT_THAT(event->statements, SizeIs(1));
}

TEST(PushBatch, RefusesStatementsThatNobodyCanMake) {
  struct Case {
    const char* line;
    const char* problem;
  };
  for (const Case& one :
       {Case{R"({"drained":{"to":"2026-11-23T12:00:01Z"}})", "`to`: it lies ahead"},
        Case{R"({"drained":{"from":"2026-11-23T11:00:00Z","to":"2026-11-23T11:00:00Z"}})",
             "`from`: it is not before `to`"},
        Case{R"({"drained":{"from":"2026-11-23T11:00:00Z"}})", "`to`: a statement needs it"},
        Case{R"({"drained":{"to":"noon"}})", "`to`: expected a time"},
        Case{R"({"drained":{"to":"2026-11-23","until":"x"}})", "`until`: unknown member"},
        Case{R"({"drained":{"to":"2026-11-23","to":"2026-11-22"}})", "`to`: duplicate member"},
        Case{R"({"drained":"2026-11-23"})", "`drained`: expected an object"},
        Case{R"({"drained":{"to":"2026-11-23"},"more":1})", "`more`: a statement has no other"},
        Case{R"({"drained":{"to":"2026-11-23"})", "1 of 1 lines are bad"}}) {
    const BatchRead batch = read_as(PushForm::kNativeLines, one.line);
    ASSERT_FALSE(batch) << one.line;
    EXPECT_THAT(batch.error().reason, HasSubstr(one.problem)) << one.line;
  }
}

TEST(PushBatch, KeepsTheNamesOfAnotherSource) {
  SourceConfig config = push_source_config();
  config.names_of = "provider";
  const BatchRead batch = read_as(PushForm::kNativeLines, native_line("one"), config);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->records[0].source, "provider");
  EXPECT_EQ(batch->records[0].id, identity_of_text("gw", "one"));
}

}  // namespace
}  // namespace tidewaiter
