#pragma once

#include <span>
#include <vector>

#include "policies/language/ip_network.h"

namespace tidewaiter {

/// Networks made ready for many addresses: one look-up takes as long as it takes to find a place
/// among sorted ranges, however many networks there are. Const use is safe from any thread.
class NetworkSet {
 public:
  explicit NetworkSet(std::span<const IpNetwork> networks);

  /// Whether one of the networks contains the address, as contains() of ip_network.h says.
  [[nodiscard]] bool contains(const IpAddress& address) const;
  [[nodiscard]] bool empty() const { return all_.empty(); }

  /// Adds the addresses from which on the answer may be another: of IPv4 addresses if `v4`, else
  /// of IPv6 addresses.
  void add_borders(bool v4, std::vector<IpAddress>& borders) const;

 private:
  struct Range {
    IpAddress first;
    IpAddress last;
  };
  static void add(std::vector<Range>& ranges, const IpNetwork& network);
  static void join(std::vector<Range>& ranges);
  [[nodiscard]] static bool lies_in(const std::vector<Range>& ranges, const IpAddress& address);

  std::vector<Range> all_;  ///< sorted, apart from each other; asked for IPv6 addresses
  std::vector<Range>
      mapped_;  ///< of IPv4 networks; asked for IPv4 addresses, which alone count there
};

}  // namespace tidewaiter
