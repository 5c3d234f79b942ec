#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "policies/model/error.h"
#include "policies/model/finding.h"

namespace tidewaiter {

/// Says whether a figure's value may be personal, so that the entry holds only its digest: text.
[[nodiscard]] bool is_disclosed(const Figure& figure);

/// The value's form in entries and disclosures (docs/ledger-format.md §3): whole numbers and
/// doubles as strings.
[[nodiscard]] nlohmann::json figure_value(const Figure& figure);

/// The array `figures` of an entry; with `disclosed`, values that is_disclosed() names are in it,
/// as the projection stores them.
[[nodiscard]] nlohmann::json figures_to_json(std::span<const Figure> figures, bool disclosed);

/// Reads what figures_to_json wrote; a figure without a value (erased) reads as null.
/// Errors: kCorruption.
[[nodiscard]] Result<std::vector<Figure>> figures_from_json(std::string_view text);

}  // namespace tidewaiter
