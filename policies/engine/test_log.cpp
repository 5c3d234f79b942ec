#include "policies/engine/test_log.h"

#include <algorithm>
#include <limits>
#include <map>
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
Result<std::vector<Record>> read_records(const std::vector<std::string>& lines,
                                         const Policy& policy) {
  const RecordKind kind = policy.reads;
  Record defaults;
  defaults.kind = kind;
  defaults.source = std::string(kSource);
  RecordJsonReader reader;
  std::vector<Record> records;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].find_first_not_of(" \t") == std::string::npos) continue;
    Result<Record> record = reader.read(lines[i], defaults);
    if (!record) {
      return fail(record.error().code,
                  "record " + std::to_string(i + 1) + ": " + record.error().message);
    }
    if (record->kind != kind && !policy.linkage) {
      return fail(ErrorCode::kInvalidInput,
                  "record " + std::to_string(i + 1) + ": the policy reads " +
                      std::string(kind_name(kind)) + " records, got one of " +
                      std::string(kind_name(record->kind)));
    }
    records.push_back(std::move(*record));
  }
  return records;
}

/// Gives the records their places in a log. A known identity (id and time) with other content is a
/// revision, with the same content nothing: as the record log does it.
TestLog enter(std::vector<Record> records) {
  TestLog log;
  std::map<std::pair<Digest, UtcTime>, LogEntry> latest;
  std::int64_t seq = 2;
  for (Record& record : records) {
    LogEntry entry;
    record.revision = 0;
    if (const auto known = latest.find({record.id, record.time}); known != latest.end()) {
      const Record& before = std::get<Record>(known->second.body);
      if (same_content(before, record)) continue;
      record.revision = before.revision + 1;
      entry.replaces = ReplacedRecord{known->second.seq, before};
    }
    entry.seq = seq++;
    entry.body = record;
    latest[{record.id, record.time}] = entry;
    log.entries.push_back(std::move(entry));
    log.records.push_back(std::move(record));
  }
  return log;
}

/// Event time that the test's sources of the kind have drained at its end.
Result<Interval> covered_by(const PolicyTest& test, const std::vector<Record>& records,
                            RecordKind kind) {
  Interval covered{UtcTime{std::numeric_limits<std::int64_t>::max()},
                   UtcTime{std::numeric_limits<std::int64_t>::min()}};
  bool any = false;
  for (const Record& record : records) {
    if (record.kind != kind) continue;
    any = true;
    covered.from = std::min(covered.from, record.time);
    covered.to = std::max(covered.to, record.end());
  }
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
  return covered;
}

void append_drained(TestLog& log, RecordKind kind, Interval covered) {
  std::set<std::string> sources;
  for (const Record& record : log.records) {
    if (record.kind == kind) sources.insert(record.source);
  }
  if (sources.empty()) sources.insert(std::string(kSource));
  std::int64_t seq = static_cast<std::int64_t>(log.entries.size()) + 2;
  for (const std::string& source : sources) {
    LogEntry entry;
    entry.seq = seq++;
    entry.body = Control{SourceDrained{source, kind, covered}};
    log.entries.push_back(std::move(entry));
  }
}

}  // namespace

Result<TestLog> make_test_log(const Policy& policy, const PolicyTest& test,
                              const FixtureReader& fixtures) {
  const Result<std::vector<std::string>> lines = lines_of(policy, test, fixtures);
  if (!lines) return tl::unexpected(lines.error());
  Result<std::vector<Record>> records = read_records(*lines, policy);
  if (!records) return tl::unexpected(records.error());
  const Result<Interval> covered = covered_by(test, *records, policy.reads);
  if (!covered) return tl::unexpected(covered.error());
  TestLog log = enter(std::move(*records));
  append_drained(log, policy.reads, *covered);
  return log;
}

}  // namespace tidewaiter
