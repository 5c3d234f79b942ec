#include "policies/lint/diagnostic_page.h"

#include <algorithm>
#include <string>

namespace tidewaiter {

std::optional<std::string_view> diagnostic_section(std::string_view code) {
  const std::string_view page = diagnostics_page();
  const std::string heading = "\n## " + std::string(code) + "\n";
  const std::size_t found = page.find(heading);
  if (code.empty() || found == std::string_view::npos) return std::nullopt;
  const std::size_t start = found + 1;
  const std::size_t end = std::min(page.find("\n## ", start), page.size() - 1) + 1;
  std::string_view section = page.substr(start, end - start);
  while (section.ends_with("\n\n")) section.remove_suffix(1);
  return section;
}

}  // namespace tidewaiter
