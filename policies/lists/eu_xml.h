#pragma once

#include <string_view>

#include "policies/lists/list_entry.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// The European Union's consolidated list of financial sanctions (FSF, version 1.1): `export` with
/// `sanctionEntity`. The id is `euReferenceNumber`, else `logicalId`. The first strong `nameAlias`
/// is the name, the others are aliases; those with `strong="false"`, or a remark of low quality,
/// are weak. Countries are codes (`countryIso2Code`) of citizenships and addresses, or names where
/// there is no code; programmes those of `regulation`. A name without text is a fault, and so is a
/// party without a name.
///
/// Errors: those of for_each_element().
[[nodiscard]] Result<ParsedList> parse_eu_xml(std::string_view text);

}  // namespace tidewaiter
