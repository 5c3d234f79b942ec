#include "storage/ledger/signed_note.h"

#include <algorithm>
#include <set>
#include <utility>

#include <sodium.h>

#include "policies/model/base64.h"
#include "policies/model/digest.h"
#include "policies/model/utf8.h"
#include "storage/ledger/note_key.h"

namespace tidewaiter {

namespace {

constexpr std::string_view kSignaturePrefix = "\xe2\x80\x94 ";  // U+2014, space

static_assert(SigningKey::kSeedSize == crypto_sign_SEEDBYTES);
static_assert(sizeof(Ed25519PublicKey) == crypto_sign_PUBLICKEYBYTES);
static_assert(sizeof(Ed25519Signature) == crypto_sign_BYTES);

const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}
const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

/// libsodium picks its implementations once; safe to ask again from any thread.
bool sodium_ready() {
  static const bool ready = sodium_init() >= 0;
  return ready;
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// White space beyond ASCII (Unicode property White_Space), in UTF-8.
constexpr std::array<std::string_view, 19> kWideSpaces = {
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
    "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
    "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};

bool is_note_text(std::string_view text) {
  return is_utf8(text) && std::ranges::none_of(text, [](char c) {
           return static_cast<unsigned char>(c) < 0x20 && c != '\n';
         });
}

tl::unexpected<Error> malformed_note(const std::string& what) {
  return fail(ErrorCode::kInvalidInput, "malformed signed note: " + what);
}

std::uint32_t read_u32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = (value << 8U) | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

std::string write_u32(std::uint32_t value) {
  std::string bytes;
  for (unsigned shift = 32; shift > 0; shift -= 8) {
    bytes += static_cast<char>((value >> (shift - 8)) & 0xffU);
  }
  return bytes;
}

/// One line after the blank one, without its newline.
Result<NoteSignature> parse_signature_line(std::string_view line) {
  if (!line.starts_with(kSignaturePrefix)) {
    return malformed_note("expected a signature line, got `" + std::string(line.substr(0, 80)) +
                          "`");
  }
  line.remove_prefix(kSignaturePrefix.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !is_key_name(line.substr(0, space))) {
    return malformed_note("a signature line without a key name");
  }
  Result<std::string> bytes = from_base64(line.substr(space + 1), Base64::kStandard);
  if (!bytes) return malformed_note(bytes.error().message);
  if (bytes->size() < 5) return malformed_note("a signature shorter than its key id");
  return NoteSignature{std::string(line.substr(0, space)), read_u32(*bytes), bytes->substr(4)};
}

}  // namespace

Result<SigningKey> SigningKey::generate() {
  if (!sodium_ready()) return fail(ErrorCode::kUnavailable, "libsodium could not be started");
  std::array<std::byte, kSeedSize> seed{};
  randombytes_buf(seed.data(), seed.size());
  Result<SigningKey> key = from_seed(seed);
  sodium_memzero(seed.data(), seed.size());
  return key;
}

Result<SigningKey> SigningKey::from_seed(std::span<const std::byte> seed) {
  if (!sodium_ready()) return fail(ErrorCode::kUnavailable, "libsodium could not be started");
  if (seed.size() != kSeedSize) {
    return fail(ErrorCode::kInvalidInput,
                "expected a key seed of 32 bytes, got " + std::to_string(seed.size()));
  }
  SigningKey key;
  Ed25519PublicKey unused{};
  crypto_sign_seed_keypair(raw(unused.data()), raw(key.secret_.data()), raw(seed.data()));
  return key;
}

SigningKey::SigningKey(SigningKey&& other) noexcept : secret_(other.secret_) {
  sodium_memzero(other.secret_.data(), other.secret_.size());
}

SigningKey& SigningKey::operator=(SigningKey&& other) noexcept {
  if (this != &other) {
    secret_ = other.secret_;
    sodium_memzero(other.secret_.data(), other.secret_.size());
  }
  return *this;
}

SigningKey::~SigningKey() { sodium_memzero(secret_.data(), secret_.size()); }

Ed25519PublicKey SigningKey::public_key() const {
  Ed25519PublicKey key{};
  std::ranges::copy(std::span(secret_).last(key.size()), key.begin());
  return key;
}

Ed25519Signature SigningKey::sign(std::string_view message) const {
  Ed25519Signature signature{};
  crypto_sign_detached(raw(signature.data()), nullptr, raw(message), message.size(),
                       raw(secret_.data()));
  return signature;
}

std::span<const std::byte> SigningKey::seed() const { return std::span(secret_).first(kSeedSize); }

bool verify_ed25519(const Ed25519PublicKey& key, std::string_view message,
                    std::span<const std::byte> signature) {
  return sodium_ready() && signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(raw(signature.data()), raw(message), message.size(),
                                     raw(key.data())) == 0;
}

std::uint32_t key_id(const VerifierKey& key) {
  return note_key_id(key.name, NoteKeyType::kEd25519, key.key);
}

bool is_key_name(std::string_view name) {
  const auto forbidden = [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == '+' || c == '\x7f';
  };
  const auto has = [name](std::string_view space) {
    return name.find(space) != std::string_view::npos;
  };
  return !name.empty() && is_utf8(name) && std::ranges::none_of(name, forbidden) &&
         std::ranges::none_of(kWideSpaces, has);
}

std::string format_verifier_key(const VerifierKey& key) {
  return format_note_key(key.name, NoteKeyType::kEd25519, key.key);
}

Result<VerifierKey> parse_verifier_key(std::string_view text) {
  auto key = parse_note_key(text, NoteKeyType::kEd25519);
  if (!key) return tl::unexpected(key.error());
  return VerifierKey{std::move(key->name), key->key};
}

Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines) {
  if (lines.empty() || lines.back() != '\n') {
    return malformed_note("the last line is not a whole signature line");
  }
  std::vector<NoteSignature> signatures;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    Result<NoteSignature> signature = parse_signature_line(lines.substr(0, end));
    if (!signature) return tl::unexpected(signature.error());
    signatures.push_back(std::move(*signature));
    if (signatures.size() > kMaxNoteSignatures) return malformed_note("over 100 signatures");
    lines.remove_prefix(end + 1);
  }
  return signatures;
}

