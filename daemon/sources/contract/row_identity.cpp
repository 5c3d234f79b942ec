#include "daemon/sources/contract/row_identity.h"

#include <array>
#include <cstdint>

namespace tidewaiter {

RowIdentity::RowIdentity(std::initializer_list<std::string_view> shared) {
  for (const std::string_view part : shared) add(part);
  shared_ = framed_.size();
}

RowIdentity& RowIdentity::add(std::string_view part) {
  std::array<char, sizeof(std::uint64_t)> length{};
  std::uint64_t rest = part.size();
  for (std::size_t i = length.size(); i-- > 0; rest >>= 8U) {
    length[i] = static_cast<char>(static_cast<unsigned char>(rest));
  }
  framed_.append(length.data(), length.size());
  framed_.append(part);
  return *this;
}

Digest RowIdentity::finish() {
  const Digest identity = sha256(framed_);
  framed_.resize(shared_);
  return identity;
}

}  // namespace tidewaiter
