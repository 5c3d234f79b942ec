#include "daemon/cli/screening_count.h"

#include <utility>
#include <variant>

#include "policies/screening/party_check.h"

namespace tidewaiter {
namespace {

/// Sources are named without a zero byte: no two accounts have one key.
std::string account_key(const Record& record, FieldId account) {
  const std::vector<std::string> names = field_texts(record, account);
  return names.empty() ? std::string() : record.source + '\0' + names.front();
}

void count_record(const Record& record, const std::string& account, CountedScreen& screen) {
  ++screen.records;
  if (!account.empty()) screen.accounts.insert(account);
  bool named = false;
  for (const FieldId id : screen.names) {
    for (std::string& name : field_texts(record, id)) {
      if (name.empty()) continue;
      named = true;
      screen.texts.insert(std::move(name));
    }
  }
  if (!named) ++screen.nameless;
}

/// One reading.
class ScreenedCounter {
 public:
  ScreenedCounter(const Interval& period, std::vector<CountedScreen>& screens)
      : period_(period), screens_(screens) {}

  void take(const LogEntry& entry) {
    if (const auto* record = std::get_if<Record>(&entry.body)) {
      take_record(*record);
    } else {
      take_control(std::get<Control>(entry.body), entry.seq);
    }
  }

  CountedLog counted() { return std::move(log_); }

 private:
  void take_record(const Record& record) {
    if (record.kind != RecordKind::kAccount) return;
    log_.sources.insert(record.source);
    const std::string account = account_key(record, account_field_);
    if (!account.empty()) accounts_.insert(account);
    if (record.time < period_.from || !(record.time < period_.to)) return;
    for (CountedScreen& screen : screens_) count_record(record, account, screen);
  }

  void take_control(const Control& control, std::int64_t seq) {
    if (std::holds_alternative<PolicySetActivated>(control)) {
      log_.accounts_at[seq] = static_cast<std::int64_t>(accounts_.size());
    } else if (const auto* drained = std::get_if<SourceDrained>(&control)) {
      if (drained->kind == RecordKind::kAccount) log_.sources.insert(drained->source);
    }
  }

  Interval period_;
  std::vector<CountedScreen>& screens_;
  FieldId account_field_ = *find_field("account");
  std::unordered_set<std::string> accounts_;
  CountedLog log_;
};

}  // namespace

Result<CountedLog> count_screened(const RecordLog& records, const Interval& period,
                                  std::vector<CountedScreen>& screens) {
  ScreenedCounter counter(period, screens);
  LogOffset at;
  while (true) {
    Result<RecordLog::Chunk> chunk = records.read(at);
    if (!chunk) return tl::unexpected(chunk.error());
    if (chunk->end == at) return counter.counted();
    for (const LogEntry& entry : chunk->entries) counter.take(entry);
    at = chunk->end;
  }
}

}  // namespace tidewaiter
