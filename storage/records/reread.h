#pragma once

#include <cstdint>
#include <vector>

#include <SQLiteCpp/Database.h>

#include "policies/model/record_json.h"
#include "storage/records/partitions.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// What a source has no longer.
struct VanishedRecords {
  std::vector<Record> zeros;  ///< a zero revision (figures.h) of each
  std::int64_t newly = 0;     ///< of those that had figures until now
};

/// What `page.reread` says is gone: each record in its window that `page.source` has delivered and
/// that is not among the rows any more. A record of a subject that was
/// erased is left alone: its id is not the source's any more. Works inside the caller's
/// transaction; SQLite::Exception passes through.
///
/// Holds the ids of what the source delivered of the window, and nothing of the rest of the log.
/// Looks through the list of pages as far back as the window's beginning.
[[nodiscard]] VanishedRecords vanished_records(SQLite::Database& db, Partitions& partitions,
                                               RecordJsonReader& reader, const Page& page,
                                               UtcTime now);

}  // namespace tidewaiter
