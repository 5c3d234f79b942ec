#pragma once

#include <string>
#include <string_view>

#include "daemon/lists/list_folder.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// The text of `standing.json`: one JSON object with `v` 1.
[[nodiscard]] std::string standing_text(const ListStanding& standing);

/// Reads what standing_text() wrote. Errors: kRefused for anything else.
[[nodiscard]] Result<ListStanding> read_standing(std::string_view text);

}  // namespace tidewaiter
