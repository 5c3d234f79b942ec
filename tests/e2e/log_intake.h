#pragma once

#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "policies/model/record_json.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// Identity, time and content of every record of a log, in the order in which they came.
inline std::vector<std::string> intake_of(const RecordLog& records) {
  std::vector<std::string> out;
  LogOffset at;
  for (;;) {
    const auto chunk = records.read(at);
    EXPECT_TRUE(chunk);
    if (!chunk || chunk->entries.empty()) break;
    for (const LogEntry& entry : chunk->entries) {
      const auto* record = std::get_if<Record>(&entry.body);
      if (record == nullptr) continue;
      Record same = *record;
      same.observed = {};
      out.emplace_back();
      write_record_json(same, out.back());
    }
    at = chunk->end;
  }
  return out;
}

}  // namespace tidewaiter
