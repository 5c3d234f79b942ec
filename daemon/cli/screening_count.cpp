#include "daemon/cli/screening_count.h"

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

}  // namespace

Result<CountedLog> count_screened(const RecordLog& records, const Interval& period,
                                  std::vector<CountedScreen>& screens) {
  const FieldId account_field = *find_field("account");
  CountedLog log;
  std::unordered_set<std::string> accounts;
  LogOffset at;
  while (true) {
    Result<RecordLog::Chunk> chunk = records.read(at);
    if (!chunk) return tl::unexpected(chunk.error());
    if (chunk->end == at) return log;
    at = chunk->end;
    for (const LogEntry& entry : chunk->entries) {
      if (const auto* control = std::get_if<Control>(&entry.body)) {
        if (std::holds_alternative<PolicySetActivated>(*control)) {
          log.accounts_at[entry.seq] = static_cast<std::int64_t>(accounts.size());
        } else if (stated_kind(*control) == RecordKind::kAccount) {
          std::visit(
              [&log](const auto& one) {
                if constexpr (requires { one.source; }) log.sources.insert(one.source);
              },
              *control);
        }
        continue;
      }
      const Record& record = std::get<Record>(entry.body);
      if (record.kind != RecordKind::kAccount) continue;
      log.sources.insert(record.source);
      const std::string account = account_key(record, account_field);
      if (!account.empty()) accounts.insert(account);
      if (record.time < period.from || !(record.time < period.to)) continue;
      for (CountedScreen& screen : screens) count_record(record, account, screen);
    }
  }
}

}  // namespace tidewaiter
