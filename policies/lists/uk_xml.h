#pragma once

#include <string_view>

#include "policies/lists/list_entry.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// The UK Sanctions List of the Foreign, Commonwealth & Development Office: `Designations` with
/// `Designation`. A `Name` is its parts `Name1` to `Name6` with blanks between them. The first that
/// has a text and whose `NameType` is `Primary Name`, in whatever letters, is the name; all others,
/// and `NameNonLatinScript`, are aliases; those of `AliasStrength` `Low quality a.k.a` are weak.
/// Countries are those of addresses, nationalities and a ship's current flags; identifiers numbers
/// of passports, national identity, business registration and ships (IMO). A name without text is a
/// fault, and so is a party without a name.
///
/// Errors: those of for_each_element().
[[nodiscard]] Result<ParsedList> parse_uk_xml(std::string_view text);

}  // namespace tidewaiter
