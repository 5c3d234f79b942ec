#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/command_outline.h"

namespace tidewaiter {

struct ManPage {
  std::string file;  ///< "tidewaiter-policy.1"
  std::string text;  ///< roff with the man(7) macros
};

/// One page for the program and one for each of its commands, a command's own commands on its page.
/// `section` is 1 for programs of everybody, 8 for daemons. The pages carry the version and no
/// date, so that equal sources give equal pages.
[[nodiscard]] std::vector<ManPage> man_pages(const CommandOutline& program, int section,
                                             std::string_view version);

}  // namespace tidewaiter
