#include "daemon/sources/contract/row_identity.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace tidewaiter {

RowIdentity::RowIdentity(std::initializer_list<std::string_view> shared) {
  for (const std::string_view part : shared) add(part);
  shared_ = framed_.size();
}

RowIdentity& RowIdentity::add(std::string_view part) {
  std::uint64_t length = part.size();
  if constexpr (std::endian::native == std::endian::little) length = __builtin_bswap64(length);
  std::array<char, sizeof(length)> frame{};
  std::memcpy(frame.data(), &length, sizeof(length));
  framed_.append(frame.data(), frame.size());
  framed_.append(part);
  return *this;
}

Digest RowIdentity::finish() {
  const Digest identity = sha256(framed_);
  framed_.resize(shared_);
  return identity;
}

}  // namespace tidewaiter
