#include <cerrno>
#include <system_error>
#include <utility>

#include <stdlib.h>

#include "daemon/pipeline/history.h"
#include "daemon/sources/connector.h"
#include "policies/model/digest.h"
#include "policies/model/enriched_fields.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kBadShown = 3;

/// A folder that goes when its owner goes.
class TemporaryFolder {
 public:
  [[nodiscard]] static Result<std::unique_ptr<TemporaryFolder>> make() {
    std::error_code failure;
    const fs::path parent = fs::temp_directory_path(failure);
    if (failure) {
      return fail(ErrorCode::kUnavailable,
                  "there is no folder for temporary files: " + failure.message() + "; set TMPDIR");
    }
    std::string pattern = (parent / "tidewaiter-history-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      return fail(ErrorCode::kUnavailable, "cannot make a folder in `" + parent.string() +
                                               "`: " + std::generic_category().message(errno) +
                                               "; set TMPDIR");
    }
    return std::unique_ptr<TemporaryFolder>(new TemporaryFolder(pattern));
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

/// Names a history by what it holds. The log's own id is made at random; by this one a finding over
/// the same input has the same id each time.
class ContentName {
 public:
  void take(const std::vector<Record>& records) {
    for (const Record& record : records) {
      Record content = record;
      content.observed = {};     // when it was read is no part of what it says
      remove_enriched(content);  // nor is what was known of its address then
      line_.clear();
      write_record_json(content, line_);
      hash_.update_framed(line_);
    }
  }
  void take(const SourceConfig& config, const Interval& drained) {
    hash_.update_framed(config.name)
        .update_framed(kind_name(config.record))
        .update_framed(format_time(drained.from))
        .update_framed(format_time(drained.to));
  }
  [[nodiscard]] std::string finish() { return to_hex(hash_.finish()); }

 private:
  Sha256 hash_;
  std::string line_;
};

/// Owns the log that it reads, and the folder that the log lies in.
class OwnedHistory final : public History {
 public:
  OwnedHistory(std::unique_ptr<TemporaryFolder> folder, std::unique_ptr<RecordLog> records,
               std::unique_ptr<History> history, std::string log_id)
      : folder_(std::move(folder)),
        records_(std::move(records)),
        history_(std::move(history)),
        log_id_(std::move(log_id)) {}

  Result<void> read(const HistoryWatch& watch,
                    const std::function<void(std::span<const LogEntry>)>& batch) const override {
    return history_->read(watch, batch);
  }
  const std::string& log_id() const override { return log_id_; }
  std::optional<UtcTime> dropped_before() const override { return history_->dropped_before(); }
  const std::string& title() const override { return history_->title(); }
  std::int64_t entries() const override { return history_->entries(); }

 private:
  // The history reads the log, and the log lies in the folder: destroyed from the last on.
  std::unique_ptr<TemporaryFolder> folder_;
  std::unique_ptr<RecordLog> records_;
  std::unique_ptr<History> history_;
  std::string log_id_;
};

/// Reads one source to its end; gives what it states as drained, if anything.
Result<std::optional<Interval>> read_source(const SourceConfig& config, RecordLog& log,
                                            const HistoryWatch& watch, const ConnectorMaker& make,
                                            HistoryInput& input, ContentName& name) {
  Result<std::unique_ptr<Connector>> connector = make(config);
  if (!connector) return tl::unexpected(connector.error());
  const UtcTime now = watch.now();
  const ProgressMeter meter(CyclePhase::kPull, config.name, now);
  const PullWatch pull{watch.stop, {}};
  std::string cursor;
  while (true) {
    Result<std::optional<Page>> page = (*connector)->next(cursor, now, pull);
    if (!page) return tl::unexpected(page.error());
    if (!*page) break;
    cursor = (*page)->cursor;
    const std::optional<Interval> drained = std::exchange((*page)->drained, std::nullopt);
    const Result<PageReceipt> receipt = log.append(**page, now);
    if (!receipt) return tl::unexpected(receipt.error());
    name.take((*page)->records);
    input.records += receipt->added + receipt->revised;
    input.quarantined += receipt->quarantined;
    const PullProgress done = (*connector)->progress();
    if (watch.progress) {
      watch.progress(meter.at(watch.now(), done.records, 0, done.bytes_done, done.bytes_total,
                              drained.has_value()));
    }
    if (drained) return drained;
  }
  return std::nullopt;
}

/// What the sources have drained, each a page of its own, behind all records.
Result<void> state_drained(const std::vector<std::pair<SourceConfig, Interval>>& drained,
                           RecordLog& log, UtcTime now) {
  for (const auto& [config, covered] : drained) {
    const Control control = SourceDrained{config.name, config.record, covered};
    if (auto stated = log.append_control(control, {}, now); !stated) {
      return tl::unexpected(stated.error());
    }
  }
  return {};
}

}  // namespace

Result<FileHistory> file_history(std::vector<SourceConfig> sources, const HistoryWatch& watch,
                                 const ConnectorMaker& make) {
  Result<std::unique_ptr<TemporaryFolder>> folder = TemporaryFolder::make();
  if (!folder) return tl::unexpected(folder.error());
  Result<std::unique_ptr<RecordLog>> log =
      RecordLog::open((*folder)->path() / "records.db", RecordLog::Mode::kReadWrite);
  if (!log) return tl::unexpected(log.error());

  FileHistory result;
  std::vector<std::pair<SourceConfig, Interval>> drained;
  std::string title;
  ContentName name;
  for (SourceConfig& config : sources) {
    config.poll_every = Duration{0};  // nobody waits for a file to grow
    HistoryInput input;
    input.source = config.name;
    const Result<std::optional<Interval>> covered =
        read_source(config, **log, watch, make, input, name);
    if (!covered) return tl::unexpected(covered.error());
    if (*covered) {
      drained.emplace_back(config, **covered);
      name.take(config, **covered);
    }
    if (auto bad = (*log)->quarantine(config.name, kBadShown)) input.first_bad = std::move(*bad);
    result.inputs.push_back(std::move(input));
    title += (title.empty() ? "" : ", ") + config.path;
  }
  if (auto stated = state_drained(drained, **log, watch.now()); !stated) {
    return tl::unexpected(stated.error());
  }
  Result<std::unique_ptr<History>> stored = stored_history(**log, std::move(title));
  if (!stored) return tl::unexpected(stored.error());
  result.history = std::make_unique<OwnedHistory>(std::move(*folder), std::move(*log),
                                                  std::move(*stored), name.finish());
  return result;
}

}  // namespace tidewaiter
