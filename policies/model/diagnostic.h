#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

/// A stretch of one line of a text: line and column count from 1, columns in UTF-8 code points. The
/// whole file, where both are 0.
struct SourceSpan {
  std::string file;
  std::int32_t line = 0;
  std::int32_t column = 0;
  std::int32_t length = 1;  ///< code points under the caret line, >= 1
  bool operator==(const SourceSpan&) const = default;
};

enum class DiagnosticLevel : std::uint8_t { kError, kWarning };

/// A change of a text: what `span` covers becomes `text`. A span of length 0 covers nothing, so
/// that `text` is put before its column.
struct TextEdit {
  SourceSpan span;
  std::string text;
  bool operator==(const TextEdit&) const = default;
};

/// One thing that is wrong, or doubtful, in a text that a person wrote.
struct Diagnostic {
  DiagnosticLevel level = DiagnosticLevel::kError;
  std::string code;  ///< "TW0102": stable; its page is docs/diagnostics.md#tw0102
  SourceSpan span;
  std::string message;  ///< lower case, one line, no final stop, user input in backticks
  std::string hint;  ///< what was expected or what to write: "did you mean `select`?"; may be empty
  std::string source_line;  ///< the whole line that `span` lies in, without its end
  /// Edits that together mend it, and are safe: they never change the meaning of a text that loads.
  /// Empty where a person must decide.
  std::vector<TextEdit> fix = {};
};

/// For a terminal:
///   policies/a.yaml:3:5: error TW0102: unknown key `selct`
///     3 | selct:
///       | ^^^^^
///     = did you mean `select`?
/// Of a whole file: `policies/a.yaml: error TW0011: …`, without line and caret.
[[nodiscard]] std::string to_text(const Diagnostic& diagnostic);

[[nodiscard]] bool has_errors(const std::vector<Diagnostic>& diagnostics);

}  // namespace tidewaiter
