#include "policies/lint/truth_analysis.h"

#include <algorithm>
#include <optional>

#include "policies/language/comparison.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMaxSteps = 400'000;
constexpr std::size_t kMaxBranchDepth = 12;

/// How two terms may stand to each other: a set of bits.
constexpr std::uint8_t kLess = 1;
constexpr std::uint8_t kEqual = 2;
constexpr std::uint8_t kGreater = 4;

std::uint8_t relation_of(ExprOp op) {
  switch (op) {
    case ExprOp::kEq:
      return kEqual;
    case ExprOp::kNe:
      return kLess | kGreater;
    case ExprOp::kLt:
      return kLess;
    case ExprOp::kLe:
      return kLess | kEqual;
    case ExprOp::kGt:
      return kGreater;
    case ExprOp::kGe:
      return kGreater | kEqual;
    default:
      return kLess | kEqual | kGreater;
  }
}

std::uint8_t mirrored(std::uint8_t relation) {
  const unsigned less = relation & kLess;
  const unsigned greater = relation & kGreater;
  return static_cast<std::uint8_t>((relation & kEqual) | (less * kGreater) | (greater / kGreater));
}

/// What the two ranges leave open.
std::uint8_t relation_of(const ValueRange& a, const ValueRange& b) {
  std::uint8_t relation = 0;
  if (a.low < b.high) relation |= kLess;
  if (a.high > b.low) relation |= kGreater;
  if (!intersection(a, b).empty()) relation |= kEqual;
  return relation;
}

bool is_literal(const Expr& expr) { return expr.op == ExprOp::kLiteral; }

/// Fields without which the expression has no value.
void add_needed_fields(const Expr& expr, std::set<FieldId>& fields) {
  switch (expr.op) {
    case ExprOp::kField:
      fields.insert(expr.index);
      return;
    case ExprOp::kExists:
    case ExprOp::kPartyCheck:  // any of its fields is enough
    case ExprOp::kPartyFigure:
    case ExprOp::kDefault:
    case ExprOp::kIf:
    case ExprOp::kAnd:
    case ExprOp::kOr:
      return;
    default:
      for (const Expr& arg : expr.args) add_needed_fields(arg, fields);
  }
}

}  // namespace

/// What has been claimed so far, term by term.
class Constraints {
 public:
  explicit Constraints(TruthAnalysis& analysis) : analysis_(&analysis) {
    for (const auto& [low, high] : analysis.orders_) {
      relate(analysis.measure_terms_[low], kLess | kEqual, analysis.measure_terms_[high]);
    }
  }

  /// Whether the claims can hold together with what was claimed before.
  bool possible(std::vector<Claim> claims, std::size_t depth) {
    std::vector<Claim> choices;
    while (!claims.empty()) {
      const Claim claim = claims.back();
      claims.pop_back();
      if (!analysis_->spend(1)) return true;
      take(claim, claims, choices);
    }
    if (contradictory()) return false;
    if (depth >= kMaxBranchDepth) return true;
    return std::ranges::all_of(choices,
                               [&](const Claim& choice) { return any_branch(choice, depth); });
  }

 private:
  /// An `or` that is to be true, or an `and` that is to be false.
  bool any_branch(const Claim& choice, std::size_t depth) {
    return std::ranges::any_of(choice.expr->args, [&](const Expr& branch) {
      if (!analysis_->spend(1 + domains_.size() + relations_.size())) return true;
      Constraints copy = *this;
      return copy.possible({{&branch, choice.truth}}, depth + 1);
    });
  }

  void take(const Claim& claim, std::vector<Claim>& claims, std::vector<Claim>& choices) {
    const Expr& expr = *claim.expr;
    switch (expr.op) {
      case ExprOp::kNot:
        claims.push_back({&expr.args.front(), !claim.truth});
        return;
      case ExprOp::kAnd:
      case ExprOp::kOr:
        if ((expr.op == ExprOp::kAnd) != claim.truth) {
          choices.push_back(claim);
        } else {
          for (const Expr& arg : expr.args) claims.push_back({&arg, claim.truth});
        }
        return;
      case ExprOp::kLiteral:
        failed_ = failed_ || expr.literal != Value(claim.truth);
        return;
      default:
        take_atom(expr, claim.truth);
    }
  }

  void take_atom(const Expr& expr, bool truth) {
    const auto [known, fresh] = atoms_.emplace(analysis_->text_of(expr), truth);
    failed_ = failed_ || known->second != truth;
    if (!fresh) return;
    if (expr.op == ExprOp::kExists) {
      const FieldId id = expr.args.front().index;
      (truth ? present_ : absent_).insert(id);
      return;
    }
    add_needed_fields(expr, present_);
    if (is_comparison(expr.op)) {
      take_comparison(expr, truth ? expr.op : opposite(expr.op));
    } else if (expr.op == ExprOp::kIn) {
      std::vector<Value> values;
      for (std::size_t i = 1; i < expr.args.size(); ++i) values.push_back(expr.args[i].literal);
      domain(expr.args.front()).be_one_of(std::move(values), truth);
    } else if (expr.op == ExprOp::kCidr) {
      domain(expr.args.front()).lie_in(expr.text.pattern, truth);
    } else if (expr.op == ExprOp::kTextMatch) {
      domain(expr.args.front()).match(expr.text, truth);
    } else if (expr.op == ExprOp::kField) {
      domain(expr).compare(ExprOp::kEq, truth);
    }
  }

  void take_comparison(const Expr& expr, ExprOp op) {
    const Expr& left = expr.args[0];
    const Expr& right = expr.args[1];
    if (is_literal(right) && !is_literal(left)) {
      domain(left).compare(op, right.literal);
    } else if (is_literal(left) && !is_literal(right)) {
      domain(right).compare(mirrored(op), left.literal);
    } else {
      relate(left, relation_of(op), right);
    }
  }

