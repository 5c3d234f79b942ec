#include "policies/model/record_json.h"

#include <bit>
#include <cmath>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "policies/model/record_identity.h"
#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

constexpr const char* kId = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

Record defaults() {
  Record record;
  record.source = "gw";
  record.observed = {1'000'000};
  return record;
}

Result<Record> read(std::string_view line) { return RecordJsonReader().read(line, defaults()); }

FieldId id_of(std::string_view name) { return find_field(name).value(); }

// What a policy's tests say of a record beside what it is.
TEST(RecordJson, ADeliverySaysWhenTheRecordComes) {
  const std::string head = R"({"kind":"usage","time":"2026-11-23T20:45:00Z",)";
  const auto deliver = [&](const std::string& rest) {
    return RecordJsonReader().read_delivery(head + rest + "}", defaults());
  };
  const auto late = deliver(R"("arrives":"2026-11-23T21:00:00Z","model":"m")");
  ASSERT_TRUE(late) << late.error().message;
  EXPECT_EQ(format_time(late->arrives.value()), "2026-11-23T21:00:00Z");
  EXPECT_EQ(late->record.id, read(head + R"("model":"m"})")->id);
  EXPECT_EQ(deliver(R"("model":"m")")->arrives, std::nullopt);
  EXPECT_EQ(deliver(R"("arrives":null)")->arrives, std::nullopt);
  EXPECT_THAT(deliver(R"("arrives":"2026-11-23T20:44:59Z")").error().message,
              HasSubstr("expected a time at or after the record's own"));
  EXPECT_THAT(deliver(R"("arrives":"noon")").error().message, HasSubstr("`arrives`"));
  EXPECT_THAT(deliver(R"("arrives":"2026-11-23T21:00:00Z","arrives":"2026-11-23T21:00:00Z")")
                  .error()
                  .message,
              HasSubstr("duplicate member"));
  EXPECT_THAT(read(head + R"("arrives":"2026-11-23T21:00:00Z"})").error().message,
              HasSubstr("unknown member"));
}

TEST(RecordJson, ReadsEveryTypeOfField) {
  const auto record = read(
      R"({"kind":"usage","id":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",)"
      R"("time":"2026-11-23T20:45:00Z","duration":"10m","requests":3,"source":"other",)"
      R"("observed":"1970-01-01T00:00:05Z","completeness":"settling","revision":2,)"
      R"("model":"m-\u00e9\n","output_tokens":900,"client.address":"2001:DB8:0::1",)"
      R"("cost":"0.0125","request.temperature":0.5,"request.stream":true})");
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->kind, RecordKind::kUsage);
  EXPECT_EQ(to_hex(record->id), kId);
  // 2026-11-23 is day 20780 of the epoch: 56 years of 365 days, 14 leap days, 326 days of 2026.
  EXPECT_EQ(record->time.us, (20'780LL * 86'400 + 20 * 3'600 + 45 * 60) * 1'000'000);
  EXPECT_EQ(record->duration.us, 600'000'000);
  EXPECT_EQ(record->requests, 3);
  EXPECT_EQ(record->source, "other");
  EXPECT_EQ(record->observed.us, 5'000'000);
  EXPECT_EQ(record->completeness, Completeness::kSettling);
  EXPECT_EQ(record->revision, 2);
  EXPECT_EQ(*find_value(*record, id_of("model")), Value(std::string("m-\xC3\xA9\n")));
  EXPECT_EQ(*find_value(*record, id_of("output_tokens")), Value(std::int64_t{900}));
  EXPECT_EQ(*find_value(*record, id_of("client.address")), Value(std::string("2001:db8::1")));
  EXPECT_EQ(*find_value(*record, id_of("cost")), Value(std::int64_t{12'500'000}));
  EXPECT_EQ(*find_value(*record, id_of("request.temperature")), Value(0.5));
  EXPECT_EQ(*find_value(*record, id_of("request.stream")), Value(true));
  EXPECT_EQ(record->fields.size(), 6U);
  EXPECT_TRUE(std::is_sorted(record->fields.begin(), record->fields.end(),
                             [](const auto& a, const auto& b) { return a.first < b.first; }));
}

TEST(RecordJson, ReadsListsAndTimestampsOfAnAccount) {
  const auto record =
      read(R"({"kind":"account","time":"2026-01-01","aliases":["a","b \"c\""],"owners":[],)"
           R"("created":"2025-06-01T00:00:00+02:00"})");
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(*find_value(*record, id_of("aliases")),
            Value(std::vector<std::string>{"a", "b \"c\""}));
  EXPECT_EQ(*find_value(*record, id_of("owners")), Value(std::vector<std::string>{}));
  // 2025-05-31T22:00:00Z: day 20239 and 22 hours.
  EXPECT_EQ(*find_value(*record, id_of("created")),
            Value(std::int64_t{(20'239LL * 24 + 22) * 3'600 * 1'000'000}));
}

