#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "policies/model/error.h"

namespace tidewaiter {

/// Which findings there was ever a message about, sent or not, and for which channels: what the
/// table `outbox` of ledger.db has. A plain value.
class NoticedFindings {
 public:
  /// Reads the messages that came since the last call, on a connection of its own, beside whoever
  /// writes. Errors: those of open_sqlite_file().
  [[nodiscard]] Result<void> read(const std::filesystem::path& database);

  /// The id of the message about the finding for the channel; 0 if there never was one.
  [[nodiscard]] std::int64_t message_about(const std::string& finding,
                                           const std::string& channel) const;

 private:
  std::int64_t last_ = 0;                                            ///< id that was read last
  std::map<std::pair<std::string, std::string>, std::int64_t> ids_;  ///< by finding and channel
};

}  // namespace tidewaiter
