#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "daemon/app/config.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Makes the state folder, mode 0700, if it is not there. Says whether it did.
/// Errors: kUnavailable with the reason (read-only, no permission, not a folder).
[[nodiscard]] Result<bool> make_state_folder(const std::filesystem::path& folder);

/// The right to write one state folder: an exclusive flock() on a file that holds our process id.
/// The kernel drops it when the process ends, however it ends. Moves, never copies.
class StateLock {
 public:
  /// Errors: kRefused, naming the process that has it; kUnavailable.
  [[nodiscard]] static Result<StateLock> take(const std::filesystem::path& file);
  ~StateLock();
  StateLock(StateLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  StateLock& operator=(StateLock&& other) noexcept;
  StateLock(const StateLock&) = delete;
  StateLock& operator=(const StateLock&) = delete;

 private:
  explicit StateLock(int fd) : fd_(fd) {}
  int fd_;
};

/// That no backup is being put back into a state. Errors: kRefused, naming what ends it.
[[nodiscard]] Result<void> require_restored(const StatePaths& paths);

/// What init_state() found or made.
struct InitReport {
  bool made_folder = false;
  bool made_ledger = false;
  std::string origin;
  std::string verifier_key;  ///< to be kept by whoever verifies, outside this machine
};

/// Makes what is missing of folder, keys and ledger; does nothing where a ledger is. The caller
/// holds the lock, or uses the second form, which takes it for the time of the call.
///
/// Killed half-way it leaves the file `creating`; the next call then removes what that one made
/// and begins again, or keeps the ledger if its first entry is signed already (creation.h).
/// INVARIANT: `creating` is gone before a ledger's first commit; beside a ledger that holds more
/// it is not believed, and nothing is removed.
/// Errors: kRefused if parts of a ledger are there without the others, if `creating` lies beside
/// more than a creation leaves, or if a restore has not ended (storage/backup/restore.h);
/// kUnavailable.
[[nodiscard]] Result<InitReport> init_state(const Config& config, const StateLock& lock,
                                            UtcTime now);
[[nodiscard]] Result<InitReport> init_state(const Config& config, UtcTime now);

}  // namespace tidewaiter
