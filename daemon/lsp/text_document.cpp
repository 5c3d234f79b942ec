#include "daemon/lsp/text_document.h"

#include <algorithm>
#include <utility>

#include "policies/language/code_points.h"

namespace tidewaiter {
namespace {

/// UTF-16 code units of the code point that has so many bytes in UTF-8.
std::int64_t units_of(std::size_t bytes) { return bytes == 4 ? 2 : 1; }

}  // namespace

TextDocument::TextDocument(std::string text) : text_(std::move(text)) { find_lines(); }

void TextDocument::find_lines() {
  starts_ = {0};
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') starts_.push_back(i + 1);
  }
}

std::string_view TextDocument::line(std::size_t index) const {
  const std::size_t begin = starts_[index];
  const std::size_t end = index + 1 < starts_.size() ? starts_[index + 1] - 1 : text_.size();
  std::string_view source = std::string_view(text_).substr(begin, end - begin);
  if (source.ends_with('\r')) source.remove_suffix(1);
  return source;
}

std::size_t TextDocument::offset_of(LspPosition position) const {
  if (position.line < 0) return 0;
  const auto index = static_cast<std::size_t>(position.line);
  if (index >= starts_.size()) return text_.size();
  const std::string_view source = line(index);
  std::size_t byte = 0;
  std::int64_t units = 0;
  while (byte < source.size()) {
    const std::size_t bytes = code_point_length(source, byte);
    units += units_of(bytes);
    if (units > position.character) break;
    byte += bytes;
  }
  return starts_[index] + std::min(byte, source.size());
}

LspPosition TextDocument::position_of(std::size_t offset) const {
  const auto after = std::ranges::upper_bound(starts_, offset);
  const auto index = static_cast<std::size_t>(after - starts_.begin()) - 1;
  const std::string_view source = line(index);
  const std::size_t wanted = std::min(offset - starts_[index], source.size());
  std::int64_t units = 0;
  for (std::size_t byte = 0; byte < wanted;) {
    const std::size_t bytes = code_point_length(source, byte);
    units += units_of(bytes);
    byte += bytes;
  }
  return {static_cast<std::int64_t>(index), units};
}

LspPosition TextDocument::position_of_column(std::int32_t number, std::int32_t column) const {
  const std::size_t index =
      std::min(static_cast<std::size_t>(std::max(number, 1)) - 1, starts_.size() - 1);
  const std::string_view source = line(index);
  std::int64_t units = 0;
  std::size_t byte = 0;
  for (std::int32_t at = 1; at < column && byte < source.size(); ++at) {
    const std::size_t bytes = code_point_length(source, byte);
    units += units_of(bytes);
    byte += bytes;
  }
  return {static_cast<std::int64_t>(index), units};
}

void TextDocument::replace(LspPosition begin, LspPosition end, std::string_view replacement) {
  const std::size_t from = offset_of(begin);
  const std::size_t to = std::max(from, offset_of(end));
  text_.replace(from, to - from, replacement);
  find_lines();
}

}  // namespace tidewaiter
