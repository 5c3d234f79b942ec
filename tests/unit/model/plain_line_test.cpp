#include <array>
#include <cctype>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include "policies/model/digest.h"
#include "policies/model/ip_text.h"
#include "policies/model/record_json.h"
#include "policies/model/time.h"
#include "tests/property/random.h"
#include "tests/property/seeds.h"

namespace tidewaiter {
namespace {

// What reads the common forms quickly must read them as the general way does, and leave all others
// to it. The general way is had by asking for what the quick one never gives: a line's delivery,
// and the letters of a time in lower case.

std::string random_text(Random& random) {
  static const std::vector<std::string> texts{"",
                                              "a",
                                              "chat",
                                              "192.0.2.1",
                                              "01.2.3.4",
                                              "2001:DB8::1",
                                              "256.1.1.1",
                                              "1.2.3",
                                              "::ffff:1.2.3.4",
                                              "0.25",
                                              "-3.5",
                                              "12.1234567891",
                                              "15m",
                                              "1h30m",
                                              "2 h",
                                              "usage",
                                              "account",
                                              "finding",
                                              "open",
                                              "final",
                                              "true",
                                              "null",
                                              "Zürich 東京",
                                              "a\\\"b",
                                              "\\u0041",
                                              "\\ud800",
                                              "with: {, }",
                                              "[x]",
                                              "0",
                                              "\\/",
                                              "2026-01-01T00:00:00Z",
                                              "2026-02-30T00:00:00Z",
                                              "1969-12-31T23:59:59Z",
                                              "2026-01-01T00:00:00.25Z",
                                              "2026-01-01t00:00:00z",
                                              "9999-12-31T23:59:59.999999Z",
                                              "2026-01-01T01:00:00+01:00",
                                              std::string(64, 'a'),
                                              std::string(64, 'g'),
                                              "\xff"};
  return random.one_of(texts);
}

std::string random_number(Random& random) {
  static const std::vector<std::string> numbers{"0",
                                                "1",
                                                "-1",
                                                "-0",
                                                "007",
                                                "1.0",
                                                "1e3",
                                                "0.1",
                                                "-0.0",
                                                "1.",
                                                ".5",
                                                "+1",
                                                "1E400",
                                                "9223372036854775807",
                                                "9223372036854775808",
                                                "-9223372036854775808",
                                                "123456789012345678",
                                                "1234567890123456789",
                                                "0.30000000000000004",
                                                "4.35",
                                                "2.2250738585072011e-308",
                                                "179.00000000000000000000001",
                                                "1x",
                                                "0x1"};
  return random.chance(40) ? std::to_string(random.number(-1'000'000, 1'000'000'000'000))
                           : random.one_of(numbers);
}

std::string random_value(Random& random) {
  static const std::vector<std::string> others{"null",      "true",        "false", "[]", "[\"a\"]",
                                               "{}",        "nul",         "truee", "",   "[null]",
                                               "{\"a\":1}", "\"a\" \"b\"", "\"open"};
  const std::int64_t kind = random.number(1, 100);
  if (kind <= 45) return '"' + random_text(random) + '"';
  if (kind <= 80) return random_number(random);
  return random.one_of(others);
}

/// One that may stand there, of a field of that type.
std::string good_value(Random& random, ValueType type) {
  switch (type) {
    case ValueType::kBool:
      return random.chance(50) ? "true" : "false";
    case ValueType::kInt64:
      return std::to_string(random.number(0, 100'000));
    case ValueType::kDouble:
      return std::to_string(random.number(0, 500)) + '.' + std::to_string(random.number(0, 99'999));
    case ValueType::kDuration:
      return '"' + std::to_string(random.number(0, 90)) + "m\"";
    case ValueType::kTimestamp:
      return '"' + format_time({random.number(0, 2'000'000'000'000'000)}) + '"';
    case ValueType::kIp:
      return random.chance(80) ? "\"198.51.100." + std::to_string(random.number(0, 255)) + '"'
                               : "\"2001:DB8::" + std::to_string(random.number(0, 9999)) + '"';
    case ValueType::kMoney:
      return "\"0." + std::to_string(random.number(0, 999'999)) + '"';
    case ValueType::kStringList:
      return R"(["a","b"])";
    case ValueType::kString:
      break;
  }
  return "\"text " + std::to_string(random.number(0, 999)) + '"';
}

std::string space(Random& random) {
  static const std::vector<std::string> spaces{" ", "\t", "  ", "\r", "\n"};
  return random.chance(3) ? random.one_of(spaces) : std::string();
}

using Members = std::vector<std::pair<std::string, std::string>>;

/// Random members of one kind of record, mostly good ones.
Members random_members(Random& random) {
  const auto kind = random.one_of(std::vector<RecordKind>{RecordKind::kUsage, RecordKind::kUsage,
                                                          RecordKind::kAccount, RecordKind::kAudit,
                                                          RecordKind::kFinding});
  Members members{{"kind", '"' + std::string(kind_name(kind)) + '"'},
                  {"time", good_value(random, ValueType::kTimestamp)}};
  if (random.chance(40)) members.emplace_back("id", '"' + random_text(random) + '"');
  if (random.chance(20)) members.emplace_back("revision", std::to_string(random.number(0, 3)));
  if (random.chance(20)) members.emplace_back("completeness", "\"settling\"");
  if (random.chance(20)) members.emplace_back("observed", "\"2026-03-01T00:00:00Z\"");
  for (const Field& field : fields()) {
    if (has_kind(field, kind) ? random.chance(25) : random.number(1, 4000) == 1) {
      members.emplace_back(field.name, good_value(random, field.type));
    }
  }
  if (random.chance(3)) members.emplace_back(random_text(random), "1");
  if (random.chance(30)) std::swap(members.front(), members.back());
  if (random.chance(50)) {
    members[static_cast<std::size_t>(random.number(0, std::int64_t(members.size()) - 1))].second =
        random_value(random);
  }
  if (random.chance(3)) members.push_back(random.one_of(members));
  return members;
}

std::string line_of(Random& random, const Members& members) {
  std::string line = space(random) + '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0) line += ',' + space(random);
    line += '"' + members[i].first + '"' + space(random) + ':' + space(random) + members[i].second;
    line += space(random);
  }
  return line + '}' + space(random);
}

std::string random_line(Random& random) { return line_of(random, random_members(random)); }

/// The next line of a source: mostly the members of the last one in their order, other values.
void change_members(Random& random, Members& members) {
  for (auto& [name, value] : members) {
    const auto id = find_field(name);
    if (id && random.chance(60)) value = good_value(random, field(*id).type);
    if (id && random.chance(4)) value = "null";
    if (random.chance(2)) value = random_value(random);
  }
  const auto any = [&] {
    return static_cast<std::size_t>(random.number(0, std::int64_t(members.size()) - 1));
  };
  if (random.chance(10) && members.size() > 1) {
    members.erase(members.begin() + static_cast<std::ptrdiff_t>(any()));
  }
  if (random.chance(10)) std::swap(members[any()], members[any()]);
  if (random.chance(5)) members.push_back(members[any()]);
  if (random.chance(5)) members[any()].first = std::string(fields()[any() + 4].name);
}

/// The same with a byte put in, taken out or replaced.
std::string disturbed(Random& random, std::string line) {
  static const std::vector<char> bytes{'"', '\\', ',', ':', '{',  '}',    '[',  ']',    ' ',   'a',
                                       '0', '-',  '.', 'e', '\0', '\x01', '\n', '\xc3', '\x1a'};
  const auto at = static_cast<std::size_t>(random.number(0, std::int64_t(line.size()) - 1));
  switch (random.number(1, 4)) {
    case 1:
      line.insert(at, 1, random.one_of(bytes));
      break;
    case 2:
      line.erase(at, 1);
      break;
    case 3:
      line[at] = random.one_of(bytes);
      break;
    default:
      line.resize(at);
  }
  return line;
}

void expect_alike(const std::string& line, const Result<Record>& plain,
                  const Result<Delivery>& general) {
  ASSERT_EQ(plain.has_value(), general.has_value())
      << line << '\n'
      << (plain ? general.error().message : plain.error().message);
  if (!plain) {
    EXPECT_EQ(plain.error().message, general.error().message) << line;
    EXPECT_EQ(plain.error().code, general.error().code) << line;
    return;
  }
  const Record& a = *plain;
  const Record& b = general->record;
  EXPECT_TRUE(same_content(a, b)) << line;
  EXPECT_EQ(a.id, b.id) << line;
  EXPECT_EQ(a.revision, b.revision) << line;
  EXPECT_EQ(a.observed, b.observed) << line;
  std::string a_text;
  std::string b_text;
  write_record_json(a, a_text);
  write_record_json(b, b_text);
  EXPECT_EQ(a_text, b_text) << line;  // tells -0 from 0
}

TEST(PlainLine, ReadsAsTheGeneralWayDoes) {
  over_random_seeds(20, [](std::uint64_t seed) {
    Random random(seed);
    RecordJsonReader plain;
    RecordJsonReader general;
    Record defaults;
    defaults.source = "gateway";
    defaults.observed = UtcTime{1'767'312'000'000'000};
    int taken = 0;
    for (int i = 0; i < 1'000; ++i) {
      std::string line = random_line(random);
      if (random.chance(20)) line = disturbed(random, std::move(line));
      const auto record = plain.read(line, defaults);
      taken += record ? 1 : 0;
      expect_alike(line, record, general.read_delivery(line, defaults));
      if (testing::Test::HasFailure()) return;
    }
    EXPECT_GT(taken, 100);
  });
}

/// What is kept from line to line is of use, and no line is read as the one before it.
TEST(PlainLine, ReadsTheNextLinesOfASourceAsTheGeneralWayDoes) {
  over_random_seeds(20, [](std::uint64_t seed) {
    Random random(seed);
    RecordJsonReader plain;
    RecordJsonReader general;
    Record defaults;
    defaults.source = "gateway";
    int taken = 0;
    for (int i = 0; i < 150; ++i) {
      Members members = random_members(random);
      for (int next = 0; next < 8; ++next) {
        std::string line = line_of(random, members);
        if (random.chance(10)) line = disturbed(random, std::move(line));
        const auto record = plain.read(line, defaults);
        taken += record ? 1 : 0;
        expect_alike(line, record, general.read_delivery(line, defaults));
        if (testing::Test::HasFailure()) return;
        change_members(random, members);
      }
    }
    EXPECT_GT(taken, 100);
  });
}

TEST(PlainLine, TakesTheMembersInAnyOrderAfterAnother) {
  RecordJsonReader reader;
  const Record defaults;
  for (const char* const line :
       {R"({"kind":"usage","time":"2026-01-01T00:00:00Z","model":"a","account":"x"})",
        R"({"account":"x","model":"a","time":"2026-01-01T00:00:00Z","kind":"usage"})",
        R"({"time":"2026-01-01T00:00:00Z","kind":"usage","account":"x","model":"a"})"}) {
    const auto record = reader.read(line, defaults);
    ASSERT_TRUE(record) << record.error().message;
    ASSERT_EQ(record->fields.size(), 2U);
    EXPECT_EQ(std::get<std::string>(*find_value(*record, *find_field("model"))), "a");
    EXPECT_EQ(std::get<std::string>(*find_value(*record, *find_field("account"))), "x");
  }
}

TEST(PlainTime, IsReadAsTheGeneralWayDoes) {
  over_random_seeds(1, [](std::uint64_t seed) {
    Random random(seed);
    static const std::vector<char> bytes{'0', '1', '9', '-', ':', 'T', '.', 'Z', ' ', '/', 'x'};
    for (int i = 0; i < 50'000; ++i) {
      std::int64_t us = random.number(-62'000'000'000'000'000, 253'000'000'000'000'000);
      const bool of_second = random.chance(50);
      if (of_second) us -= us % kSecond.us;
      std::string text = format_time({us});
      if (random.chance(60)) {
        text[static_cast<std::size_t>(random.number(0, std::int64_t(text.size()) - 1))] =
            random.one_of(bytes);
      }
      if (random.chance(of_second ? 50 : 2)) {
        const auto decimals = static_cast<std::size_t>(random.number(1, 13));
        text.insert(text.size() - 1, std::string(".123456789012").substr(0, decimals));
      }
      if (random.chance(5)) text.pop_back();
      std::string lower = text;
      for (char& c : lower) c = c == 'T' ? 't' : c == 'Z' ? 'z' : c;
      const auto common = parse_time(text);
      const auto general = parse_time(lower);
      ASSERT_EQ(common.has_value(), general.has_value()) << text;
      if (common) {
        ASSERT_EQ(*common, *general) << text;
      }
    }
  });
}

TEST(Ipv4, IsWhatTheCLibraryTakes) {
  over_random_seeds(1, [](std::uint64_t seed) {
    Random random(seed);
    static const std::vector<std::string> parts{"0",   "1",  "9", "10", "00", "01", "255", "256",
                                                "300", "99", "",  "a",  "1 ", "-1", "1000"};
    for (int i = 0; i < 50'000; ++i) {
      std::string text;
      for (std::int64_t left = random.chance(90) ? 4 : random.number(1, 6); left > 0; --left) {
        text += random.chance(70) ? std::to_string(random.number(0, 299)) : random.one_of(parts);
        if (left > 1 || random.chance(3)) text += random.chance(98) ? "." : ":";
      }
      in_addr address{};
      ASSERT_EQ(is_ipv4(text), inet_pton(AF_INET, text.c_str(), &address) == 1) << text;
    }
  });
}

TEST(DigestFromHex, TakesEachCharacterByItself) {
  for (int c = 0; c < 256; ++c) {
    for (const std::size_t at : {0U, 1U, 31U, 62U, 63U}) {
      std::string text(64, '0');
      text[at] = static_cast<char>(c);
      const auto digest = digest_from_hex(text);
      ASSERT_EQ(digest.has_value(), std::isxdigit(c) != 0) << c;
      if (!digest) continue;
      const int value = std::stoi(std::string(1, static_cast<char>(c)), nullptr, 16);
      EXPECT_EQ(std::to_integer<int>(digest->bytes[at / 2]), at % 2 == 0 ? value * 16 : value);
    }
  }
}

}  // namespace
}  // namespace tidewaiter
