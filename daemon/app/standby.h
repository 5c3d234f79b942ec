#pragma once

#include "daemon/app/config.h"

namespace tidewaiter {

/// Whether another process leads a ledger on a server: it holds the lock of the state folder, or
/// writes the ledger from another one. Of a ledger in a file nobody waits for its turn: false. So
/// is what cannot be asked, which whoever then starts is told.
[[nodiscard]] bool is_led_by_another(const Config& config);

}  // namespace tidewaiter
