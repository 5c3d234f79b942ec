#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"
#include "storage/ledger/signed_note.h"

namespace tidewaiter {

// C2SP tlog-cosignature v1.0.1 with Ed25519 (key type 0x04): a witness says that, at a time, a
// checkpoint was the largest consistent one that it had seen of its log. It stands in the
// checkpoint's note as one more signature line:
//
//   message   = "cosignature/v1" LF "time " <seconds since 1970, decimal> LF <text of the note>
//   signature = seconds (8 bytes, big-endian) || Ed25519(message)
//
// The message does not hold the witness's name: a public key belongs to one witness. All functions
// are pure and safe from any thread.

/// The name and public key of a witness. A type of its own, so that a witness's key is never taken
/// for a log's.
struct WitnessKey {
  std::string name;
  Ed25519PublicKey key{};
  bool operator==(const WitnessKey&) const = default;
};

/// SHA-256(name || 0x0A || 0x04 || key), its first four bytes, big-endian.
[[nodiscard]] std::uint32_t key_id(const WitnessKey& key);
/// `<name>+<key id>+<base64 of 0x04 || key>`.
[[nodiscard]] std::string format_witness_key(const WitnessKey& key);
/// Errors: kInvalidInput; kUnsupported for a key of another type, ML-DSA (0x06) among them.
[[nodiscard]] Result<WitnessKey> parse_witness_key(std::string_view text);

/// Cosigns the text of a note. `seconds` since 1970, not negative.
/// Errors: kInvalidInput for a negative time or a name that is no key name.
[[nodiscard]] Result<NoteSignature> cosign(std::string_view text, std::int64_t seconds,
                                           const std::string& name, const SigningKey& key);

struct Cosignature {
  WitnessKey witness;
  std::int64_t seconds = 0;  ///< since 1970, as the witness says
  NoteSignature signature;
};

/// The cosignatures of `keys` on a note, in its order. Signatures by other keys are left aside, and
/// so are repetitions of a key's. Whether a time lies in the future is for the caller to judge.
/// Errors: kRefused for a bad signature of one of `keys`.
[[nodiscard]] Result<std::vector<Cosignature>> verify_cosignatures(
    const SignedNote& note, std::span<const WitnessKey> keys);

}  // namespace tidewaiter
