#include "storage/evidence/payload_cipher.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <openssl/evp.h>
#include <sodium.h>

#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kExpandInfo = "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM";
constexpr std::size_t kAesKey = 32;
constexpr std::size_t kGcmNonce = 12;
constexpr std::size_t kCommitmentSize = 32;
constexpr std::size_t kMacBlock = crypto_auth_hmacsha512_BYTES;
/// Far more than anybody stores, and within the specification's 2^38.
constexpr std::uint64_t kMostChunks = std::uint64_t{1} << 32U;

static_assert(kPayloadHeader == std::tuple_size_v<PayloadSalt> + kCommitmentSize);

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// key || nonce || commitment.
struct Derived {
  std::array<unsigned char, kAesKey + kGcmNonce + kCommitmentSize> bytes{};
  Derived() = default;
  Derived(const Derived&) = delete;
  Derived& operator=(const Derived&) = delete;
  ~Derived() { sodium_memzero(bytes.data(), bytes.size()); }

  [[nodiscard]] const unsigned char* key() const { return bytes.data(); }
  [[nodiscard]] const unsigned char* nonce() const { return key() + kAesKey; }
  [[nodiscard]] std::string_view commitment() const {
    return {reinterpret_cast<const char*>(nonce() + kGcmNonce), kCommitmentSize};
  }
};

/// HKDF-Expand with SHA-512 (RFC 5869 §2.3), of two blocks at most.
void expand(const PayloadKey& key, std::string_view info, std::span<unsigned char> out) {
  std::array<unsigned char, kMacBlock> block{};
  for (std::size_t at = 0, number = 1; at < out.size(); at += kMacBlock, ++number) {
    crypto_auth_hmacsha512_state state;
    crypto_auth_hmacsha512_init(&state, reinterpret_cast<const unsigned char*>(key.data()),
                                key.size());
    if (at > 0) crypto_auth_hmacsha512_update(&state, block.data(), block.size());
    crypto_auth_hmacsha512_update(&state, bytes_of(info), info.size());
    const auto counter = static_cast<unsigned char>(number);
    crypto_auth_hmacsha512_update(&state, &counter, 1);
    crypto_auth_hmacsha512_final(&state, block.data());
    sodium_memzero(&state, sizeof(state));
    std::copy_n(block.begin(), std::min(kMacBlock, out.size() - at),
                out.begin() + static_cast<std::ptrdiff_t>(at));
  }
  sodium_memzero(block.data(), block.size());
}

void derive(const PayloadKey& key, std::string_view salt, std::string_view context, Derived& out) {
  std::string info(kExpandInfo);
  info += '\0';
  info += salt;
  info += context;
  expand(key, info, out.bytes);
}

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherPtr = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

/// What cannot fail but where the process has no memory left, or a library without AES.
void must(int done) {
  if (done != 1) std::abort();
}

enum class Direction : int { kOpen = 0, kSeal = 1 };

/// AES-256-GCM over one chunk after the other.
class Chunks {
 public:
  Chunks(const Derived& derived, Direction direction) : cipher_(EVP_CIPHER_CTX_new()) {
    must(cipher_ != nullptr ? 1 : 0);
    must(EVP_CipherInit_ex(cipher_.get(), EVP_aes_256_gcm(), nullptr, derived.key(), nullptr,
                           static_cast<int>(direction)));
    std::copy_n(derived.nonce(), kGcmNonce, base_.begin());
  }

  /// The nonce of the next chunk: the base, of which the last eight bytes are XORed with its
  /// number, big-endian. The direction stays what it is.
  void next() {
    auto nonce = base_;
    for (std::size_t i = 0; i < sizeof(number_); ++i) {
      nonce[kGcmNonce - 1 - i] ^= static_cast<unsigned char>(number_ >> (8 * i));
    }
    must(EVP_CipherInit_ex(cipher_.get(), nullptr, nullptr, nullptr, nonce.data(), -1));
    ++number_;
  }

  void transform(std::string_view from, unsigned char* to) {
    int size = 0;
    if (from.empty()) return;
    must(EVP_CipherUpdate(cipher_.get(), to, &size, bytes_of(from), static_cast<int>(from.size())));
  }

  /// False where the tag is not that of what was opened.
  bool finish() {
    int size = 0;
    unsigned char none = 0;
    return EVP_CipherFinal_ex(cipher_.get(), &none, &size) == 1;
  }
  void put_tag(unsigned char* to) {
    must(EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_AEAD_GET_TAG, kPayloadTag, to));
  }
  void expect_tag(std::string_view tag) {
    std::array<unsigned char, kPayloadTag> copy{};
    std::memcpy(copy.data(), tag.data(), copy.size());
    must(EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_AEAD_SET_TAG, kPayloadTag, copy.data()));
  }

  [[nodiscard]] std::uint64_t number() const { return number_; }

 private:
  CipherPtr cipher_;
  std::array<unsigned char, kGcmNonce> base_{};
  std::uint64_t number_ = 0;
};

