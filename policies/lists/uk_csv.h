#pragma once

#include <string_view>

#include "policies/lists/list_entry.h"

namespace tidewaiter {

/// Whether the first or the second row has the columns of parse_uk_csv().
[[nodiscard]] bool looks_like_uk_csv(std::string_view text);

/// The UK Sanctions List as CSV (`Report Date: …`, then `Unique ID`, `Name 6`, `Name type`,
/// `Alias strength`, …) and the list that OFSI kept until January 2026 (`Last Updated,…`, then
/// `Name 6`, `Alias Type`, `Alias Quality`, `Group ID`, …). Rows of one id are one entry, each with
/// a name, an address or a number more; what parse_uk_xml() says of names, countries and
/// identifiers holds here too. A row without an id, or with more cells than the header, is a fault;
/// so is a party without a name.
[[nodiscard]] ParsedList parse_uk_csv(std::string_view text);

}  // namespace tidewaiter
