#include "daemon/cli/stored_evidence.h"

#include <string>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "policies/model/record_json.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

StoredEvidence stored_evidence(const RecordLog& records, std::span<const std::int64_t> places) {
  StoredEvidence evidence;
  for (const std::int64_t place : places) {
    Result<LogEntry> entry = records.entry(place);
    if (entry) {
      evidence.entries.push_back(std::move(*entry));
    } else if (entry.error().code == ErrorCode::kNotFound) {
      ++evidence.gone;
    } else {
      evidence.damage = entry.error();
    }
  }
  return evidence;
}

nlohmann::ordered_json evidence_json(std::span<const LogEntry> entries) {
  nlohmann::ordered_json records = nlohmann::ordered_json::array();
  for (const LogEntry& entry : entries) {
    std::string line;
    if (const auto* record = std::get_if<Record>(&entry.body)) write_record_json(*record, line);
    records.push_back(
        {{"seq", entry.seq}, {"record", nlohmann::ordered_json::parse(line, nullptr, false)}});
  }
  return records;
}

}  // namespace tidewaiter
