#include "storage/ledger/noticed_findings.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/ledger/schema.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {

Result<void> NoticedFindings::read(const std::filesystem::path& database) {
  const auto opened =
      open_sqlite_file(database, SqliteAccess::kReadOnly, kLedgerIdentity, SqliteJournal::kWal);
  if (!opened) return tl::unexpected(opened.error());
  try {
    SQLite::Statement select(**opened,
                             "SELECT id, channel, CASE WHEN json_valid(body)"
                             " THEN json_extract(body, '$.finding') END"
                             " FROM outbox WHERE id > ? ORDER BY id");
    select.bind(1, last_);
    while (select.executeStep()) {
      last_ = select.getColumn(0).getInt64();
      if (!select.getColumn(2).isText()) continue;
      ids_.emplace(std::pair(select.getColumn(2).getString(), select.getColumn(1).getString()),
                   last_);
    }
    return {};
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the outbox"));
  }
}

std::int64_t NoticedFindings::message_about(const std::string& finding,
                                            const std::string& channel) const {
  const auto found = ids_.find({finding, channel});
  return found == ids_.end() ? 0 : found->second;
}

}  // namespace tidewaiter
