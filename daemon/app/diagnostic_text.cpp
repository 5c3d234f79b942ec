#include "daemon/app/diagnostic_text.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <string_view>

#include "policies/model/input_text.h"

namespace tidewaiter {

std::string terminal_text(const Diagnostic& diagnostic) {
  const std::string text = to_text(diagnostic);
  std::string out;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of("\t\n"), rest.size());
    const std::string shown = in_backticks(rest.substr(0, end), end);
    out.append(shown, 1, shown.size() - 2);  // without the backticks
    if (end < rest.size()) out += rest[end];
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!out.ends_with('\n')) out += '\n';
  return out;
}

void print_diagnostics(std::ostream& stream, const std::vector<Diagnostic>& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) stream << terminal_text(diagnostic);
}

void print_diagnostics_briefly(std::ostream& stream, const std::vector<Diagnostic>& diagnostics) {
  constexpr std::int64_t kShown = 5;
  std::map<std::string, std::int64_t> count_by_code;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.level == DiagnosticLevel::kError || ++count_by_code[diagnostic.code] <= kShown) {
      stream << terminal_text(diagnostic);
    }
  }
  for (const auto& [code, count] : count_by_code) {
    if (count <= kShown) continue;
    stream << count - kShown << " more of " << code
           << " are not shown: `tidewaiter config check` prints all of them\n";
  }
}

}  // namespace tidewaiter
