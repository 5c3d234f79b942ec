#pragma once

#include <string_view>

#include "policies/lists/list_entry.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// A list as JSON: an array of objects, or an object with such an array as its member `results` (as
/// the Consolidated Screening List has it) or `entities`. Members are told by column_meaning();
/// arrays of texts are several values. Of objects in `ids` the member `number` counts unless their
/// `type` is no document's (names_no_document()), of those in `addresses` the member `country`;
/// those of an object `properties` are of the party (FollowTheMoney).
///
/// Errors: kInvalidInput if the bytes are not JSON, or JSON of another shape.
[[nodiscard]] Result<ParsedList> parse_json_list(std::string_view text);

}  // namespace tidewaiter
