#include "storage/verify/tile_log.h"

#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "storage/files/durable_file.h"
#include "storage/ledger/merkle.h"
#include "storage/ledger/signed_note.h"
#include "storage/ledger/tiles.h"
#include "storage/verify/entry_walk.h"
#include "storage/verify/head_check.h"
#include "storage/verify/key_choice.h"
#include "storage/verify/problem_list.h"
#include "storage/verify/timestamp_check.h"
#include "storage/verify/witness_check.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMaxBundleBytes =
    static_cast<std::size_t>(kTileWidth) * (2 + kMaxTileEntryBytes);

/// One verification, from the checkpoint to the report.
class TileVerification {
 public:
  TileVerification(std::filesystem::path folder, const std::string& verifier_key,
                   const std::optional<TrustPolicy>& policy,
                   const TimestampAuthorities* authorities, const EntryObserver& observer)
      : folder_(std::move(folder)),
        verifier_key_(verifier_key),
        policy_(policy),
        observer_(observer),
        timestamps_(folder_ / "timestamps", authorities) {}

  [[nodiscard]] VerifyReport run();

 private:
  /// A file that the checkpoint's size asks for and that could not be read.
  struct Unread {
    std::int64_t index = 0;  ///< its first entry
    std::string why;
  };

  [[nodiscard]] std::optional<std::string> read(const std::string& path, std::size_t most,
                                                VerifyFailure failure);
  void read_entries(std::int64_t size);
  bool take_bundle(std::int64_t index, std::int64_t width);
  [[nodiscard]] std::optional<std::vector<Digest>> read_leaves(std::int64_t index,
                                                               std::int64_t width);
  void compare(const std::string& path, std::string_view bytes);
  void judge_tiles(const TreeHead& claimed);
  void tell_changed(const TreeHead& claimed, VerifyFailure failure, const std::string& why);
  void tell_unread(bool vouched);
  void check_head(const std::string& note, const Checkpoint& head);
  void check_witnesses(const std::string& note, bool held);

  [[nodiscard]] bool entries_give(const TreeHead& head) const { return tiles_.head() == head; }
  [[nodiscard]] bool tiles_give(const TreeHead& head) const {
    return TreeHead{stored_.size(), stored_.root()} == head;
  }

  std::filesystem::path folder_;
  const std::string& verifier_key_;
  const std::optional<TrustPolicy>& policy_;
  const EntryObserver& observer_;
  TimestampCheck timestamps_;
  std::map<std::int64_t, Digest> roots_;  // at the sizes that tokens are about
  ProblemList problems_;
  VerifyReport report_;
  EntryWalk walk_{problems_};
  std::int64_t next_ = 0;              // the index of the entry to come
  CompactRange stored_;                // of the leaf hashes in the tiles, as far as all are there
  std::vector<std::int64_t> changed_;  // entries that do not have the leaf hash in their tile
  std::vector<std::string> unlike_;    // tiles of higher levels that are not what entries give
  std::optional<Unread> unread_;
  TileWriter tiles_{[this](const std::string& path, std::string_view bytes) {
    compare(path, bytes);
    return Result<void>();
  }};
};

std::optional<std::string> TileVerification::read(const std::string& path, std::size_t most,
                                                  VerifyFailure failure) {
  Result<std::string> bytes = read_whole_file(folder_ / path, most);
  if (bytes) return std::move(*bytes);
  problems_.add(failure, bytes.error().message);
  return std::nullopt;
}

