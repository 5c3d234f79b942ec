#include "daemon/cli/tuning_text.h"

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "daemon/cli/finding_text.h"
#include "daemon/cli/terminal.h"

namespace tidewaiter {
namespace {

JudgedAs judged_as(std::optional<Outcome> outcome) {
  switch (outcome.value_or(Outcome::kNeedsInformation)) {
    case Outcome::kConfirmed:
    case Outcome::kAcceptedRisk:
    case Outcome::kReferred:
      return JudgedAs::kStands;
    case Outcome::kFalsePositive:
      return JudgedAs::kFalsePositive;
    case Outcome::kNeedsInformation:
      break;
  }
  return JudgedAs::kUndecided;
}

std::string_view sign_of(ExprOp op) {
  switch (op) {
    case ExprOp::kLt:
      return "<";
    case ExprOp::kLe:
      return "<=";
    case ExprOp::kGt:
      return ">";
    default:
      return ">=";
  }
}

std::string number_text(const TighterThreshold& one, const Value& value) {
  return figure_value_text(Figure{one.measure, one.type, value, true});
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
      judged.push_back({judged_as(outcome_of(c, finding)), finding.windows, finding.figures});
    }
  }
  return tighter_thresholds(policy, judged);
}

std::string tuning_text(const TighterThreshold& one) {
  std::string text =
      "`" + one.measure + " " + std::string(sign_of(one.instead)) + " " +
      number_text(one, one.tighter) + "` in the place of `" + std::string(sign_of(one.now)) + " " +
      number_text(one, one.limit) + "` leaves out " + grouped(one.left_out) + " of " +
      counted(one.false_positives, "false positive") + ", and none of " + grouped(one.stands) +
      " that were confirmed, accepted or referred (the nearest " + "has " +
      number_text(one, one.nearest) + ")";
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
                    {"now", sign_of(one.now)},
                    {"limit", value_json(one.limit, one.type)},
                    {"instead", sign_of(one.instead)},
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
