#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "daemon/lists/list_folder.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// An issue as `standing.json` has it: id, retrieved, format, entries, names, faults and
/// files[etag last_modified sha256].
[[nodiscard]] nlohmann::ordered_json issue_as_json(const ListIssue& issue);

/// The text of `standing.json`: one JSON object with `v` 1.
[[nodiscard]] std::string standing_text(const ListStanding& standing);

/// Reads what standing_text() wrote. Errors: kRefused for anything else.
[[nodiscard]] Result<ListStanding> read_standing(std::string_view text);

}  // namespace tidewaiter
