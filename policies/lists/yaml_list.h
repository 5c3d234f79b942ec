#pragma once

#include <string_view>

#include "policies/lists/list_entry.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// Whether the first line that is neither blank, comment nor `---` begins with `list:`, `parties:`
/// or `- `.
[[nodiscard]] bool looks_like_yaml_list(std::string_view text);

/// A watch-list of one's own as strict YAML: a list of parties, alone or as `parties`, or the
/// `values` of a `list` document of policies. A party is its name, or a map whose keys are told by
/// column_meaning(), `value` being the name; a value is a text or a list of texts, each one value.
/// From when until when a value stands in a list of policies is not looked at.
///
/// A key that says nothing of a party is a fault, but for `from`, `until`, `reason` and `notes`; so
/// is a kind that is not known, and a document that is none of these.
///
/// Errors: kInvalidInput if it is not strict YAML of at most kMostListFileBytes and
/// kMostListFileValues (load.h), with the line.
[[nodiscard]] Result<ParsedList> parse_yaml_list(std::string_view text);

}  // namespace tidewaiter
