// Judge, its part that saves what it knows, and takes it up again at a start.

#include <exception>
#include <istream>
#include <ostream>
#include <string>
#include <utility>

#include "daemon/pipeline/judge.h"
#include "policies/engine/state_archive.h"
#include "policies/engine/state_identity.h"

namespace tidewaiter {

template <class Archive>
void Judge::serialize(Archive& archive) {
  archive(idle_, covering_, settles_, told_rulings_, judged_clusters_, messages_, emitted_);
}

Result<std::int64_t> Judge::save(const std::filesystem::path& path) {
  SnapshotHead head{std::string(state_identity()), parts_.records->log_id(), at_, set_,
                    dropped_before_};
  auto snapshot = SnapshotWriter::create(path, head);
  if (!snapshot) return tl::unexpected(snapshot.error());
  std::ostream& body = (*snapshot)->body();
  StateWriter writer(body);
  try {
    writer(*this);
  } catch (const cereal::Exception&) {
    body.setstate(std::ios::badbit);  // it could not be written, and commit() says why
  }
  if (body.good()) {
    if (auto saved = evaluation_->save(body); !saved) return tl::unexpected(saved.error());
  }
  Result<std::int64_t> size = (*snapshot)->commit();
  if (size) unsaved_ = 0;
  return size;
}

/// Whether what a snapshot is of lies on the way that this judge has to go.
Result<void> Judge::check_fits(const SnapshotHead& head) const {
  const auto refuse = [](std::string why) { return fail(ErrorCode::kRefused, std::move(why)); };
  if (head.code != state_identity()) return refuse("another version of the program made it");
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
  auto set = std::make_shared<PolicySet>();
  if (head.set) {
    Result<PolicySet> compiled = stored_policy_set(*parts_.records, *head.set, issues_);
    if (!compiled) return tl::unexpected(compiled.error());
    *set = std::move(*compiled);
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
