#include "policies/model/digest_sha1.h"

#include <cstdlib>

#include <openssl/evp.h>

namespace tidewaiter {

std::array<std::uint8_t, kSha1Bytes> sha1(std::string_view bytes) {
  std::array<std::uint8_t, kSha1Bytes> digest{};
  // As with SHA-256, it fails only where OpenSSL is not usable at all: there is no answer to give.
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha1(), nullptr) != 1) {
    std::abort();
  }
  return digest;
}

}  // namespace tidewaiter
