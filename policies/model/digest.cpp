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
  std::string text(digest.bytes.size() * 2, '0');
  for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
    const auto byte = std::to_integer<std::size_t>(digest.bytes[i]);
    text[2 * i] = kDigits[byte >> 4U];
    text[2 * i + 1] = kDigits[byte & 0x0FU];
  }
  return text;
}

namespace {

/// The values of hexadecimal digits; false if a character is none. Without branches and look-ups,
/// so that compilers take many at once.
bool hex_values(std::string_view text, std::span<std::uint8_t> values) {
  std::uint8_t wrong = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto c = static_cast<std::uint8_t>(text[i]);
    const auto digit = static_cast<std::uint8_t>(c - '0');
    const auto letter = static_cast<std::uint8_t>((c | 0x20U) - 'a');
    const bool is_digit = digit < 10;
    const bool is_letter = letter < 6;
    values[i] = static_cast<std::uint8_t>(is_digit ? digit : letter + 10);
    wrong |= static_cast<std::uint8_t>(!is_digit & !is_letter);
  }
  return wrong == 0;
}

}  // namespace

Result<Digest> digest_from_hex(std::string_view text) {
  Digest digest;
  std::array<std::uint8_t, 2 * sizeof(Digest::bytes)> values;
  if (text.size() != values.size() || !hex_values(text, values)) {
    return fail(ErrorCode::kInvalidInput,
                "expected 64 hexadecimal digits, got " + in_backticks(text));
  }
  for (std::size_t i = 0; i < digest.bytes.size(); ++i) {
    digest.bytes[i] = static_cast<std::byte>(values[2 * i] << 4U | values[2 * i + 1]);
  }
  return digest;
}

}  // namespace tidewaiter
