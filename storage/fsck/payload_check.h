#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "storage/fsck/state_check.h"
#include "storage/fsck/state_report.h"

namespace tidewaiter {

/// Holds what is kept of exhibits against the entries of the ledger: each file is what its entry
/// says and has its key, or an erasure has destroyed both, as many as that one's entry says. Reads
/// every file to its end; `passed` is called with the number of those that were looked at. A ledger
/// that cannot be read is told as a note.
void check_payloads(const StateFiles& files, const std::function<void(std::int64_t)>& passed,
                    StateReport& report);

/// The same of the files in `folder`, against the ledger at `ledger`, with the keys in its vault or
/// without them: each fault, in words. Errors: those of reading the ledger.
[[nodiscard]] Result<std::vector<std::string>> payload_problems(const LedgerPaths& ledger,
                                                                const std::filesystem::path& folder,
                                                                bool with_keys);

}  // namespace tidewaiter
