#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/command.h"
#include "policies/lists/list_entry.h"

namespace tidewaiter {

/// Tells on standard error what could not be read of a file, or of those beside it that belong to
/// it: ten rows at most, each as "file:line: what was expected", and how many more there are.
void tell_faults(Invocation& run, const std::string& file, const std::vector<ListFault>& faults);

/// One text of several, `between` standing between them.
[[nodiscard]] std::string joined_parts(const std::vector<std::string>& parts,
                                       std::string_view between);

}  // namespace tidewaiter
