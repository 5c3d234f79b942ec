#include "storage/review/ruling_rules.h"

#include <algorithm>
#include <utility>

namespace tidewaiter {
namespace {

tl::unexpected<Error> refuse_ruling(std::string why) {
  return fail(ErrorCode::kRefused, std::move(why));
}

Result<void> check_new_ruling(const Act& act, const ActBasis& basis) {
  if (!is_ruling_id(act.case_id)) {
    return fail(ErrorCode::kInvalidInput, "a ruling is named `k-` and twelve hexadecimal digits");
  }
  if (basis.rulings->find(act.case_id) == nullptr) return {};
  return refuse_ruling("there is a ruling `" + act.case_id + "` already");
}

Result<void> check_second(const RulingApproved& opinion, const Ruling& ruling,
                          const SignedAct& act) {
  if (!ruling.pending || ruling.pending->index != opinion.about) {
    return refuse_ruling("nothing about `" + ruling.id + "` waits for a second person");
  }
  const SignedAct& pending = ruling.pending->act;
  if (pending.act.by == act.act.by || same_signer(pending.signer, act.signer)) {
    return refuse_ruling("`" + act.act.by + "` ruled this: another person has to approve it");
  }
  if (act.act.seen >= ruling.entries_to()) return {};
  return refuse_ruling("something was added to the ruling since it was looked at: look again");
}

}  // namespace

Result<void> check_ruling_act(const SignedAct& act, const ActBasis& basis) {
  const ActBody& body = act.act.body;
  if (std::holds_alternative<LinkCut>(body) || std::holds_alternative<LinkJoined>(body)) {
    return check_new_ruling(act.act, basis);
  }
  const Ruling* const ruling = basis.rulings->find(act.act.case_id);
  if (ruling == nullptr) {
    return fail(ErrorCode::kNotFound, "there is no ruling `" + act.act.case_id + "`");
  }
  if (const auto* opinion = std::get_if<RulingApproved>(&body)) {
    return check_second(*opinion, *ruling, act);
  }
  if (ruling->pending) return refuse_ruling("`" + ruling->id + "` waits for a second person");
  if (ruling->state == RulingState::kHolds) return {};
  return refuse_ruling("`" + ruling->id + "` does not hold: it is " +
                       std::string(ruling_state_name(ruling->state)));
}

std::optional<std::string> second_needed_for_ruling(std::span<const FindingState> findings) {
  std::optional<Severity> worst;
  for (const FindingState& finding : findings) {
    const bool of_cluster = finding.subject.empty() || finding.subject.starts_with("cluster:");
    if (!of_cluster || finding.state == StepKind::kWithdrawn) continue;
    worst = std::max(worst.value_or(Severity::kLow), finding.severity);
  }
  if (!worst || *worst < Severity::kHigh) return std::nullopt;
  return "a finding of severity " + std::string(severity_name(*worst)) + " about a cluster";
}

}  // namespace tidewaiter
