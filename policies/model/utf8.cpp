#include "policies/model/utf8.h"

#include <simdjson.h>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

/// What table 3-7 of the Unicode Standard says of a first byte: how many bytes follow from it and
/// in which range the second one lies.
struct Lead {
  std::size_t length = 0;  ///< 0: no character begins so
  unsigned low = 0x80;
  unsigned high = 0xBF;
};

Lead lead_of(unsigned byte) {
  if (byte < 0x80) return {1};
  if (byte >= 0xC2 && byte <= 0xDF) return {2};
  if (byte == 0xE0) return {3, 0xA0};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {3};
  if (byte == 0xF0) return {4, 0x90};
  if (byte >= 0xF1 && byte <= 0xF3) return {4};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {};
}

}  // namespace

bool is_utf8(std::string_view text) {
  // Most texts are short and ASCII: simdjson sets out for long ones.
  constexpr std::size_t kShort = 64;
  if (text.size() < kShort && is_ascii(text)) return true;
  return simdjson::validate_utf8(text.data(), text.size());
}

std::size_t utf8_length_at(std::string_view text, std::size_t offset) {
  const Lead lead = lead_of(byte_at(text, offset));
  if (lead.length <= 1) return lead.length;
  if (lead.length > text.size() - offset) return 0;
  const unsigned second = byte_at(text, offset + 1);
  if (second < lead.low || second > lead.high) return 0;
  for (std::size_t i = 2; i < lead.length; ++i) {
    if ((byte_at(text, offset + i) & 0xC0U) != 0x80U) return 0;
  }
  return lead.length;
}

std::uint32_t code_point_of(std::string_view character) {
  const unsigned first = byte_at(character, 0);
  if (character.size() == 1) return first;
  // A first byte of n bytes keeps 7 − n bits, each further one 6.
  std::uint32_t point = first & (0x7FU >> character.size());
  for (std::size_t i = 1; i < character.size(); ++i) {
    point = point << 6U | (byte_at(character, i) & 0x3FU);
  }
  return point;
}

}  // namespace tidewaiter
