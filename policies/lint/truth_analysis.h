#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "policies/language/expression.h"
#include "policies/lint/term_domain.h"
#include "policies/lint/value_range.h"

namespace tidewaiter {

/// An expression that is to be true, or to be false. Unknown is neither.
struct Claim {
  const Expr* expr;
  bool truth;
};

/// Decides whether truth values can hold together, by intervals, sets and text patterns for each
/// term. Incomplete and never wrong in one direction: false from `possible` is a proof, true is
/// "not disproved". The work is bounded; when the bound is reached everything is possible. Keeps
/// references to expressions: they outlive it. Not for several threads at once.
class TruthAnalysis {
 public:
  TruthAnalysis(std::vector<ValueRange> measures, std::vector<MeasureOrder> orders);

  /// Whether all claims can hold for one record (or one window, over measures).
  [[nodiscard]] bool possible(std::span<const Claim> claims);
  [[nodiscard]] bool possible(std::initializer_list<Claim> claims) {
    return possible(std::span<const Claim>(claims.begin(), claims.size()));
  }
  [[nodiscard]] bool can_be_true(const Expr& expr) { return possible({{&expr, true}}); }
  [[nodiscard]] bool can_be_false(const Expr& expr) { return possible({{&expr, false}}); }

  [[nodiscard]] std::span<const ValueRange> measures() const { return measures_; }
  /// Holds for all claims from now on: the record's time lies in the range.
  void bind_time(const ValueRange& times) { times_ = times; }
  /// The canonical text of an expression, made once.
  [[nodiscard]] const std::string& text_of(const Expr& expr);

 private:
  friend class Constraints;

  /// False once the bound on work is reached.
  bool spend(std::size_t steps);

  /// What is known of a term before anything is claimed.
  [[nodiscard]] ValueRange range_of_term(const Expr& term) const;

  std::vector<ValueRange> measures_;
  ValueRange times_;
  std::vector<MeasureOrder> orders_;
  std::vector<Expr> measure_terms_;
  std::unordered_map<const Expr*, std::string> texts_;
  std::size_t steps_left_;
};

}  // namespace tidewaiter
