#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/enrich/network_table.h"
#include "policies/language/ip_network.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// A line that names no network.
struct BadNetworkLine {
  std::int64_t line = 0;  ///< from 1
  std::string reason;
};

/// Addresses and networks that somebody publishes as a text: one a line, and behind it, after a
/// blank, whatever else; `#` and `;` begin a comment. Of Tor's exit lists
/// (metrics.torproject.org/collector.html#type-tordnsel), whose lines begin with a word, those of
/// `ExitAddress` are read, and the others are no bad lines. Immutable; any thread.
class NetworkList {
 public:
  /// Reads a text; lines that name no network are kept apart, and the others stand.
  [[nodiscard]] static NetworkList read(std::string_view text);
  /// Errors: those of read_shown_file() with a limit of 256 MiB.
  [[nodiscard]] static Result<NetworkList> open(const std::filesystem::path& path);

  /// The longest network of the list that holds the address.
  [[nodiscard]] std::optional<IpNetwork> find(const IpAddress& address) const;

  [[nodiscard]] std::size_t size() const { return table_.size(); }
  /// How many lines name no network, and the first hundred of them.
  [[nodiscard]] std::int64_t bad_lines() const { return bad_lines_; }
  [[nodiscard]] const std::vector<BadNetworkLine>& first_bad() const { return first_bad_; }

 private:
  NetworkList(std::vector<IpNetwork> networks, std::int64_t bad_lines,
              std::vector<BadNetworkLine> first_bad);

  std::vector<IpNetwork> networks_;
  NetworkTable table_;
  std::int64_t bad_lines_ = 0;
  std::vector<BadNetworkLine> first_bad_;
};

}  // namespace tidewaiter
