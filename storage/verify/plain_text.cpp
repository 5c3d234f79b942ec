#include "storage/verify/plain_text.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>

#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

struct Decoded {
  std::uint32_t point = 0;
  std::size_t length = 1;
};

/// The character at the front of a text that begins with a whole one.
Decoded decode(std::string_view text) {
  const auto octet = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = octet(0);
  const std::size_t length = first < 0x80U ? 1 : first < 0xe0U ? 2 : first < 0xf0U ? 3 : 4;
  std::uint32_t point = length == 1 ? first : first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) point = point << 6U | (octet(i) & 0x3fU);
  return {point, length};
}

/// The length of the whole character that begins the text, 0 if none does.
std::size_t whole_character(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (is_utf8(text.substr(0, length))) return length;
  }
  return 0;
}

bool is_harmless(std::uint32_t point) {
  const auto within = [point](std::uint32_t first, std::uint32_t last) {
    return point >= first && point <= last;
  };
  return !within(0x00, 0x1f) && !within(0x7f, 0x9f) && point != 0x061c && !within(0x200e, 0x200f) &&
         !within(0x2028, 0x202e) && !within(0x2066, 0x2069);
}

void append_escape(std::string& out, char kind, std::uint32_t value) {
  std::array<char, 8> digits{};
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
  out += '\\';
  out += kind;
  out += '{';
  out.append(digits.data(), end);
  out += '}';
}

}  // namespace

std::string plain_text(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = whole_character(text);
    if (length == 0) {
      append_escape(plain, 'x', static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    const Decoded character = decode(text);
    if (is_harmless(character.point)) {
      plain += text.substr(0, length);
    } else {
      append_escape(plain, 'u', character.point);
    }
    text.remove_prefix(length);
  }
  return plain;
}

}  // namespace tidewaiter
