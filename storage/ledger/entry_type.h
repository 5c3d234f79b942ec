#pragma once

#include <string_view>

namespace tidewaiter {

/// Says whether `name` is one of the entry types of docs/ledger-format.md §3. All others are
/// refused, by the writer and by the verifier.
[[nodiscard]] bool is_entry_type(std::string_view name);

/// Says whether entries of this type are steps of the evaluation: the finding.* types and
/// coverage.gap.
[[nodiscard]] bool is_step_type(std::string_view name);

inline constexpr std::string_view kCreatedType = "ledger.created";

}  // namespace tidewaiter
