#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

/// A place as the protocol counts: lines from 0, UTF-16 code units from 0.
struct LspPosition {
  std::int64_t line = 0;
  std::int64_t character = 0;
};

/// An open document. A place beyond its line's end is the line's end, one beyond the last line the
/// text's end, as the protocol says; one inside a surrogate pair is the pair's begin.
class TextDocument {
 public:
  explicit TextDocument(std::string text);

  [[nodiscard]] const std::string& text() const { return text_; }

  /// The byte at a place, and the place of a byte.
  [[nodiscard]] std::size_t offset_of(LspPosition position) const;
  [[nodiscard]] LspPosition position_of(std::size_t offset) const;

  /// The place of a line and column as diagnostics count: both from 1, columns in code points.
  [[nodiscard]] LspPosition position_of_column(std::int32_t line, std::int32_t column) const;

  /// Puts `replacement` in the place of what lies between two places.
  void replace(LspPosition begin, LspPosition end, std::string_view replacement);

  /// The end of the text.
  [[nodiscard]] LspPosition end() const { return position_of(text_.size()); }

 private:
  void find_lines();
  /// A line without its end.
  [[nodiscard]] std::string_view line(std::size_t index) const;

  std::string text_;
  std::vector<std::size_t> starts_;  ///< of each line, in bytes
};

}  // namespace tidewaiter
