#include "policies/language/value_encoding.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "policies/language/code_points.h"
#include "policies/model/base64.h"
#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

void add_unit(std::string& out, std::uint32_t unit, bool big_endian) {
  const char high = static_cast<char>(unit >> 8U);
  const char low = static_cast<char>(unit & 0xFFU);
  out += big_endian ? high : low;
  out += big_endian ? low : high;
}

constexpr std::array<std::pair<std::string_view, ValueEncoding>, 6> kEncodings = {
    {{"base64", ValueEncoding::kBase64},
     {"base64offset", ValueEncoding::kBase64Offset},
     {"utf16", ValueEncoding::kUtf16},
     {"utf16be", ValueEncoding::kUtf16Be},
     {"utf16le", ValueEncoding::kUtf16Le},
     {"wide", ValueEncoding::kUtf16Le}}};

}  // namespace

std::optional<ValueEncoding> find_encoding(std::string_view modifier) {
  const auto* const found =
      std::ranges::find(kEncodings, modifier, [](const auto& entry) { return entry.first; });
  if (found == kEncodings.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> encoded(ValueEncoding encoding, std::string_view bytes) {
  switch (encoding) {
    case ValueEncoding::kBase64:
      return {to_base64(bytes, Base64::kStandard)};
    case ValueEncoding::kBase64Offset:
      return base64_at_offsets(bytes);
    case ValueEncoding::kUtf16Le:
      return {to_utf16(bytes, false)};
    case ValueEncoding::kUtf16Be:
      return {to_utf16(bytes, true)};
    case ValueEncoding::kUtf16:
      return {"\xFF\xFE" + to_utf16(bytes, false)};
  }
  return {};
}

std::string to_utf16(std::string_view utf8, bool big_endian) {
  std::string out;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t size = code_point_length(utf8, at);
    const std::uint32_t code = code_point_of(utf8.substr(at, size));
    at += size;
    if (code < 0x10000) {
      add_unit(out, code, big_endian);
    } else {
      add_unit(out, 0xD800 + ((code - 0x10000) >> 10U), big_endian);
      add_unit(out, 0xDC00 + ((code - 0x10000) & 0x3FFU), big_endian);
    }
  }
  return out;
}

std::vector<std::string> base64_at_offsets(std::string_view bytes) {
  std::vector<std::string> found;
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string whole =
        to_base64(std::string(before, '\0') + std::string(bytes), Base64::kStandard);
    // A character holds six bits: the first one that holds none of what stands before, up to the
    // last one that holds none of what follows.
    const std::size_t first = (before * 8 + 5) / 6;
    const std::size_t end = (before + bytes.size()) * 8 / 6;
    if (end > first) found.push_back(whole.substr(first, end - first));
  }
  return found;
}

}  // namespace tidewaiter
