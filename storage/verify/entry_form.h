#pragma once

#include <cstdint>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "policies/model/canonical_json.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// An entry whose bytes and form are those of docs/ledger-format.md §3. It points into them and
/// into the document that they were read into, and lasts no longer than either.
struct ReadEntry {
  std::string_view type;
  UtcTime ts;
  bool is_step = false;
  CanonicalJson::Value document;
  UtcTime run_from;  ///< of a finding
  UtcTime run_to;

  /// The document as a tree, for entries that are few: acts, publications.
  [[nodiscard]] nlohmann::json parsed() const;
};

/// Reads entry `index` by the grammar, apart from what it must have in common with other entries,
/// into `document`. Unknown versions, types and members of steps are refused. Errors:
/// kInvalidInput.
[[nodiscard]] Result<ReadEntry> read_entry_form(std::int64_t index, std::string_view body,
                                                CanonicalJson& document);

/// True for a figure whose value is disclosed apart from the entry.
[[nodiscard]] bool is_disclosed_figure(CanonicalJson::Value figure);

/// Says whether `value` may be the value of a figure of this type: "string", "int64", ….
[[nodiscard]] bool is_figure_value(CanonicalJson::Value value, std::string_view type);

}  // namespace tidewaiter
