#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

/// A row of comma-separated values (RFC 4180), ended by a line feed: cells are quoted where they
/// have to be. A cell that a spreadsheet would take for a formula (=, @, a tab or a carriage return
/// first; + or - and no number; one of these four signs in full width) gets an apostrophe first.
[[nodiscard]] std::string csv_row(const std::vector<std::string>& cells);

}  // namespace tidewaiter
