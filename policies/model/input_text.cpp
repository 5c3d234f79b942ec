#include "policies/model/input_text.h"

#include <cstdint>

#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

/// Appends `\x1b` or `\u202e`: the number in `digits` hexadecimal digits.
void append_escape(std::string& out, char letter, std::uint32_t number, int digits) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  out += '\\';
  out += letter;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    out += kHexDigits[(number >> static_cast<unsigned>(shift)) & 15U];
  }
}

/// C0, DEL and C1: a terminal takes them for commands.
bool is_control(std::uint32_t point) { return point < 0x20 || (point >= 0x7F && point < 0xA0); }

/// Line and paragraph separator, and the marks, embeddings, overrides and isolates of Unicode's
/// bidirectional algorithm (UAX #9, table 4).
bool hides_or_breaks(std::uint32_t point) {
  return point == 0x061C || point == 0x200E || point == 0x200F ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

void append_visible(std::string& out, std::string_view character) {
  const std::uint32_t point = code_point_of(character);
  if (point == '\n') {
    out += "\\n";
  } else if (point == '\r') {
    out += "\\r";
  } else if (point == '\t') {
    out += "\\t";
  } else if (is_control(point)) {
    append_escape(out, 'x', point, 2);
  } else if (hides_or_breaks(point)) {
    append_escape(out, 'u', point, 4);
  } else {
    out += character;
  }
}

}  // namespace

std::string in_backticks(std::string_view input, std::size_t most) {
  std::string out = "`";
  for (std::size_t i = 0; i < input.size();) {
    const std::size_t length = utf8_length_at(input, i);
    if (i + (length == 0 ? 1 : length) > most) {
      out += "…";
      break;
    }
    if (length == 0) {
      append_escape(out, 'x', static_cast<unsigned char>(input[i]), 2);
      ++i;
    } else {
      append_visible(out, input.substr(i, length));
      i += length;
    }
  }
  return out + '`';
}

}  // namespace tidewaiter
