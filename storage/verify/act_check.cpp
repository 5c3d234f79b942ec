#include "storage/verify/act_check.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "policies/model/json_member.h"
#include "storage/ledger/short_id.h"
#include "storage/verify/plain_text.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

/// What an entry that names a subject says of it; empty where it says nothing of the form.
std::string party_member(const nlohmann::json& document) {
  const auto party = digest_member(document, "party");
  return party ? to_hex(*party) : std::string();
}

/// A text of an erased subject: where what stood in records is an opaque one now.
bool is_token(std::string_view text) {
  constexpr std::string_view kPrefix = "erased-";
  constexpr std::size_t kDigits = 32;
  return text.size() == kPrefix.size() + kDigits && text.starts_with(kPrefix) &&
         text.substr(kPrefix.size()).find_first_not_of(kHexDigits) == std::string_view::npos;
}

}  // namespace

void ActCheck::refuse(std::int64_t index, const std::string& why) {
  problems_.add(VerifyFailure::kEntry, index, "entry " + std::to_string(index) + ": " + why);
}

void ActCheck::add(std::int64_t index, const ReadEntry& entry, const std::string& origin) {
  if (entry.type == kErasedType) return add_erased(index, entry.parsed());
  if (entry.type == kClusterMerged || entry.type == kClusterSplit) {
    return add_regrouping(index, entry.type, entry.parsed());
  }
  if (!is_act_type(entry.type)) return;
  const nlohmann::json document = entry.parsed();
  const Result<SignedAct> act = read_act(entry.type, document, origin);
  if (!act) return refuse(index, act.error().message);
  if (auto holds = check_act_signature(*act); !holds) {
    problems_.add(VerifyFailure::kSignature, index,
                  "entry " + std::to_string(index) + ": " + holds.error().message);
  }
  if (std::holds_alternative<Decided>(act->act.body)) deciders_[index] = act->signer;
  if (const auto* const second = std::get_if<SecondOpinion>(&act->act.body)) {
    add_second(index, *act, *second);
  }
  if (const auto* const view = std::get_if<EvidenceViewed>(&act->act.body)) {
    // Of the two one would be a view of nothing, the other one of a case that nobody finds it in.
    const bool by_themselves = is_view_of_records(act->act);
    if (by_themselves != view->records.has_value() || (by_themselves && view->findings != 0)) {
      refuse(index,
             "a view of records by themselves, and no other, is named `v-` and has `records`");
    }
  }
  if (is_part_id(act->act.case_id)) refuse_unless_part(index, act->act.case_id);
  if (const auto* const merged = std::get_if<Merged>(&act->act.body)) {
    if (is_part_id(merged->into)) refuse_unless_part(index, merged->into);
    goes_on_[act->act.case_id] = {merged->into, false};
  }
  if (const auto* const split = std::get_if<CaseSplit>(&act->act.body)) {
    add_split(index, *act, *split);
  }
  if (const auto* const exhibit = std::get_if<Exhibit>(&act->act.body)) {
    if (!exhibit->payload.empty() && !payloads_.insert(exhibit->payload).second) {
      refuse(index, "there is an exhibit with this payload before it");
    }
  }
  take_clocks(index, act->act);
  if (const auto why = statements_.add(index, *act, steps_)) refuse(index, *why);
  if (is_about_report(act->act)) add_report(index, *act);
  if (is_about_request(act->act)) add_request_act(index, *act);
  if (is_about_ruling(act->act)) add_ruling(index, *act);
  if (is_about_clearance(act->act)) add_clearance(index, *act);
  if (is_about_party(act->act)) add_party(index, *act, document);
  if (is_about_notices(act->act)) add_notice_act(index, *act);
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

void ActCheck::add_clearance(std::int64_t index, const SignedAct& act) {
  const ActBody& body = act.act.body;
  if (const auto* const given = std::get_if<NameCleared>(&body)) {
    return add_given(index, act, *given);
  }
  if (const auto* const opinion = std::get_if<ClearanceApproved>(&body)) {
    return add_clearance_opinion(index, act, *opinion);
  }
  const auto lifted = clearances_.find(act.act.case_id);
  if (lifted == clearances_.end() || lifted->second.ended) {
    return refuse(index, "it lifts a clearance that is not there before it, or has ended");
  }
  lifted->second.ended = true;
}

void ActCheck::add_given(std::int64_t index, const SignedAct& act, const NameCleared& given) {
  const std::string& id = act.act.case_id;
  if (!steps_.has_opened(given.finding, given.policy)) {
    refuse(index, "no entry of `" + plain_text(given.policy) + "` before it opened the finding `" +
                      given.finding + "` that it clears");
  }
  if (!is_short_id(id, "m-") || clearances_.contains(id)) {
    return refuse(index, "it needs a new name of `m-` and twelve digits");
  }
  clearances_.emplace(id, NamedClearance{index, act.signer});
}

void ActCheck::add_clearance_opinion(std::int64_t index, const SignedAct& act,
                                     const ClearanceApproved& opinion) {
  const auto about = clearances_.find(act.act.case_id);
  if (about == clearances_.end() || about->second.given != opinion.about) {
    return refuse(index, "entry " + std::to_string(opinion.about) +
                             ", about which it is, gave no clearance of this name before it");
  }
  NamedClearance& clearance = about->second;
  if (same_signer(clearance.signer, act.signer)) {
    return refuse(index, "its signer gave the clearance about which it is");
  }
  if (clearance.judged || clearance.ended) {
    return refuse(index, "the clearance about which it is was approved, rejected or lifted");
  }
  clearance.judged = true;
  clearance.ended = !opinion.approves;
}

void ActCheck::refuse_unless_part(std::int64_t index, const std::string& id) {
  if (!parts_.contains(id)) refuse(index, "no case `" + id + "` was split off before it");
}

void ActCheck::add_split(std::int64_t index, const SignedAct& act, const CaseSplit& split) {
  for (const std::string& finding : split.findings) {
    if (steps_.has_opened(finding)) continue;
    return refuse(index, "no entry before it opened the finding `" + finding +
                             "` that it splits off `" + plain_text(act.act.case_id) + "`");
  }
  if (!parts_.insert(split.into).second) {
    refuse(index, "a case `" + split.into + "` was split off before it");
  }
}

/// A case that goes on in another one gives it its clocks, and one that is split off has those that
/// there are by then.
void ActCheck::take_clocks(std::int64_t index, const Act& act) {
  if (std::holds_alternative<ClockStarted>(act.body)) clocks_[act.case_id].insert(index);
  const auto* const merged = std::get_if<Merged>(&act.body);
  const auto* const split = std::get_if<CaseSplit>(&act.body);
  if (merged == nullptr && split == nullptr) return;
  give_clocks(act.case_id, merged != nullptr ? merged->into : split->into);
}

void ActCheck::give_clocks(const std::string& from, const std::string& to) {
  const auto own = clocks_.find(from);
  if (own == clocks_.end()) return;
  const std::set<std::int64_t> given = own->second;
  clocks_[to].insert(given.begin(), given.end());
}

/// What the program says of cases: a merge gives all that the case has, as one by a person does,
/// and a split likewise, and ends the merge of the part. Nothing is given where one of the cases
/// goes on in another one, as in CaseBook.
void ActCheck::add_regrouping(std::int64_t index, std::string_view type,
                              const nlohmann::json& document) {
  const std::optional<Regrouping> what = read_regrouping(type, document);
  if (!what) return refuse(index, "it does not say which cases go together or part");
  for (const std::string& finding : {what->finding, what->with}) {
    if (steps_.has_opened(finding)) continue;
    return refuse(index, "no entry before it opened the finding `" + finding + "` that it names");
  }
  for (const std::string& id : {what->from, what->into}) {
    if (is_part_id(id)) refuse_unless_part(index, id);
  }
  if (!what->done) return;
  return what->splits ? part(*what) : unite(*what);
}

void ActCheck::unite(const Regrouping& what) {
  if (goes_on_.contains(what.from) || goes_on_.contains(what.into)) return;
  give_clocks(what.from, what.into);
  statements_.unite(what.from, what.into);
  goes_on_[what.from] = {what.into, true};
}

void ActCheck::part(const Regrouping& what) {
  if (goes_on_.contains(what.from)) return;
  const auto merged = goes_on_.find(what.into);
  if (merged != goes_on_.end()) {
    if (!merged->second.by_program || merged->second.into != what.from) return;
    goes_on_.erase(merged);
  }
  give_clocks(what.from, what.into);
  statements_.give_exhibits(what.from, what.into);
}

void ActCheck::add_notice_act(std::int64_t index, const SignedAct& act) {
  const std::string& id = act.act.case_id;
  if (const auto* const ended = std::get_if<SilenceEnded>(&act.act.body)) {
    const auto begun = silences_.find(ended->silence);
    if (begun == silences_.end() || begun->second != id) {
      return refuse(index, "entry " + std::to_string(ended->silence) +
                               ", which it ends, began no silence of this name that holds");
    }
    silences_.erase(begun);
    return;
  }
  const bool silences = std::holds_alternative<NoticesSilenced>(act.act.body);
  if (!is_short_id(id, silences ? "s-" : "n-") || !notice_names_.insert(id).second) {
    return refuse(index, "it needs a new name of `s-` or `n-` and twelve digits");
  }
  if (silences) silences_.emplace(index, id);
}

bool ActCheck::is_known(const std::string& id) const {
  return std::ranges::any_of(holds_, [&id](const auto& one) { return one.second.id == id; }) ||
         std::ranges::any_of(erasures_, [&id](const auto& one) { return one.second.id == id; });
}

void ActCheck::add_party(std::int64_t index, const SignedAct& act, const nlohmann::json& document) {
  const std::string& id = act.act.case_id;
  if (const auto* released = std::get_if<HoldReleased>(&act.act.body)) {
    return add_release(index, act, *released);
  }
  if (const auto* opinion = std::get_if<HoldApproved>(&act.act.body)) {
    return add_hold_opinion(index, act, *opinion);
  }
  if (const auto* opinion = std::get_if<ErasureApproved>(&act.act.body)) {
    return add_erasure_opinion(index, act, *opinion);
  }
  const bool hold = std::holds_alternative<HoldPlaced>(act.act.body);
  const std::string party = party_member(document);
  if (!is_short_id(id, hold ? "h-" : "e-") || is_known(id) || party.empty()) {
    return refuse(index, "it needs a new name of `h-` or `e-` and twelve digits, and `party`");
  }
  if (hold) {
    holds_[index] = HeldParty{id, party, index, act.signer};
    return;
  }
  refuse_if_held(index, party);
  erasures_[index] = AskedErasure{id, party, act.signer};
}

void ActCheck::add_release(std::int64_t index, const SignedAct& act, const HoldReleased& release) {
  const auto hold = holds_.find(release.hold);
  const bool stands = hold != holds_.end() && hold->second.id == act.act.case_id &&
                      hold->second.keeps && !hold->second.waits;
  if (!stands) {
    return refuse(index, "entry " + std::to_string(release.hold) +
                             ", which it releases, placed no hold of this name that stands");
  }
  hold->second.waits = index;
  hold->second.asked_by = act.signer;
  hold->second.releasing = true;
}

void ActCheck::add_hold_opinion(std::int64_t index, const SignedAct& act,
                                const HoldApproved& opinion) {
  const auto found = std::ranges::find_if(holds_, [&](const auto& one) {
    return one.second.id == act.act.case_id && one.second.waits == opinion.about;
  });
  if (found == holds_.end()) {
    return refuse(index, "entry " + std::to_string(opinion.about) +
                             ", about which it is, is nothing of this hold that waits");
  }
  HeldParty& hold = found->second;
  if (same_signer(hold.asked_by, act.signer)) {
    return refuse(index, "its signer asked for that about which it is");
  }
  // A hold ends where its release is approved, or it itself is rejected.
  hold.keeps = hold.releasing != opinion.approves;
  hold.waits.reset();
  hold.releasing = false;
}

void ActCheck::add_erasure_opinion(std::int64_t index, const SignedAct& act,
                                   const ErasureApproved& opinion) {
  const auto found = erasures_.find(opinion.request);
  if (found == erasures_.end() || found->second.id != act.act.case_id || found->second.judged) {
    return refuse(index, "entry " + std::to_string(opinion.request) +
                             ", about which it is, asks for no erasure of this name that waits");
  }
  AskedErasure& erasure = found->second;
  if (same_signer(erasure.asked_by, act.signer)) {
    return refuse(index, "its signer asked for the erasure about which it is");
  }
  erasure.judged = true;
  erasure.approved = opinion.approves;
  if (opinion.approves) refuse_if_held(index, erasure.party);
}

void ActCheck::add_erased(std::int64_t index, const nlohmann::json& document) {
  const auto request = number_member(document, "request");
  const auto records = number_member(document, "records");
  const auto found = request ? erasures_.find(*request) : erasures_.end();
  if (found == erasures_.end() || !found->second.approved || found->second.executed ||
      text_member(document, "case") != found->second.id) {
    return refuse(index, "it executes no erasure that was approved before it");
  }
  const auto payloads = number_member(document, "payloads");
  const bool counts =
      records && *records >= 0 && (payloads ? *payloads > 0 : !document.contains("payloads"));
  if (!is_token(text_member(document, "token").value_or("")) || !counts) {
    return refuse(index, "an erasure says by what token, how many records, and how many payloads");
  }
  found->second.executed = true;
  refuse_if_held(index, found->second.party);
}

void ActCheck::refuse_if_held(std::int64_t index, const std::string& party) {
  const auto held = std::ranges::find_if(
      holds_, [&party](const auto& one) { return one.second.keeps && one.second.party == party; });
  if (held == holds_.end()) return;
  refuse(index, "the hold of entry " + std::to_string(held->first) +
                    " keeps the subject that it would erase");
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
  if (const auto* const drafted = std::get_if<ReportDrafted>(&act.act.body)) {
    add_draft(index, act, *drafted);
  }
  if (const auto* const withdrawn = std::get_if<ReportWithdrawn>(&act.act.body)) {
    add_withdrawal(index, act, *withdrawn);
  }
  if (const auto* const opinion = std::get_if<ReportApproved>(&act.act.body)) {
    add_opinion(index, act, *opinion);
  }
  if (const auto* const issued = std::get_if<ReportIssued>(&act.act.body)) {
    add_issue(index, act, *issued);
  }
  if (const auto* const handed = std::get_if<ReportHandedOver>(&act.act.body)) {
    add_hand_over(index, act, *handed);
  }
  if (const auto* const received = std::get_if<ReportReceived>(&act.act.body)) {
    add_receipt(index, act, *received);
  }
}

void ActCheck::add_draft(std::int64_t index, const SignedAct& act, const ReportDrafted& drafted) {
  drafts_[index] = Draft{act};
  if (!drawn_.insert(act.act.case_id).second) {
    return refuse(index, "there is a report of this name before it");
  }
  if (drafted.follows) refuse_unless_followed(index, drafted);
  if (!drafted.request.empty()) refuse_unless_open(index, drafted.request);
  if (drafted.clock) refuse_unless_started(index, drafted);
}

void ActCheck::refuse_unless_started(std::int64_t index, const ReportDrafted& drafted) {
  const auto clocks = clocks_.find(drafted.about);
  if (clocks != clocks_.end() && clocks->second.contains(*drafted.clock)) return;
  refuse(index, "entry " + std::to_string(*drafted.clock) +
                    ", by which the report is due, started no clock of its case before it");
}

void ActCheck::refuse_unless_open(std::int64_t index, const std::string& request) {
  const auto found = requests_.find(request);
  if (found != requests_.end() && !found->second) return;
  refuse(index, "the request `" + plain_text(request) + "` was " +
                    (found == requests_.end() ? "not entered" : "closed") + " before it");
}

void ActCheck::add_request_act(std::int64_t index, const SignedAct& act) {
  const std::string& id = act.act.case_id;
  if (std::holds_alternative<RequestReceived>(act.act.body)) {
    if (!is_short_id(id, "q-") || !requests_.emplace(id, false).second) {
      refuse(index, "it needs a new name of `q-` and twelve digits");
    }
    return;
  }
  const auto& closed = std::get<RequestClosed>(act.act.body);
  refuse_unless_open(index, id);
  const auto found = requests_.find(id);
  if (found != requests_.end()) found->second = true;
  if (closed.end != RequestEnd::kAnswered) return;
  const auto report = gone_out_.find(closed.report);
  if (report == gone_out_.end() || report->second.withdrawn) {
    refuse(index, "`" + plain_text(closed.report) +
                      "`, which answers the request, was not issued before it, or was withdrawn");
  }
}

const ReportDrafted& ActCheck::drafted_as(const GoneOut& report) const {
  return std::get<ReportDrafted>(drafts_.at(report.draft).act.act.body);
}

void ActCheck::refuse_unless_followed(std::int64_t index, const ReportDrafted& later) {
  const ReportFollows& follows = *later.follows;
  const std::string what = "`" + plain_text(follows.report) + "`, which the report " +
                           std::string(following_name(follows.as)) + ", ";
  const auto found = gone_out_.find(follows.report);
  if (found == gone_out_.end()) return refuse(index, what + "was not issued before it");
  const GoneOut& earlier = found->second;
  if (drafted_as(earlier).manifest != follows.manifest) {
    return refuse(index, what + "has another manifest than the one it names");
  }
  if (drafted_as(earlier).kind != later.kind) {
    return refuse(index, what + "is of another kind");
  }
  if (earlier.withdrawn) return refuse(index, what + "was withdrawn before it");
  if (!earlier.corrected_by.empty()) {
    return refuse(index,
                  what + "was corrected before it, by `" + plain_text(earlier.corrected_by) + "`");
  }
  refuse_unless_of_scope(index, later, drafted_as(earlier));
}

/// The case in which this one goes on, by what was merged so far. No book lets cases go on in a
/// circle; of a ledger that does, each case is followed once.
std::string ActCheck::goes_on_as(std::string id) const {
  std::set<std::string> passed;
  for (auto next = goes_on_.find(id); next != goes_on_.end() && passed.insert(id).second;
       next = goes_on_.find(id)) {
    id = next->second.into;
  }
  return id;
}

/// What corrects stands in the place of the earlier one, and has to speak of all of its time; what
/// supplements is about the same case, and no more.
void ActCheck::refuse_unless_of_scope(std::int64_t index, const ReportDrafted& later,
                                      const ReportDrafted& earlier) {
  const std::string what = "`" + plain_text(later.follows->report) + "`, which the report " +
                           std::string(following_name(later.follows->as)) + ", ";
  if (later.about.empty() != earlier.about.empty() ||
      goes_on_as(later.about) != goes_on_as(earlier.about)) {
    return refuse(index, what + "is about another case");
  }
  const bool covers = later.from <= earlier.from && earlier.to <= later.to;
  if (covers || later.follows->as != FollowingAs::kCorrects) return;
  refuse(index, what + "covers " + format_time(earlier.from) + " to " + format_time(earlier.to) +
                    ", and the report that corrects it covers less");
}

void ActCheck::refuse_corrected(std::int64_t index, const GoneOut& report) {
  refuse(index, "the report that it withdraws stands corrected, by `" +
                    plain_text(report.corrected_by) + "`");
}

void ActCheck::add_withdrawal(std::int64_t index, const SignedAct& act,
                              const ReportWithdrawn& withdrawn) {
  const std::string& id = act.act.case_id;
  const auto found = gone_out_.find(id);
  if (found == gone_out_.end() || found->second.index != withdrawn.issued) {
    return refuse(index, "entry " + std::to_string(withdrawn.issued) +
                             ", which it withdraws, did not issue this report before it");
  }
  GoneOut& report = found->second;
  if (drafted_as(report).manifest != withdrawn.manifest) {
    return refuse(index, "it withdraws another report than the one that was issued");
  }
  if (report.waits || report.withdrawn) {
    return refuse(index, "the report was withdrawn before it, or that waits for another person");
  }
  if (!report.corrected_by.empty()) return refuse_corrected(index, report);
  report.waits = true;
  withdrawals_[index] = AskedWithdrawal{id, act.signer};
}

void ActCheck::add_withdrawal_opinion(std::int64_t index, const SignedAct& act,
                                      const ReportApproved& opinion, AskedWithdrawal& withdrawal) {
  if (withdrawal.report != act.act.case_id || withdrawal.ended) {
    return refuse(index, "entry " + std::to_string(opinion.draft) +
                             ", about which it is, is no withdrawal of this report that waits");
  }
  if (same_signer(withdrawal.asked_by, act.signer)) {
    return refuse(index, "its signer asked for the withdrawal about which it is");
  }
  GoneOut& report = gone_out_.at(withdrawal.report);
  if (!opinion.approves) {
    withdrawal.ended = true;
    report.waits = false;
    return;
  }
  if (!report.corrected_by.empty()) return refuse_corrected(index, report);
  (opinion.counsel ? withdrawal.counsel_approved : withdrawal.approved) = true;
  if (!withdrawal.approved || (drafted_as(report).counsel && !withdrawal.counsel_approved)) return;
  withdrawal.ended = true;
  withdraw(withdrawal.report, report);
}

void ActCheck::add_hand_over(std::int64_t index, const SignedAct& act,
                             const ReportHandedOver& handed) {
  const auto report = gone_out_.find(act.act.case_id);
  if (report == gone_out_.end() || report->second.index != handed.issued) {
    return refuse(index,
                  "entry " + std::to_string(handed.issued) +
                      ", which it says was handed over, did not issue this report before it");
  }
  handed_[index] = {act.act.case_id, handed.handed, false};
}

void ActCheck::add_receipt(std::int64_t index, const SignedAct& act,
                           const ReportReceived& received) {
  const auto given = handed_.find(received.handover);
  if (given == handed_.end() || given->second.report != act.act.case_id || given->second.received ||
      received.received < given->second.handed) {
    return refuse(index, "entry " + std::to_string(received.handover) +
                             ", which it says was received, handed this report over to nobody "
                             "before it, or that is said already");
  }
  given->second.received = true;
}

void ActCheck::withdraw(const std::string& id, GoneOut& report) {
  report.withdrawn = true;
  report.waits = false;
  // What it corrected stands as if it had not been.
  const std::optional<ReportFollows>& follows = drafted_as(report).follows;
  if (!follows) return;
  const auto earlier = gone_out_.find(follows->report);
  if (earlier != gone_out_.end() && earlier->second.corrected_by == id) {
    earlier->second.corrected_by.clear();
  }
}

void ActCheck::add_opinion(std::int64_t index, const SignedAct& act,
                           const ReportApproved& opinion) {
  const auto withdrawal = withdrawals_.find(opinion.draft);
  if (withdrawal != withdrawals_.end()) {
    return add_withdrawal_opinion(index, act, opinion, withdrawal->second);
  }
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
    return refuse(index, "it issues a report that was not approved by those whom it has to be");
  }
  if (drafted.follows) refuse_unless_followed(index, drafted);
  if (!drafted.request.empty()) refuse_unless_open(index, drafted.request);
  if (!gone_out_.emplace(act.act.case_id, GoneOut{issued.draft, index, false, false, {}}).second) {
    return refuse(index, "the report was issued before it");
  }
  if (!drafted.follows || drafted.follows->as != FollowingAs::kCorrects) return;
  const auto earlier = gone_out_.find(drafted.follows->report);
  if (earlier != gone_out_.end()) earlier->second.corrected_by = act.act.case_id;
}

}  // namespace tidewaiter
