#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "policies/model/field.h"
#include "policies/model/time.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// What a policy asks of account records, and how many of them the log has.
struct CountedScreen {
  std::string policy;
  std::vector<FieldId> names;  ///< fields in which they stand
  bool owners = false;
  std::int64_t records = 0;                  ///< versions whose time lies in the period
  std::int64_t nameless = 0;                 ///< of them, those without any name
  std::unordered_set<std::string> accounts;  ///< different ones, by source and name
  std::unordered_set<std::string> texts;     ///< different names
};

/// What the log says beside that.
struct CountedLog {
  /// By the sequence number of each entry that put a set in force: how many accounts had come.
  std::map<std::int64_t, std::int64_t> accounts_at;
  std::set<std::string> sources;  ///< that deliver account records
};

/// Reads the whole log, once. A record of which a later version came counts as often as it came:
/// each was judged. What retention has dropped is not counted. Errors: those of the log.
[[nodiscard]] Result<CountedLog> count_screened(const RecordLog& records, const Interval& period,
                                                std::vector<CountedScreen>& screens);

}  // namespace tidewaiter
