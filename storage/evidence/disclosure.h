#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "policies/model/error.h"
#include "storage/evidence/subject_key.h"

namespace tidewaiter {

// Salted disclosures in the encoding of RFC 9901 §4.2, with salts that derive from a subject's
// key. docs/ledger-format.md §4 has the grammar. All functions are pure but for sd_digests.

/// The random part of an entry, behind its member `n`.
using Nonce = std::array<std::byte, 16>;

/// What stands before the field's name in the salt's derivation: the format's own label.
inline constexpr std::string_view kSaltLabel = "tidewaiter/v1/salt";

/// HKDF-SHA256 with 32 bytes of output (RFC 5869).
[[nodiscard]] std::array<std::byte, 32> hkdf_sha256(std::span<const std::byte> key,
                                                    std::span<const std::byte> salt,
                                                    std::string_view info);

/// hkdf_sha256(key, nonce, label || 0x00 || name).
[[nodiscard]] std::array<std::byte, 32> disclosure_salt(const SubjectKey& key, const Nonce& nonce,
                                                        std::string_view label,
                                                        std::string_view name);

/// Without padding (RFC 4648 §5).
[[nodiscard]] std::string to_base64url(std::span<const std::byte> bytes);
/// Errors: kInvalidInput unless `text` is what to_base64url gives for some bytes.
[[nodiscard]] Result<std::string> from_base64url(std::string_view text);

/// One field that is told apart from its entry.
struct Disclosure {
  std::string name;
  std::string text;  ///< base64url of JCS [salt, name, value]
};

/// Errors: kInvalidInput if `value` has no JCS form.
[[nodiscard]] Result<Disclosure> make_disclosure(const SubjectKey& key, const Nonce& nonce,
                                                 std::string_view label, std::string_view name,
                                                 const nlohmann::json& value);

/// base64url of SHA-256 over the text as it is transported.
[[nodiscard]] std::string disclosure_digest(std::string_view text);

/// The member `_sd` of an entry: the digests, and random decoys up to a multiple of four, sorted.
[[nodiscard]] std::vector<std::string> sd_digests(std::span<const Disclosure> disclosures);

}  // namespace tidewaiter
