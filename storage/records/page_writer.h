#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>

#include "policies/model/record_json.h"
#include "storage/records/partitions.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// Where the log ends: last sequence number and running hash. (0, zeros) for an empty log.
[[nodiscard]] LogOffset read_head(const SQLite::Database& db);

/// Writes one page inside the caller's transaction. One use an object; SQLite::Exception passes
/// through. On any error the caller rolls back.
class PageWriter {
 public:
  PageWriter(SQLite::Database& db, Partitions& partitions, RecordJsonReader& reader, UtcTime now);

  [[nodiscard]] Result<PageReceipt> write(const Page& page);
  /// What the page changed of what was final: an audit record each (own_records.h).
  [[nodiscard]] std::vector<Record> take_after_close() { return std::move(after_close_); }
  /// Writes a page of one control entry; gives its sequence number.
  [[nodiscard]] Result<std::int64_t> write_control(const Control& control);

 private:
  void take_record(const Page& page, const Record& record);
  void revise(const Page& page, const Record& record, const Partitions::Version& before, Day day);
  void note_after_close(const Page& page, const Partitions::Version& before);
  void write_body(const Record& record, std::int64_t revision);
  void add_record(const Record& record, std::int64_t revision, Day day);
  [[nodiscard]] Result<void> add_control(const Control& control);
  void advance(const std::string& body);
  void quarantine(const std::string& source, const QuarantinedInput& input);
  void quarantine_record(const Page& page, const Record& record, std::string reason);
  void open_day(Day day);
  void store_page(const std::string& source, bool backfill);
  void store_source(const Page& page);
  void store_coverage(const SourceDrained& drained);

  SQLite::Database& db_;
  Partitions& partitions_;
  RecordJsonReader& reader_;
  UtcTime now_;
  Day dropped_before_;
  LogOffset tail_;
  PageReceipt receipt_;
  std::int64_t newly_quarantined_ = 0;
  std::vector<Record> after_close_;
  std::map<Day, std::int64_t> days_;  ///< records of this page by day
  StoredRecord row_;                  ///< reused
  std::string hash_input_;            ///< reused
};

}  // namespace tidewaiter
