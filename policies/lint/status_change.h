#pragma once

#include <set>
#include <string>

#include "policies/language/policy.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// The text of a policy file in which the policies of these ids, all of them in it, have another
/// status. Only the word is changed, or a line is added behind `version` or `policy` where there is
/// none: comments, quotes, layout and what else stands in the file stay byte for byte. The result
/// has been read again and says what was asked for. Pure.
/// Errors: kInvalidInput if the file has errors of YAML, lacks one of the ids (a Sigma rule has
/// another status), or has a layout in which the place is not to be told; the message says which.
[[nodiscard]] Result<std::string> with_policy_status(const PolicyText& file,
                                                     const std::set<std::string>& ids,
                                                     PolicyStatus status);

}  // namespace tidewaiter
