#include "policies/engine/read_addresses.h"

namespace tidewaiter {

const std::optional<IpAddress>& ReadAddresses::of(std::uint32_t id, const Dictionary& dictionary) {
  if (id >= by_id_.size()) by_id_.resize(dictionary.size());
  Read& read = by_id_[id];
  if (!read.done) read = {true, parse_ip(dictionary.text(id))};
  return read.address;
}

}  // namespace tidewaiter
