#include "policies/language/test_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/language/exemption_name.h"
#include "policies/language/expression_types.h"
#include "policies/language/selection.h"
#include "policies/model/did_you_mean.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
constexpr std::array<std::string_view, 5> kTestKeys = {"name", "given", "expect", "covered_from",
                                                       "drained_to"};
constexpr std::array<std::string_view, 8> kExpectKeys = {
    "findings", "for", "measure", "because", "not_evaluable", "restated", "withdrawn", "too_late"};

template <class T>
bool read_whole(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

/// The JSON type that the native format has for a member. Texts that do not fit stay texts: the
/// reader of the native format then says what is wrong.
nlohmann::json to_json(const std::string& member, const YamlNode& node) {
  if (node.kind == YamlNode::Kind::kNull) return nullptr;
  if (node.kind == YamlNode::Kind::kSequence) {
    nlohmann::json list = nlohmann::json::array();
    for (const YamlNode& item : node.items) {
      const bool is_text = item.kind == YamlNode::Kind::kScalar;
      list.push_back(is_text ? nlohmann::json(item.scalar) : to_json(member, item));
    }
    return list;
  }
  if (node.kind == YamlNode::Kind::kMap) return nlohmann::json::object();
  if (node.quoted) return node.scalar;
  ValueType type = ValueType::kString;
  if (const auto id = find_field(member)) type = field(*id).type;
  if (member == "revision") type = ValueType::kInt64;
  std::int64_t whole = 0;
  double number = 0.0;
  if (type == ValueType::kInt64 && read_whole(node.scalar, whole)) return whole;
  // JSON has neither `nan` nor `inf`: they stay texts and are refused.
  if (type == ValueType::kDouble && read_whole(node.scalar, number) && std::isfinite(number)) {
    return number;
  }
  if (type == ValueType::kBool && node.scalar == "true") return true;
  if (type == ValueType::kBool && node.scalar == "false") return false;
  return node.scalar;
}

class TestReader {
 public:
  TestReader(DocumentReader& reader, const Policy& policy)
      : reader_(reader),
        reads_(policy.reads),
        any_kind_links_(policy.for_each == std::vector{kFieldCluster}),
        measures_(policy.measures),
        exemptions_(policy.exempt) {}

  std::optional<PolicyTest> read(const YamlNode& node) {
    if (!reader_.expect_map(node, "- {name: …, given: …, expect: …}")) return std::nullopt;
    check_keys(reader_.yaml(), node, kTestKeys, reader_.diagnostics());
    PolicyTest test;
    test.span = node.span;
    last_arrival_.reset();
    if (const YamlNode* name = node.find("name")) {
      test.name = reader_.text(*name).value_or("");
      test.name_span = name->span;
    } else {
      missing(node, "name");
    }
    if (const YamlNode* given = node.find("given")) {
      read_given(*given, test);
    } else {
      reader_.error(node.span, kTestGiven, "a test needs `given`",
                    "name a file of records, or list records");
    }
    if (const YamlNode* from = node.find("covered_from")) {
      test.covered_from = reader_.time(*from, false);
    }
    if (const YamlNode* to = node.find("drained_to")) read_end(*to, test);
    if (const YamlNode* expect = node.find("expect")) {
      for (const YamlNode* item : DocumentReader::items(*expect)) read_expectation(*item, test);
    }
    const YamlNode* expect = node.find("expect");
    if (expect == nullptr || DocumentReader::items(*expect).empty()) missing(node, "expect");
    return test;
  }

 private:
  void read_end(const YamlNode& node, PolicyTest& test) {
    test.drained_to = reader_.time(node, false);
    if (!test.drained_to || !last_arrival_ || *last_arrival_ <= *test.drained_to) return;
    reader_.error(node.span, kTestArrival,
                  "the test ends before a record comes, at " + format_time(*last_arrival_),
                  "let `drained_to` be as late as the last `arrives`, or leave it out");
  }

  void missing(const YamlNode& node, const std::string& key) {
    reader_.error(node.span, kMissingKey, "`" + key + "` is missing in this test",
                  "a test has `name`, `given` and `expect`");
  }

  void read_given(const YamlNode& given, PolicyTest& test) {
    if (given.kind == YamlNode::Kind::kScalar) {
      test.fixture = reader_.text(given).value_or("");
      const std::string& path = test.fixture;
      if (path.starts_with('/') || path.find("..") != std::string::npos ||
          path.find('\\') != std::string::npos) {
        reader_.error(given.span, kTestFixture,
                      "fixture `" + path + "` is not below the policy's folder",
                      "write a relative path such as `fixtures/a.jsonl`");
      }
      return;
    }
    if (given.kind != YamlNode::Kind::kSequence || given.items.empty()) {
      reader_.error(given.span, kTestGiven, "`given` has no records",
                    "name a file of records, or list records");
      return;
    }
    for (const YamlNode& record : given.items) read_record(record, test);
  }

  void read_record(const YamlNode& node, PolicyTest& test) {
    if (!reader_.expect_map(node, "- {kind: usage, time: 2026-01-01T00:00:00Z}")) return;
    nlohmann::json json = nlohmann::json::object();
    for (const auto& [key, value] : node.members) {
      json[key.scalar] = to_json(key.scalar, value);
      warn_of_traps(key.scalar, value);
    }
    std::string line = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    Record defaults;
    defaults.source = "test";
    const Result<Delivery> delivery = records_.read_delivery(line, defaults);
    if (!delivery) {
      if (!tell_members(node)) no_record(node.span, delivery.error());
      return;
    }
    const Record* const record = &delivery->record;
    if (record->kind != reads_ && !any_kind_links_) {
      const YamlNode* kind = node.find("kind");
      reader_.error(kind != nullptr ? kind->span : node.span, kTestRecord,
                    "a record of kind `" + std::string(kind_name(record->kind)) +
                        "` is never judged: the policy reads `" + std::string(kind_name(reads_)) +
                        "`",
                    "write `kind: " + std::string(kind_name(reads_)) + "`");
      return;
    }
    if (delivery->arrives && (!last_arrival_ || *last_arrival_ < *delivery->arrives)) {
      last_arrival_ = delivery->arrives;
    }
    test.inline_lines.push_back(std::move(line));
  }

  void no_record(const SourceSpan& span, const Error& error) {
    reader_.error(span, kTestRecord, "not a record: " + error.message, "see docs/native-format.md");
  }

  /// Tells of each member that is wrong by itself, and of each that is missing; false if none is.
  bool tell_members(const YamlNode& node) {
    const std::size_t before = reader_.diagnostics().size();
    for (const auto& [key, value] : node.members) tell_member(node, key, value);
    for (const std::string_view needed : {"kind", "time"}) {
      if (node.find(needed) != nullptr) continue;
      nlohmann::json json = bare_record(node);
      json.erase(std::string(needed));
      const auto delivery = records_.read_delivery(json.dump(), {});
      if (!delivery) no_record(node.span, delivery.error());
    }
    return reader_.diagnostics().size() > before;
  }

  /// A record of the node's kind, if it has one, with nothing in it.
  [[nodiscard]] nlohmann::json bare_record(const YamlNode& node) const {
    const YamlNode* written = node.find("kind");
    const auto kind = written != nullptr ? find_kind(written->scalar) : std::nullopt;
    return {{"kind", kind_name(kind.value_or(reads_))}, {"time", "1970-01-01T00:00:00Z"}};
  }

  void tell_member(const YamlNode& node, const YamlNode& key, const YamlNode& value) {
    nlohmann::json json = bare_record(node);
    json[key.scalar] = to_json(key.scalar, value);
    const auto delivery = records_.read_delivery(
        json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), {});
    if (delivery) return;
    std::vector<std::string_view> names = record_members();
    names.push_back(kArrivesMember);
    const bool known = std::ranges::find(names, key.scalar) != names.end();
    no_record(known ? value.span : key.span, delivery.error());
    if (known) return;
    if (const auto meant = misspelling_of(key.scalar, names); meant && !node.find(*meant)) {
      reader_.diagnostics().back().fix = {{key.span, *meant}};
    }
  }

  /// Of what other readers take for no text in a field of texts, or for another number.
  void warn_of_traps(std::string_view member, const YamlNode& value) {
    const auto id = find_field(member);
    const bool counts = id && (is_number(field(*id).type) || field(*id).type == ValueType::kMoney ||
                               field(*id).type == ValueType::kDuration);
    if (counts || member == "revision") (void)reader_.refuse_leading_zero(value);
    const bool texts =
        id && (field(*id).type == ValueType::kString || field(*id).type == ValueType::kStringList);
    if (!texts) return;
    for (const YamlNode* item : DocumentReader::items(value)) reader_.warn_of_trap(*item);
  }

  void read_expectation(const YamlNode& node, PolicyTest& test) {
    if (!reader_.expect_map(node, "- {findings: 1}")) return;
    check_keys(reader_.yaml(), node, kExpectKeys, reader_.diagnostics());
    Expectation expectation;
    const YamlNode* findings = node.find("findings");
    std::optional<std::int64_t> count;
    if (findings != nullptr) {
      count = reader_.integer(*findings, 0, kMost);
      expectation.findings = count.value_or(0);
    } else {
      reader_.error(node.span, kMissingKey, "`findings` is missing in this expectation",
                    "write how many findings are expected: `findings: 0`");
    }
    read_count(node, "not_evaluable", expectation.not_evaluable);
    read_count(node, "restated", expectation.restated);
    read_count(node, "withdrawn", expectation.withdrawn);
    read_count(node, "too_late", expectation.too_late);
    if (const YamlNode* subject = node.find("for")) {
      expectation.subject = reader_.text(*subject).value_or("");
    }
    if (const YamlNode* measure = node.find("measure")) {
      read_measures(*measure, expectation);
      if (count == 0) {
        reader_.error(measure->span, kTestMeasure, "no findings have no measures to compare",
                      "expect `findings: 1` or more, or leave `measure` out");
      }
    }
    if (const YamlNode* because = node.find("because")) read_because(*because, expectation);
    test.expect.push_back(std::move(expectation));
  }

  void read_count(const YamlNode& node, std::string_view key, std::optional<std::int64_t>& count) {
    if (const YamlNode* written = node.find(key)) count = reader_.integer(*written, 0, kMost);
  }

  void read_measures(const YamlNode& node, Expectation& expectation) {
    if (!reader_.expect_map(node, "measure: {name: value}")) return;
    for (const auto& [key, value] : node.members) {
      const auto measure = std::ranges::find(measures_, key.scalar, &Measure::name);
      if (measure == measures_.end()) {
        reader_.error(key.span, kTestMeasure, "`" + key.scalar + "` is not a measure",
                      "name a measure that stands under `measure`");
      } else if (value.kind == YamlNode::Kind::kNull) {
        expectation.measures.emplace_back(key.scalar, Value());
      } else if (auto literal = read_literal(reader_, value, measure->type, key.scalar)) {
        Value expected = std::move(literal->literal);
        const auto* const whole = std::get_if<std::int64_t>(&expected);
        if (measure->type == ValueType::kDouble && whole != nullptr) {
          expected = static_cast<double>(*whole);
        }
        expectation.measures.emplace_back(key.scalar, std::move(expected));
      }
    }
  }

  void read_because(const YamlNode& node, Expectation& expectation) {
    expectation.because = reader_.text(node).value_or("");
    if (find_exemption(exemptions_, expectation.because)) return;
    reader_.error(node.span, kTestBecause, "`" + expectation.because + "` names no exemption",
                  "write \"exempt[0]\" for the first one under `exempt`, \"exemption:ID\" for one "
                  "that stands in a document");
  }

  DocumentReader& reader_;
  RecordKind reads_;
  bool any_kind_links_;
  const std::vector<Measure>& measures_;
  const std::vector<Exemption>& exemptions_;
  RecordJsonReader records_;
  std::optional<UtcTime> last_arrival_;  ///< of the records listed in the test
};

}  // namespace

std::vector<PolicyTest> read_tests(DocumentReader& reader, const YamlNode& node,
                                   const Policy& policy) {
  std::vector<PolicyTest> tests;
  TestReader test_reader(reader, policy);
  for (const YamlNode* item : DocumentReader::items(node)) {
    if (auto test = test_reader.read(*item)) tests.push_back(*std::move(test));
  }
  return tests;
}

}  // namespace tidewaiter
