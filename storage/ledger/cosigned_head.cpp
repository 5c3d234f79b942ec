#include "storage/ledger/cosigned_head.h"

#include <span>
#include <utility>

#include "storage/files/durable_file.h"

namespace tidewaiter {

namespace {

constexpr mode_t kCosignedMode = 0644;  // for whoever serves or copies it: nothing in it is secret

}  // namespace

Result<std::optional<Checkpoint>> read_cosigned_head(const std::filesystem::path& file,
                                                     const VerifierKey& log) {
  Result<std::string> note = read_whole_file(file, kMaxNoteBytes);
  if (!note && note.error().code == ErrorCode::kNotFound) return std::nullopt;
  if (!note) return tl::unexpected(note.error());
  const Result<SignedNote> signed_by_log = verify_note(*note, std::span(&log, 1));
  Result<Checkpoint> head = signed_by_log
                                ? parse_checkpoint_body(signed_by_log->text)
                                : Result<Checkpoint>(tl::unexpected(signed_by_log.error()));
  if (!head || head->origin != log.name) {
    return fail(ErrorCode::kCorruption,
                "`" + file.string() + "` is no checkpoint of this ledger: remove it, and the " +
                    "witnesses are asked again" + (head ? "" : "; " + head.error().message));
  }
  head->note = std::move(*note);
  return std::move(*head);
}

Result<void> store_cosigned_head(const std::filesystem::path& file, const std::string& note) {
  return place_file(file, kCosignedMode, note);
}

}  // namespace tidewaiter
