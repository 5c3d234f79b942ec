#include "policies/authoring/threshold_tuning.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "policies/language/comparison.h"
#include "policies/language/rising_condition.h"

namespace tidewaiter {
namespace {

/// Numbers of one type compare as these do: 64 bits of mantissa hold each std::int64_t.
std::optional<long double> number_of(const Value& value) {
  if (const auto* const whole = std::get_if<std::int64_t>(&value)) {
    return static_cast<long double>(*whole);
  }
  if (const auto* const broken = std::get_if<double>(&value)) return *broken;
  return std::nullopt;
}

bool is_threshold(ExprOp op) { return mirrored(op) != op; }

/// One that each window must meet.
struct Threshold {
  std::string measure;
  ExprOp op = ExprOp::kGe;
  Value limit;
  ValueType type = ValueType::kInt64;
  [[nodiscard]] bool is_least() const { return op == ExprOp::kGe || op == ExprOp::kGt; }
};

std::optional<Threshold> threshold_of(const Expr& expr, const Policy& policy) {
  if (!is_threshold(expr.op) || expr.args.size() != 2) return std::nullopt;
  const bool measure_first = expr.args[0].op == ExprOp::kMeasure;
  const Expr& measure = expr.args[measure_first ? 0 : 1];
  const Expr& literal = expr.args[measure_first ? 1 : 0];
  const bool both = measure.op == ExprOp::kMeasure && literal.op == ExprOp::kLiteral;
  if (!both || measure.index >= policy.measures.size() || !number_of(literal.literal)) {
    return std::nullopt;
  }
  return Threshold{policy.measures[measure.index].name, measure_first ? expr.op : mirrored(expr.op),
                   literal.literal, measure.type};
}

void collect_thresholds(const Expr& expr, const Policy& policy, std::vector<Threshold>& all) {
  if (expr.op == ExprOp::kAnd) {
    for (const Expr& part : expr.args) collect_thresholds(part, policy, all);
  } else if (auto one = threshold_of(expr, policy)) {
    all.push_back(std::move(*one));
  }
}

/// The figure of the measure; null where it is not there, not exact or no number.
const Figure* exact_figure(const JudgedFigures& finding, const std::string& measure) {
  const auto found = std::ranges::find(finding.figures, measure, &Figure::name);
  const bool usable =
      found != finding.figures.end() && found->exact && number_of(found->value).has_value();
  return usable ? &*found : nullptr;
}

/// Tries one threshold. Distances grow away from what the policy asks for: of a least value they
/// are the numbers, of a greatest one their negatives.
class Tightening {
 public:
  Tightening(const Threshold& threshold, std::span<const JudgedFigures> judged)
      : threshold_(threshold), judged_(judged) {}

  std::optional<TighterThreshold> find() {
    if (!find_nearest()) return std::nullopt;
    find_tighter();
    if (tighter_ == nullptr) return std::nullopt;  // none would be left out
    TighterThreshold out;
    out.measure = threshold_.measure;
    out.now = threshold_.op;
    out.limit = threshold_.limit;
    out.instead = threshold_.is_least() ? ExprOp::kGt : ExprOp::kLt;
    out.tighter = tighter_->value;
    out.type = tighter_->type;
    out.nearest = nearest_->value;
    count(out);
    return out;
  }

 private:
  [[nodiscard]] long double distance(const Figure& figure) const {
    const long double number = *number_of(figure.value);
    return threshold_.is_least() ? number : -number;
  }

  /// Of what stands the one that would be lost first; false where nothing may be said.
  bool find_nearest() {
    for (const JudgedFigures& finding : judged_) {
      if (finding.judged != JudgedAs::kStands) continue;
      const Figure* const figure = exact_figure(finding, threshold_.measure);
      if (figure == nullptr) return false;
      if (nearest_ == nullptr || distance(*figure) < distance(*nearest_)) nearest_ = figure;
    }
    return nearest_ != nullptr;
  }

  /// Of the false positives that have no later window to be found by, and lie below all that
  /// stands, the one that goes last: it and those before it are left out for certain, and nothing
  /// is by going further.
  void find_tighter() {
    for (const JudgedFigures& finding : judged_) {
      if (finding.judged != JudgedAs::kFalsePositive || finding.windows > 1) continue;
      const Figure* const figure = exact_figure(finding, threshold_.measure);
      if (figure == nullptr || distance(*figure) >= distance(*nearest_)) continue;
      if (tighter_ == nullptr || distance(*figure) > distance(*tighter_)) tighter_ = figure;
    }
  }

  void count(TighterThreshold& out) const {
    for (const JudgedFigures& finding : judged_) {
      if (finding.judged == JudgedAs::kStands) ++out.stands;
      if (finding.judged == JudgedAs::kFalsePositive) ++out.false_positives;
      const Figure* const figure = exact_figure(finding, threshold_.measure);
      if (figure == nullptr || distance(*figure) > distance(*tighter_)) continue;
      if (finding.judged == JudgedAs::kUndecided) ++out.undecided;
      if (finding.judged != JudgedAs::kFalsePositive) continue;
      ++(finding.windows > 1 ? out.later : out.left_out);
    }
  }

  const Threshold& threshold_;
  std::span<const JudgedFigures> judged_;
  const Figure* nearest_ = nullptr;
  const Figure* tighter_ = nullptr;
};

}  // namespace

std::vector<TighterThreshold> tighter_thresholds(const Policy& policy,
                                                 std::span<const JudgedFigures> judged) {
  // Told as soon as it holds: the figures are those of that moment, and go on rising.
  if (part_that_may_fall(policy.report_when, policy.measures) == nullptr) return {};
  std::vector<Threshold> thresholds;
  collect_thresholds(policy.report_when, policy, thresholds);
  std::vector<TighterThreshold> all;
  for (const Threshold& threshold : thresholds) {
    if (auto one = Tightening(threshold, judged).find()) all.push_back(std::move(*one));
  }
  std::ranges::stable_sort(all, [](const TighterThreshold& a, const TighterThreshold& b) {
    return std::pair(a.left_out, a.later) > std::pair(b.left_out, b.later);
  });
  return all;
}

}  // namespace tidewaiter
