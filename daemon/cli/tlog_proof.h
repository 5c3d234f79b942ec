#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "policies/model/digest.h"

namespace tidewaiter {

/// A transparency log proof, c2sp.org/tlog-proof@v1: that an entry is in a log, with all that a
/// verifier needs besides the log's key. `path` leads from the leaf to the root of the checkpoint,
/// the leaf's sibling first (RFC 9162, 2.1.3.1); `note` is the signed checkpoint, verbatim.
///
///   c2sp.org/tlog-proof@v1
///   index <decimal>
///   <base64 of a hash>          a line for each of `path`
///
///   <note>
[[nodiscard]] std::string format_tlog_proof(std::int64_t index, std::span<const Digest> path,
                                            std::string_view note);

}  // namespace tidewaiter
