#include "policies/engine/test_log.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kSource = "test";

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
  }
  return lines;
}

Result<std::vector<std::string>> lines_of(const Policy& policy, const PolicyTest& test,
                                          const FixtureReader& fixtures) {
  if (test.fixture.empty()) return test.inline_lines;
  if (!fixtures) return fail(ErrorCode::kUnavailable, "no fixtures can be read here");
  const std::string& file = test.span.file.empty() ? policy.span.file : test.span.file;
  Result<std::string> text = fixtures(file, test.fixture);
  if (!text) return tl::unexpected(text.error());
  return split_lines(*text);
}

/// Of the kind that the policy reads; if it is about clusters, of any.
Result<std::vector<Delivery>> read_deliveries(const std::vector<std::string>& lines,
                                              const Policy& policy) {
  const RecordKind kind = policy.reads;
  Record defaults;
  defaults.kind = kind;
  defaults.source = std::string(kSource);
  RecordJsonReader reader;
  std::vector<Delivery> deliveries;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].find_first_not_of(" \t") == std::string::npos) continue;
    Result<Delivery> delivery = reader.read_delivery(lines[i], defaults);
    if (!delivery) {
      return fail(delivery.error().code,
                  "record " + std::to_string(i + 1) + ": " + delivery.error().message);
    }
    const RecordKind got = delivery->record.kind;
    if (got != kind && !policy.linkage) {
      return fail(ErrorCode::kInvalidInput,
                  "record " + std::to_string(i + 1) + ": the policy reads " +
                      std::string(kind_name(kind)) + " records, got one of " +
                      std::string(kind_name(got)));
    }
    deliveries.push_back(std::move(*delivery));
  }
  return deliveries;
}

/// Puts them in the order in which they come, if any of them says when it does.
void order_by_arrival(std::vector<Delivery>& deliveries) {
  const bool any = std::ranges::any_of(
      deliveries, [](const Delivery& delivery) { return delivery.arrives.has_value(); });
  if (!any) return;
  std::ranges::stable_sort(deliveries, {}, [](const Delivery& delivery) {
    return std::pair(delivery.arrives.value_or(delivery.record.time), delivery.arrives.has_value());
  });
}

/// Event time that the test's sources of the kind have drained at its end.
Result<Interval> covered_by(const PolicyTest& test, const std::vector<Delivery>& deliveries,
                            RecordKind kind) {
  Interval covered{UtcTime{std::numeric_limits<std::int64_t>::max()},
                   UtcTime{std::numeric_limits<std::int64_t>::min()}};
  bool any = false;
  std::optional<UtcTime> last;
  for (const auto& [record, arrives] : deliveries) {
    if (arrives) last = std::max(last.value_or(*arrives), *arrives);
    if (record.kind != kind) continue;
    any = true;
    covered.from = std::min(covered.from, record.time);
    covered.to = std::max(covered.to, record.end());
  }
  if (last) covered.to = std::max(covered.to, *last);
  if (test.covered_from) covered.from = *test.covered_from;
  if (test.drained_to) covered.to = *test.drained_to;
  if (!any && !(test.covered_from && test.drained_to)) {
    return fail(ErrorCode::kInvalidInput,
                "a test without " + std::string(kind_name(kind)) +
                    " records needs both `covered_from` and `drained_to`");
  }
  if (covered.to < covered.from) {
    return fail(ErrorCode::kInvalidInput, "the test ends (" + format_time(covered.to) +
                                              ") before it begins (" + format_time(covered.from) +
                                              ")");
  }
  if (last && covered.to < *last) {
    return fail(ErrorCode::kInvalidInput, "the test ends (" + format_time(covered.to) +
                                              ") before a record comes (" + format_time(*last) +
                                              ")");
  }
  return covered;
}

/// Writes the entries of a test's log, of which `from` is where its sources begin.
class TestLogWriter {
 public:
  TestLogWriter(const std::vector<Delivery>& deliveries, RecordKind kind, UtcTime from)
      : kind_(kind), from_(from), drained_(from) {
    for (const Delivery& delivery : deliveries) {
      if (delivery.record.kind == kind) sources_.insert(delivery.record.source);
    }
    if (sources_.empty()) sources_.insert(std::string(kSource));
  }

  /// Gives the record its place. A known identity (id and time) with other content is a revision,
  /// with the same content nothing: as the record log does it.
  void enter(Record record) {
    LogEntry entry;
    record.revision = 0;
    if (const auto known = latest_.find({record.id, record.time}); known != latest_.end()) {
      const Record& before = std::get<Record>(known->second.body);
      if (same_content(before, record)) return;
      record.revision = before.revision + 1;
      entry.replaces = ReplacedRecord{known->second.seq, before};
    }
    entry.seq = next_++;
    entry.body = record;
    latest_[{record.id, record.time}] = entry;
    log_.entries.push_back(std::move(entry));
    log_.records.push_back(std::move(record));
  }

  /// Lets the watermark be at `to`; it never steps back.
  void move_watermark(UtcTime to) {
    if (to <= drained_) return;
    drained_ = to;
    drain();
  }

  TestLog end_at(UtcTime to) && {
    drained_ = to;
    drain();
    return std::move(log_);
  }

 private:
  void drain() {
    for (const std::string& source : sources_) {
      LogEntry entry;
      entry.seq = next_++;
      entry.body = Control{SourceDrained{source, kind_, {from_, drained_}}};
      log_.entries.push_back(std::move(entry));
    }
  }

  RecordKind kind_;
  UtcTime from_;
  UtcTime drained_;
  std::set<std::string> sources_;  ///< of the kind
  std::map<std::pair<Digest, UtcTime>, LogEntry> latest_;
  std::int64_t next_ = 2;  ///< seq 1 is the activation
  TestLog log_;
};

}  // namespace

Result<TestLog> make_test_log(const Policy& policy, const PolicyTest& test,
                              const FixtureReader& fixtures) {
  const Result<std::vector<std::string>> lines = lines_of(policy, test, fixtures);
  if (!lines) return tl::unexpected(lines.error());
  Result<std::vector<Delivery>> deliveries = read_deliveries(*lines, policy);
  if (!deliveries) return tl::unexpected(deliveries.error());
  const Result<Interval> covered = covered_by(test, *deliveries, policy.reads);
  if (!covered) return tl::unexpected(covered.error());
  order_by_arrival(*deliveries);
  TestLogWriter writer(*deliveries, policy.reads, covered->from);
  for (Delivery& delivery : *deliveries) {
    if (delivery.arrives) writer.move_watermark(*delivery.arrives);
    writer.enter(std::move(delivery.record));
  }
  return std::move(writer).end_at(covered->to);
}

}  // namespace tidewaiter
