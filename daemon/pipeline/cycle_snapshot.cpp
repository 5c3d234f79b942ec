// Cycle, its part that keeps snapshots of evaluation.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "daemon/pipeline/cycle.h"
#include "daemon/pipeline/judge.h"
#include "storage/snapshot/snapshot_file.h"

namespace tidewaiter {

/// The reference engine has none, and leaves what there is to the other one.
bool Cycle::keeps_snapshots() const {
  return !parts_.snapshot.empty() && parts_.engine == EngineKind::kColumnar;
}

Result<void> Cycle::make_judge(const LogOffset& committed) {
  const Result<std::optional<UtcTime>> dropped_before = parts_.records->dropped_before();
  if (!dropped_before) return tl::unexpected(dropped_before.error());
  Result<EmittedFindings> emitted = EmittedFindings::read(*parts_.ledger, parts_.erased);
  if (!emitted) return tl::unexpected(emitted.error());
  const auto begin = [&](EmittedFindings of_ledger) {
    judge_ = std::make_unique<Judge>(parts_, committed, *dropped_before, std::move(of_ledger));
  };
  if (const std::unique_ptr<SnapshotReader> snapshot = open_snapshot()) {
    begin(*emitted);
    take_up(*snapshot);
  }
  if (judge_ == nullptr) begin(std::move(*emitted));
  judge_->messages().set_channels(parts_.channels, parts_.grouped);
  return {};
}

std::unique_ptr<SnapshotReader> Cycle::open_snapshot() {
  if (!keeps_snapshots()) return nullptr;
  const Result<void> removed = remove_unfinished_snapshot(parts_.snapshot);
  if (!removed) tell_snapshot("snapshot_stays", removed.error());
  Result<std::unique_ptr<SnapshotReader>> snapshot = SnapshotReader::open(parts_.snapshot);
  if (snapshot) return std::move(*snapshot);
  if (snapshot.error().code != ErrorCode::kNotFound) discard_snapshot(snapshot.error());
  return nullptr;
}

/// Whatever is wrong with it, the log has all that it was made from.
void Cycle::take_up(SnapshotReader& snapshot) {
  if (const Result<void> taken = judge_->restore(snapshot); !taken) {
    judge_.reset();
    return discard_snapshot(taken.error());
  }
  last_snapshot_ = parts_.now();
  if (parts_.log != nullptr) {
    parts_.log->info("snapshot_taken_up", {{"entry", judge_->at().seq}});
  }
}

/// One that is of no use goes, for what it holds may be gone from the log.
void Cycle::discard_snapshot(const Error& why) {
  tell_snapshot("snapshot_unused", why);
  const Result<void> removed = remove_snapshot(parts_.snapshot);
  if (!removed) tell_snapshot("snapshot_stays", removed.error());
}

void Cycle::tell_snapshot(std::string_view event, const Error& why) const {
  if (parts_.log != nullptr) parts_.log->warn(event, {{"reason", why.message}});
}

/// Whether its file would leave the room that is kept for the other stores: as large as the one
/// before, which it replaces only when it is whole.
bool Cycle::has_room_for_snapshot() const {
  std::error_code failure;
  const auto space = std::filesystem::space(parts_.snapshot.parent_path(), failure);
  if (failure) return true;  // to write it says why it cannot be
  const auto size = std::filesystem::file_size(parts_.snapshot, failure);
  const std::uintmax_t before = failure ? 0 : size;
  return space.available >= static_cast<std::uintmax_t>(parts_.snapshot_reserve) + before;
}

void Cycle::save_snapshot() {
  if (!keeps_snapshots() || parts_.snapshot_every == Duration{}) return;
  if (judge_->unsaved() < parts_.snapshot_least) return;
  const Result<bool> may_save = judge_->may_save();
  if (may_save && !*may_save) return;
  const UtcTime start = parts_.now();
  last_snapshot_ = start;
  if (!may_save) return tell_snapshot("snapshot_failed", may_save.error());
  if (!has_room_for_snapshot()) {
    return tell_snapshot(
        "snapshot_failed",
        {ErrorCode::kUnavailable, "it would take the room that `storage.reserve` keeps"});
  }
  const Result<std::int64_t> bytes = judge_->save(parts_.snapshot);
  if (!bytes) return tell_snapshot("snapshot_failed", bytes.error());
  if (parts_.log == nullptr) return;
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
