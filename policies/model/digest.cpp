#include "policies/model/digest.h"

#include <array>
#include <cstdint>
#include <cstdlib>

#include <openssl/evp.h>

#include "policies/model/input_text.h"

namespace tidewaiter {

struct Sha256::Context {
  EVP_MD_CTX* evp = nullptr;
};

namespace {

/// OpenSSL's fetched implementation: looked up once, so that short messages do not pay for it.
const EVP_MD* implementation() {
  static EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return md;
}

/// SHA-256 of in-memory bytes can fail only when memory is gone or OpenSSL is not usable at all:
/// there is no answer to give and no caller could go on.
void require(int status) {
  if (status != 1) {
    std::abort();
  }
}

/// One context a thread, reused: allocation costs more than hashing a tree node.
EVP_MD_CTX* thread_context() {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  return context.get();
}

}  // namespace

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  context_->evp = EVP_MD_CTX_new();
  require(EVP_DigestInit_ex2(context_->evp, implementation(), nullptr));
}

Sha256::~Sha256() {
  if (context_) {
    EVP_MD_CTX_free(context_->evp);
  }
}

Sha256::Sha256(Sha256&&) noexcept = default;

Sha256& Sha256::operator=(Sha256&& other) noexcept {
  std::swap(context_, other.context_);
  return *this;
}

Sha256& Sha256::update(std::span<const std::byte> bytes) {
  require(EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()));
  return *this;
}

Sha256& Sha256::update(std::string_view bytes) { return update(as_byte_span(bytes)); }

Sha256& Sha256::update_framed(std::string_view bytes) {
  std::array<std::byte, 8> length{};
  std::uint64_t rest = bytes.size();
  for (std::size_t i = length.size(); i-- > 0; rest >>= 8U) {
    length[i] = static_cast<std::byte>(rest & 0xffU);
  }
  return update(length).update(bytes);
}

Digest Sha256::finish() {
  Digest digest;
  require(EVP_DigestFinal_ex(context_->evp, reinterpret_cast<unsigned char*>(digest.bytes.data()),
                             nullptr));
  return digest;
}

Digest sha256(std::span<const std::byte> bytes) {
  EVP_MD_CTX* const context = thread_context();
  Digest digest;
  require(EVP_DigestInit_ex2(context, implementation(), nullptr));
  require(EVP_DigestUpdate(context, bytes.data(), bytes.size()));
  require(
      EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(digest.bytes.data()), nullptr));
  return digest;
}

Digest sha256(std::string_view bytes) { return sha256(as_byte_span(bytes)); }

std::string to_hex(const Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(digest.bytes.size() * 2);
  for (const std::byte byte : digest.bytes) {
    text += kDigits[std::to_integer<std::size_t>(byte >> 4U)];
    text += kDigits[std::to_integer<std::size_t>(byte & std::byte{0x0f})];
  }
  return text;
}

namespace {

/// The value of a hexadecimal digit, or 0xFF. A table, for the digits of a hash are as good as
/// random and branches on them are mostly guessed wrong.
constexpr auto kHexValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(0xFF);
  for (std::uint8_t i = 0; i < 10; ++i) values['0' + std::size_t{i}] = i;
  for (std::uint8_t i = 0; i < 6; ++i) {
    values['a' + std::size_t{i}] = static_cast<std::uint8_t>(10 + i);
    values['A' + std::size_t{i}] = static_cast<std::uint8_t>(10 + i);
  }
  return values;
}();

}  // namespace

Result<Digest> digest_from_hex(std::string_view text) {
  Digest digest;
  if (text.size() != digest.bytes.size() * 2) {
    return fail(ErrorCode::kInvalidInput,
                "expected 64 hexadecimal digits, got " + in_backticks(text));
  }
  unsigned wrong = 0;
  for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
    const unsigned high = kHexValues[static_cast<unsigned char>(text[2 * i])];
    const unsigned low = kHexValues[static_cast<unsigned char>(text[2 * i + 1])];
    wrong |= (high | low) & 0xF0U;
    digest.bytes[i] = static_cast<std::byte>((high << 4U | low) & 0xFFU);
  }
  if (wrong != 0) {
    return fail(ErrorCode::kInvalidInput,
                "expected 64 hexadecimal digits, got " + in_backticks(text));
  }
  return digest;
}

}  // namespace tidewaiter
