#include "daemon/app/standby.h"

#include "daemon/app/state.h"
#include "storage/ledger/ledger_server.h"

namespace tidewaiter {

bool is_led_by_another(const Config& config) {
  if (!config.ledger.server) return false;
  const Result<StateLock> lock = StateLock::take(state_paths(config).process_lock);
  if (!lock) return lock.error().code == ErrorCode::kRefused;
  return config.ledger.server->is_led().value_or(false);
}

}  // namespace tidewaiter