/// The leaf hashes in the tile beside a bundle; nothing if they cannot be read, which is reported.
std::optional<std::vector<Digest>> TileVerification::read_leaves(std::int64_t index,
                                                                 std::int64_t width) {
  const std::string path = tile_path({0, index, width});
  const std::size_t size = static_cast<std::size_t>(width) * sizeof(Digest);
  const auto bytes = read(path, size, VerifyFailure::kTree);
  if (!bytes) return std::nullopt;
  if (bytes->size() != size) {
    problems_.add(VerifyFailure::kTree, "`" + path + "` has " + std::to_string(bytes->size()) +
                                            " bytes; expected " + std::to_string(size));
    return std::nullopt;
  }
  std::vector<Digest> leaves(static_cast<std::size_t>(width));
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    std::memcpy(leaves[i].bytes.data(), bytes->data() + i * sizeof(Digest), sizeof(Digest));
  }
  return leaves;
}

/// False if nothing after it has a place in the tree.
bool TileVerification::take_bundle(std::int64_t index, std::int64_t width) {
  const std::string path = bundle_path(index, width);
  const auto bytes = read_whole_file(folder_ / path, kMaxBundleBytes);
  if (!bytes) {
    unread_ = Unread{index * kTileWidth, bytes.error().message};
    return false;
  }
  const auto leaves = read_leaves(index, width);
  if (leaves && stored_.size() == next_) {
    for (const Digest& leaf : *leaves) stored_.append(leaf);
  }
  const BundleReading reading = read_bundle(*bytes, width);
  for (std::size_t i = 0; i < reading.entries.size(); ++i) {
    const std::string_view entry = reading.entries[i];
    const bool differs = leaves && leaf_hash(entry) != (*leaves)[i];
    // A length that was changed makes rubbish of all that follows it.
    if (differs && !reading.fault.empty()) break;
    if (differs) changed_.push_back(next_);
    const auto read = walk_.add(next_, entry);  // what is wrong with it is reported
    if (read && observer_) observer_(next_, *read);
    ++next_;
    if (!tiles_.append(entry)) return false;  // no bundle holds a longer entry
    if (timestamps_.sizes().contains(next_)) roots_[next_] = tiles_.head().root;
  }
  const bool all = next_ == index * kTileWidth + width;
  if (!reading.fault.empty()) {
    problems_.add(VerifyFailure::kEntry, all ? -1 : next_,
                  (all ? "" : "entry " + std::to_string(next_) + " cannot be read: ") + "`" + path +
                      "` is no bundle of " + std::to_string(width) + " entries: " + reading.fault);
  }
  return all;
}

void TileVerification::read_entries(std::int64_t size) {
  for (std::int64_t i = 0; i * kTileWidth < size; ++i) {
    if (!take_bundle(i, tile_width(0, i, size))) return;
  }
  static_cast<void>(tiles_.finish());  // the sink never fails
}

/// A bundle was made from itself, and leaf hashes are compared entry by entry.
void TileVerification::compare(const std::string& path, std::string_view bytes) {
  if (path.starts_with("tile/entries/") || path.starts_with("tile/0/")) return;
  const auto stored = read(path, bytes.size(), VerifyFailure::kTree);
  if (stored && *stored != bytes) unlike_.push_back(path);
}

/// Tells which of entries and tiles were changed, where they differ: the head says it, which rests
/// on one of them. Tiles over entries that were changed differ for that, and are not told.
void TileVerification::judge_tiles(const TreeHead& claimed) {
  if (tiles_give(claimed) && !entries_give(claimed)) {
    return tell_changed(claimed, VerifyFailure::kEntry,
                        " was changed: its hash is not the one in `");
  }
  if (!entries_give(claimed)) {
    tell_changed(claimed, VerifyFailure::kTree,
                 " or its tile was changed: its hash is not the one in `");
  } else {
    std::int64_t last = -1;
    for (const std::int64_t entry : changed_) {
      const std::int64_t tile = entry / kTileWidth;
      if (tile != std::exchange(last, tile)) {
        unlike_.push_back(tile_path({0, tile, tile_width(0, tile, claimed.size)}));
      }
    }
  }
  for (const std::string& path : unlike_) {
    problems_.add(VerifyFailure::kTree, "`" + path + "` is not what the entries give");
  }
}

