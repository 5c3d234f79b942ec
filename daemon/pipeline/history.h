#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/pipeline/progress.h"
#include "daemon/sources/connector.h"
#include "daemon/sources/source_config.h"
#include "policies/model/log.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// How whoever reads a history stays in touch with whoever asked for it.
struct HistoryWatch {
  std::stop_token stop;   ///< requested: reading ends between two pages
  ProgressSink progress;  ///< may be empty
  std::function<UtcTime()> now;
};

/// A log over which policies can be tried, as often as asked. One thread at a time.
class History {
 public:
  virtual ~History() = default;

  /// Gives the entries from the first to the head that the log had when the history was made, in
  /// order, page by page, each page's hash checked; those that evict are left out.
  /// Errors: kUnavailable on a stop; those of reading the log.
  [[nodiscard]] virtual Result<void> read(
      const HistoryWatch& watch,
      const std::function<void(std::span<const LogEntry>)>& batch) const = 0;

  /// Both go into an evaluation. The log's own id; of files one made of their content, so that
  /// findings over the same input have the same ids.
  [[nodiscard]] virtual const std::string& log_id() const = 0;
  [[nodiscard]] virtual std::optional<UtcTime> dropped_before() const = 0;

  /// What it holds, for people: "stored history, 12,345 entries".
  [[nodiscard]] virtual const std::string& title() const = 0;
  /// How many entries read() will give at most.
  [[nodiscard]] virtual std::int64_t entries() const = 0;
};

/// The record log as it stands now. `records` outlives the history; a daemon may go on writing.
/// Errors: those of reading the log's head.
[[nodiscard]] Result<std::unique_ptr<History>> stored_history(const RecordLog& records,
                                                              std::string title);

/// What was read of one input.
struct HistoryInput {
  std::string source;
  std::int64_t records = 0;                       ///< in the log: new and revised
  std::int64_t quarantined = 0;                   ///< lines that are no records
  std::vector<RecordLog::Quarantined> first_bad;  ///< the latest few of them
};

struct FileHistory {
  std::unique_ptr<History> history;
  std::vector<HistoryInput> inputs;
};

/// Makes the connector of a source.
using ConnectorMaker = std::function<Result<std::unique_ptr<Connector>>(const SourceConfig&)>;

/// Reads what `sources` give, by connectors that `make` makes, each from its beginning to its end,
/// into a log of its own in a temporary folder that goes with the history. All records come before
/// any source states what it has drained, so that none is late: the findings at the end are the
/// settled set. A file that was written to just now counts as at rest. Errors: those of the
/// connectors; kUnavailable on a stop or if the folder cannot be made.
[[nodiscard]] Result<FileHistory> file_history(std::vector<SourceConfig> sources,
                                               const HistoryWatch& watch,
                                               const ConnectorMaker& make);

}  // namespace tidewaiter
