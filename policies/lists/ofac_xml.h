#pragma once

#include <string_view>

#include "policies/lists/list_entry.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// OFAC's lists as XML (SDN.XML, CONSOLIDATED.XML): `sdnList` with `sdnEntry`. Names are `LAST,
/// First`, as in the CSV; an `aka` whose `category` is `weak` is weak. Countries are those of
/// addresses, nationalities, citizenships and a vessel's flag; identifiers the numbers of `idList`
/// without what is no document (names_no_document()), and a vessel's call sign. An `aka` without a
/// name is a fault, and so is a party without one.
///
/// Errors: those of for_each_element().
[[nodiscard]] Result<ParsedList> parse_ofac_xml(std::string_view text);

}  // namespace tidewaiter
