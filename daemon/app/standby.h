#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/app/config.h"
#include "daemon/app/state.h"

namespace tidewaiter {

/// Who leads a ledger on a server.
enum class Lead : std::uint8_t {
  kFree,     ///< nobody; or whoever starts is told what is wrong
  kTaken,    ///< another process: it holds the state folder's lock, or writes from another folder
  kUnknown,  ///< the database cannot be asked now
};

struct LeadLook {
  Lead lead = Lead::kFree;
  std::string reason;  ///< of kUnknown: why it cannot be asked
};

/// Looks who leads. Of a ledger in a file nobody waits for its turn: kFree, and nothing is touched.
/// Of one on a server the lock of the state folder is taken, if it is free, and stays in `lock`
/// whatever the database says: it is the place in the queue, and one that a look let go again would
/// be in the way of others for as long as it took. What a wait does not mend (a folder that cannot
/// be written, a role that is not let in) is kFree: the start says it.
[[nodiscard]] LeadLook look_for_lead(const Config& config, std::optional<StateLock>& lock);

}  // namespace tidewaiter
