#include "daemon/report/uuid5.h"

#include "policies/model/digest_sha1.h"

namespace tidewaiter {

std::string uuid5(const UuidBytes& space, std::string_view name) {
  static constexpr std::string_view kLowerHex = "0123456789abcdef";
  const auto digest = sha1(std::string(space.begin(), space.end()).append(name));
  std::string text;
  for (std::size_t i = 0; i < space.size(); ++i) {
    std::uint8_t byte = digest[i];
    if (i == 6) byte = static_cast<std::uint8_t>((byte & 0x0fU) | 0x50U);  // the version
    if (i == 8) byte = static_cast<std::uint8_t>((byte & 0x3fU) | 0x80U);  // the variant
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kLowerHex[byte >> 4U];
    text += kLowerHex[byte & 0x0fU];
  }
  return text;
}

}  // namespace tidewaiter
