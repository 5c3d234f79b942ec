#include "storage/review/clearance_rules.h"

#include <algorithm>
#include <utility>

#include "policies/model/finding.h"
#include "policies/model/subject_part.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> refuse_clearance(std::string why) {
  return fail(ErrorCode::kRefused, std::move(why));
}

const FindingState* finding_of(const CaseBook& book, const std::string& id) {
  for (const Case& c : book.cases()) {
    if (const FindingState* const found = c.finding(id)) return found;
  }
  return nullptr;
}

Result<void> check_given(const Act& act, const NameCleared& cleared, const ActBasis& basis) {
  if (!is_clearance_id(act.case_id)) {
    return fail(ErrorCode::kInvalidInput,
                "a clearance is named `m-` and twelve hexadecimal digits");
  }
  if (basis.clearances->find(act.case_id) != nullptr) {
    return refuse_clearance("there is a clearance `" + act.case_id + "` already");
  }
  const FindingState* const finding = finding_of(*basis.book, cleared.finding);
  if (finding == nullptr) {
    return fail(ErrorCode::kNotFound, "there is no finding `" + cleared.finding + "`");
  }
  const std::string which = "the finding `" + cleared.finding.substr(0, 8) + "`";
  if (finding->state == StepKind::kWithdrawn) {
    return refuse_clearance(which + " is withdrawn: it shows no hit that could be cleared");
  }
  if (finding->subject.empty()) {
    return refuse_clearance(which + " is about somebody who was erased");
  }
  if (finding->policy == cleared.policy && finding->policy_version == cleared.version) return {};
  return refuse_clearance(which + " was stated by version " +
                          std::to_string(finding->policy_version) + " of `" + finding->policy +
                          "`, and by no other policy");
}

Result<void> check_second_word(const ClearanceApproved& opinion, const Clearance& clearance,
                               const SignedAct& act) {
  if (clearance.state != ClearanceState::kProposed || clearance.given.index != opinion.about) {
    return refuse_clearance("nothing about `" + clearance.id + "` waits for a second person");
  }
  const SignedAct& given = clearance.given.act;
  if (given.act.by == act.act.by || same_signer(given.signer, act.signer)) {
    return refuse_clearance("`" + act.act.by + "` cleared this: another person has to approve it");
  }
  if (act.act.seen >= clearance.entries_to()) return {};
  return refuse_clearance(
      "something was added to the clearance since it was looked at: look again");
}

/// Whether an account is the subject, or one of its parts. A cluster's accounts are in no entry.
bool has_account(std::string_view subject) {
  if (subject.starts_with("cluster:")) return false;
  return subject.starts_with("account:") || subject.find(" + account:") != std::string_view::npos;
}

/// Who gave it takes it back as long as nobody else has judged it.
Result<void> check_lifted(const Clearance& clearance, const SignedAct& act) {
  if (clearance.state == ClearanceState::kHolds) return {};
  if (clearance.state != ClearanceState::kProposed) {
    return refuse_clearance("`" + clearance.id + "` does not hold: it is " +
                            std::string(clearance_state_name(clearance.state)));
  }
  const SignedAct& given = clearance.given.act;
  if (given.act.by == act.act.by || same_signer(given.signer, act.signer)) return {};
  return refuse_clearance("`" + clearance.id + "` does not hold: it is proposed, and `" +
                          given.act.by +
                          "`, who proposed it, may lift that; another person rejects it");
}

}  // namespace

bool is_about_account(std::string_view subject, const std::string& source,
                      const std::string& account) {
  if (!has_account(subject)) return false;
  return names_part(subject, to_text(Subject{{*find_field("account")}, {account}, source}));
}

Result<void> check_cleared_account(const FindingState& finding, const ClearedName& cleared) {
  if (!has_account(finding.subject) ||
      is_about_account(finding.subject, cleared.source, cleared.account)) {
    return {};
  }
  return refuse_clearance("the finding `" + finding.id.substr(0, 8) +
                          "` is about another account than the name that is cleared");
}

Result<void> check_clearance_act(const SignedAct& act, const ActBasis& basis) {
  const ActBody& body = act.act.body;
  if (const auto* cleared = std::get_if<NameCleared>(&body)) {
    return check_given(act.act, *cleared, basis);
  }
  const Clearance* const clearance = basis.clearances->find(act.act.case_id);
  if (clearance == nullptr) {
    return fail(ErrorCode::kNotFound, "there is no clearance `" + act.act.case_id + "`");
  }
  if (const auto* opinion = std::get_if<ClearanceApproved>(&body)) {
    return check_second_word(*opinion, *clearance, act);
  }
  return check_lifted(*clearance, act);
}

std::optional<std::string> second_needed_for_clearance(
    const FindingState& finding, const std::function<bool(const FindingState&)>& legal,
    const Digest& draw) {
  Case alone;
  alone.findings = {finding};
  return second_needed_for(alone, Decided{Outcome::kFalsePositive, std::nullopt}, legal, draw);
}

}  // namespace tidewaiter
