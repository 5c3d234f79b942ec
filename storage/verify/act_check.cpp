#include "storage/verify/act_check.h"

#include <utility>
#include <variant>

namespace tidewaiter {

void ActCheck::refuse(std::int64_t index, const std::string& why) {
  problems_.add(VerifyFailure::kEntry, index, "entry " + std::to_string(index) + ": " + why);
}

void ActCheck::add(std::int64_t index, const ReadEntry& entry, const std::string& origin) {
  if (!is_act_type(entry.type)) return;
  const Result<SignedAct> act = read_act(entry.type, entry.document, origin);
  if (!act) return refuse(index, act.error().message);
  if (auto holds = check_act_signature(*act); !holds) {
    problems_.add(VerifyFailure::kSignature, index,
                  "entry " + std::to_string(index) + ": " + holds.error().message);
  }
  if (std::holds_alternative<Decided>(act->act.body)) deciders_[index] = act->signer;
  if (const auto* const second = std::get_if<SecondOpinion>(&act->act.body)) {
    add_second(index, *act, *second);
  }
  if (is_about_report(act->act)) add_report(index, *act);
  if (is_about_ruling(act->act)) add_ruling(index, *act);
}

void ActCheck::add_ruling(std::int64_t index, const SignedAct& act) {
  const ActBody& body = act.act.body;
  const std::string& id = act.act.case_id;
  if (const auto* const opinion = std::get_if<RulingApproved>(&body)) {
    const auto about = ruled_.find(opinion->about);
    if (about == ruled_.end() || about->second.act.case_id != id) {
      refuse(index, "entry " + std::to_string(opinion->about) +
                        ", about which it is, is no ruling of this name before it, nor lifts one");
    } else if (same_signer(about->second.signer, act.signer)) {
      refuse(index, "its signer ruled what it is about");
    }
    return;
  }
  const bool lifts = std::holds_alternative<RulingLifted>(body);
  if (lifts && !rulings_.contains(id))
    refuse(index, "it lifts a ruling that is not there before it");
  if (!lifts && !rulings_.insert(id).second)
    refuse(index, "there is a ruling of this name before it");
  ruled_.emplace(index, act);
}

void ActCheck::add_second(std::int64_t index, const SignedAct& act, const SecondOpinion& second) {
  const auto decider = deciders_.find(second.decision);
  if (decider == deciders_.end()) {
    refuse(index, "entry " + std::to_string(second.decision) +
                      ", about which it is, is no decision before it");
  } else if (same_signer(decider->second, act.signer)) {
    refuse(index, "its signer made the decision about which it is");
  }
}

void ActCheck::add_report(std::int64_t index, const SignedAct& act) {
  if (std::holds_alternative<ReportDrafted>(act.act.body)) drafts_[index] = Draft{act};
  if (const auto* const opinion = std::get_if<ReportApproved>(&act.act.body)) {
    add_opinion(index, act, *opinion);
  }
  if (const auto* const issued = std::get_if<ReportIssued>(&act.act.body)) {
    add_issue(index, act, *issued);
  }
}

void ActCheck::add_opinion(std::int64_t index, const SignedAct& act,
                           const ReportApproved& opinion) {
  const auto draft = drafts_.find(opinion.draft);
  if (draft == drafts_.end() || draft->second.act.act.case_id != act.act.case_id) {
    return refuse(index, "entry " + std::to_string(opinion.draft) +
                             ", about which it is, is no draft of this report before it");
  }
  if (same_signer(draft->second.act.signer, act.signer)) {
    return refuse(index, "its signer drew the report about which it is");
  }
  if (!opinion.approves) draft->second.rejected = true;
  if (opinion.approves && opinion.counsel) draft->second.counsel_approved = true;
  if (opinion.approves && !opinion.counsel) draft->second.approved = true;
}

void ActCheck::add_issue(std::int64_t index, const SignedAct& act, const ReportIssued& issued) {
  const auto found = drafts_.find(issued.draft);
  if (found == drafts_.end() || found->second.act.act.case_id != act.act.case_id) {
    return refuse(index, "entry " + std::to_string(issued.draft) +
                             ", which it issues, is no draft of this report before it");
  }
  const Draft& draft = found->second;
  const auto& drafted = std::get<ReportDrafted>(draft.act.act.body);
  if (drafted.manifest != issued.manifest || drafted.gaps != issued.gaps) {
    return refuse(index, "it issues another report than the one that was drawn");
  }
  if (draft.rejected || !draft.approved || (drafted.counsel && !draft.counsel_approved)) {
    refuse(index, "it issues a report that was not approved by those whom it has to be");
  }
}

}  // namespace tidewaiter
