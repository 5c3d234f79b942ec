#include "storage/evidence/wrapping_key.h"

#include <cstring>
#include <utility>

#include <sodium.h>
#include <sys/stat.h>

#include "policies/model/digest.h"
#include "storage/evidence/disclosure.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kIdLabel = "tidewaiter/v1/vault-key-id";
constexpr std::string_view kWrapLabel = "tidewaiter/v1/vault-wrap";
constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kIdSize = 8;
constexpr std::size_t kMostFileBytes = 4096;

static_assert(WrappingKey::kSize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(WrappingKey::kWrappedSize ==
              kNonceSize + sizeof(SubjectKey) + crypto_aead_xchacha20poly1305_ietf_ABYTES);

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* octets(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// What is authenticated beside the key: label || 0x00 || subject.
std::string bound_to(std::string_view subject) {
  std::string bound(kWrapLabel);
  bound += '\0';
  bound += subject;
  return bound;
}

}  // namespace

WrappingKey::WrappingKey(WrappingKey&& other) noexcept : bytes_(other.bytes_) {
  sodium_memzero(other.bytes_.data(), kSize);
}

WrappingKey& WrappingKey::operator=(WrappingKey&& other) noexcept {
  if (this != &other) {
    bytes_ = other.bytes_;
    sodium_memzero(other.bytes_.data(), kSize);
  }
  return *this;
}

WrappingKey::~WrappingKey() { sodium_memzero(bytes_.data(), kSize); }

Result<WrappingKey> WrappingKey::parse(std::string_view text) {
  while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  std::array<unsigned char, kSize> bytes{};
  std::size_t size = 0;
  const bool whole =
      text.size() == 2 * kSize &&
      sodium_hex2bin(bytes.data(), kSize, text.data(), text.size(), nullptr, &size, nullptr) == 0;
  WrappingKey key(bytes);
  sodium_memzero(bytes.data(), kSize);
  if (!whole || size != kSize) {
    return fail(ErrorCode::kInvalidInput,
                "a key of the vault is 64 hexadecimal digits, as `openssl rand -hex 32` prints "
                "them");
  }
  return key;
}

Result<WrappingKey> WrappingKey::read(const std::filesystem::path& file) {
  const std::string name = "the key of the vault, `" + file.string() + "`,";
  struct stat about {};
  if (::stat(file.c_str(), &about) == 0 && (about.st_mode & S_IROTH) != 0) {
    return fail(ErrorCode::kRefused, name + " may be read by everybody: `chmod 0400` it");
  }
  Result<std::string> text = read_whole_file(file, kMostFileBytes);
  if (!text) {
    return fail(text.error().code, name + " cannot be read: " + text.error().message);
  }
  Result<WrappingKey> key = parse(*text);
  sodium_memzero(text->data(), text->size());
  if (!key) return fail(key.error().code, name + " cannot be used: " + key.error().message);
  return key;
}

std::string WrappingKey::id() const {
  const auto derived = hkdf_sha256(std::as_bytes(std::span(bytes_)), {}, kIdLabel);
  return to_hex(Digest{derived}).substr(0, 2 * kIdSize);
}

std::string WrappingKey::wrap(const SubjectKey& key, std::string_view subject) const {
  std::string wrapped(kWrappedSize, '\0');
  randombytes_buf(wrapped.data(), kNonceSize);
  const std::string bound = bound_to(subject);
  unsigned long long size = 0;  // the length that libsodium tells is always the same
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      octets(wrapped) + kNonceSize, &size, reinterpret_cast<const unsigned char*>(key.data()),
      key.size(), octets(bound), bound.size(), nullptr, octets(wrapped), bytes_.data());
  return wrapped;
}

Result<SubjectKey> WrappingKey::unwrap(std::string_view wrapped, std::string_view subject) const {
  SubjectKey key{};
  const std::string bound = bound_to(subject);
  if (wrapped.size() == kWrappedSize &&
      crypto_aead_xchacha20poly1305_ietf_decrypt(
          reinterpret_cast<unsigned char*>(key.data()), nullptr, nullptr,
          octets(wrapped) + kNonceSize, wrapped.size() - kNonceSize, octets(bound), bound.size(),
          octets(wrapped), bytes_.data()) == 0) {
    return key;
  }
  return fail(ErrorCode::kCorruption,
              "a subject's key in the vault was not wrapped by key " + id() + ", or was changed");
}

Result<std::optional<WrappingKey>> wrapping_key_at(const std::filesystem::path& file) {
  if (file.empty()) return std::nullopt;
  Result<WrappingKey> key = WrappingKey::read(file);
  if (!key) return tl::unexpected(key.error());
  return std::move(*key);
}

}  // namespace tidewaiter
