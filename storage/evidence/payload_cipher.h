#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "storage/evidence/disclosure.h"
#include "storage/evidence/subject_key.h"

namespace tidewaiter {

// Payloads: bytes of any length, encrypted in chunks by C2SP chunked-encryption
// (c2sp.org/chunked-encryption@v1) with HKDF-Expand-SHA512 and AEAD_AES_256_GCM. A part that was
// changed, moved, repeated or cut off is refused, and the header commits to the key: nobody can
// make bytes that open to one text under one key and to another under a second one.
// docs/ledger-format.md §16 has the bytes. Nothing here reads or writes a file.

using PayloadKey = std::array<std::byte, 32>;
using PayloadSalt = std::array<std::byte, 24>;

inline constexpr std::size_t kPayloadChunk = 16'384;  ///< of text: the last one is shorter
inline constexpr std::size_t kPayloadTag = 16;        ///< behind each chunk
inline constexpr std::size_t kSealedChunk = kPayloadChunk + kPayloadTag;
inline constexpr std::size_t kPayloadHeader = 24 + 32;  ///< salt and commitment

/// How long the payload of `bytes` bytes is.
[[nodiscard]] std::int64_t payload_length(std::int64_t bytes);

/// What stands before the number of the payload in the derivation of its key, and before the nonce
/// in the context: the format's own labels.
inline constexpr std::string_view kPayloadKeyLabel = "tidewaiter/v1/ev";
inline constexpr std::string_view kPayloadContextLabel = "tidewaiter/v1/evidence";

/// hkdf_sha256(key, nonce, label || 0x00 || u32be(number)).
[[nodiscard]] PayloadKey payload_key(const SubjectKey& key, const Nonce& nonce,
                                     std::string_view label, std::uint32_t number);
/// label || 0x00 || nonce.
[[nodiscard]] std::string payload_context(std::string_view label, const Nonce& nonce);

/// 24 random bytes: no two payloads of one key may have the same.
[[nodiscard]] PayloadSalt new_payload_salt();

/// Encrypts one payload. Moves; what it derives of the key is wiped when it dies, and the key that
/// was given is the caller's to wipe. One thread at a time.
class PayloadSealer {
 public:
  PayloadSealer(const PayloadKey& key, std::string_view context, const PayloadSalt& salt);
  PayloadSealer(PayloadSealer&&) noexcept;
  PayloadSealer& operator=(PayloadSealer&&) = delete;
  ~PayloadSealer();

  /// The first kPayloadHeader bytes.
  [[nodiscard]] const std::string& header() const { return header_; }
  /// The next bytes: kPayloadTag more than `chunk`, which has kPayloadChunk bytes but for the last
  /// one, which is shorter, perhaps empty, and has to be there. Valid until the next call.
  [[nodiscard]] std::string_view seal(std::string_view chunk);

 private:
  struct Cipher;
  std::unique_ptr<Cipher> cipher_;
  std::string header_;
};

/// Decrypts one. Moves, and wipes, as PayloadSealer. One thread at a time.
class PayloadOpener {
 public:
  /// `header`: the first kPayloadHeader bytes. Errors: kCorruption for another length, and for a
  /// commitment to another key or context.
  [[nodiscard]] static Result<PayloadOpener> begin(const PayloadKey& key, std::string_view context,
                                                   std::string_view header);
  PayloadOpener(PayloadOpener&&) noexcept;
  PayloadOpener& operator=(PayloadOpener&&) = delete;
  ~PayloadOpener();

  /// The text of the next kSealedChunk bytes, or of the fewer that are left. Valid until the next
  /// call. Errors: kCorruption for bytes that were not sealed so, at this place; and behind the
  /// last chunk.
  [[nodiscard]] Result<std::string_view> open(std::string_view sealed);
  /// Whether the last chunk was opened: until then the payload may have been cut off.
  [[nodiscard]] bool ended() const;

 private:
  struct Cipher;
  explicit PayloadOpener(std::unique_ptr<Cipher> cipher);
  std::unique_ptr<Cipher> cipher_;
};

}  // namespace tidewaiter
