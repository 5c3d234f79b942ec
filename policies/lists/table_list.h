#pragma once

#include <string_view>

#include "policies/lists/list_entry.h"

namespace tidewaiter {

/// Whether the first row names columns, a name's among them (column_meaning()).
[[nodiscard]] bool looks_like_table(std::string_view text);

/// A list as a table with a header: comma, tab or semicolon between cells, whichever splits the
/// header into most cells. Columns that say nothing here are passed over. Rows of one id are one
/// entry (EntryRows). The Consolidated Screening List's and the Denied Persons List's CSV, and
/// watch-lists of one's own, are such tables; the first also tells countries by its addresses.
[[nodiscard]] ParsedList parse_table(std::string_view text);

}  // namespace tidewaiter
