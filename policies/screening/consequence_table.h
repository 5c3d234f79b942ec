#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "policies/screening/consequence.h"

namespace tidewaiter {

/// What follows from being on published lists, by the codes under which `list` documents name them:
/// the program's (shipped_consequences.h), or those that are stored with a set of policies. None of
/// them is null.
using ConsequenceTable = std::map<std::string, std::shared_ptr<const Consequences>, std::less<>>;

}  // namespace tidewaiter
