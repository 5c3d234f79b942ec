#include "policies/sigma/value_encoding.h"

#include <cstddef>
#include <cstdint>

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

}  // namespace

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
