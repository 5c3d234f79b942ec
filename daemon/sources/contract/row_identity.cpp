#include "daemon/sources/contract/row_identity.h"

#include <array>
#include <bit>

#include "policies/model/length_frame.h"

namespace tidewaiter {

RowIdentity::RowIdentity(std::initializer_list<std::string_view> shared) {
  for (const std::string_view part : shared) add(part);
  shared_ = framed_.size();
}

RowIdentity& RowIdentity::add(std::string_view part) {
  const auto frame = std::bit_cast<std::array<char, 8>>(length_frame(part.size()));
  framed_.append(frame.data(), frame.size());
  framed_.append(part);
  return *this;
}

RowIdentity& RowIdentity::add_framed(std::string_view parts) {
  framed_.append(parts);
  return *this;
}

std::string RowIdentity::framed(std::initializer_list<std::string_view> parts) {
  return RowIdentity(parts).framed_;
}

Digest RowIdentity::finish() {
  const Digest identity = sha256(framed_);
  framed_.resize(shared_);
  return identity;
}

}  // namespace tidewaiter
