#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "policies/engine/dictionary.h"
#include "policies/language/ip_network.h"

namespace tidewaiter {

/// The addresses that the texts of one field are, each read once. One thread at a time.
class ReadAddresses {
 public:
  /// Nothing if the text is no address.
  [[nodiscard]] const std::optional<IpAddress>& of(std::uint32_t id, const Dictionary& dictionary);

 private:
  struct Read {
    bool done = false;
    std::optional<IpAddress> address;
  };
  std::vector<Read> by_id_;
};

}  // namespace tidewaiter