void TileVerification::tell_changed(const TreeHead& claimed, VerifyFailure failure,
                                    const std::string& why) {
  for (const std::int64_t entry : changed_) {
    const std::int64_t tile = entry / kTileWidth;
    const std::int64_t width = tile_width(0, tile, claimed.size);
    problems_.add(failure, entry,
                  "entry " + std::to_string(entry) + " in `" + bundle_path(tile, width) + "`" +
                      why + tile_path({0, tile, width}) + "`");
  }
}

/// A bundle that is not there is a fault of the log only if the size that asks for it was signed.
void TileVerification::tell_unread(bool vouched) {
  if (!unread_) return;
  if (vouched || (verifier_key_.empty() && !policy_)) {
    problems_.add(VerifyFailure::kEntry, unread_->index, unread_->why);
    return;
  }
  report_.notes.push_back("entries from " + std::to_string(unread_->index) +
                          " on were not checked: " + unread_->why +
                          "; the size that asks for it is that of a checkpoint that is not signed");
}

void TileVerification::check_head(const std::string& note, const Checkpoint& head) {
  DerivedTree tree;
  tree.roots = roots_;
  tree.size = tiles_.head().size;
  tree.whole = tree.size == head.head.size;
  // Where entries were changed, and named, the head is held against what it rests on.
  tree.roots[tree.size] = tiles_give(head.head) ? head.head.root : tiles_.head().root;
  if (walk_.creation()) {
    tree.origin = walk_.creation()->origin;
    report_.follows = walk_.creation()->former;
  }
  tree.key = choose_key(key_by_policy(policy_, verifier_key_, walk_.creation()), walk_.creation(),
                        problems_, report_.notes);
  const std::string own = without_cosignatures(note, tree.key);
  const std::int64_t held = check_checkpoints({{1, head.head.size, own}}, tree, problems_);
  timestamps_.check(tree, problems_, report_);
  tell_unread(tree.key && verify_note(own, std::span(&*tree.key, 1)));
  report_.origin = tree.origin;
  report_.signed_size = tree.key ? held : 0;
  check_witnesses(note, report_.signed_size > 0);
}

void TileVerification::check_witnesses(const std::string& note, bool held) {
  if (!policy_ || !policy_->asks_for_witnesses()) return;
  report_.witnessed = WitnessedHead{};
  if (!held) return;  // why is told
  QuorumCheck check = check_quorum(note, *policy_);
  if (check.problem) problems_.add(check.problem->failure, check.problem->message);
  report_.witnessed = std::move(check.head);
}

VerifyReport TileVerification::run() {
  const auto note = read("checkpoint", kMaxNoteBytes, VerifyFailure::kUnreadable);
  const auto head = note ? read_head(without_cosignatures(*note, std::nullopt))
                         : Result<Checkpoint>(fail(ErrorCode::kNotFound, ""));
  if (note && !head) {
    problems_.add(VerifyFailure::kHead,
                  "`checkpoint` cannot be read, and without its size nothing else was: " +
                      head.error().message);
  } else if (head) {
    read_entries(head->head.size);
    judge_tiles(head->head);
    check_head(*note, *head);
  }
  report_.head = tiles_.head();
  report_.notes.emplace_back(
      "a folder of tiles has no disclosures, findings or lock store: none was checked, and an "
      "older "
      "export of the same log would not be noticed");
  report_.problems = problems_.take();
  return std::move(report_);
}

}  // namespace

bool is_tile_log(const std::filesystem::path& folder) {
  std::error_code failure;  // what cannot be looked at is reported when it is opened
  return std::filesystem::is_regular_file(folder / "checkpoint", failure);
}

VerifyReport verify_tile_log(const std::filesystem::path& folder, const std::string& verifier_key,
                             const std::optional<TrustPolicy>& policy,
                             const TimestampAuthorities* authorities,
                             const EntryObserver& observer) {
  return TileVerification(folder, verifier_key, policy, authorities, observer).run();
}

}  // namespace tidewaiter
