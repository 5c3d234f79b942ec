#include "daemon/cli/subject_volume.h"

#include <functional>
#include <utility>
#include <variant>

#include "policies/linkage/linker.h"

namespace tidewaiter {
namespace {

std::string subject_value(const Value& value, ValueType type) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return format_value(value, type);
}

/// Reads the log in order, as far as it is read.
Result<void> read_entries(const RecordLog& records, std::int64_t most_entries, bool& complete,
                          const std::function<void(const LogEntry&)>& take) {
  LogOffset at;
  while (true) {
    Result<RecordLog::Chunk> chunk = records.read(at);
    if (!chunk) return tl::unexpected(chunk.error());
    if (chunk->end == at) return {};
    for (const LogEntry& entry : chunk->entries) take(entry);
    at = chunk->end;
    if (at.seq >= most_entries) {
      const Result<LogOffset> head = records.head();
      complete = head && head->seq <= at.seq;
      return {};
    }
  }
}

}  // namespace

std::optional<Subject> subject_of(const Record& record, const std::vector<FieldId>& for_each) {
  Subject subject;
  subject.fields = for_each;
  for (const FieldId id : for_each) {
    const FieldId read = recorded_field(id);
    const Value value = field_value(record, read);
    if (is_null(value)) return std::nullopt;
    subject.values.push_back(subject_value(value, field(read).type));
    if (field(id).id_of_source) subject.source = record.source;
  }
  return subject;
}

Result<bool> read_subjects(const RecordLog& records, const Policy& policy,
                           std::int64_t most_entries, const TakeOfSubject& take) {
  bool complete = true;
  std::optional<Linker> linker;
  if (policy.linkage) {
    linker.emplace(*policy.linkage);
    auto read = read_entries(records, most_entries, complete,
                             [&](const LogEntry& entry) { linker->take(entry); });
    if (!read) return tl::unexpected(read.error());
  }
  const auto give = [&](const Record& record, std::int64_t sign) {
    std::int64_t accounts = 0;
    std::optional<Subject> whose;
    if (record.kind == policy.reads) whose = subject_of(record, policy.for_each);
    if (whose && linker) {
      const LinkedAccount account{whose->source, whose->values.front()};
      accounts = linker->size_around(account);
      const LinkedAccount cluster = linker->cluster_of(account);
      whose = Subject{whose->fields, {cluster.name}, cluster.source};
    }
    take(record, sign, whose, accounts);
  };
  auto read = read_entries(records, most_entries, complete, [&](const LogEntry& entry) {
    if (entry.replaces) give(entry.replaces->record, -1);
    if (const auto* record = std::get_if<Record>(&entry.body)) give(*record, 1);
  });
  if (!read) return tl::unexpected(read.error());
  return complete;
}

Result<bool> read_subject(const RecordLog& records, const Policy& policy,
                          const std::string& subject, std::int64_t most_entries,
                          const TakeRecord& take) {
  return read_subjects(records, policy, most_entries,
                       [&](const Record& record, std::int64_t sign,
                           const std::optional<Subject>& whose, std::int64_t /*accounts*/) {
                         if (record.kind != policy.reads) return;
                         take(record, sign, whose && to_text(*whose) == subject);
                       });
}

void add_to_volume(SubjectVolume& volume, const Policy& policy, const std::string& subject,
                   const Record& record, std::int64_t sign, const std::optional<Subject>& whose) {
  if (record.kind != policy.reads || !whose || to_text(*whose) != subject) return;
  add_volume(volume.chart, record.time, sign * record.requests);
}

Result<SubjectVolume> subject_volume(const RecordLog& records, const Policy& policy,
                                     const std::string& subject, Interval span, std::size_t slots,
                                     std::int64_t most_entries) {
  SubjectVolume volume{empty_chart(span, slots), true};
  const Result<bool> complete =
      read_subjects(records, policy, most_entries,
                    [&](const Record& record, std::int64_t sign,
                        const std::optional<Subject>& whose, std::int64_t /*accounts*/) {
                      add_to_volume(volume, policy, subject, record, sign, whose);
                    });
  if (!complete) return tl::unexpected(complete.error());
  volume.complete = *complete;
  return volume;
}

}  // namespace tidewaiter
