#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "storage/evidence/payload_cipher.h"

namespace tidewaiter {

// Payloads that fit into memory, for tests of the cipher.

inline std::string sealed_payload(const PayloadKey& key, const std::string& context,
                                  const PayloadSalt& salt, std::string_view text) {
  PayloadSealer sealer(key, context, salt);
  std::string payload = sealer.header();
  for (;;) {
    const std::string_view chunk = text.substr(0, kPayloadChunk);
    payload += sealer.seal(chunk);
    if (chunk.size() < kPayloadChunk) return payload;
    text.remove_prefix(chunk.size());
  }
}

/// Its text. Errors: those of PayloadOpener.
inline Result<std::string> opened_payload(const PayloadKey& key, const std::string& context,
                                          std::string_view payload) {
  Result<PayloadOpener> opener =
      PayloadOpener::begin(key, context, payload.substr(0, kPayloadHeader));
  if (!opener) return tl::unexpected(opener.error());
  payload.remove_prefix(std::min(payload.size(), kPayloadHeader));
  std::string text;
  while (!payload.empty() || !opener->ended()) {
    const std::string_view chunk = payload.substr(0, kSealedChunk);
    const Result<std::string_view> part = opener->open(chunk);
    if (!part) return tl::unexpected(part.error());
    text += *part;
    payload.remove_prefix(chunk.size());
  }
  return text;
}

}  // namespace tidewaiter
