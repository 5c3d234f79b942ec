#pragma once

#include <cstddef>
#include <string>

#include <nlohmann/json.hpp>

#include "daemon/cli/terminal.h"
#include "policies/lists/list_book.h"
#include "policies/lists/list_diff.h"

namespace tidewaiter {

/// What changed from one issue of a list to another.
struct ListDiffReport {
  const ParsedList& before;
  const ParsedList& after;
  std::string before_path;  ///< as the command line has it
  std::string after_path;
  ListDiff diff;
};

/// For a terminal: of the entries that are new, gone and changed `most` each, and how many were
/// left out; 0 leaves nothing out.
[[nodiscard]] std::string list_diff_text(const ListDiffReport& report, std::size_t most,
                                         const Terminal& terminal);
[[nodiscard]] nlohmann::ordered_json list_diff_json(const ListDiffReport& report);
/// A line for each entry that is new or gone, and for each field of one that changed: change,
/// entry, name, field, removed, added. RFC 4180; no cell begins as a formula.
[[nodiscard]] std::string list_diff_csv(const ListDiffReport& report);

}  // namespace tidewaiter
