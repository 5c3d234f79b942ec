#include <algorithm>

#include <nlohmann/json.hpp>

#include "storage/ledger/ledger_reader.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {
namespace {

std::optional<UtcTime> start_of_run(const std::string& body) {
  const auto entry = nlohmann::json::parse(body, nullptr, false);
  if (!entry.is_object() || !entry.contains("run")) return std::nullopt;
  const auto& run = entry["run"];
  if (!run.is_object() || !run.contains("from") || !run["from"].is_string()) return std::nullopt;
  const auto from = parse_time(run["from"].get_ref<const std::string&>());
  return from ? std::optional(*from) : std::nullopt;
}

}  // namespace

Result<std::optional<UtcTime>> read_earliest_run(SQLite::Database& database) {
  try {
    // A finding's state has its last run alone: where it has shrunk, only the entries know.
    SQLite::Statement select(database,
                             "SELECT entry.idx, entry.body FROM step JOIN entry"
                             " ON entry.idx = step.idx WHERE step.finding IS NOT NULL");
    std::optional<UtcTime> earliest;
    while (select.executeStep()) {
      const auto from = start_of_run(select.getColumn(1).getString());
      if (!from) {
        return fail(ErrorCode::kCorruption,
                    "entry " + std::to_string(select.getColumn(0).getInt64()) +
                        " is a finding's and has no run; verify the ledger");
      }
      earliest = earliest ? std::min(*earliest, *from) : *from;
    }
    return earliest;
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the runs of the ledger's findings"));
  }
}

}  // namespace tidewaiter
