#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "policies/model/error.h"

namespace tidewaiter {

class Ledger;

/// Which findings there was ever a message about, sent or not, and for which channels: what the
/// outbox of a ledger has. A plain value.
class NoticedFindings {
 public:
  /// Reads the messages that came since the last call. Errors: those of the ledger.
  [[nodiscard]] Result<void> read(const Ledger& ledger);

  /// The id of the message about the finding for the channel; 0 if there never was one.
  [[nodiscard]] std::int64_t message_about(const std::string& finding,
                                           const std::string& channel) const;

 private:
  std::int64_t last_ = 0;                                            ///< id that was read last
  std::map<std::pair<std::string, std::string>, std::int64_t> ids_;  ///< by finding and channel
};

}  // namespace tidewaiter
