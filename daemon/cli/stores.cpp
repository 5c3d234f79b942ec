#include "daemon/cli/stores.h"

#include <filesystem>
#include <utility>

namespace tidewaiter {

std::unique_ptr<Stores> open_stores(Invocation& run, int& status) {
  std::optional<Config> config = configuration(run);
  if (!config) {
    status = code(ExitStatus::kConfiguration);
    return nullptr;
  }
  auto stores = std::make_unique<Stores>();
  stores->config = std::move(*config);
  stores->paths = state_paths(stores->config);
  if (!std::filesystem::exists(stores->paths.ledger.database)) {
    status = fail_with(run, ExitStatus::kUsage,
                       "there is no ledger in `" + stores->paths.folder.string() +
                           "`: name another folder with --state, or make one with "
                           "`tidewaiter init`");
    return nullptr;
  }
  Result<std::unique_ptr<Ledger>> ledger =
      Ledger::open(stores->paths.ledger, Ledger::Mode::kReadOnly);
  if (!ledger) {
    status = fail_with(run, ledger.error());
    return nullptr;
  }
  stores->ledger = std::move(*ledger);
  if (!std::filesystem::exists(stores->paths.records)) return stores;
  Result<std::unique_ptr<RecordLog>> records =
      RecordLog::open(stores->paths.records, RecordLog::Mode::kReadOnly);
  if (!records) {
    status = fail_with(run, records.error());
    return nullptr;
  }
  stores->records = std::move(*records);
  return stores;
}

}  // namespace tidewaiter
