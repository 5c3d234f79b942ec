#pragma once

#include <string>

#include "daemon/cli/command.h"
#include "policies/model/error.h"

namespace tidewaiter {

struct Stores;

/// `why` as the error of whoever reads masked() stores and asks by somebody's name, as
/// --subject does. Of a viewer it is recorded as an attempt, without the name; of who has not said
/// who they are there is nobody to record.
[[nodiscard]] Error refused_question(const Invocation& run, const Stores& stores,
                                     const std::string& why);

}  // namespace tidewaiter
