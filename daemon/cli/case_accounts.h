#pragma once

#include <cstdint>
#include <span>

#include "daemon/cli/command.h"
#include "daemon/cli/stores.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

/// How many accounts the cases are about, each counted once: of a cluster all that belong to it, as
/// accounts are linked now by the records that are stored. Cases about something else, leads and
/// what is erased count none. Reads the whole log where a case is about a cluster; progress goes to
/// standard error. Errors: kNotFound for a cluster where no record is stored, or none that names
/// its account any more; those of stored_clusters().
[[nodiscard]] Result<std::int64_t> accounts_about(Invocation& run, const Stores& stores,
                                                  std::span<const Case* const> cases);

}  // namespace tidewaiter
