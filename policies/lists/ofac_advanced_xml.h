#pragma once

#include <string_view>

#include "policies/lists/list_entry.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// OFAC's lists in the advanced data model (SDN_ADVANCED.XML, CONS_ADVANCED.XML): `Sanctions`,
/// whose parts refer to each other by number, each to what stands before it: reference values,
/// locations, documents, parties, entries. Each `DocumentedName` is a name, its parts with blanks
/// between them: the first of a primary alias the party's, the others aliases; those of an alias
/// with `LowQuality="true"` are weak. Countries are the locations of features (ofac_feature()),
/// identifiers their texts and the numbers of documents (names_no_document()); programmes the
/// measures of type `Program`.
///
/// A reference to what is not there is a fault; so is a party without a name.
///
/// Errors: those of for_each_element().
[[nodiscard]] Result<ParsedList> parse_ofac_advanced_xml(std::string_view text);

}  // namespace tidewaiter
