#include "policies/model/diagnostic.h"

#include <algorithm>
#include <cstddef>

#include "policies/model/display_width.h"

namespace tidewaiter {
namespace {

/// The end of the code point that begins at `at`; a stray byte is one by itself.
std::size_t next_code_point(std::string_view line, std::size_t at) {
  for (++at; at < line.size(); ++at) {
    if ((static_cast<unsigned char>(line[at]) & 0xc0U) != 0x80U) break;
  }
  return at;
}

/// The byte at which the column, a code point from 1, begins; the line's end if it lies beyond.
std::size_t byte_of(std::string_view line, std::int32_t column) {
  std::size_t at = 0;
  for (std::int32_t i = 1; i < column && at < line.size(); ++i) at = next_code_point(line, at);
  return at;
}

/// Blanks and carets as wide as a terminal shows what stands above them. Tabs stay tabs, so that
/// they line up however wide those are.
std::string carets_under(std::string_view line, const SourceSpan& span) {
  const std::size_t begin = byte_of(line, span.column);
  const std::size_t end = byte_of(line, span.column + std::max(1, span.length));
  std::string out;
  for (std::size_t at = 0; at < begin;) {
    const std::size_t next = next_code_point(line, at);
    out += line[at] == '\t' ? "\t" : std::string(display_width(line.substr(at, next - at)), ' ');
    at = next;
  }
  const std::size_t width = display_width(line.substr(begin, end - begin));
  return out + std::string(std::max<std::size_t>(1, width), '^');
}

}  // namespace

std::string to_text(const Diagnostic& diagnostic) {
  const SourceSpan& span = diagnostic.span;
  std::string out = span.file;
  if (span.line > 0) out += ":" + std::to_string(span.line) + ":" + std::to_string(span.column);
  out += diagnostic.level == DiagnosticLevel::kError ? ": error " : ": warning ";
  out += diagnostic.code + ": " + diagnostic.message + "\n";
  const std::string number = std::to_string(span.line);
  const std::string margin(number.size() + 2, ' ');
  if (span.line > 0 && !diagnostic.source_line.empty()) {
    out += "  " + number + " | " + diagnostic.source_line + "\n";
    out += margin + " | " + carets_under(diagnostic.source_line, span) + "\n";
  }
  if (!diagnostic.hint.empty()) out += margin + " = " + diagnostic.hint + "\n";
  return out;
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.level == DiagnosticLevel::kError; });
}

}  // namespace tidewaiter
