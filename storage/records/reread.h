#pragma once

#include <vector>

#include <SQLiteCpp/Database.h>

#include "policies/model/record_json.h"
#include "storage/records/partitions.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// The zero revisions (figures.h) of what `page.reread` says is gone: of each record in its window
/// that `page.source` has delivered and the source has no longer. A record of a subject that was
/// erased is left alone: its id is not the source's any more. Works inside the caller's
/// transaction; SQLite::Exception passes through.
///
/// Holds the ids of what the source delivered of the window, and nothing of the rest of the log.
/// Looks through the list of pages as far back as the window's beginning.
[[nodiscard]] std::vector<Record> vanished_records(SQLite::Database& db, Partitions& partitions,
                                                   RecordJsonReader& reader, const Page& page,
                                                   UtcTime now);

}  // namespace tidewaiter
