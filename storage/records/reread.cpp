#include "storage/records/reread.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include "storage/records/figures.h"
#include "storage/records/personal_values.h"

namespace tidewaiter {
namespace {

/// No record of a time was stored before that time, but for a clock that went wrong by less.
constexpr Duration kMostClockError = kDay;

/// A source's entries of one day, in one of its pages.
struct PageDay {
  std::int64_t first_seq = 0;
  std::int64_t last_seq = 0;
  Day day = 0;
};

/// The last page first.
std::vector<PageDay> days_of_source(SQLite::Database& db, const std::string& source,
                                    const Interval& window) {
  std::vector<PageDay> found;
  SQLite::Statement pages(
      db, "SELECT first_seq, last_seq, source, committed FROM page ORDER BY first_seq DESC");
  SQLite::Statement days(db,
                         "SELECT day FROM page_day WHERE first_seq = ?1 AND day BETWEEN ?2 AND ?3");
  days.bind(2, day_of(window.from));
  days.bind(3, day_of(window.to - Duration{1}));
  while (pages.executeStep()) {
    if (pages.getColumn(3).getInt64() < (window.from - kMostClockError).us) break;
    if (pages.getColumn(2).getString() != source) continue;
    const std::int64_t first = pages.getColumn(0).getInt64();
    days.bind(1, first);
    while (days.executeStep()) {
      found.push_back({first, pages.getColumn(1).getInt64(), days.getColumn(0).getInt64()});
    }
    days.reset();
  }
  return found;
}

bool is_erased(const Record& record) {
  return std::ranges::any_of(record.fields, [](const auto& one) {
    const auto* const text = std::get_if<std::string>(&one.second);
    return text != nullptr && is_personal(one.first) && is_opaque_value(*text);
  });
}

}  // namespace

VanishedRecords vanished_records(SQLite::Database& db, Partitions& partitions,
                                 RecordJsonReader& reader, const Page& page, UtcTime now) {
  const Reread& reread = *page.reread;
  std::set<std::pair<Digest, UtcTime>> known;
  for (const auto& row : reread.rows) known.insert(row);
  VanishedRecords vanished;
  for (const PageDay& part : days_of_source(db, page.source, reread.window)) {
    if (!partitions.exists(part.day)) continue;
    for (const auto& [id, time] : partitions.records_in(part.day, part.first_seq, part.last_seq)) {
      if (time < reread.window.from || time >= reread.window.to) continue;
      if (!known.emplace(id, time).second) continue;
      const auto version = partitions.latest(part.day, id, time);
      if (!version) continue;
      const Result<Record> record = reader.read(version->body, {});
      if (!record || record->kind != page.kind || is_erased(*record)) continue;
      const std::optional<Completeness> completeness = reread.of(*record);
      if (!completeness) continue;
      Record zero = zero_revision(*record);
      zero.completeness = *completeness;
      zero.observed = now;
      if (!is_vanished(*record)) ++vanished.newly;
      vanished.zeros.push_back(std::move(zero));
    }
  }
  return vanished;
}

}  // namespace tidewaiter
