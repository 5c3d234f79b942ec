#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/language/expression.h"
#include "policies/language/ip_network.h"
#include "policies/lint/value_range.h"

namespace tidewaiter {

/// The values that one term can still have once several conditions on it are to hold together. It
/// errs on the side of too many: what it calls empty is empty.
class TermDomain {
 public:
  /// `range`: see range_of. A list field has many values at once, any of which may match.
  TermDomain(ValueType type, const ValueRange& range);

  /// `term op literal` holds; `op` is a comparison.
  void compare(ExprOp op, const Value& literal);
  /// The term is one of the literals, or none of them.
  void be_one_of(std::vector<Value> literals, bool truth);
  /// The pattern matches, or does not.
  void match(const TextPattern& pattern, bool truth);
  /// The address lies in the network, as kCidr writes it, or does not.
  void lie_in(std::string_view network, bool truth);

  [[nodiscard]] bool empty() const;
  /// About how many comparisons empty() takes.
  [[nodiscard]] std::size_t cost() const;
  [[nodiscard]] const ValueRange& range() const { return range_; }

 private:
  [[nodiscard]] bool admits(const Value& value) const;
  [[nodiscard]] bool is_listed_as_excluded(const Value& value) const;
  [[nodiscard]] bool has_candidate() const;
  [[nodiscard]] bool patterns_conflict() const;
  [[nodiscard]] bool networks_conflict() const;

  ValueType type_;
  ValueRange range_;
  std::optional<std::vector<Value>> allowed_;  ///< absent: any
  std::vector<Value> excluded_;
  std::vector<std::pair<TextPattern, bool>> patterns_;
  std::vector<std::pair<IpNetwork, bool>> networks_;
};

/// Whether every text that matches `a` matches `b`; false where that is not known.
[[nodiscard]] bool implies(const TextPattern& a, const TextPattern& b);

}  // namespace tidewaiter
