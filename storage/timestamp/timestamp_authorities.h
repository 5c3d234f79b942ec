#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/timestamp/timestamp.h"

namespace tidewaiter {

/// What a token must be about.
struct TimestampDemand {
  Digest imprint;
  std::string nonce;   ///< of the request; empty: any, as for a token that was taken in before
  std::string policy;  ///< OID; empty: any
};

/// A token that holds.
struct VerifiedTimestamp {
  Timestamp timestamp;
  std::string authority;  ///< subject of the certificate that signed it (RFC 2253). Not safe for a
                          ///< terminal
  UtcTime expires;        ///< end of that certificate's validity
};

/// Certificates of time-stamping authorities that somebody trusts: the only ground on which a token
/// is believed, so they come from elsewhere than the token. Threads: const methods from any.
class TimestampAuthorities {
 public:
  /// From the PEM text of a file: self-signed certificates are trusted, others only help to build
  /// the chain. Errors: kInvalidInput for a text without a certificate, or with a damaged one.
  [[nodiscard]] static Result<TimestampAuthorities> from_pem(std::string_view pem);

  /// The same from a PEM file of at most 1 MiB.
  /// Errors: kNotFound, kUnavailable, kInvalidInput, each naming the file.
  [[nodiscard]] static Result<TimestampAuthorities> from_file(const std::filesystem::path& file);

  TimestampAuthorities(TimestampAuthorities&&) noexcept;
  TimestampAuthorities& operator=(TimestampAuthorities&&) noexcept;
  ~TimestampAuthorities();

  /// Judges a TimeStampResp as of its own genTime: imprint, nonce and policy are those of the
  /// demand; one signature with SHA-256 or stronger, by a certificate whose extended key usage is
  /// timeStamping alone and critical (RFC 3161 §2.3), that the token names (RFC 5035), and that was
  /// valid then under a chain to one of these certificates, whose keys and signatures are worth at
  /// least 112 bits. Revocation is not looked up: that would take a network.
  /// Errors: as read_timestamp(); kRefused, saying what does not hold; kUnavailable where there is
  /// no memory to judge it.
  [[nodiscard]] Result<VerifiedTimestamp> verify(std::string_view response,
                                                 const TimestampDemand& demand) const;

 private:
  struct Certificates;
  explicit TimestampAuthorities(std::unique_ptr<Certificates> certificates);
  std::unique_ptr<Certificates> certificates_;
};

}  // namespace tidewaiter
