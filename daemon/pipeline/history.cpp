#include "daemon/pipeline/history.h"

#include <utility>

namespace tidewaiter {
namespace {

/// What the daemon could not hold in memory is no reason for who tries a policy to see less.
std::vector<LogEntry> without_evictions(std::vector<LogEntry> entries) {
  std::erase_if(entries, [](const LogEntry& entry) {
    const auto* const control = std::get_if<Control>(&entry.body);
    return control != nullptr && std::holds_alternative<StateEvicted>(*control);
  });
  return entries;
}

class StoredHistory final : public History {
 public:
  StoredHistory(const RecordLog& records, std::string title, std::int64_t head,
                std::optional<UtcTime> dropped_before)
      : records_(records), title_(std::move(title)), head_(head), dropped_before_(dropped_before) {}

  Result<void> read(const HistoryWatch& watch,
                    const std::function<void(std::span<const LogEntry>)>& batch) const override {
    const ProgressMeter meter(CyclePhase::kJudge, {}, watch.now());
    LogOffset at;
    while (at.seq < head_) {
      if (watch.stop.stop_requested()) {
        return fail(ErrorCode::kUnavailable, "reading was broken off on request");
      }
      Result<RecordLog::Chunk> chunk = records_.read(at);
      if (!chunk) return tl::unexpected(chunk.error());
      if (chunk->end.seq <= at.seq) {
        return fail(ErrorCode::kCorruption,
                    "the record log ends before its head, at entry " + std::to_string(at.seq));
      }
      batch(without_evictions(std::move(chunk->entries)));
      at = chunk->end;
      if (watch.progress) {
        watch.progress(meter.at(watch.now(), at.seq, head_, 0, 0, at.seq >= head_));
      }
    }
    return {};
  }

  const std::string& log_id() const override { return records_.log_id(); }
  std::optional<UtcTime> dropped_before() const override { return dropped_before_; }
  const std::string& title() const override { return title_; }
  std::int64_t entries() const override { return head_; }

 private:
  const RecordLog& records_;
  std::string title_;
  std::int64_t head_;
  std::optional<UtcTime> dropped_before_;
};

}  // namespace

Result<std::unique_ptr<History>> stored_history(const RecordLog& records, std::string title) {
  // A drop between the two reads would be met again by read(), as an entry of the log.
  const Result<std::optional<UtcTime>> dropped = records.dropped_before();
  if (!dropped) return tl::unexpected(dropped.error());
  const Result<LogOffset> head = records.head();
  if (!head) return tl::unexpected(head.error());
  return std::unique_ptr<History>(
      std::make_unique<StoredHistory>(records, std::move(title), head->seq, *dropped));
}

}  // namespace tidewaiter
