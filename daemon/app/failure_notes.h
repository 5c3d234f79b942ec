#pragma once

#include <filesystem>

#include "daemon/notify/outbox.h"
#include "policies/model/error.h"

namespace tidewaiter {

// Why messages did not go, beside the state: so that people are told by another process than the
// one that tried. It is no part of the ledger, for a receiver's words may name people; an erasure
// removes it, and what fails again is noted again. One process writes it; others may read.

/// "failures.json" of the state folder.
[[nodiscard]] std::filesystem::path failures_file(const std::filesystem::path& state);

/// Of each reason at most this many bytes are kept.
inline constexpr std::size_t kMostReasonKept = 300;

/// Errors: kUnavailable.
[[nodiscard]] Result<void> keep_failures(const std::filesystem::path& state,
                                         const MessageFailures& failures);

/// Nothing where there is no such file, or what is there is none: it is written anew.
[[nodiscard]] MessageFailures kept_failures(const std::filesystem::path& state);

/// Errors: kUnavailable.
[[nodiscard]] Result<void> forget_failures(const std::filesystem::path& state);

}  // namespace tidewaiter
