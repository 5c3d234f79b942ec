#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// An entry whose bytes and form are those of docs/ledger-format.md §3.
struct ReadEntry {
  std::string type;
  UtcTime ts;
  bool is_step = false;
  nlohmann::json document;
};

/// Reads entry `index` by the grammar, apart from what it must have in common with other entries.
/// Unknown versions, types and members of steps are refused. Errors: kInvalidInput.
[[nodiscard]] Result<ReadEntry> read_entry_form(std::int64_t index, std::string_view body);

/// True for a figure whose value is disclosed apart from the entry.
[[nodiscard]] bool is_disclosed_figure(const nlohmann::json& figure);

/// Says whether `value` may be the value of a figure of this type: "string", "int64", ….
[[nodiscard]] bool is_figure_value(const nlohmann::json& value, std::string_view type);

}  // namespace tidewaiter
