#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace tidewaiter {

/// What a record of a geographic or network database says of an address, by the names that
/// MaxMind's databases have (docs/sources/mmdb.md). What a record does not say is absent.
struct AddressFacts {
  std::optional<std::string> country;       ///< ISO 3166-1 alpha-2: where the address is
  std::optional<std::string> registered;    ///< where its network is registered
  std::optional<std::int64_t> asn;          ///< autonomous system
  std::optional<std::string> organization;  ///< who has the autonomous system
  /// Ways in which it hides who is behind it: tor, vpn, proxy, hosting, in this order.
  std::vector<std::string> anonymizers;
  bool operator==(const AddressFacts&) const = default;
};

/// Reads a record. Members of another type than the format has count as absent.
[[nodiscard]] AddressFacts address_facts(const nlohmann::json& record);

}  // namespace tidewaiter
