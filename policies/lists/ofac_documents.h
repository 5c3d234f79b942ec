#pragma once

#include <string_view>

#include "policies/lists/column_meaning.h"
#include "policies/lists/list_entry.h"

namespace tidewaiter {

/// Whether OFAC puts something under this type among the documents of a party that tells no party
/// from another: `Gender`, `Website`, `Secondary sanctions risk:`, dates, orders and the like.
[[nodiscard]] bool names_no_document(std::string_view type);

/// What a feature of that type says of a party: `Location`, nationality, citizenship, registration
/// and a vessel's flag are countries; SWIFT codes, call signs, MMSI, D-U-N-S numbers and addresses
/// of digital currencies identifiers; all else nothing. In whatever letters.
[[nodiscard]] ColumnMeaning ofac_feature(std::string_view type);

/// Puts what OFAC's CSV has in remarks alone into an entry. Parts end with `;`, and may begin with
/// `alt. `: `a.k.a. 'ROECO'` is a weak alias, `nationality Cuba` and `citizen Cuba` are countries,
/// `Passport A123 (Cuba) issued 2001` and 60 other kinds of document are identifiers.
///
/// False if an alias has no closing quote: the remarks go on in the file of comments.
[[nodiscard]] bool add_ofac_remarks(ListEntry& entry, std::string_view remarks);

}  // namespace tidewaiter
