#include "daemon/cli/confirmation.h"

#include <algorithm>
#include <ostream>

#include <unistd.h>

namespace tidewaiter {

Confirmation confirm(Invocation& run, std::istream& input, bool asks, const std::string& question) {
  if (!asks) return Confirmation::kNobodyAsked;
  run.err << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(input, answer);
  std::ranges::transform(answer, answer.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  });
  return answer == "y" || answer == "yes" ? Confirmation::kYes : Confirmation::kNo;
}

bool somebody_is_there(const Terminal& terminal) {
  return terminal.live && isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
}

}  // namespace tidewaiter
