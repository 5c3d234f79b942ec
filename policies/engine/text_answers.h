#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "policies/engine/network_set.h"
#include "policies/engine/pattern_set.h"
#include "policies/language/expression.h"
#include "policies/language/ip_network.h"

namespace tidewaiter {

/// What is true of a value, and what is not known of it: places of predicates, in order, each once.
struct ValueAnswers {
  std::vector<std::uint32_t> yes;
  std::vector<std::uint32_t> unknown;
  bool operator==(const ValueAnswers&) const = default;
};

/// Predicates over the text of one field, each of parts that are joined by `or`, answered for all
/// at once: equal texts by one look-up, patterns by few passes over the text, networks by one
/// look-up among the borders of them all. The meaning is that of interpret(). Not thread-safe: one
/// thread at a time.
class TextAnswers {
 public:
  /// Gives the predicate's place: 0, 1, 2, ….
  std::uint32_t add(const std::vector<Expr>& parts);
  [[nodiscard]] bool empty() const { return predicates_ == 0; }

  /// After the first call no predicate is added any more. `address`: what the text is as one.
  [[nodiscard]] ValueAnswers of(std::string_view text, const std::optional<IpAddress>& address);
  /// Whether an answer depends on `address`.
  [[nodiscard]] bool asks_for_addresses() const { return !networks_.empty(); }

 private:
  /// A part, and the place of its predicate.
  struct Part {
    std::uint32_t place = 0;
    Expr expr;
  };
  struct Networks {
    std::uint32_t place = 0;
    NetworkSet set;
  };
  /// The addresses between two borders lie in the same networks.
  struct Stretches {
    std::vector<IpAddress> borders;  ///< sorted
    /// Places, of what is before each border and after the last; nothing: not asked yet.
    std::vector<std::optional<std::vector<std::uint32_t>>> places;
  };

  void add_part(std::uint32_t place, const Expr& part, std::vector<IpNetwork>& networks);
  void make_stretches(bool v4, Stretches& stretches) const;
  [[nodiscard]] const std::vector<std::uint32_t>& places_of(const IpAddress& address);
  void answer_address(const std::optional<IpAddress>& address, ValueAnswers& answers);

  std::uint32_t predicates_ = 0;
  std::unordered_map<std::string, std::vector<std::uint32_t>> equal_;  ///< places by text
  std::vector<Part> differ_;                                           ///< `!=`
  std::vector<Part> in_lists_;
  std::vector<std::uint32_t> never_known_;  ///< places with a part that is unknown of every text
  PatternSet patterns_;
  std::vector<Networks> networks_;
  Stretches ipv6_;
  Stretches ipv4_;
};

}  // namespace tidewaiter
