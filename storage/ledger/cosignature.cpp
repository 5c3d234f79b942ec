#include "storage/ledger/cosignature.h"

#include <algorithm>
#include <optional>

#include "policies/model/digest.h"
#include "storage/ledger/note_key.h"

namespace tidewaiter {

namespace {

constexpr std::size_t kTimeBytes = 8;

std::string cosigned_message(std::int64_t seconds, std::string_view text) {
  return "cosignature/v1\ntime " + std::to_string(seconds) + '\n' + std::string(text);
}

std::string time_bytes(std::int64_t seconds) {
  std::string bytes;
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    bytes += static_cast<char>((static_cast<std::uint64_t>(seconds) >> (shift - 8)) & 0xffU);
  }
  return bytes;
}

/// Absent for a time over 2^63 - 1, which the format forbids.
std::optional<std::int64_t> time_of(std::string_view bytes) {
  std::uint64_t seconds = 0;
  for (const char c : bytes.substr(0, kTimeBytes)) {
    seconds = (seconds << 8U) | static_cast<unsigned char>(c);
  }
  if (seconds >> 63U != 0) return std::nullopt;
  return static_cast<std::int64_t>(seconds);
}

/// The time of a signature that holds, and nothing of one that does not.
std::optional<std::int64_t> judge(const std::string& text, const NoteSignature& signature,
                                  const WitnessKey& key) {
  if (signature.bytes.size() != kTimeBytes + sizeof(Ed25519Signature)) return std::nullopt;
  const auto seconds = time_of(signature.bytes);
  if (!seconds || !verify_ed25519(key.key, cosigned_message(*seconds, text),
                                  as_byte_span(signature.bytes).subspan(kTimeBytes))) {
    return std::nullopt;
  }
  return seconds;
}

}  // namespace

std::uint32_t key_id(const WitnessKey& key) {
  return note_key_id(key.name, NoteKeyType::kCosignature, key.key);
}

std::string format_witness_key(const WitnessKey& key) {
  return format_note_key(key.name, NoteKeyType::kCosignature, key.key);
}

Result<WitnessKey> parse_witness_key(std::string_view text) {
  auto key = parse_note_key(text, NoteKeyType::kCosignature);
  if (!key) return tl::unexpected(key.error());
  return WitnessKey{std::move(key->name), key->key};
}

Result<NoteSignature> cosign(std::string_view text, std::int64_t seconds, const std::string& name,
                             const SigningKey& key) {
  if (seconds < 0) {
    return fail(ErrorCode::kInvalidInput,
                "a cosignature's time is not before 1970: set the clock, got " +
                    std::to_string(seconds) + " seconds");
  }
  if (!is_key_name(name)) {
    return fail(ErrorCode::kInvalidInput,
                "a key name has no white space and no '+', got `" + name + "`");
  }
  const Ed25519Signature signature = key.sign(cosigned_message(seconds, text));
  std::string bytes = time_bytes(seconds);
  bytes.append(reinterpret_cast<const char*>(signature.data()), signature.size());
  return NoteSignature{name, key_id(WitnessKey{name, key.public_key()}), std::move(bytes)};
}

Result<std::vector<Cosignature>> verify_cosignatures(const SignedNote& note,
                                                     std::span<const WitnessKey> keys) {
  std::vector<Cosignature> found;
  for (const NoteSignature& signature : note.signatures) {
    const auto is_signer = [&signature](const WitnessKey& key) {
      return key.name == signature.name && key_id(key) == signature.key_id;
    };
    const auto known = std::ranges::find_if(keys, is_signer);
    if (known == keys.end()) continue;
    if (std::ranges::any_of(found, [&](const Cosignature& c) { return c.witness == *known; })) {
      continue;
    }
    const auto seconds = judge(note.text, signature, *known);
    if (!seconds) {
      return fail(ErrorCode::kRefused,
                  "the cosignature of the witness `" + signature.name + "` does not hold");
    }
    found.push_back({*known, *seconds, signature});
  }
  return found;
}

}  // namespace tidewaiter
