#include "policies/language/piped_key.h"

#include <algorithm>

#include "policies/language/code_points.h"

namespace tidewaiter {

std::vector<PipedKeyPart> split_piped_key(const YamlNode& key) {
  std::vector<PipedKeyPart> parts;
  std::string_view rest = key.scalar;
  SourceSpan span = key.span;
  if (key.quoted) ++span.column;
  while (true) {
    const std::size_t bar = rest.find('|');
    const std::string_view word = rest.substr(0, bar);
    span.length = std::max(1, count_code_points(word));
    parts.push_back({word, span});
    if (bar == std::string_view::npos) return parts;
    span.column += count_code_points(word) + 1;
    rest.remove_prefix(bar + 1);
  }
}

}  // namespace tidewaiter
