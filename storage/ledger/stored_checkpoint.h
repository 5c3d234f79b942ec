#pragma once

#include <cstdint>
#include <string>

#include "policies/model/error.h"
#include "storage/ledger/checkpoint.h"

namespace tidewaiter {

/// A row of table `checkpoint`, its signature not judged. Errors: kCorruption if the note cannot be
/// read, or is of another size than the row says.
[[nodiscard]] Result<NumberedCheckpoint> stored_checkpoint(std::int64_t number, std::int64_t size,
                                                           std::string note);

}  // namespace tidewaiter
