#pragma once

#include <string>
#include <string_view>

#include "policies/model/digest.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// What an authority is asked to put a time on: a TimeStampReq, RFC 3161 §2.4.1, over SHA-256. It
/// asks for the authority's certificates too (certReq), without which nobody could check the
/// answer years later.
struct TimestampRequest {
  Digest imprint;      ///< what gets the time: see checkpoint_imprint()
  std::string nonce;   ///< lower-case hexadecimal, without leading zeros
  std::string policy;  ///< OID in dotted decimals; empty: the authority's own choice
};

/// A request with 63 random bits as its nonce. Errors: kInvalidInput for a `policy` that is no OID,
/// kUnavailable if the system has no random numbers.
[[nodiscard]] Result<TimestampRequest> new_timestamp_request(const Digest& imprint,
                                                             const std::string& policy);

/// Its DER: what is sent as `application/timestamp-query`. Errors: kInvalidInput for a nonce or a
/// policy of another form.
[[nodiscard]] Result<std::string> encode_timestamp_request(const TimestampRequest& request);

/// The exact inverse for what encode_timestamp_request() gives. Errors: kInvalidInput for anything
/// else.
[[nodiscard]] Result<TimestampRequest> decode_timestamp_request(std::string_view der);

}  // namespace tidewaiter
