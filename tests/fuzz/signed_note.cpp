// What parses as a signed note or a checkpoint is written back byte for byte.
#include "storage/ledger/signed_note.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "storage/ledger/checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto note = parse_signed_note(text)) {
    if (format_signed_note(*note) != text) std::abort();
    if (const auto checkpoint = parse_checkpoint_body(note->text)) {
      if (checkpoint_body(checkpoint->origin, checkpoint->head) != note->text) std::abort();
    }
    // Nobody holds this key: no note may verify under it.
    const VerifierKey stranger{"stranger", {}};
    if (verify_note(text, std::span(&stranger, 1))) std::abort();
  }
  if (const auto checkpoint = parse_checkpoint_body(text)) {
    if (checkpoint_body(checkpoint->origin, checkpoint->head) != text) std::abort();
  }
  if (const auto lines = parse_signature_lines(text)) {
    if (format_signature_lines(*lines) != text) std::abort();
  }
  if (const auto key = parse_verifier_key(text)) {
    if (format_verifier_key(*key) != text) std::abort();
  }
  return 0;
}
