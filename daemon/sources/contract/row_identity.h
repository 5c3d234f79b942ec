#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "policies/model/digest.h"

namespace tidewaiter {

/// Makes the identities of the rows of one page: SHA-256 over length-framed texts, of which the
/// first are the same for all rows. One thread at a time.
class RowIdentity {
 public:
  /// What all rows share: connector, source, endpoint, and for some their time.
  explicit RowIdentity(std::initializer_list<std::string_view> shared);

  /// What tells a row from others, part by part.
  RowIdentity& add(std::string_view part);
  /// Parts that many rows have, as framed() makes them.
  RowIdentity& add_framed(std::string_view parts);
  [[nodiscard]] static std::string framed(std::initializer_list<std::string_view> parts);
  /// The identity of the row; what is added next is of another.
  [[nodiscard]] Digest finish();

 private:
  std::string framed_;  ///< each part behind its length, as Sha256::update_framed() would hash it
  std::size_t shared_ = 0;  ///< so much of it belongs to all
};

}  // namespace tidewaiter