std::string format_signature_lines(std::span<const NoteSignature> signatures) {
  std::string text;
  for (const NoteSignature& signature : signatures) {
    text += kSignaturePrefix;
    text += signature.name + ' ' +
            to_base64(write_u32(signature.key_id) + signature.bytes, Base64::kStandard) + '\n';
  }
  return text;
}

Result<SignedNote> parse_signed_note(std::string_view note) {
  if (note.size() > kMaxNoteBytes) return malformed_note("longer than 1,000,000 bytes");
  if (!is_note_text(note)) return malformed_note("not UTF-8, or a control character in it");
  const std::size_t split = note.rfind("\n\n");
  if (split == std::string_view::npos) return malformed_note("no empty line before the signatures");
  auto signatures = parse_signature_lines(note.substr(split + 2));
  if (!signatures) return tl::unexpected(signatures.error());
  return SignedNote{std::string(note.substr(0, split + 1)), std::move(*signatures)};
}

std::string format_signed_note(const SignedNote& note) {
  return note.text + '\n' + format_signature_lines(note.signatures);
}

Result<std::string> sign_note(std::string_view text, const std::string& name,
                              const SigningKey& key) {
  if (!is_note_text(text) || !text.ends_with('\n')) {
    return fail(ErrorCode::kInvalidInput,
                "a note's text is UTF-8 without control characters and ends with a newline");
  }
  if (!is_key_name(name)) {
    return fail(ErrorCode::kInvalidInput,
                "a key name has no white space and no '+', got `" + name + "`");
  }
  const Ed25519Signature signature = key.sign(text);
  const std::uint32_t id = key_id(VerifierKey{name, key.public_key()});
  return format_signed_note(
      {std::string(text), {NoteSignature{name, id, std::string(as_text(signature))}}});
}

Result<SignedNote> verify_note(std::string_view note, std::span<const VerifierKey> keys) {
  Result<SignedNote> parsed = parse_signed_note(note);
  if (!parsed) return parsed;
  SignedNote verified{std::move(parsed->text), {}};
  std::set<std::pair<std::string, std::uint32_t>> seen;
  for (NoteSignature& signature : parsed->signatures) {
    const auto matches = [&signature](const VerifierKey& key) {
      return key.name == signature.name && key_id(key) == signature.key_id;
    };
    const auto known = std::ranges::find_if(keys, matches);
    if (known == keys.end()) continue;
    if (std::find_if(known + 1, keys.end(), matches) != keys.end()) {
      return fail(ErrorCode::kRefused, "two known keys named `" + signature.name + "` have one id");
    }
    if (!seen.emplace(signature.name, signature.key_id).second) continue;
    if (!verify_ed25519(known->key, verified.text, as_byte_span(signature.bytes))) {
      return fail(ErrorCode::kRefused, "the signature of `" + signature.name + "` does not hold");
    }
    verified.signatures.push_back(std::move(signature));
  }
  if (verified.signatures.empty()) {
    return fail(ErrorCode::kRefused, "no known key signed the note");
  }
  return verified;
}

}  // namespace tidewaiter
