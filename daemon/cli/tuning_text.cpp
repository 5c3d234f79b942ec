#include "daemon/cli/tuning_text.h"

#include <optional>
#include <string_view>
#include <variant>

#include <nlohmann/json.hpp>

#include "daemon/cli/finding_text.h"
#include "daemon/cli/terminal.h"
#include "policies/language/expression.h"
#include "policies/language/expression_types.h"
#include "storage/review/last_outcome.h"

namespace tidewaiter {
namespace {

/// A threshold is set by what holds, and held back by what anybody took for more than nothing.
JudgedAs judged_as(const CaseBook& book, const Case& c, const FindingState& finding) {
  if (outcome_of(c, finding) == Outcome::kFalsePositive) return JudgedAs::kFalsePositive;
  const std::optional<Outcome> last = last_outcome_of(book, c, finding);
  return last && *last != Outcome::kFalsePositive ? JudgedAs::kStands : JudgedAs::kUndecided;
}

/// As a policy writes it: to be pasted into one.
std::string policy_number(const TighterThreshold& one, const Value& value) {
  Expr literal;
  literal.op = ExprOp::kLiteral;
  literal.literal = value;
  // A measure of one kind of number may be compared with the other.
  literal.type = one.type;
  if (std::holds_alternative<double>(value)) literal.type = ValueType::kDouble;
  if (std::holds_alternative<std::int64_t>(value) && one.type == ValueType::kDouble) {
    literal.type = ValueType::kInt64;
  }
  return to_text(literal);
}

}  // namespace

std::vector<TighterThreshold> tuning_of(const CaseBook& book, const Policy& policy) {
  std::vector<JudgedFigures> judged;
  for (const Case& c : book.cases()) {
    if (c.state == CaseState::kMerged) continue;
    for (const FindingState& finding : c.findings) {
      const bool of_this = finding.policy == policy.id && finding.policy_hash == policy.hash &&
                           finding.policy_version == policy.version;
      if (!of_this || is_withdrawn(finding)) continue;
      judged.push_back({judged_as(book, c, finding), finding.windows, finding.figures});
    }
  }
  return tighter_thresholds(policy, judged);
}

std::string tuning_text(const TighterThreshold& one) {
  std::string text =
      "`" + one.measure + " " + std::string(symbol_of(one.instead)) + " " +
      policy_number(one, one.tighter) + "` in the place of `" + std::string(symbol_of(one.now)) +
      " " + policy_number(one, one.limit) + "` leaves out " + grouped(one.left_out) + " of " +
      counted(one.false_positives, "false positive") + ", and none of " + grouped(one.stands) +
      " that somebody confirmed, accepted or referred (the nearest has " +
      figure_value_text(Figure{one.measure, one.type, one.nearest, true}) + ")";
  if (one.later > 0) {
    text += "; of " + grouped(one.later) + " more only a later window can be found";
  }
  if (one.undecided > 0) {
    text += "; " + grouped(one.undecided) + " undecided would be found later or not at all";
  }
  return text;
}

nlohmann::ordered_json tuning_json(std::span<const TighterThreshold> all) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const TighterThreshold& one : all) {
    list.push_back({{"measure", one.measure},
                    {"now", symbol_of(one.now)},
                    {"limit", value_json(one.limit, one.type)},
                    {"instead", symbol_of(one.instead)},
                    {"tighter", value_json(one.tighter, one.type)},
                    {"nearest", value_json(one.nearest, one.type)},
                    {"stands", one.stands},
                    {"false_positives", one.false_positives},
                    {"left_out", one.left_out},
                    {"later", one.later},
                    {"undecided", one.undecided}});
  }
  return list;
}

}  // namespace tidewaiter
