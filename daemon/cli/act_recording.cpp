#include "daemon/cli/act_recording.h"

#include "daemon/app/act_intake.h"
#include "daemon/app/erasures.h"
#include "daemon/app/state.h"
#include "daemon/cli/stated_policy.h"

namespace tidewaiter {
namespace {

/// Whatever the configuration of whoever acts says. Where the set cannot be read every policy may
/// rest on law.
PolicySet judging_set(const Stores& stores) {
  if (stores.records == nullptr) return {};
  return set_in_force(*stores.records).value_or(PolicySet{});
}

Result<void> take_into_ledger(const Stores& stores, UtcTime now) {
  const auto ledger = Ledger::open(stores.paths.ledger, Ledger::Mode::kReadWrite);
  if (!ledger) return tl::unexpected(ledger.error());
  const PolicySet set = judging_set(stores);
  const auto taken =
      take_acts(stores.paths.folder, **ledger, stores.paths.ledger, policies_for_acts(set), now);
  if (!taken) return tl::unexpected(taken.error());
  return {};
}

}  // namespace

Result<bool> record_handed_in(const Stores& stores, UtcTime now) {
  const Result<StateLock> lock = StateLock::take(stores.paths.process_lock);
  if (!lock && lock.error().code == ErrorCode::kRefused) return false;
  if (!lock) return tl::unexpected(lock.error());
  // An erasure that was begun is ended before anything is taken in that could stop it.
  if (auto begun = execute_erasures(stores.paths, now, [] { return true; }); !begun) {
    return tl::unexpected(begun.error());
  }
  if (auto taken = take_into_ledger(stores, now); !taken) return tl::unexpected(taken.error());
  return true;
}

}  // namespace tidewaiter
