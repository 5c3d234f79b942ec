#include "storage/people/password.h"

#include <array>
#include <cerrno>

#include <sodium.h>

namespace tidewaiter {
namespace {

static_assert(kPasswordCost.passes == crypto_pwhash_argon2id_OPSLIMIT_MODERATE);
static_assert(kPasswordCost.memory == crypto_pwhash_argon2id_MEMLIMIT_MODERATE);
static_assert(kLeastPasswordCost.passes == crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE);
static_assert(kLeastPasswordCost.memory == crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE);
static_assert(crypto_pwhash_ALG_DEFAULT == crypto_pwhash_ALG_ARGON2ID13);

/// Base64 without padding of the 32 bytes that libsodium's texts end in. It would take fewer.
constexpr std::size_t kHashDigits = 43;

Result<void> sodium_is_ready() {
  if (sodium_init() >= 0) return {};
  return fail(ErrorCode::kUnavailable, "libsodium cannot be used on this machine");
}

tl::unexpected<Error> no_memory() {
  return fail(ErrorCode::kUnavailable,
              "there is not the memory to look at a password, which takes 256 MiB: try again");
}

}  // namespace

Password::~Password() {
  // The whole place: what was longer before may lie behind the end.
  text_.resize(text_.capacity());
  sodium_memzero(text_.data(), text_.size());
}

bool Password::add(char byte) {
  if (text_.size() >= kMostBytes) return false;
  text_ += byte;
  return true;
}

Result<std::string> hash_password(const Password& password, PasswordCost cost) {
  if (auto ready = sodium_is_ready(); !ready) return tl::unexpected(ready.error());
  if (cost.passes < kLeastPasswordCost.passes || cost.memory < kLeastPasswordCost.memory) {
    return fail(ErrorCode::kInvalidInput, "a password is hashed with at least 64 MiB, two passes");
  }
  std::array<char, crypto_pwhash_STRBYTES> kept{};
  const std::string_view text = password.text();
  if (crypto_pwhash_str(kept.data(), text.data(), text.size(), cost.passes, cost.memory) != 0) {
    return no_memory();
  }
  return std::string(kept.data());
}

Result<bool> is_password(const Password& password, const std::string& kept) {
  if (auto formed = needs_rehash(kept); !formed) return formed;
  const std::string_view text = password.text();
  errno = 0;
  if (crypto_pwhash_str_verify(kept.c_str(), text.data(), text.size()) == 0) return true;
  // libsodium says both with -1, and a password that is another one with EINVAL alone.
  if (errno != EINVAL) return no_memory();
  return false;
}

Result<bool> needs_rehash(const std::string& kept, PasswordCost cost) {
  if (auto ready = sodium_is_ready(); !ready) return tl::unexpected(ready.error());
  const bool whole = kept.size() < crypto_pwhash_STRBYTES && kept.find('\0') == std::string::npos &&
                     kept.starts_with(crypto_pwhash_STRPREFIX) &&
                     kept.size() - kept.rfind('$') - 1 == kHashDigits;
  const int differs =
      whole ? crypto_pwhash_str_needs_rehash(kept.c_str(), cost.passes, cost.memory) : -1;
  if (differs < 0) return fail(ErrorCode::kCorruption, "this is no password hash of Argon2id");
  return differs != 0;
}

}  // namespace tidewaiter
