#pragma once

#include <string_view>

#include "policies/lists/list_entry.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// OFAC's lists as its Sanctions List Service has them (SDN_ENHANCED.XML, CONS_ENHANCED.XML), and
/// what changed in them on a day (`…_delta.xml`): `sanctionsData` with `entity`. Of a name's
/// translations each `formattedFullName` is a name: the first of a primary name the party's, the
/// others aliases, weak if `isLowQuality` is `true`. Countries and identifiers are those of
/// addresses, documents (names_no_document()) and features (ofac_feature()).
///
/// Of a delta the entries are those that it adds (`action="add"`). What it removes or changes is
/// not in it whole, and each such entity is a fault: take the whole list, of which `list diff`
/// tells the same. A name without a text is a fault too, and so is a party without a name.
///
/// Errors: those of for_each_element().
[[nodiscard]] Result<ParsedList> parse_ofac_enhanced_xml(std::string_view text);

}  // namespace tidewaiter
