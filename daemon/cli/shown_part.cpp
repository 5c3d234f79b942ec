#include "daemon/cli/shown_part.h"

#include <cstdint>

#include "daemon/cli/terminal.h"

namespace tidewaiter {

std::string left_out(std::size_t all, std::size_t most, std::string_view one,
                     std::string_view several, std::size_t indent) {
  if (most == 0 || all <= most) return {};
  const auto rest = static_cast<std::int64_t>(all - most);
  return std::string(indent, ' ') + "… " +
         counted(rest, "more " + std::string(one), "more " + std::string(several)) +
         ": `--limit 0` shows all\n";
}

}  // namespace tidewaiter