tl::unexpected<Error> unsound_payload(const std::string& why) {
  return fail(ErrorCode::kCorruption, "the payload does not hold: " + why);
}

std::string salt_text(const PayloadSalt& salt) {
  return {reinterpret_cast<const char*>(salt.data()), salt.size()};
}

}  // namespace

std::int64_t payload_length(std::int64_t bytes) {
  const std::int64_t chunks = bytes / static_cast<std::int64_t>(kPayloadChunk) + 1;
  return static_cast<std::int64_t>(kPayloadHeader) + bytes +
         chunks * static_cast<std::int64_t>(kPayloadTag);
}

PayloadKey payload_key(const SubjectKey& key, const Nonce& nonce, std::string_view label,
                       std::uint32_t number) {
  std::string info(label);
  info += '\0';
  for (int shift = 24; shift >= 0; shift -= 8) info += static_cast<char>(number >> shift);
  return hkdf_sha256(key, nonce, info);
}

std::string payload_context(std::string_view label, const Nonce& nonce) {
  std::string context(label);
  context += '\0';
  context.append(reinterpret_cast<const char*>(nonce.data()), nonce.size());
  return context;
}

PayloadSalt new_payload_salt() {
  PayloadSalt salt{};
  randombytes_buf(salt.data(), salt.size());
  return salt;
}

struct PayloadSealer::Cipher {
  explicit Cipher(const Derived& derived) : chunks(derived, Direction::kSeal) {}
  Chunks chunks;
  std::string room = std::string(kSealedChunk, '\0');
};

PayloadSealer::PayloadSealer(const PayloadKey& key, std::string_view context,
                             const PayloadSalt& salt)
    : header_(salt_text(salt)) {
  Derived derived;
  derive(key, header_, context, derived);
  header_ += derived.commitment();
  cipher_ = std::make_unique<Cipher>(derived);
}

PayloadSealer::PayloadSealer(PayloadSealer&&) noexcept = default;
PayloadSealer::~PayloadSealer() = default;

std::string_view PayloadSealer::seal(std::string_view chunk) {
  Chunks& chunks = cipher_->chunks;
  unsigned char* const room = bytes_of(cipher_->room);
  must(chunk.size() <= kPayloadChunk && chunks.number() < kMostChunks ? 1 : 0);
  chunks.next();
  chunks.transform(chunk, room);
  must(chunks.finish() ? 1 : 0);
  chunks.put_tag(room + chunk.size());
  return {cipher_->room.data(), chunk.size() + kPayloadTag};
}

struct PayloadOpener::Cipher {
  explicit Cipher(const Derived& derived) : chunks(derived, Direction::kOpen) {}
  Cipher(const Cipher&) = delete;
  Cipher& operator=(const Cipher&) = delete;
  ~Cipher() { sodium_memzero(room.data(), room.size()); }
  Chunks chunks;
  std::string room = std::string(kPayloadChunk, '\0');
  bool ended = false;
};

PayloadOpener::PayloadOpener(std::unique_ptr<Cipher> cipher) : cipher_(std::move(cipher)) {}
PayloadOpener::PayloadOpener(PayloadOpener&&) noexcept = default;
PayloadOpener::~PayloadOpener() = default;

Result<PayloadOpener> PayloadOpener::begin(const PayloadKey& key, std::string_view context,
                                           std::string_view header) {
  if (header.size() != kPayloadHeader) return unsound_payload("it is cut off in its header");
  Derived derived;
  derive(key, header.substr(0, std::tuple_size_v<PayloadSalt>), context, derived);
  const std::string_view commitment = header.substr(std::tuple_size_v<PayloadSalt>);
  if (sodium_memcmp(commitment.data(), derived.commitment().data(), kCommitmentSize) != 0) {
    return unsound_payload("its header does not commit to this key");
  }
  return PayloadOpener(std::make_unique<Cipher>(derived));
}

Result<std::string_view> PayloadOpener::open(std::string_view sealed) {
  Chunks& chunks = cipher_->chunks;
  const std::string chunk = "chunk " + std::to_string(chunks.number());
  if (cipher_->ended) return unsound_payload("bytes follow its end");
  if (sealed.size() < kPayloadTag || sealed.size() > kSealedChunk) {
    return unsound_payload(chunk + " is cut off");
  }
  if (chunks.number() >= kMostChunks) return unsound_payload("it has too many chunks");
  const std::size_t size = sealed.size() - kPayloadTag;
  chunks.next();
  chunks.transform(sealed.substr(0, size), bytes_of(cipher_->room));
  chunks.expect_tag(sealed.substr(size));
  if (!chunks.finish()) return unsound_payload(chunk + " was changed, or is of another place");
  cipher_->ended = size < kPayloadChunk;
  return std::string_view(cipher_->room.data(), size);
}

bool PayloadOpener::ended() const { return cipher_->ended; }

}  // namespace tidewaiter
