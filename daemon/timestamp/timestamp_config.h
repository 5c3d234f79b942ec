#pragma once

#include <filesystem>
#include <string>

#include "policies/model/time.h"

namespace tidewaiter {

/// `ledger.timestamps`: which authority puts a time on the ledger's signed heads.
struct TimestampConfig {
  std::string url;           ///< https, or http on loopback; takes a POST as RFC 3161 §3.4 has it
  std::filesystem::path ca;  ///< PEM: the certificates under which its tokens are believed
  Duration every{kDay.us};   ///< the least time between two tokens
  std::string policy;        ///< OID that is asked for; empty: the authority's own choice
  bool operator==(const TimestampConfig&) const = default;
};

}  // namespace tidewaiter
