// Cycle, its part that keeps snapshots of evaluation.

#include <memory>
#include <utility>

#include "daemon/pipeline/cycle.h"
#include "daemon/pipeline/judge.h"
#include "storage/snapshot/snapshot_file.h"

namespace tidewaiter {

Result<void> Cycle::make_judge(const LogOffset& committed) {
  const Result<std::optional<UtcTime>> dropped_before = parts_.records->dropped_before();
  if (!dropped_before) return tl::unexpected(dropped_before.error());
  Result<EmittedFindings> emitted = EmittedFindings::read(*parts_.ledger, parts_.erased);
  if (!emitted) return tl::unexpected(emitted.error());
  const auto begin = [&](EmittedFindings of_ledger) {
    judge_ = std::make_unique<Judge>(parts_, committed, *dropped_before, std::move(of_ledger));
  };
  begin(*emitted);
  if (take_up_snapshot()) {
    last_snapshot_ = parts_.now();
  } else {
    begin(std::move(*emitted));
  }
  judge_->messages().set_channels(parts_.channels, parts_.grouped);
  return {};
}

/// Whatever is wrong with it, the log has all that it was made from. One that is of no use goes,
/// for what it holds may be gone from the log.
bool Cycle::take_up_snapshot() {
  if (parts_.snapshot.empty()) return false;
  Result<std::unique_ptr<SnapshotReader>> snapshot = SnapshotReader::open(parts_.snapshot);
  const Result<void> taken =
      snapshot ? judge_->restore(**snapshot) : Result<void>(tl::unexpected(snapshot.error()));
  if (!taken && taken.error().code == ErrorCode::kNotFound) return false;
  if (parts_.log != nullptr && taken) {
    parts_.log->info("snapshot_taken_up", {{"entry", judge_->at().seq}});
  } else if (parts_.log != nullptr) {
    parts_.log->warn("snapshot_unused", {{"reason", taken.error().message}});
  }
  if (taken) return true;
  const Result<void> removed = remove_snapshot(parts_.snapshot);
  if (!removed && parts_.log != nullptr) {
    parts_.log->warn("snapshot_stays", {{"reason", to_text(removed.error())}});
  }
  return false;
}

void Cycle::save_snapshot() {
  if (parts_.snapshot.empty() || parts_.snapshot_every == Duration{}) return;
  if (judge_->unsaved() < parts_.snapshot_least || !judge_->may_save()) return;
  const UtcTime start = parts_.now();
  last_snapshot_ = start;
  const Result<std::int64_t> bytes = judge_->save(parts_.snapshot);
  if (parts_.log == nullptr) return;
  if (!bytes) return parts_.log->warn("snapshot_failed", {{"reason", to_text(bytes.error())}});
  parts_.log->info(
      "snapshot_written",
      {{"entry", judge_->at().seq}, {"bytes", *bytes}, {"ms", (parts_.now() - start).us / 1000}});
}

void Cycle::save_snapshot_when_due() {
  const UtcTime now = parts_.now();
  const bool recent =
      last_snapshot_ && *last_snapshot_ <= now && now - *last_snapshot_ < parts_.snapshot_every;
  if (!recent) save_snapshot();
}

}  // namespace tidewaiter
