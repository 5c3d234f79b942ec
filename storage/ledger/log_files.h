#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// The file of C2SP tlog-tiles at `path` ("tile/…", "tile/entries/…") of the log's first `size`
/// entries, made from the ledger as it is asked for: the bytes that export_log() writes. Narrower
/// versions of a tile, as smaller logs had them, are there too. Nothing if the log has no such
/// file. Nothing personal is in entries, so nothing is in a file. Memory: one file, at most 16 MiB.
/// Errors: kInvalidInput if the ledger has fewer entries; kUnavailable, kCorruption.
[[nodiscard]] Result<std::optional<std::string>> read_log_file(const Ledger& ledger,
                                                               std::int64_t size,
                                                               std::string_view path);

}  // namespace tidewaiter
