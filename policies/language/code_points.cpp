#include "policies/language/code_points.h"

#include <algorithm>

#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

bool is_continuation(unsigned byte) { return (byte & 0xC0U) == 0x80U; }

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length_at(text, i);
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

std::int32_t count_code_points(std::string_view text) {
  return static_cast<std::int32_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return !is_continuation(static_cast<unsigned char>(c));
  }));
}

std::size_t code_point_length(std::string_view text, std::size_t offset) {
  const std::size_t length = utf8_length_at(text, offset);
  return length == 0 ? 1 : length;
}

std::string one_line(std::string_view text) {
  constexpr std::size_t kMost = 400;
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = code_point_length(text, i);
    if (i + length > kMost) return out + "…";
    const bool control = static_cast<unsigned char>(text[i]) < 0x20;
    out += control ? std::string_view(" ") : text.substr(i, length);
    i += length;
  }
  return out;
}

}  // namespace tidewaiter
