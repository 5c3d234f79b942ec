#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "policies/language/ip_network.h"

namespace tidewaiter {

/// A network and the number of what is said of it.
struct NumberedNetwork {
  IpNetwork network;
  std::uint32_t number = 0;
};

/// Networks, nested as they like, each with a number: of those that hold an address the longest
/// prefix answers. Immutable; any thread.
///
/// The nesting is cut flat when the table is made: it holds the addresses at which the answer
/// changes, in order, so that a look-up is a search for the last of them that is not behind the
/// address. IPv4 addresses are searched for among those that share their first 16 bits alone.
/// Memory: 24 bytes a change, at most two a network, and 256 KiB.
class NetworkTable {
 public:
  /// Of two entries for one network the later one stands. Bits behind a prefix count as zero.
  explicit NetworkTable(const std::vector<NumberedNetwork>& networks);

  [[nodiscard]] std::optional<std::uint32_t> find(const IpAddress& address) const;

  /// How many networks it was made of, each counted once.
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  /// An address in the order of its bytes, as two numbers.
  struct Key {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    auto operator<=>(const Key&) const = default;
  };
  struct Change {
    Key from;
    std::uint32_t number = 0;  ///< kNothing: no network holds what follows
  };
  static constexpr std::uint32_t kNothing = 0xFFFFFFFF;
  static constexpr std::size_t kFirstBits = 1U << 16U;

  static Key key_of(const IpAddress& address);
  static Key last_of(Key first, int prefix);
  void add(Key from, std::uint32_t number);
  void index_ipv4();

  std::vector<Change> changes_;  ///< by `from`, the first of them at ::
  /// For the first 16 bits of an IPv4 address, where its changes begin; one more at the end.
  std::vector<std::uint32_t> ipv4_;
  std::size_t size_ = 0;
};

}  // namespace tidewaiter
