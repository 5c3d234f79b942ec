#pragma once

#include <string_view>

#include "policies/lists/list_entry.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// The United Nations Security Council's consolidated list: INDIVIDUAL and ENTITY. The name in its
/// original script is an alias; aliases of quality `Low` are weak. A party without a name is a
/// fault.
///
/// Errors: those of for_each_element().
[[nodiscard]] Result<ParsedList> parse_un_xml(std::string_view text);

}  // namespace tidewaiter
