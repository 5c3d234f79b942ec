#pragma once

#include <memory>
#include <optional>

#include "daemon/cli/command.h"
#include "daemon/cli/reader.h"
#include "storage/ledger/ledger.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// The stores of a state folder, opened for reading beside a daemon that writes.
struct Stores {
  Config config;
  StatePaths paths;
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<RecordLog> records;  ///< null before the first run
  bool masked = false;                 ///< no personal field is to be shown (Shows::kMasked)
};

/// The configuration, if the ledger that it names is there; nothing of it is opened. On failure
/// tells why on standard error and sets `status`.
[[nodiscard]] std::optional<Config> config_with_ledger(Invocation& run, int& status);

/// Reads the configuration and opens what it names, for whoever reads: a viewer is let at nothing
/// that shows all. On failure tells why on standard error and sets `status`.
[[nodiscard]] std::unique_ptr<Stores> open_stores(Invocation& run, int& status,
                                                  Shows shows = Shows::kAll);

/// As open_stores(), and the record log must be there.
[[nodiscard]] std::unique_ptr<Stores> open_stores_with_records(Invocation& run, int& status,
                                                               Shows shows = Shows::kAll);

}  // namespace tidewaiter
