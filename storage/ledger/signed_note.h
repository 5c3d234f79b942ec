#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"

namespace tidewaiter {

// C2SP signed-note v1.0.0 with Ed25519. One acceptance rule for Ed25519 signatures holds in the
// whole project, libsodium's crypto_sign_verify_detached; libraries differ on hostile signatures.
// All functions are pure and safe from any thread.

using Ed25519PublicKey = std::array<std::byte, 32>;
using Ed25519Signature = std::array<std::byte, 64>;

/// An Ed25519 key pair from its 32-byte seed (RFC 8032). Cannot be copied; wiped from memory when
/// it goes or is moved from.
class SigningKey {
 public:
  static constexpr std::size_t kSeedSize = 32;

  /// A new key from the system's random numbers.
  [[nodiscard]] static Result<SigningKey> generate();
  /// Errors: kInvalidInput unless `seed` is 32 bytes.
  [[nodiscard]] static Result<SigningKey> from_seed(std::span<const std::byte> seed);

  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;
  SigningKey(SigningKey&& other) noexcept;
  SigningKey& operator=(SigningKey&& other) noexcept;
  ~SigningKey();

  [[nodiscard]] Ed25519PublicKey public_key() const;
  [[nodiscard]] Ed25519Signature sign(std::string_view message) const;
  /// The seed, to be written to a key file. Valid as long as the key.
  [[nodiscard]] std::span<const std::byte> seed() const;

 private:
  SigningKey() = default;
  std::array<std::byte, 64> secret_{};  // libsodium's form: seed || public key
};

[[nodiscard]] bool verify_ed25519(const Ed25519PublicKey& key, std::string_view message,
                                  std::span<const std::byte> signature);

/// A name and a public key that signatures in notes are checked with.
struct VerifierKey {
  std::string name;
  Ed25519PublicKey key{};
  bool operator==(const VerifierKey&) const = default;
};

/// SHA-256(name || 0x0A || 0x01 || key), its first four bytes, big-endian.
[[nodiscard]] std::uint32_t key_id(const VerifierKey& key);

/// Says whether `name` may name a key or an origin: not empty, UTF-8, no white space, control
/// characters or '+'.
[[nodiscard]] bool is_key_name(std::string_view name);

/// `<name>+<key id, 8 lower-case hexadecimal digits>+<base64 of 0x01 || key>`.
[[nodiscard]] std::string format_verifier_key(const VerifierKey& key);
/// Errors: kInvalidInput; kUnsupported for a key type that is not Ed25519 (0x01).
[[nodiscard]] Result<VerifierKey> parse_verifier_key(std::string_view text);

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  std::string bytes;  ///< what follows the key id; not empty
};

struct SignedNote {
  std::string text;                       ///< ends with a newline
  std::vector<NoteSignature> signatures;  ///< at least one, in order
};

inline constexpr std::size_t kMaxNoteBytes = 1'000'000;
inline constexpr std::size_t kMaxNoteSignatures = 100;

/// Reads a note's form without judging its signatures: UTF-8, no control characters but newline,
/// the last empty line separates text and signatures, canonical base64.
/// Errors: kInvalidInput.
[[nodiscard]] Result<SignedNote> parse_signed_note(std::string_view note);
/// The lines behind a note's empty line, as a witness answers with them alone: one for each
/// signature, from 1 to kMaxNoteSignatures. Errors: kInvalidInput.
[[nodiscard]] Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines);
/// The exact inverse of parse_signature_lines.
[[nodiscard]] std::string format_signature_lines(std::span<const NoteSignature> signatures);
/// The exact inverse of parse_signed_note.
[[nodiscard]] std::string format_signed_note(const SignedNote& note);

/// `text` (ends with a newline) with one signature of `key` under `name`.
/// Errors: kInvalidInput if `text` or `name` may not be in a note.
[[nodiscard]] Result<std::string> sign_note(std::string_view text, const std::string& name,
                                            const SigningKey& key);

/// Gives the note if at least one of `keys` signed it and none of them fails. Signatures by keys
/// that are not in `keys` are dropped from the result; so are repetitions of a key's signature.
/// Errors: kInvalidInput for a malformed note; kRefused for a known key's bad signature, for a
/// note that no known key signed, and for two `keys` with one name and id.
[[nodiscard]] Result<SignedNote> verify_note(std::string_view note,
                                             std::span<const VerifierKey> keys);

}  // namespace tidewaiter
