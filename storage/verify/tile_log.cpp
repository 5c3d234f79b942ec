#include "storage/verify/tile_log.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "storage/files/durable_file.h"
#include "storage/ledger/tiles.h"
#include "storage/verify/entry_walk.h"
#include "storage/verify/head_check.h"
#include "storage/verify/key_choice.h"
#include "storage/verify/problem_list.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMaxBundleBytes =
    static_cast<std::size_t>(kTileWidth) * (2 + kMaxTileEntryBytes);

/// One verification, from the checkpoint to the report.
class TileVerification {
 public:
  TileVerification(std::filesystem::path folder, const std::string& verifier_key)
      : folder_(std::move(folder)), verifier_key_(verifier_key) {}

  [[nodiscard]] VerifyReport run();

 private:
  [[nodiscard]] std::optional<std::string> read(const std::string& path, std::size_t most,
                                                VerifyFailure failure);
  bool read_bundle(std::int64_t index, std::int64_t width);
  void compare(const std::string& path, std::string_view bytes);
  void check_head(const std::string& note, std::int64_t size);

  std::filesystem::path folder_;
  const std::string& verifier_key_;
  ProblemList problems_;
  VerifyReport report_;
  EntryWalk walk_{problems_};
  std::int64_t next_ = 0;  // the index of the entry to come
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

/// False if nothing after it has a place in the tree.
bool TileVerification::read_bundle(std::int64_t index, std::int64_t width) {
  const std::string path = bundle_path(index, width);
  const auto bytes = read(path, kMaxBundleBytes, VerifyFailure::kEntry);
  if (!bytes) return false;
  const auto entries = parse_bundle(*bytes, width);
  if (!entries) {
    problems_.add(VerifyFailure::kEntry, index * kTileWidth,
                  "`" + path + "` is no bundle of entries: " + entries.error().message);
    return false;
  }
  for (const std::string_view entry : *entries) {
    static_cast<void>(walk_.add(next_++, entry));  // what is wrong with it is reported
    if (!tiles_.append(entry)) return false;       // no bundle holds a longer entry
  }
  return true;
}

/// A bundle was made from itself; a tile must be what the entries give.
void TileVerification::compare(const std::string& path, std::string_view bytes) {
  if (path.starts_with("tile/entries/")) return;
  const auto stored = read(path, bytes.size(), VerifyFailure::kTree);
  if (!stored || *stored == bytes) return;
  problems_.add(VerifyFailure::kTree, "`" + path + "` is not what the entries give");
}

void TileVerification::check_head(const std::string& note, std::int64_t size) {
  DerivedTree tree;
  tree.size = tiles_.head().size;
  tree.roots[tree.size] = tiles_.head().root;
  if (walk_.creation()) tree.origin = walk_.creation()->origin;
  tree.key = choose_key(verifier_key_, walk_.creation(), problems_, report_.notes);
  const std::int64_t held = check_checkpoints({{1, size, note}}, tree, problems_);
  report_.origin = tree.origin;
  report_.signed_size = tree.key ? held : 0;
}

VerifyReport TileVerification::run() {
  const auto note = read("checkpoint", kMaxNoteBytes, VerifyFailure::kUnreadable);
  if (note) {
    const std::int64_t size = claimed_size(*note).value_or(0);
    for (std::int64_t i = 0; i * kTileWidth < size; ++i) {
      if (!read_bundle(i, tile_width(0, i, size))) break;
    }
    static_cast<void>(tiles_.finish());  // the sink never fails
    check_head(*note, size);
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

VerifyReport verify_tile_log(const std::filesystem::path& folder, const std::string& verifier_key) {
  return TileVerification(folder, verifier_key).run();
}

}  // namespace tidewaiter
