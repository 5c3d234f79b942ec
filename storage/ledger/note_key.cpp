#include "storage/ledger/note_key.h"

#include <algorithm>

#include "policies/model/base64.h"
#include "policies/model/digest.h"

namespace tidewaiter {

namespace {

/// The type and the key, as they are hashed and written.
std::string typed_key(NoteKeyType type, const Ed25519PublicKey& key) {
  std::string bytes(1, static_cast<char>(type));
  bytes.append(reinterpret_cast<const char*>(key.data()), key.size());
  return bytes;
}

std::string hex_of(std::uint32_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned shift = 32; shift > 0; shift -= 4) {
    text += kDigits[(value >> (shift - 4)) & 0xfU];
  }
  return text;
}

std::string_view kind_of(NoteKeyType type) {
  switch (type) {
    case NoteKeyType::kEd25519:
      return "an Ed25519 key (type 1)";
    case NoteKeyType::kCosignature:
      return "an Ed25519 key for cosignatures (type 4), as a witness has it";
  }
  return "of a known type";
}

}  // namespace

std::uint32_t note_key_id(std::string_view name, NoteKeyType type, const Ed25519PublicKey& key) {
  const Digest digest = sha256(std::string(name) + '\n' + typed_key(type, key));
  std::uint32_t id = 0;
  for (std::size_t i = 0; i < sizeof(id); ++i) {
    id = (id << 8U) | std::to_integer<std::uint32_t>(digest.bytes[i]);
  }
  return id;
}

std::string format_note_key(std::string_view name, NoteKeyType type, const Ed25519PublicKey& key) {
  return std::string(name) + '+' + hex_of(note_key_id(name, type, key)) + '+' +
         to_base64(typed_key(type, key), Base64::kStandard);
}

Result<NamedPublicKey> parse_note_key(std::string_view text, NoteKeyType type) {
  // What is no verifier key may be a signing key, which no message repeats.
  const auto bad = [text] {
    const bool signing = text.starts_with("PRIVATE+KEY+");
    return fail(ErrorCode::kInvalidInput,
                std::string("expected a verifier key `<name>+<id>+<base64>`, got ") +
                    (signing ? "a signing key, which is for its owner alone"
                             : "a text of another form, which may be secret and is not repeated"));
  };
  const std::size_t first = text.find('+');
  if (first == std::string_view::npos) return bad();
  const std::size_t second = text.find('+', first + 1);
  if (second == std::string_view::npos) return bad();
  const std::string_view id = text.substr(first + 1, second - first - 1);
  const Result<std::string> typed = from_base64(text.substr(second + 1), Base64::kStandard);
  NamedPublicKey key{std::string(text.substr(0, first)), {}};
  if (!is_key_name(key.name) || !typed || typed->empty()) return bad();
  if (typed->front() != static_cast<char>(type)) {
    return fail(ErrorCode::kUnsupported,
                "the verifier key of `" + key.name + "` is not " + std::string(kind_of(type)));
  }
  if (typed->size() != 1 + key.key.size()) return bad();
  std::ranges::copy(as_byte_span(*typed).subspan(1), key.key.begin());
  if (id != hex_of(note_key_id(key.name, type, key.key))) {
    return fail(ErrorCode::kInvalidInput, "the id `" + std::string(id.substr(0, 16)) +
                                              "` is not that of the verifier key of `" + key.name +
                                              "`");
  }
  return key;
}

}  // namespace tidewaiter
