#include "daemon/cli/prose.h"

#include <algorithm>
#include <ostream>

namespace tidewaiter {

void print_prose(Invocation& run, const std::string& prefix, std::string_view text,
                 std::size_t indent) {
  run.out << prefix << wrapped(printable(text), run.terminal.width, indent, display_width(prefix))
          << '\n';
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace tidewaiter
