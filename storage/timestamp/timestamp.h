#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// What an authority states in a time-stamp token (TSTInfo, RFC 3161 §2.4.2). A claim, until
/// verify_timestamp() has judged who signed it.
struct Timestamp {
  UtcTime time;        ///< genTime
  Duration accuracy;   ///< how far the true time may lie on either side; 0 if it is not stated
  Digest imprint;      ///< SHA-256 of what was there at `time`
  std::string policy;  ///< OID in dotted decimals under which it was issued
  std::string serial;  ///< of the token: lower-case hexadecimal
  std::string nonce;   ///< of the request: lower-case hexadecimal; empty if there is none
};

/// The longest response that is read, in bytes. One with a chain of certificates has some 5,000.
inline constexpr std::size_t kMaxTimestampBytes = 65'536;

/// Reads a TimeStampResp with a token and nothing behind it, and judges no signature. Errors:
/// kInvalidInput for other bytes, a version other than 1 or another hash than SHA-256; kRefused
/// with the authority's reason for a response without a token. Pure.
[[nodiscard]] Result<Timestamp> read_timestamp(std::string_view response);

}  // namespace tidewaiter
