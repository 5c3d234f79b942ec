#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "storage/verify/entry_form.h"
#include "storage/verify/verify.h"

namespace tidewaiter {

/// Says whether `folder` holds a log as the files of C2SP tlog-tiles.
[[nodiscard]] bool is_tile_log(const std::filesystem::path& folder);

/// Told of each entry of a log in order, as far as it can be read.
using EntryObserver = std::function<void(std::int64_t index, const ReadEntry& entry)>;

/// Re-derives a log that `tidewaiter ledger export` has written from its entries: form and order of
/// each, every tile that the checkpoint's size asks for, the root, the signature, and the
/// timestamps beside them. `verifier_key` and `authorities` as in VerifyInput. Files besides these,
/// such as the narrower tiles of earlier heads, are not looked at. Changes nothing; memory does not
/// grow with the log, but for eight bytes for each entry that its tile contradicts. With a trust
/// policy the cosignatures of the checkpoint are judged too; `verifier_key` then stands for the
/// logs of one that lists none.
[[nodiscard]] VerifyReport verify_tile_log(const std::filesystem::path& folder,
                                           const std::string& verifier_key,
                                           const std::optional<TrustPolicy>& policy = {},
                                           const TimestampAuthorities* authorities = nullptr,
                                           const EntryObserver& observer = {});

}  // namespace tidewaiter
