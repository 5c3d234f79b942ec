#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "policies/language/ip_network.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// What a database says of itself.
struct MmdbIdentity {
  std::string type;  ///< "GeoLite2-Country"
  UtcTime built;
  int ip_version = 0;  ///< 4 or 6: one of 4 knows nothing of IPv6 addresses
  std::int64_t nodes = 0;
};

/// What a database has for an address.
struct MmdbAnswer {
  IpNetwork network;  ///< that holds the address; nothing more special is known
  /// The whole record, as read_mmdb_value() gives it.
  std::shared_ptr<const nlohmann::json> record;
};

/// A file in MaxMind's database format, in memory. Any thread.
class MmdbFile {
 public:
  /// Errors: kNotFound, kUnavailable; kInvalidInput for what is no such database, or has metadata
  /// beyond the bounds of read_mmdb_value().
  /// Maps the file: whoever writes over it meanwhile, and does not put another in its place, ends
  /// the process.
  [[nodiscard]] static Result<MmdbFile> open(const std::filesystem::path& path);
  /// The same of a copy in memory, for as long as it is used: the file may become what it will.
  [[nodiscard]] static Result<MmdbFile> open_copy(const std::filesystem::path& path);

  [[nodiscard]] const MmdbIdentity& identity() const;

  /// Nothing, if it has no record. Errors: kCorruption, where the database contradicts itself, or
  /// has a record beyond the bounds of read_mmdb_value(): that is no "nothing known".
  [[nodiscard]] Result<std::optional<MmdbAnswer>> find(const IpAddress& address) const;

 private:
  struct State;
  [[nodiscard]] static Result<MmdbFile> open_as(const std::filesystem::path& path,
                                                const std::filesystem::path& shown);
  explicit MmdbFile(std::shared_ptr<const State> state);
  std::shared_ptr<const State> state_;
};

}  // namespace tidewaiter
