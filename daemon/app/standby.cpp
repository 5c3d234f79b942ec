#include "daemon/app/standby.h"

#include <utility>

#include "storage/ledger/ledger_server.h"

namespace tidewaiter {

LeadLook look_for_lead(const Config& config, std::optional<StateLock>& lock) {
  if (!config.ledger.server) return {};
  if (!lock) {
    Result<StateLock> taken = StateLock::take(state_paths(config).process_lock);
    if (!taken) return {taken.error().code == ErrorCode::kRefused ? Lead::kTaken : Lead::kFree, {}};
    lock.emplace(std::move(*taken));
  }
  const Result<bool> led = config.ledger.server->is_led();
  if (led) return {*led ? Lead::kTaken : Lead::kFree, {}};
  if (led.error().code != ErrorCode::kUnavailable) return {};
  return {Lead::kUnknown, to_text(led.error())};
}

}  // namespace tidewaiter