TEST(RecordJson, TakesDefaultsForWhatTheLineLacks) {
  const auto record = read(R"( {"kind" : "audit", "time" : "1970-01-01T00:00:01Z"} )");
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->source, "gw");
  EXPECT_EQ(record->observed.us, 1'000'000);
  EXPECT_EQ(record->completeness, Completeness::kFinal);
  EXPECT_EQ(record->requests, 1);
  EXPECT_EQ(record->id, identity(*record));
}

TEST(RecordJson, NullLeavesAMemberAbsent) {
  const auto record =
      read(R"({"kind":"usage","time":"2026-01-01","model":null,"cost":null,"requests":null})");
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_TRUE(record->fields.empty());
  EXPECT_EQ(record->requests, 1);
}

TEST(RecordJson, HashesAnIdThatIsNotADigest) {
  const auto record = read(R"({"kind":"usage","time":"2026-01-01","id":"req-1"})");
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->id, Sha256().update_framed("gw").update_framed("req-1").finish());
}

TEST(RecordJson, ReadsEscapedNamesAndAnyOrderOfMembers) {
  RecordJsonReader reader;
  const auto first =
      reader.read(R"({"\u006bind":"usage","model":"a","time":"2026-01-01"})", defaults());
  ASSERT_TRUE(first) << first.error().message;
  const auto second =
      reader.read(R"({"time":"2026-01-01","kind":"usage","model":"a"})", defaults());
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_TRUE(same_content(*first, *second));
  EXPECT_EQ(first->id, second->id);
}

struct BadLine {
  const char* name;
  std::string line;
  const char* says;
};

class RecordJsonRefusesTest : public testing::TestWithParam<BadLine> {};

TEST_P(RecordJsonRefusesTest, NamesWhatIsWrong) {
  // One reader for all: a refused line leaves nothing behind.
  static RecordJsonReader reader;
  const auto record = reader.read(GetParam().line, defaults());
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(record.error().message, HasSubstr(GetParam().says));
  EXPECT_TRUE(is_utf8(record.error().message));
  EXPECT_TRUE(std::ranges::none_of(record.error().message, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  })) << record.error().message;
  EXPECT_TRUE(reader.read(R"({"kind":"usage","time":"2026-01-01"})", defaults()));
}

std::string usage(const std::string& members) {
  return R"({"kind":"usage","time":"2026-01-01",)" + members + "}";
}

