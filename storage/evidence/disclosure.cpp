#include "storage/evidence/disclosure.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>
#include <sodium.h>

#include "policies/model/digest.h"
#include "policies/model/jcs.h"

namespace tidewaiter {
namespace {

constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t kDigestsStep = 4;

/// libsodium wants a pointer to no bytes too, and a span of none may have a null one.
const unsigned char* octets(std::span<const std::byte> bytes) {
  static constexpr unsigned char kNone = 0;
  return bytes.empty() ? &kNone : reinterpret_cast<const unsigned char*>(bytes.data());
}

/// HMAC-SHA256 over two parts.
std::array<std::byte, 32> hmac_sha256(std::span<const std::byte> key,
                                      std::span<const std::byte> first,
                                      std::span<const std::byte> second) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, octets(key), key.size());
  crypto_auth_hmacsha256_update(&state, octets(first), first.size());
  crypto_auth_hmacsha256_update(&state, octets(second), second.size());
  std::array<std::byte, 32> mac{};
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mac.data()));
  sodium_memzero(&state, sizeof(state));
  return mac;
}

}  // namespace

std::array<std::byte, 32> hkdf_sha256(std::span<const std::byte> key,
                                      std::span<const std::byte> salt, std::string_view info) {
  // 32 bytes are one block: T(1) = HMAC(PRK, info || 0x01).
  constexpr std::array<std::byte, 1> kFirst{std::byte{1}};
  const auto prk = hmac_sha256(salt, key, {});
  return hmac_sha256(prk, as_byte_span(info), kFirst);
}

std::array<std::byte, 32> disclosure_salt(const SubjectKey& key, const Nonce& nonce,
                                          std::string_view label, std::string_view name) {
  std::string info(label);
  info += '\0';
  info += name;
  return hkdf_sha256(key, nonce, info);
}

std::string to_base64url(std::span<const std::byte> bytes) {
  // The length counts the final NUL that sodium writes.
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), octets(bytes), bytes.size(), kVariant);
  text.pop_back();
  return text;
}

Result<std::string> from_base64url(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t length = 0;
  // Without an end pointer sodium refuses trailing characters; it refuses non-zero spare bits too.
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &length, nullptr, kVariant) != 0) {
    return fail(ErrorCode::kInvalidInput, "expected base64url without padding");
  }
  bytes.resize(length);
  return bytes;
}

Result<Disclosure> make_disclosure(const SubjectKey& key, const Nonce& nonce,
                                   std::string_view label, std::string_view name,
                                   const nlohmann::json& value) {
  const std::string salt = to_base64url(disclosure_salt(key, nonce, label, name));
  auto bytes = to_jcs(nlohmann::json::array({salt, std::string(name), value}));
  if (!bytes) return tl::unexpected(bytes.error());
  return Disclosure{std::string(name), to_base64url(as_byte_span(*bytes))};
}

std::string disclosure_digest(std::string_view text) { return to_base64url(sha256(text).bytes); }

std::vector<std::string> sd_digests(std::span<const Disclosure> disclosures) {
  std::vector<std::string> digests;
  digests.reserve(disclosures.size() + kDigestsStep);
  for (const Disclosure& disclosure : disclosures) {
    digests.push_back(disclosure_digest(disclosure.text));
  }
  const std::size_t decoys = (kDigestsStep - digests.size() % kDigestsStep) % kDigestsStep;
  std::array<std::array<std::byte, 32>, kDigestsStep> random{};
  if (decoys > 0) randombytes_buf(random.data(), decoys * sizeof random.front());  // a system call
  for (std::size_t i = 0; i < decoys; ++i) {
    digests.push_back(to_base64url(sha256(random[i]).bytes));
  }
  std::ranges::sort(digests);
  return digests;
}

}  // namespace tidewaiter
