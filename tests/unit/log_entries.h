#pragma once

#include <vector>

#include <gtest/gtest.h>

#include "storage/records/record_log.h"

namespace tidewaiter {

/// Every entry of the log, page by page.
inline std::vector<LogEntry> read_all(const RecordLog& log) {
  std::vector<LogEntry> entries;
  LogOffset at;
  while (true) {
    auto chunk = log.read(at);
    EXPECT_TRUE(chunk) << (chunk ? "" : chunk.error().message);
    if (!chunk || chunk->entries.empty()) return entries;
    EXPECT_EQ(chunk->end.seq, log.hash_at(chunk->end.seq) ? chunk->end.seq : -1);
    EXPECT_EQ(chunk->end.log_hash, log.hash_at(chunk->end.seq).value_or(Digest{}));
    at = chunk->end;
    for (auto& entry : chunk->entries) entries.push_back(std::move(entry));
  }
}

}  // namespace tidewaiter
