#include "policies/model/digest.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include <openssl/evp.h>

#include "policies/model/input_text.h"
#include "policies/model/length_frame.h"

namespace tidewaiter {

/// What is short stays here until it is finished, and is hashed at once: a context of OpenSSL's own
/// costs more than the hash of an identity.
struct Sha256::Context {
  static constexpr std::size_t kShort = 1000;
  EVP_MD_CTX* evp = nullptr;  ///< from where the bytes are more than that
  std::size_t size = 0;
  std::array<std::byte, kShort> bytes;  ///< the first `size` are not hashed yet
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

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<EVP_MD_CTX, FreeContext>;

ContextPtr begun_context() {
  ContextPtr context(EVP_MD_CTX_new());
  require(EVP_DigestInit_ex2(context.get(), implementation(), nullptr));
  return context;
}

/// One context a thread, reused: allocation costs more than hashing a tree node. It is begun as a
/// copy of another, which costs less than to begin it anew.
EVP_MD_CTX* thread_context() {
  thread_local const ContextPtr begun = begun_context();
  thread_local const ContextPtr context = begun_context();
  require(EVP_MD_CTX_copy_ex(context.get(), begun.get()));
  return context.get();
}

}  // namespace

Sha256::Sha256() : context_(new Context) {}  // its bytes are written before they are read

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
  Context& context = *context_;
  if (bytes.size() <= context.bytes.size() - context.size) {
    std::ranges::copy(bytes, context.bytes.begin() + static_cast<std::ptrdiff_t>(context.size));
    context.size += bytes.size();
    return *this;
  }
  if (context.evp == nullptr) {
    context.evp = EVP_MD_CTX_new();
    require(EVP_DigestInit_ex2(context.evp, implementation(), nullptr));
  }
  require(EVP_DigestUpdate(context.evp, context.bytes.data(), context.size));
  require(EVP_DigestUpdate(context.evp, bytes.data(), bytes.size()));
  context.size = 0;
  return *this;
}

Sha256& Sha256::update(std::string_view bytes) { return update(as_byte_span(bytes)); }

Sha256& Sha256::update_framed(std::string_view bytes) {
  return update(length_frame(bytes.size())).update(bytes);
}

Digest Sha256::finish() {
  const std::span<const std::byte> rest(context_->bytes.data(), context_->size);
  if (context_->evp == nullptr) return sha256(rest);
  Digest digest;
  require(EVP_DigestUpdate(context_->evp, rest.data(), rest.size()));
  require(EVP_DigestFinal_ex(context_->evp, reinterpret_cast<unsigned char*>(digest.bytes.data()),
                             nullptr));
  return digest;
}

Digest sha256(std::span<const std::byte> bytes) {
  EVP_MD_CTX* const context = thread_context();
  Digest digest;
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