INSTANTIATE_TEST_SUITE_P(
    All, RecordJsonRefusesTest,
    testing::Values(
        BadLine{"Empty", "", "empty line"}, BadLine{"Blank", "   ", "empty line"},
        BadLine{"Number", "17", "JSON object"}, BadLine{"Array", "[1]", "JSON object"},
        BadLine{"Open", R"({"kind":"usage")", "JSON object"},
        BadLine{"Trailing", R"({"kind":"usage","time":"2026-01-01"} {})", "JSON object"},
        BadLine{"TrailingComma", R"({"kind":"usage","time":"2026-01-01",})", "JSON object"},
        BadLine{"NoColon", R"({"kind" "usage"})", "JSON object"},
        BadLine{"BadUtf8", usage("\"model\":\"\xFF\""), "UTF-8"},
        BadLine{"OverlongUtf8", usage("\"model\":\"\xC0\xAF\""), "UTF-8"},
        BadLine{"LoneHighSurrogate", usage(R"("model":"\ud800")"),
                "`model`: expected a string, got a string with an escape that JSON does not have "
                "or with half a surrogate pair"},
        BadLine{"LoneLowSurrogate", usage(R"("model":"\udc00")"), "half a surrogate pair"},
        BadLine{"EscapeThatIsNone", usage(R"("model":"x\q")"), "an escape that JSON does not have"},
        BadLine{"EscapeThatIsNoneInAList",
                R"({"kind":"account","time":"2026-01-01","owners":["x\q"]})",
                "an escape that JSON does not have"},
        BadLine{"LineFeedInATime", R"({"kind":"usage","time":"2026\n\u001b[2J"})",
                R"(got `2026\n\x1b[2J`)"},
        BadLine{"LineFeedInADuration", usage(R"("duration":"1h\n")"), R"(got `1h\n`)"},
        BadLine{"LineFeedInMoney", usage(R"("cost":"1\r\n2")"), R"(got `1\r\n2`)"},
        BadLine{"LineFeedInAnAddress", usage(R"("client.address":"10.0.0.1\n")"),
                R"(got `10.0.0.1\n`)"},
        BadLine{"LineFeedInAKind", R"({"kind":"a\nb","time":"2026-01-01"})", R"(got `a\nb`)"},
        BadLine{"LineFeedInAName", usage(R"("a\nb":1)"), R"(`a\nb`: unknown member)"},
        BadLine{"TextCutBetweenCharacters", usage("\"cost\":\"" + std::string(79, 'x') + "é\""),
                "xxx…`"},
        BadLine{"ControlCharacter", usage("\"model\":\"a\tb\""), "JSON object"},
        BadLine{"NoKind", R"({"time":"2026-01-01"})", "`kind`"},
        BadLine{"NullKind", R"({"kind":null,"time":"2026-01-01"})", "`kind`"},
        BadLine{"OtherKind", R"({"kind":"usages","time":"2026-01-01"})", "`usages`"},
        BadLine{"NoTime", R"({"kind":"usage"})", "`time`"},
        BadLine{"NullTime", R"({"kind":"usage","time":null})", "`time`"},
        BadLine{"TimeAsNumber", R"({"kind":"usage","time":1700000000})", "got a number"},
        BadLine{"TimeBeforeTheEpoch", R"({"kind":"usage","time":"1970-01-01T00:00:00+01:00"})",
                "1970 to 9999"},
        BadLine{"TimeInTheYearBefore", R"({"kind":"usage","time":"1969-12-31T23:59:59Z"})",
                "`time`: expected a time in the years 1970 to 9999"},
        BadLine{"ObservedBeforeTheEpoch", usage(R"("observed":"1937-01-01")"), "1970 to 9999"},
        BadLine{"CreatedInTheYear10000",
                R"({"kind":"account","time":"2026-01-01","created":"+010000-01-01"})",
                "1970 to 9999"},
        BadLine{"TimeAfterTheLast", R"({"kind":"usage","time":"9999-12-31T23:59:59-01:00"})",
                "1970 to 9999"},
        BadLine{"EndAfterTheLast", usage(R"("duration":"999999999999s")"), "year 10000"},
        BadLine{"Duplicate", usage(R"("model":"a","model":"a")"), "`model`: duplicate"},
        BadLine{"DuplicateByEscape", usage(R"("model":"a","mode\u006c":"a")"),
                "`model`: duplicate"},
        BadLine{"DuplicateNull", usage(R"("model":null,"model":"a")"), "`model`: duplicate"},
        BadLine{"Unknown", usage(R"("modle":"a")"), "did you mean `model`?"},
        BadLine{"UnknownFar", usage(R"("prompt_text":"a")"), "`prompt_text`: unknown member"},
        BadLine{"OtherKindsField", usage(R"("action":"a")"), "`action`: not a field of `usage`"},
        BadLine{"Fraction", usage(R"("output_tokens":1.0)"), "whole JSON number"},
        BadLine{"Exponent", usage(R"("output_tokens":1e3)"), "whole JSON number"},
        BadLine{"IntegerAsText", usage(R"("output_tokens":"1")"), "got a string"},
        BadLine{"TooLarge", usage(R"("output_tokens":9223372036854775808)"),
                "within int64, got a number: `9223372036854775808`"},
        BadLine{"LeadingZero", usage(R"("output_tokens":01)"), "output_tokens"},
        BadLine{"Plus", usage(R"("output_tokens":+1)"), "output_tokens"},
        BadLine{"NegativeTokens", usage(R"("output_tokens":-1)"), ">= 0"},
        BadLine{"NegativeRequests", usage(R"("requests":-1)"), "`requests`"},
        BadLine{"NegativeRevision", usage(R"("revision":-1)"), "`revision`"},
        BadLine{"NegativeTemperature", usage(R"("request.temperature":-0.5)"), ">= 0"},
        BadLine{"NotANumber", usage(R"("request.temperature":NaN)"), "request.temperature"},
        BadLine{"Infinity", usage(R"("request.temperature":Infinity)"), "request.temperature"},
        BadLine{"HugeDouble", usage(R"("request.temperature":1e999)"), "request.temperature"},
        BadLine{"MoneyAsNumber", usage(R"("cost":0.5)"), "`cost`"},
        BadLine{"MoneyTooFine", usage(R"("cost":"0.0000000001")"), "`cost`"},
        BadLine{"Address", usage(R"("client.address":"300.1.2.3")"), "`client.address`"},
        BadLine{"AddressWithZone", usage(R"("client.address":"fe80::1%eth0")"), "`client.address`"},
        BadLine{"AddressWithNul", usage(R"("client.address":"10.0.0.1\u0000x")"),
                "`client.address`"},
        BadLine{"BoolAsNumber", usage(R"("request.stream":1)"), "true or false"},
        BadLine{"BoolMisspelt", usage(R"("request.stream":tru)"), "true or false"},
        BadLine{"NullMisspelt", usage(R"("model":nul)"), "`model`"},
        BadLine{"Nested", usage(R"("model":{"a":[[[[[[[[[1]]]]]]]]]})"), "got an object"},
        BadLine{"ListOfNumbers", R"({"kind":"account","time":"2026-01-01","owners":[1]})",
                "array of strings"},
        BadLine{"ListOfNull", R"({"kind":"account","time":"2026-01-01","owners":[null]})",
                "array of strings"},
        BadLine{"ListOfLists", R"({"kind":"account","time":"2026-01-01","owners":[["a"]]})",
                "array of strings"},
        BadLine{"BrokenList", R"({"kind":"account","time":"2026-01-01","owners":["a" "b"]})",
                "JSON object"},
        BadLine{"ObservedAsNumber", usage(R"("observed":5)"), "`observed`"},
        BadLine{"Completeness", usage(R"("completeness":"done")"), "`done`"},
        BadLine{"IdAsNumber", usage(R"("id":5)"), "`id`"},
        BadLine{"LongLine", usage("\"model\":\"" + std::string(1U << 20U, 'a') + "\""), "1 MiB"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RecordJson, AReaderOfStoredLinesTakesWhatIsWrittenOfTheLongestLine) {
  // Each \b is two bytes here and six in the written form.
  std::string line = usage("\"model\":\"\"");
  const std::size_t escapes = (kMaxLineBytes - line.size()) / 2;
  std::string text;
  for (std::size_t i = 0; i < escapes; ++i) text += "\\b";
  line.insert(line.size() - 2, text);
  const auto record = read(line);
  ASSERT_TRUE(record) << record.error().message;
  std::string written;
  write_record_json(*record, written);
  EXPECT_GT(written.size(), 3'000'000U);
  const auto refused = read(written);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("at most 1 MiB"));
  const auto back = RecordJsonReader(kMaxStoredLineBytes).read(written, {});
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_TRUE(same_content(*record, *back));
}

TEST(RecordJson, WritesMembersInTheirFixedOrder) {
  Record record = defaults();
  record.id = digest_from_hex(kId).value();
  record.time = {1'500'000};
  record.requests = 2;
  set_value(record, id_of("output_tokens"), std::int64_t{7});
  set_value(record, id_of("model"), std::string("q\"\\\n\x01/é"));
  set_value(record, id_of("cost"), std::int64_t{-1});
  set_value(record, id_of("request.temperature"), 0.1);
  std::string out = "x";
  write_record_json(record, out);
  EXPECT_EQ(out, std::string("x{\"kind\":\"usage\",\"id\":\"") + kId +
                     "\",\"revision\":0,\"observed\":\"1970-01-01T00:00:01Z\","
                     "\"time\":\"1970-01-01T00:00:01.5Z\",\"duration\":\"0s\",\"requests\":2,"
                     "\"source\":\"gw\",\"completeness\":\"final\",\"cost\":\"-0.000000001\","
                     "\"model\":\"q\\\"\\\\\\n\\u0001/é\",\"output_tokens\":7,"
                     "\"request.temperature\":0.1}");
}

/// A random valid record: every type, awkward texts, extreme numbers.
Record random_record(std::mt19937_64& random) {
  const auto below = [&](std::uint64_t n) { return random() % n; };
  const auto text = [&] {
    static const std::array<std::string, 8> texts{"",
                                                  "m-large",
                                                  "q\"uote",
                                                  "back\\slash",
                                                  "line\nend\r\t",
                                                  std::string("nul\0x", 5),
                                                  "\xF0\x9F\x9A\xA2 schip",
                                                  "\x7F\x01\x1F"};
    return texts[below(texts.size())];
  };
  const auto whole = [&]() -> std::int64_t {
    const auto raw = static_cast<std::int64_t>(random() >> below(64));
    return raw < 0 ? -(raw + 1) : raw;
  };
  Record record;
  record.kind = static_cast<RecordKind>(below(3));
  record.source = text();
  for (auto& byte : record.id.bytes) byte = static_cast<std::byte>(random());
  record.revision = static_cast<std::int64_t>(below(3));
  const auto instant = [&] { return static_cast<std::int64_t>(below(253'402'300'800'000'000)); };
  record.observed = {instant()};
  record.time = {instant()};
  record.duration = {static_cast<std::int64_t>(
      below(static_cast<std::uint64_t>(253'402'300'800'000'000 - record.time.us)))};
  record.requests = whole();
  record.completeness = static_cast<Completeness>(below(3));
  for (FieldId id = kFieldSource + 1; id < fields().size(); ++id) {
    const Field& f = field(id);
    if (!has_kind(f, record.kind) || below(2) == 0) continue;
    switch (f.type) {
      case ValueType::kBool:
        set_value(record, id, below(2) == 0);
        break;
      case ValueType::kInt64:
      case ValueType::kMoney:
        set_value(record, id, f.nonnegative || below(2) == 0 ? whole() : -1 - whole());
        break;
      case ValueType::kDouble: {
        const double value = std::bit_cast<double>(random());
        set_value(record, id, std::isfinite(value) ? std::abs(value) : 0.1);
        break;
      }
      case ValueType::kString:
        set_value(record, id, text());
        break;
      case ValueType::kDuration:
      case ValueType::kTimestamp:
        set_value(record, id, instant());
        break;
      case ValueType::kIp:
        set_value(record, id, std::string(below(2) == 0 ? "192.0.2.7" : "2001:db8::7"));
        break;
      case ValueType::kStringList:
        set_value(record, id, std::vector<std::string>(below(3), text()));
        break;
    }
  }
  return record;
}

TEST(RecordJson, ReadGivesBackWhatWasWritten) {
  const std::uint64_t seed = 20'261'123;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  RecordJsonReader reader;
  Record other;
  other.source = "unused";
  other.completeness = Completeness::kOpen;
  for (int i = 0; i < 3'000; ++i) {
    const Record record = random_record(random);
    std::string line;
    write_record_json(record, line);
    const auto back = reader.read(line, other);
    ASSERT_TRUE(back) << back.error().message << "\n" << line;
    EXPECT_TRUE(same_content(record, *back)) << line;
    EXPECT_EQ(record.id, back->id);
    EXPECT_EQ(record.revision, back->revision);
    EXPECT_EQ(record.observed, back->observed);
    // An independent reader finds JSON in it, with the same number of members.
    const auto document = nlohmann::json::parse(line);
    EXPECT_EQ(document.size(), record.fields.size() + 9) << line;
  }
}

TEST(RecordJson, SchemaNamesExactlyTheCatalogue) {
  std::ifstream file(TIDEWAITER_SOURCE_DIR "/docs/schema/record.schema.json");
  ASSERT_TRUE(file);
  const auto schema = nlohmann::json::parse(file);
  std::set<std::string> expected{"kind", "id", "observed", "completeness", "revision"};
  for (const Field& f : fields()) expected.emplace(f.name);
  std::set<std::string> named;
  for (const auto& [name, property] : schema.at("properties").items()) named.insert(name);
  EXPECT_EQ(named, expected);
  EXPECT_EQ(schema.at("additionalProperties"), false);
  EXPECT_EQ(schema.at("required"), nlohmann::json::parse(R"(["kind","time"])"));
  // Each kind forbids the fields of the others.
  for (const auto& branch : schema.at("allOf")) {
    const auto kind =
        find_kind(branch.at("if").at("properties").at("kind").at("const").get<std::string>());
    ASSERT_TRUE(kind);
    std::set<std::string> foreign;
    for (const Field& f : fields()) {
      if (!has_kind(f, *kind)) foreign.emplace(f.name);
    }
    std::set<std::string> forbidden;
    for (const auto& [name, never] : branch.at("then").at("properties").items()) {
      EXPECT_EQ(never, false);
      forbidden.insert(name);
    }
    EXPECT_EQ(forbidden, foreign);
  }
}

TEST(RecordJson, ManualNamesEveryField) {
  std::ifstream file(TIDEWAITER_SOURCE_DIR "/docs/native-format.md");
  ASSERT_TRUE(file);
  std::stringstream text;
  text << file.rdbuf();
  for (const Field& f : fields()) {
    EXPECT_THAT(text.str(), HasSubstr("| `" + std::string(f.name) + "` |"));
  }
}

}  // namespace
}  // namespace tidewaiter