  TermDomain& domain(const Expr& term) {
    const auto [it, fresh] =
        domains_.try_emplace(analysis_->text_of(term), term.type, analysis_->range_of_term(term));
    return it->second;
  }

  void relate(const Expr& a, std::uint8_t relation, const Expr& b) {
    const std::string& left = analysis_->text_of(a);
    const std::string& right = analysis_->text_of(b);
    const bool in_order = left <= right;
    Relation fresh{in_order ? &a : &b, in_order ? &b : &a, kLess | kEqual | kGreater};
    auto key = in_order ? std::pair(left, right) : std::pair(right, left);
    Relation& known = relations_.try_emplace(std::move(key), fresh).first->second;
    known.bits = static_cast<std::uint8_t>(known.bits & (in_order ? relation : mirrored(relation)));
  }

  [[nodiscard]] ValueRange current_range(const Expr& term) const {
    const auto found = domains_.find(analysis_->text_of(term));
    return found != domains_.end() ? found->second.range() : analysis_->range_of_term(term);
  }

  [[nodiscard]] bool contradictory() const {
    if (failed_) return true;
    for (const FieldId id : absent_) {
      if (id <= kFieldSource || present_.contains(id)) return true;
    }
    for (const auto& [text, term] : domains_) {
      if (!analysis_->spend(term.cost())) return false;
      if (term.empty()) return true;
    }
    return std::ranges::any_of(relations_, [this](const auto& entry) {
      const auto& [key, relation] = entry;
      if (key.first == key.second) return (relation.bits & kEqual) == 0;
      const std::uint8_t open =
          relation_of(current_range(*relation.left), current_range(*relation.right));
      return (relation.bits & open) == 0;
    });
  }

  struct Relation {
    const Expr* left;
    const Expr* right;
    std::uint8_t bits;
  };

  TruthAnalysis* analysis_;
  bool failed_ = false;
  std::map<std::string, TermDomain> domains_;
  std::map<std::pair<std::string, std::string>, Relation> relations_;
  std::map<std::string, bool> atoms_;
  std::set<FieldId> present_;
  std::set<FieldId> absent_;
};

TruthAnalysis::TruthAnalysis(std::vector<ValueRange> measures, std::vector<MeasureOrder> orders)
    : measures_(std::move(measures)), orders_(std::move(orders)), steps_left_(kMaxSteps) {
  for (std::size_t i = 0; i < measures_.size(); ++i) {
    Expr term;
    term.op = ExprOp::kMeasure;
    term.index = static_cast<std::uint16_t>(i);
    measure_terms_.push_back(std::move(term));
  }
}

ValueRange TruthAnalysis::range_of_term(const Expr& term) const {
  const ValueRange range = range_of(term, measures_);
  if (term.op == ExprOp::kField && term.index == kFieldTime) return intersection(range, times_);
  return intersection(range, share_range(term, measures_, orders_));
}

bool TruthAnalysis::spend(std::size_t steps) {
  const bool enough = steps_left_ >= steps;
  steps_left_ -= std::min(steps, steps_left_);
  return enough;
}

const std::string& TruthAnalysis::text_of(const Expr& expr) {
  const auto [it, fresh] = texts_.try_emplace(&expr);
  if (fresh) it->second = to_text(expr);
  return it->second;
}

bool TruthAnalysis::possible(std::span<const Claim> claims) {
  return Constraints(*this).possible(std::vector<Claim>(claims.begin(), claims.end()), 0);
}

std::vector<MeasureOrder> measure_orders(const Policy& policy) {
  const auto same = [](const std::optional<Expr>& a, const std::optional<Expr>& b) {
    return a.has_value() == b.has_value() && (!a || same_meaning(*a, *b));
  };
  const auto rank = [](const Measure& m) -> std::optional<double> {
    switch (m.aggregate) {
      case Aggregate::kMin:
        return 0.0;
      case Aggregate::kMax:
        return 1.0;
      case Aggregate::kQuantile:
        return static_cast<double>(m.quantile.numerator) /
               static_cast<double>(m.quantile.denominator);
      case Aggregate::kCount:
      case Aggregate::kSum:
      case Aggregate::kDistinct:
      case Aggregate::kAvg:
      case Aggregate::kRate:
      case Aggregate::kStddev:
      case Aggregate::kCv:
      case Aggregate::kEntropy:
      case Aggregate::kTopShare:
      case Aggregate::kGini:
      case Aggregate::kFirst:
      case Aggregate::kLast:
      case Aggregate::kDeviation:
      case Aggregate::kCompleted:
      case Aggregate::kMissing:
      case Aggregate::kMatched:
      case Aggregate::kCusum:
      case Aggregate::kLockstep:
      case Aggregate::kFormula:
        break;
    }
    return std::nullopt;
  };
  std::vector<MeasureOrder> orders;
  const auto& all = policy.measures;
  const auto count = static_cast<std::uint16_t>(all.size());  // 64 at most
  for (std::uint16_t i = 0; i < count; ++i) {
    for (std::uint16_t j = 0; j < count; ++j) {
      if (i == j) continue;
      const bool ranked = rank(all[i]) && rank(all[j]) && *rank(all[i]) <= *rank(all[j]) &&
                          same(all[i].argument, all[j].argument) &&
                          same(all[i].where, all[j].where);
      const bool part_of_all = all[i].aggregate == Aggregate::kCount &&
                               all[j].aggregate == Aggregate::kCount && all[i].where &&
                               !all[j].where;
      if (ranked || part_of_all) orders.push_back({i, j});
    }
  }
  return orders;
}

}  // namespace tidewaiter
