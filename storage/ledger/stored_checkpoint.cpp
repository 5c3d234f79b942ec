#include "storage/ledger/stored_checkpoint.h"

#include <utility>

#include "storage/ledger/signed_note.h"

namespace tidewaiter {

Result<NumberedCheckpoint> stored_checkpoint(std::int64_t number, std::int64_t size,
                                             std::string text) {
  const auto note = parse_signed_note(text);
  auto checkpoint =
      note ? parse_checkpoint_body(note->text) : Result<Checkpoint>(tl::unexpected(note.error()));
  if (!checkpoint) {
    return fail(ErrorCode::kCorruption,
                "the last stored checkpoint cannot be read: " + checkpoint.error().message);
  }
  if (checkpoint->head.size != size) {
    return fail(ErrorCode::kCorruption,
                "the last stored checkpoint is filed under another size than its note has");
  }
  checkpoint->note = std::move(text);
  return NumberedCheckpoint{number, std::move(*checkpoint)};
}

}  // namespace tidewaiter
