// Each modifier of "Sigma Modifiers" 2.1 and each kind of value of "Sigma Rules Specification" 2.0,
// with answers by their wording.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sigma/sigma_scene.h"

namespace tidewaiter {
namespace {

struct Case {
  const char* name;
  const char* item;   ///< one line of a selection's map, or several
  const char* event;  ///< JSON
  bool holds;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.item << " over " << c.event; }

class SigmaItemTest : public testing::TestWithParam<Case> {};

TEST_P(SigmaItemTest, HoldsAsSpecified) {
  const Case& c = GetParam();
  const SigmaOptions options{{{"Servers", {"srv*", "db1"}}, {"net", {"10.1.0.0/16"}}}};
  const SigmaOutcome outcome = load_sigma_text(
      rule_around("    s:\n        " + std::string(c.item) + "\n    condition: s\n"), options);
  ASSERT_THAT(told(outcome), testing::IsEmpty());
  EXPECT_EQ(holds(outcome.set.rules.at(0).detection, event_of(c.event)), c.holds);
}

constexpr Case kCases[] = {
    // "All values are treated as case-insensitive strings"; names of fields are not values.
    {"PlainIgnoresCase", "f: 'CMD.exe'", R"({"f":"cmd.EXE"})", true},
    {"PlainIsWhole", "f: cmd", R"({"f":"cmd.exe"})", false},
    {"PlainFoldsUnicode", "f: 'ÄRGER'", R"({"f":"ärger"})", true},
    {"OtherFieldName", "f: cmd", R"({"F":"cmd"})", false},
    {"MissingField", "f: cmd", R"({"g":"cmd"})", false},
    {"ListIsOr", "f: [a, b]", R"({"f":"b"})", true},
    {"EventListIsAny", "f: b", R"({"f":["a","b"]})", true},
    {"MapIsAnd", "{f: a, g: b}", R"({"f":"a","g":"c"})", false},
    // "String Wildcard" and "Escaping".
    {"StarIsAnyRun", "f: 'a*c'", R"({"f":"abbbc"})", true},
    {"StarIsEmptyRun", "f: 'a*c'", R"({"f":"ac"})", true},
    {"StarCrossesLines", "f: 'a*c'", R"({"f":"a\nc"})", true},
    {"QuestionMarkIsOne", "f: 'prog?.exe'", R"({"f":"progA.exe"})", true},
    {"QuestionMarkIsMandatory", "f: 'prog?.exe'", R"({"f":"prog.exe"})", false},
    {"QuestionMarkIsOneCodePoint", "f: 'a?b'", R"({"f":"aéb"})", true},
    {"EscapedStarIsPlain", R"(f: 'a\*c')", R"({"f":"a*c"})", true},
    {"EscapedStarIsNoWildcard", R"(f: 'a\*c')", R"({"f":"abc"})", false},
    {"SingleBackslashIsPlain", R"(f: 'C:\Windows\a')", R"({"f":"C:\\Windows\\a"})", true},
    {"DoubleBackslashIsOne", R"(f: 'a\\b')", R"({"f":"a\\b"})", true},
    {"BackslashThenWildcard", R"(f: 'a\\*')", R"({"f":"a\\xyz"})", true},
    {"ThreeThenStarIsPlainBoth", R"(f: 'a\\\*')", R"({"f":"a\\*"})", true},
    {"ThreeThenStarIsNoWildcard", R"(f: 'a\\\*')", R"({"f":"a\\xyz"})", false},
    {"FourBackslashesAreTwo", R"(f: 'a\\\\b')", R"({"f":"a\\\\b"})", true},
    {"ThreeBackslashesAreTwo", R"(f: 'a\\\b')", R"({"f":"a\\\\b"})", true},
    // "Special Field Values".
    {"EmptyIsEmpty", "f: ''", R"({"f":""})", true},
    {"EmptyIsNotMissing", "f: ''", R"({"g":""})", false},
    {"NullIsMissing", "f: null", R"({"g":1})", true},
    {"NullIsNull", "f: null", R"({"f":null})", true},
    {"NullIsNotEmpty", "f: null", R"({"f":""})", false},
    // Numbers and truth values.
    {"NumberAgainstNumber", "f: 4624", R"({"f":4624})", true},
    {"NumberAgainstText", "f: 4624", R"({"f":"4624"})", true},
    {"NumberIsWhole", "f: 46", R"({"f":"4624"})", false},
    {"NumberBySize", "f: 1", R"({"f":1.0})", true},
    {"TextAgainstNumber", "f: '4624'", R"({"f":4624})", true},
    {"HexTextIsText", "f: '0x17'", R"({"f":23})", false},
    {"TruthAgainstTruth", "f: true", R"({"f":true})", true},
    {"TruthAgainstText", "f: true", R"({"f":"True"})", true},
    // Generic modifiers.
    {"Contains", "f|contains: 'b'", R"({"f":"ABC"})", true},
    {"ContainsWithWildcard", "f|contains: 'b*d'", R"({"f":"abcde"})", true},
    {"StartsWith", "f|startswith: 'ab'", R"({"f":"ABC"})", true},
    {"StartsWithNotInside", "f|startswith: 'b'", R"({"f":"abc"})", false},
    {"EndsWith", R"(f|endswith: '\cmd.exe')", R"({"f":"C:\\CMD.EXE"})", true},
    {"EndsWithNotInside", "f|endswith: 'b'", R"({"f":"abc"})", false},
    {"AllNeedsEach", "f|contains|all: [a, c]", R"({"f":"abc"})", true},
    {"AllMissesOne", "f|contains|all: [a, x]", R"({"f":"abc"})", false},
    {"ExistsWhatever", "f|exists: true", R"({"f":null})", true},
    {"ExistsNot", "f|exists: false", R"({"f":""})", false},
    {"ExistsFalseOfMissing", "f|exists: false", R"({"g":1})", true},
    {"Cased", "f|cased: 'ABC'", R"({"f":"abc"})", false},
    {"CasedContains", "f|contains|cased: 'B'", R"({"f":"aBc"})", true},
    {"NotEqualText", "f|neq: a", R"({"f":"b"})", true},
    {"NotEqualIgnoresCase", "f|neq: a", R"({"f":"A"})", false},
    {"NotEqualNumber", "f|neq: 5", R"({"f":"5.0"})", false},
    {"NotEqualAnyOfList", "f|neq: [a, b]", R"({"f":"b"})", false},
    // Regular expressions: cased, anywhere.
    {"RegexAnywhere", "f|re: 'b.d'", R"({"f":"abcde"})", true},
    {"RegexIsCased", "f|re: 'B.D'", R"({"f":"abcde"})", false},
    {"RegexInsensitive", "f|re|i: 'B.D'", R"({"f":"abcde"})", true},
    {"RegexDotIsNoNewline", "f|re: 'a.b'", R"({"f":"a\nb"})", false},
    {"RegexSingleLine", "f|re|s: 'a.b'", R"({"f":"a\nb"})", true},
    {"RegexAnchorIsWhole", "f|re: '^b'", R"({"f":"a\nb"})", false},
    {"RegexMultiLine", "f|re|m: '^b'", R"({"f":"a\nb"})", true},
    {"RegexNamedGroup", "f|re: '(?<x>b)c'", R"({"f":"abc"})", true},
    {"RegexAll", "f|re|all: ['^a', 'c$']", R"({"f":"abc"})", true},
    // Encodings; the base64 texts are by coreutils' base64.
    {"Windash", "f|contains|windash: ' -x'", R"({"f":"cmd /x"})", true},
    {"WindashEnDash", "f|contains|windash: ' -x'", R"({"f":"cmd –x"})", true},
    {"WindashEmDash", "f|contains|windash: ' /x'", R"({"f":"cmd —x"})", true},
    {"WindashBar", "f|windash: '-x'", R"({"f":"―X"})", true},
    {"WindashMixed", "f|contains|windash|all: [' -a', ' -b']", R"({"f":"c /a -b"})", true},
    {"WindashOtherCharacter", "f|contains|windash: ' -x'", R"({"f":"cmd +x"})", false},
    {"Base64", "f|base64|contains: 'whoami'", R"({"f":"x d2hvYW1p y"})", true},
    {"Base64OffsetNone", "f|base64offset|contains: 'http'", R"({"f":"aHR0cDov"})", true},
    // base64 of "xhttp:/", "xxhttp:/".
    {"Base64OffsetOne", "f|base64offset|contains: 'http'", R"({"f":"eGh0dHA6Lw=="})", true},
    {"Base64OffsetTwo", "f|base64offset|contains: 'http'", R"({"f":"eHhodHRwOi8="})", true},
    {"Base64OffsetOther", "f|base64offset|contains: 'http'", R"({"f":"ZnRwOi8v"})", false},
    // base64 of "cmd" in UTF-16: 63 00 6d 00 64 00; big endian; with the mark FF FE.
    {"Wide", "f|wide|base64|contains: 'cmd'", R"({"f":"YwBtAGQA"})", true},
    {"Utf16Le", "f|utf16le|base64: 'cmd'", R"({"f":"YwBtAGQA"})", true},
    {"Utf16Be", "f|utf16be|base64: 'cmd'", R"({"f":"AGMAbQBk"})", true},
    {"Utf16", "f|utf16|base64: 'cmd'", R"({"f":"//5jAG0AZAA="})", true},
    {"WideAlone", "f|wide: 'cm'", R"({"f":"c\u0000m\u0000"})", true},
    // Numbers in order.
    {"Less", "f|lt: 5", R"({"f":4.5})", true},
    {"LessNot", "f|lt: 5", R"({"f":5})", false},
    {"LessOrEqual", "f|lte: 5", R"({"f":"5"})", true},
    {"Greater", "f|gt: 5", R"({"f":10})", true},
    {"GreaterIsNumeric", "f|gt: 5", R"({"f":"10"})", true},
    {"GreaterOrEqual", "f|gte: -1.5", R"({"f":-1.5})", true},
    {"OrderOfNoNumber", "f|gt: 5", R"({"f":"10 kg"})", false},
    // Times, as written.
    {"Minute", "f|minute: 30", R"({"f":"2026-03-01T23:30:00+02:00"})", true},
    {"HourAsWritten", "f|hour: 23", R"({"f":"2026-03-01T23:30:00+02:00"})", true},
    {"HourInOrder", "f|hour|gte: 18", R"({"f":"2026-03-01 19:05:00"})", true},
    {"HourInOrderNot", "f|hour|lt: 18", R"({"f":"2026-03-01 19:05:00"})", false},
    {"HourOfDateAlone", "f|hour: 0", R"({"f":"2026-03-01"})", false},
    {"Day", "f|day: 1", R"({"f":"2026-03-01T00:00:00Z"})", true},
    // ISO 8601: 2026-01-01 is a Thursday, so week 1; 2027-01-01 a Friday, so week 53 of 2026.
    {"WeekFirst", "f|week: 1", R"({"f":"2026-01-01"})", true},
    {"WeekOfLastYear", "f|week: 53", R"({"f":"2027-01-01"})", true},
    {"Month", "f|month: 3", R"({"f":"2026-03-01T00:00:00Z"})", true},
    {"Year", "f|year: 2026", R"({"f":"2026-03-01"})", true},
    {"TimeOfNoTime", "f|year: 2026", R"({"f":"2026-03"})", false},
    // Networks.
    {"CidrIn", "f|cidr: 10.0.0.0/8", R"({"f":"10.20.30.40"})", true},
    {"CidrOut", "f|cidr: 10.0.0.0/8", R"({"f":"11.0.0.1"})", false},
    {"CidrSix", "f|cidr: '2001:db8::/32'", R"({"f":"2001:DB8::1"})", true},
    {"CidrOfNoAddress", "f|cidr: 0.0.0.0/0", R"({"f":"localhost"})", false},
    // Other fields.
    {"FieldRef", "f|fieldref: g", R"({"f":"A","g":"a"})", true},
    {"FieldRefOther", "f|fieldref: g", R"({"f":"a","g":"b"})", false},
    {"FieldRefMissing", "f|fieldref: g", R"({"f":"a"})", false},
    {"FieldRefBothMissing", "f|fieldref: g", R"({"h":"a"})", false},
    {"FieldRefNotEqual", "f|fieldref|neq: g", R"({"f":"a","g":"b"})", true},
    {"FieldRefEnds", "f|fieldref|endswith: g", R"({"f":"C:\\a.exe","g":"A.EXE"})", true},
    {"FieldRefCased", "f|fieldref|cased: g", R"({"f":"A","g":"a"})", false},
    // Placeholders.
    {"ExpandPattern", "f|expand: '%Servers%'", R"({"f":"SRV7"})", true},
    {"ExpandSecondValue", "f|expand: '%Servers%'", R"({"f":"db1"})", true},
    {"ExpandWithin", "f|expand: 'x-%Servers%-y'", R"({"f":"x-db1-y"})", true},
    {"ExpandContains", "f|contains|expand: '%Servers%'", R"({"f":"on db1 now"})", true},
    {"ExpandEscaped", R"(f|expand: '\%Servers%')", R"({"f":"%Servers%"})", true},
    {"ExpandNetwork", "f|cidr|expand: '%net%'", R"({"f":"10.1.2.3"})", true},
    {"PercentWithoutExpand", "f: '%Servers%'", R"({"f":"%servers%"})", true},
};

INSTANTIATE_TEST_SUITE_P(All, SigmaItemTest, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

struct RefusedCase {
  const char* name;
  const char* item;
  const char* told;
};

void PrintTo(const RefusedCase& c, std::ostream* out) { *out << c.item; }

class SigmaItemRefusedTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(SigmaItemRefusedTest, TellsPlaceAndReason) {
  const RefusedCase& c = GetParam();
  const SigmaOutcome outcome = load_sigma_text(
      rule_around("    s:\n        " + std::string(c.item) + "\n    condition: s\n"));
  EXPECT_THAT(told(outcome), testing::ElementsAre(c.told));
  EXPECT_TRUE(outcome.set.rules.empty());
}

constexpr RefusedCase kRefused[] = {
    {"Unknown", "f|contain: a", "TW1004 6:11 unknown modifier `contain`"},
    {"TwoKinds", "f|re|cidr: a", "TW1005 6:14 modifier `cidr` does not go with the others"},
    {"FlagWithoutRegex", "f|i: a", "TW1005 6:11 modifier `i` does not go with the others"},
    {"AllAndNotEqual", "f|all|neq: a", "TW1005 6:15 modifier `neq` does not go with the others"},
    {"ExistsOfText", "f|exists: maybe",
     "TW1006 6:19 `maybe` does not fit the modifiers of its key"},
    {"OrderOfText", "f|gt: '5'", "TW1006 6:15 `5` does not fit the modifiers of its key"},
    {"NetworkBits", "f|cidr: 10.1.0.0/8",
     "TW1006 6:17 `10.1.0.0/8` does not fit the modifiers of its key"},
    {"EncodedWildcard", "f|base64: 'a*'", "TW1006 6:19 `a*` does not fit the modifiers of its key"},
    {"Placeholder", "f|expand: '%a%'", "TW1007 6:19 placeholder `%a%` has no values"},
    {"BadRegex", "f|re: 'a('", "TW1008 6:15 the regular expression cannot be read: missing ): a("},
    {"LookAhead", "f|re: 'a(?=b)'",
     "TW1009 6:15 the regular expression has look-ahead, which cannot be matched in linear time"},
    {"BackReference", R"(f|re: '(a)\1')",
     "TW1009 6:15 the regular expression has a reference to a group, which cannot be matched in "
     "linear time"},
    {"EmptyList", "f: []", "TW1002 6:12 an empty list can meet nothing"},
    {"MapAsValue", "f: {g: a}", "TW1002 6:12 a value is one text, number or null"},
};

INSTANTIATE_TEST_SUITE_P(All, SigmaItemRefusedTest, testing::ValuesIn(kRefused),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SigmaRegex, TakesLinearTimeForHostilePatterns) {
  const SigmaOutcome outcome =
      load_sigma_text(rule_around("    s:\n        f|re: '(a+)+$'\n    condition: s\n"));
  ASSERT_THAT(told(outcome), testing::IsEmpty());
  SigmaEvent event;
  event.add("f", sigma_text(std::string(1'000'000, 'a') + "b"));
  EXPECT_FALSE(holds(outcome.set.rules[0].detection, event));
}

// Each line is in the bounds of one value, and all of them would take gigabytes.
TEST(SigmaPlaceholders, AllOfARuleTogetherAreBounded) {
  SigmaOptions options;
  for (int i = 0; i < 4096; ++i) options.placeholders["many"].push_back(std::to_string(i));
  const auto load = [&](int times) {
    std::string lines;
    for (int i = 0; i < times; ++i) lines += "        - {f|expand: '%many%N'}\n";
    return told(load_sigma_text(rule_around("    s:\n" + lines + "    condition: s\n"), options));
  };
  EXPECT_THAT(load(16), testing::IsEmpty());
  EXPECT_THAT(load(3000), testing::ElementsAre(testing::HasSubstr("TW1010")));
}

TEST(SigmaKeywords, AreFoundInAnyValue) {
  const SigmaOutcome outcome =
      load_sigma_text(rule_around("    keywords:\n        - 'event::clear'\n        - "
                                  "'event?:drop'\n    condition: keywords\n"));
  ASSERT_THAT(told(outcome), testing::IsEmpty());
  const SigmaDetection& detection = outcome.set.rules[0].detection;
  EXPECT_TRUE(holds(detection, event_of(R"({"a":1,"m":"run EVENT::CLEAR now"})")));
  EXPECT_TRUE(holds(detection, event_of(R"({"m":"event::drop"})")));
  EXPECT_FALSE(holds(detection, event_of(R"({"event::clear":"x"})")));
}

TEST(SigmaKeywords, AllMayStandInDifferentValues) {
  const SigmaOutcome outcome = load_sigma_text(rule_around(
      "    k:\n        '|all':\n            - one\n            - 200\n    condition: k\n"));
  ASSERT_THAT(told(outcome), testing::IsEmpty());
  const SigmaDetection& detection = outcome.set.rules[0].detection;
  EXPECT_TRUE(holds(detection, event_of(R"({"a":"ONE","b":200})")));
  EXPECT_FALSE(holds(detection, event_of(R"({"a":"one","b":"two"})")));
}

}  // namespace
}  // namespace tidewaiter
