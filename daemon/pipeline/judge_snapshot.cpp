// Judge, its part that saves what it knows, and takes it up again at a start.

#include <exception>
#include <istream>
#include <ostream>
#include <string>
#include <utility>

#include "daemon/pipeline/judge.h"
#include "daemon/pipeline/snapshot_identity.h"
#include "policies/engine/state_archive.h"

namespace tidewaiter {

template <class Archive>
void Judge::serialize(Archive& archive) {
  archive(idle_, covering_, settles_, told_rulings_, judged_clusters_, latest_, messages_,
          emitted_);
}

Result<std::int64_t> Judge::save(const std::filesystem::path& path) {
  const SnapshotHead head{std::string(snapshot_identity()), parts_.records->log_id(), at_, set_,
                          dropped_before_};
  const ProgressMeter meter(CyclePhase::kSave, {}, parts_.now());
  const auto tell = [&](std::int64_t bytes, bool done) {
    if (parts_.progress) parts_.progress(meter.at(parts_.now(), 0, 0, bytes, 0, done));
  };
  const auto snapshot =
      SnapshotWriter::create(path, head, [&tell](std::int64_t bytes) { tell(bytes, false); });
  if (!snapshot) return tl::unexpected(snapshot.error());
  std::ostream& body = (*snapshot)->body();
  try {
    StateWriter writer(body);
    writer(*this);
    if (auto saved = evaluation_->save(body); !saved) return tl::unexpected(saved.error());
  } catch (const cereal::Exception&) {
    body.setstate(std::ios::badbit);  // it could not be written, and commit() says why
  }
  Result<std::int64_t> size = (*snapshot)->commit();
  tell(size.value_or(0), true);
  if (size) unsaved_ = 0;
  return size;
}

Result<bool> Judge::may_save() const {
  const Result<LogOffset> head = parts_.records->head();
  if (!head) return tl::unexpected(head.error());
  const Result<std::optional<UtcTime>> dropped_before = parts_.records->dropped_before();
  if (!dropped_before) return tl::unexpected(dropped_before.error());
  return at_ == *head && committed_ == *head && *dropped_before == dropped_before_;
}

/// Whether what a snapshot is of lies on the way that this judge has to go.
Result<void> Judge::check_fits(const SnapshotHead& head) const {
  const auto refuse = [](std::string why) { return fail(ErrorCode::kRefused, std::move(why)); };
  if (head.code != snapshot_identity()) return refuse("another version of the program made it");
  if (head.log_id != parts_.records->log_id()) return refuse("it is of another record log");
  if (head.dropped_before != dropped_before_) {
    return refuse("records were dropped since, whose texts it may hold");
  }
  if (head.at.seq > committed_.seq) {
    return refuse("it is of entry " + std::to_string(head.at.seq) +
                  ", and the ledger has judged up to entry " + std::to_string(committed_.seq));
  }
  const Result<Digest> hash = parts_.records->hash_at(head.at.seq);
  if (!hash && hash.error().code != ErrorCode::kNotFound) return tl::unexpected(hash.error());
  if (!hash || *hash != head.at.log_hash) {
    return refuse("the record log differs at entry " + std::to_string(head.at.seq));
  }
  return {};
}

Result<void> Judge::restore(SnapshotReader& snapshot) {
  const SnapshotHead& head = snapshot.head();
  if (auto fits = check_fits(head); !fits) return fits;
  auto set = std::make_shared<const PolicySet>();
  if (head.set) {
    Result<CompiledSet> compiled =
        stored_policy_set(*parts_.records, *head.set, issues_, parts_.compiled.get());
    if (!compiled) return tl::unexpected(compiled.error());
    set = std::move(compiled->set);
  }
  try {
    StateReader reader(snapshot.body());
    reader(*this);
  } catch (const std::exception& fault) {  // cereal's, and those of the memory that it asks for
    return fail(ErrorCode::kCorruption, std::string("it cannot be read: ") + fault.what());
  }
  if (auto taken = evaluation_->restore(std::move(set), snapshot.body()); !taken) return taken;
  if (snapshot.body().peek() != std::istream::traits_type::eof()) {
    return fail(ErrorCode::kCorruption, "it has more than was read");
  }
  at_ = head.at;
  set_ = head.set;
  return {};
}

}  // namespace tidewaiter
