#include "policies/model/diagnostic.h"

#include <algorithm>

namespace tidewaiter {
namespace {

/// Blanks as wide as what stands before `column`: tabs stay tabs, so that the caret lines up.
std::string indent_to(std::string_view line, std::int32_t column) {
  std::string out;
  std::int32_t at = 1;
  for (std::size_t i = 0; i < line.size() && at < column; ++i) {
    const bool continuation = (static_cast<unsigned char>(line[i]) & 0xc0U) == 0x80U;
    if (continuation) continue;
    out += line[i] == '\t' ? '\t' : ' ';
    ++at;
  }
  out.append(static_cast<std::size_t>(std::max(0, column - at)), ' ');
  return out;
}

}  // namespace

std::string to_text(const Diagnostic& diagnostic) {
  const SourceSpan& span = diagnostic.span;
  std::string out = span.file + ":" + std::to_string(span.line) + ":" + std::to_string(span.column);
  out += diagnostic.level == DiagnosticLevel::kError ? ": error " : ": warning ";
  out += diagnostic.code + ": " + diagnostic.message + "\n";
  const std::string number = std::to_string(span.line);
  const std::string margin(number.size() + 2, ' ');
  if (span.line > 0 && !diagnostic.source_line.empty()) {
    out += "  " + number + " | " + diagnostic.source_line + "\n";
    out += margin + " | " + indent_to(diagnostic.source_line, span.column) +
           std::string(static_cast<std::size_t>(std::max(1, span.length)), '^') + "\n";
  }
  if (!diagnostic.hint.empty()) out += margin + " = " + diagnostic.hint + "\n";
  return out;
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.level == DiagnosticLevel::kError; });
}

}  // namespace tidewaiter
