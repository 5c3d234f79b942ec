#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "storage/ledger/signed_note.h"

namespace tidewaiter {

// Verifier keys (vkeys) of C2SP signed-note v1.0.0, whatever their key signs. All functions are
// pure.

/// What stands in front of the key's bytes, and says what it signs: a note's text, or what
/// cosignature.h has.
enum class NoteKeyType : char { kEd25519 = 0x01, kCosignature = 0x04 };

/// SHA-256(name || 0x0A || type || key), its first four bytes, big-endian.
[[nodiscard]] std::uint32_t note_key_id(std::string_view name, NoteKeyType type,
                                        const Ed25519PublicKey& key);

/// `<name>+<key id, 8 lower-case hexadecimal digits>+<base64 of type || key>`.
[[nodiscard]] std::string format_note_key(std::string_view name, NoteKeyType type,
                                          const Ed25519PublicKey& key);

struct NamedPublicKey {
  std::string name;
  Ed25519PublicKey key{};
};

/// Errors: kInvalidInput, which does not repeat a text that may be secret; kUnsupported for a key
/// of another type than `type`.
[[nodiscard]] Result<NamedPublicKey> parse_note_key(std::string_view text, NoteKeyType type);

}  // namespace tidewaiter
