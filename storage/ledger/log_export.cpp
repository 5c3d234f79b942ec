#include "storage/ledger/log_export.h"

#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "storage/files/durable_file.h"
#include "storage/ledger/signed_note.h"
#include "storage/ledger/tiles.h"

namespace tidewaiter {
namespace {

constexpr mode_t kAnyoneReads = 0644;

/// The files of one log in a folder.
class LogFolder {
 public:
  LogFolder(std::filesystem::path folder, LogExport& done)
      : folder_(std::move(folder)), done_(done) {}

  /// Whether an export may go into the folder: it holds one, or nothing.
  [[nodiscard]] Result<void> check_room() const;
  /// Whether this head may follow the one that is there.
  [[nodiscard]] Result<void> check_head(const Checkpoint& head) const;
  [[nodiscard]] Result<void> add(const std::string& path, std::string_view bytes);
  [[nodiscard]] Result<void> put_head(const Checkpoint& head);

 private:
  [[nodiscard]] Result<std::optional<std::string>> present(const std::string& path,
                                                           std::size_t most) const;
  [[nodiscard]] Result<void> write(const std::string& path, std::string_view bytes);

  std::filesystem::path folder_;
  LogExport& done_;
};

tl::unexpected<Error> another_log(const std::filesystem::path& file) {
  return fail(ErrorCode::kRefused, "`" + file.string() +
                                       "` is of another log; nothing more was written: name a "
                                       "folder that is empty, or an earlier export of this log");
}

Result<std::optional<std::string>> LogFolder::present(const std::string& path,
                                                      std::size_t most) const {
  Result<std::string> bytes = read_whole_file(folder_ / path, most);
  if (bytes) return std::move(*bytes);
  if (bytes.error().code == ErrorCode::kNotFound) return std::nullopt;
  if (bytes.error().code == ErrorCode::kInvalidInput) return another_log(folder_ / path);
  return tl::unexpected(bytes.error());
}

/// A first export that was interrupted leaves tiles without a checkpoint. What else lies beside a
/// checkpoint, such as a web server's files, is none of ours.
Result<void> LogFolder::check_room() const {
  std::error_code failure;
  if (std::filesystem::exists(folder_ / "checkpoint", failure)) return {};
  for (std::filesystem::directory_iterator file(folder_, failure), end; !failure && file != end;
       file.increment(failure)) {
    const std::filesystem::path name = file->path().filename();
    if (name == "tile" || name == "checkpoint.new") continue;
    return fail(ErrorCode::kRefused,
                "`" + folder_.string() +
                    "` is neither empty nor an earlier export of this log, and nothing was written "
                    "to it: name a new folder, or an empty one");
  }
  // One that is not there, or is no folder, is told by the first write.
  if (failure && failure != std::errc::no_such_file_or_directory &&
      failure != std::errc::not_a_directory) {
    return fail(ErrorCode::kUnavailable,
                "cannot look into `" + folder_.string() + "`: " + failure.message());
  }
  return {};
}

Result<void> LogFolder::check_head(const Checkpoint& head) const {
  const auto old = present("checkpoint", kMaxNoteBytes);
  if (!old) return tl::unexpected(old.error());
  if (!*old) return {};
  const Result<SignedNote> note = parse_signed_note(**old);
  const auto body =
      note ? parse_checkpoint_body(note->text) : Result<Checkpoint>(tl::unexpected(note.error()));
  if (!body || body->origin != head.origin) return another_log(folder_ / "checkpoint");
  if (body->head.size > head.head.size) {
    return fail(ErrorCode::kRefused,
                "the folder has a head of " + std::to_string(body->head.size) +
                    " entries, the ledger one of " + std::to_string(head.head.size) +
                    ": this ledger is older than what it has exported; see `tidewaiter ledger "
                    "verify`");
  }
  return {};
}

Result<void> LogFolder::write(const std::string& path, std::string_view bytes) {
  const std::filesystem::path file = folder_ / path;
  std::error_code failure;
  std::filesystem::create_directories(file.parent_path(), failure);
  if (failure) {
    return fail(ErrorCode::kUnavailable, "cannot make the folder `" + file.parent_path().string() +
                                             "`: " + failure.message());
  }
  if (auto placed = place_file(file, kAnyoneReads, bytes); !placed) return placed;
  ++done_.written;
  return {};
}

/// A tile or bundle: a path of its layout stands for the same bytes for ever.
Result<void> LogFolder::add(const std::string& path, std::string_view bytes) {
  const auto old = present(path, bytes.size());
  if (!old) return tl::unexpected(old.error());
  if (!*old) return write(path, bytes);
  if (**old != bytes) return another_log(folder_ / path);
  ++done_.unchanged;
  return {};
}

Result<void> LogFolder::put_head(const Checkpoint& head) {
  const auto old = present("checkpoint", kMaxNoteBytes);
  if (!old) return tl::unexpected(old.error());
  if (*old && **old == head.note) {
    ++done_.unchanged;
    return {};
  }
  return write("checkpoint", head.note);
}

}  // namespace

Result<LogExport> export_log(const Ledger& ledger, const std::filesystem::path& folder,
                             const ExportProgress& progress,
                             const std::optional<Checkpoint>& cosigned) {
  Result<std::optional<Checkpoint>> signed_head = ledger.signed_head();
  if (!signed_head) return tl::unexpected(signed_head.error());
  if (!*signed_head) {
    return fail(ErrorCode::kNotFound, "the ledger has no signed head to export");
  }
  LogExport done{std::move(**signed_head)};
  const TreeHead& head = done.checkpoint.head;
  if (cosigned && cosigned->head == head) done.checkpoint.note = cosigned->note;
  LogFolder files(folder, done);
  if (auto room = files.check_room(); !room) return tl::unexpected(room.error());
  if (auto fits = files.check_head(done.checkpoint); !fits) return tl::unexpected(fits.error());

  TileWriter tiles(
      [&files](const std::string& path, std::string_view bytes) { return files.add(path, bytes); });
  for (std::int64_t index = 0; index < head.size; ++index) {
    const Result<std::string> entry = ledger.entry(index);
    if (!entry) return tl::unexpected(entry.error());
    if (auto added = tiles.append(*entry); !added) return tl::unexpected(added.error());
    if ((index + 1) % kTileWidth == 0) progress(index + 1, head.size);
  }
  if (auto added = tiles.finish(); !added) return tl::unexpected(added.error());
  progress(head.size, head.size);
  if (tiles.head() != head) {
    return fail(ErrorCode::kCorruption,
                "the entries do not give the root that was signed for " +
                    std::to_string(head.size) +
                    " of them: see `tidewaiter ledger verify`; the folder got no checkpoint, and "
                    "what was written to it is of no use");
  }
  if (auto placed = files.put_head(done.checkpoint); !placed) {
    return tl::unexpected(placed.error());
  }
  return done;
}

}  // namespace tidewaiter
