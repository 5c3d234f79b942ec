#include "daemon/cli/subject_volume.h"

#include <variant>

namespace tidewaiter {
namespace {

std::string subject_value(const Value& value, ValueType type) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return format_value(value, type);
}

}  // namespace

std::optional<Subject> subject_of(const Record& record, const std::vector<FieldId>& for_each) {
  Subject subject;
  subject.fields = for_each;
  for (const FieldId id : for_each) {
    const Value value = field_value(record, id);
    if (is_null(value)) return std::nullopt;
    subject.values.push_back(subject_value(value, field(id).type));
    if (field(id).id_of_source) subject.source = record.source;
  }
  return subject;
}

Result<SubjectVolume> subject_volume(const RecordLog& records, const Policy& policy,
                                     const std::string& subject, Interval span, std::size_t slots,
                                     std::int64_t most_entries) {
  SubjectVolume volume{empty_chart(span, slots), true};
  const auto count = [&](const Record& record, std::int64_t sign) {
    if (record.kind != policy.reads) return;
    const std::optional<Subject> whose = subject_of(record, policy.for_each);
    if (whose && to_text(*whose) == subject) {
      add_volume(volume.chart, record.time, sign * record.requests);
    }
  };
  LogOffset at;
  while (true) {
    Result<RecordLog::Chunk> chunk = records.read(at);
    if (!chunk) return tl::unexpected(chunk.error());
    if (chunk->end == at) break;
    for (const LogEntry& entry : chunk->entries) {
      if (entry.replaces) count(entry.replaces->record, -1);
      if (const auto* record = std::get_if<Record>(&entry.body)) count(*record, 1);
    }
    at = chunk->end;
    if (at.seq >= most_entries) {
      const Result<LogOffset> head = records.head();
      volume.complete = head && head->seq <= at.seq;
      break;
    }
  }
  return volume;
}

}  // namespace tidewaiter
