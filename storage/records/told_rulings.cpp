#include "storage/records/told_rulings.h"

#include <memory>
#include <utility>
#include <variant>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/records/control_json.h"
#include "storage/records/record_log.h"
#include "storage/records/schema.h"
#include "storage/sqlite/sqlite_error.h"

namespace tidewaiter {
namespace {

Result<ToldRulings> read_told(const std::filesystem::path& path) try {
  const auto db = open_records_database(path, SqliteAccess::kReadOnly);
  if (!db) return tl::unexpected(db.error());
  SQLite::Statement query(
      **db, "SELECT body FROM control WHERE instr(body, '\"control\":\"link-ruled\"') > 0");
  ToldRulings told;
  while (query.executeStep()) {
    const Result<Control> control = read_control_json(query.getColumn(0).getString());
    if (!control) return tl::unexpected(control.error());
    // The words that were looked for may stand within a text of another entry.
    if (const auto* const ruled = std::get_if<LinkRuled>(&*control)) told.note(*ruled);
  }
  return told;
} catch (const SQLite::Exception& e) {
  return tl::unexpected(sqlite_error(e, "read the rulings of the record log"));
}

}  // namespace

Result<std::int64_t> tell_rulings(const std::filesystem::path& path,
                                  std::span<const LinkRuled> rulings, UtcTime now) {
  if (rulings.empty()) return 0;
  Result<ToldRulings> told = read_told(path);
  if (!told) return tl::unexpected(told.error());
  std::unique_ptr<RecordLog> log;
  std::int64_t appended = 0;
  for (const LinkRuled& ruled : rulings) {
    if (told->has(ruled)) continue;
    if (log == nullptr) {
      auto opened = RecordLog::open(path, RecordLog::Mode::kReadWrite);
      if (!opened) return tl::unexpected(opened.error());
      log = std::move(*opened);
    }
    if (const auto seq = log->append_control(ruled, {}, now); !seq) {
      return tl::unexpected(seq.error());
    }
    told->note(ruled);
    ++appended;
  }
  return appended;
}

}  // namespace tidewaiter
