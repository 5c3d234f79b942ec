#include "daemon/cli/stores.h"

#include <utility>

#include "daemon/app/state.h"
#include "daemon/app/state_ownership.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {

std::optional<Config> config_with_ledger(Invocation& run, int& status) {
  std::optional<Config> config = configuration(run);
  if (!config) {
    status = code(ExitStatus::kConfiguration);
    return std::nullopt;
  }
  const StatePaths paths = state_paths(*config);
  if (auto restored = require_restored(paths); !restored) {
    status = fail_with(run, restored.error());
    return std::nullopt;
  }
  const Result<bool> there = has_ledger(paths.ledger);
  if (there && *there) return config;
  status = there ? fail_with(run, ExitStatus::kUsage,
                             "there is no ledger at `" + place_of_tables(paths.ledger) + "`")
                 : fail_with(run, there.error());
  return std::nullopt;
}

namespace {

/// As open_stores(), whoever reads.
std::unique_ptr<Stores> open_all(Invocation& run, int& status) {
  std::optional<Config> config = configuration(run);
  if (!config) {
    status = code(ExitStatus::kConfiguration);
    return nullptr;
  }
  auto stores = std::make_unique<Stores>();
  stores->config = std::move(*config);
  stores->paths = state_paths(stores->config);
  auto sound = require_restored(stores->paths);
  if (sound) sound = check_state_ownership(stores->paths.folder);
  if (!sound) {
    status = fail_with(run, sound.error());
    return nullptr;
  }
  const Result<bool> there = has_ledger(stores->paths.ledger);
  if (!there) {
    status = fail_with(run, there.error());
    return nullptr;
  }
  if (!*there) {
    status = fail_with(run, ExitStatus::kUsage,
                       "there is no ledger in `" +
                           (stores->paths.ledger.server ? place_of_tables(stores->paths.ledger)
                                                        : stores->paths.folder.string()) +
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
  sound = check_people_origin(stores->paths.folder, stores->ledger->origin());
  if (!sound) {
    status = fail_with(run, sound.error());
    return nullptr;
  }
  const Result<bool> any_records = is_there(stores->paths.records);
  if (!any_records) {
    status = fail_with(run, any_records.error());
    return nullptr;
  }
  if (!*any_records) return stores;
  Result<std::unique_ptr<RecordLog>> records =
      RecordLog::open(stores->paths.records, RecordLog::Mode::kReadOnly);
  if (!records) {
    status = fail_with(run, records.error());
    return nullptr;
  }
  stores->records = std::move(*records);
  return stores;
}

/// Holds what is shown against whoever reads.
Result<void> judge_reader(const Invocation& run, Stores& stores, Shows shows) {
  if (shows == Shows::kNothingPersonal) return {};
  if (shows == Shows::kAll) return may_see_all(run, stores);
  const Result<bool> is_masked = reads_masked(run, stores);
  if (!is_masked) return tl::unexpected(is_masked.error());
  stores.masked = *is_masked;
  return {};
}

}  // namespace

std::unique_ptr<Stores> open_stores(Invocation& run, int& status, Shows shows) {
  std::unique_ptr<Stores> stores = open_all(run, status);
  if (stores == nullptr) return stores;
  if (auto may = judge_reader(run, *stores, shows); !may) {
    status = fail_with(run, may.error());
    return nullptr;
  }
  return stores;
}

std::unique_ptr<Stores> open_stores_with_records(Invocation& run, int& status, Shows shows) {
  std::unique_ptr<Stores> stores = open_stores(run, status, shows);
  if (stores == nullptr || stores->records != nullptr) return stores;
  status = fail_with(run, ExitStatus::kUsage,
                     "there is no record log at `" + stores->paths.records.string() +
                         "`: nothing was pulled yet, or it was taken away");
  return nullptr;
}

}  // namespace tidewaiter
