#include "policies/model/digest_hmac.h"

#include <cstdlib>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace tidewaiter {

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  Digest digest;
  // As with SHA-256, it fails only where OpenSSL is not usable at all: there is no answer to give.
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
           reinterpret_cast<unsigned char*>(digest.bytes.data()), nullptr) == nullptr) {
    std::abort();
  }
  return digest;
}

}  // namespace tidewaiter
