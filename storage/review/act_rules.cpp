#include "storage/review/act_rules.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "policies/model/ascii.h"
#include "storage/ledger/short_id.h"
#include "storage/review/clearance_rules.h"
#include "storage/review/clock_rules.h"
#include "storage/review/erasure_rules.h"
#include "storage/review/report_kinds.h"
#include "storage/review/report_rules.h"
#include "storage/review/request_rules.h"
#include "storage/review/ruling_rules.h"
#include "storage/review/silence_rules.h"
#include "storage/review/statement_rules.h"
#include "storage/review/tlp_marking.h"

namespace tidewaiter {
namespace {

/// Clocks of two machines may differ by so much.
constexpr Duration kClockDifference{5 * kMinute.us};
/// Of 256: one decision in ten is looked at by a second person.
constexpr unsigned kSampleBelow = 26;
/// Bytes of what a licence is known by.
constexpr std::size_t kMostLicenceText = 200;

struct Permission {
  std::string_view type;
  std::vector<std::string_view> roles;
};

const std::vector<Permission>& permissions() {
  static const std::vector<Permission> all{
      {"case.assigned", {"officer", "approver"}},
      {"case.commented", {"officer", "approver", "counsel", "liaison"}},
      {"case.exhibit", {"officer", "approver", "counsel"}},
      {"case.action", {"officer", "approver"}},
      {"case.decided", {"officer", "approver"}},
      {"case.approved", {"approver"}},
      {"case.appealed", {"officer", "approver", "counsel", "liaison"}},
      {"case.merged", {"officer", "approver"}},
      {"case.split", {"officer", "approver"}},
      {"case.clock", {"officer", "approver", "counsel"}},
      {"case.licence", {"officer", "approver", "counsel"}},
      {"attribution.stated", {"officer", "approver"}},
      {"attribution.approved", {"approver"}},
      {"attribution.withdrawn", {"officer", "approver"}},
      {"conclusion.stated", {"counsel"}},
      {"conclusion.released", {"counsel"}},
      {"lead.received", {"officer", "approver", "counsel", "liaison"}},
      {"evidence.viewed", {"officer", "approver", "counsel", "auditor"}},
      {"report.drafted", {"liaison", "officer"}},
      {"report.approved", {"approver", "counsel"}},
      {"report.issued", {"liaison", "officer"}},
      {"report.withdrawn", {"liaison", "officer"}},
      {"report.handed-over", {"liaison", "officer"}},
      {"report.received", {"liaison", "officer"}},
      {"request.received", {"liaison", "officer", "counsel"}},
      {"request.closed", {"liaison", "officer", "counsel"}},
      {"cluster.cut", {"officer", "approver"}},
      {"cluster.joined", {"officer", "approver"}},
      {"cluster.lifted", {"officer", "approver"}},
      {"cluster.approved", {"approver"}},
      {"hold.placed", {"officer", "approver", "counsel", "liaison"}},
      {"hold.released", {"officer", "approver", "counsel"}},
      {"hold.approved", {"approver", "counsel"}},
      {"erasure.requested", {"officer", "approver", "counsel"}},
      {"erasure.approved", {"approver", "counsel"}},
      {"notice.silenced", {"officer", "approver"}},
      {"notice.unsilenced", {"officer", "approver"}},
      {"notice.retried", {"officer", "approver", "counsel", "liaison", "admin"}},
      {"clearance.given", {"officer", "approver"}},
      {"clearance.lifted", {"officer", "approver"}},
      {"clearance.approved", {"approver"}}};
  return all;
}

std::string roles_for(std::string_view type) {
  std::string text;
  for (const Permission& permission : permissions()) {
    if (permission.type != type) continue;
    for (const std::string_view role : permission.roles) {
      text += (text.empty() ? "" : ", ") + std::string(role);
    }
  }
  return text;
}

tl::unexpected<Error> refused(std::string why) { return fail(ErrorCode::kRefused, std::move(why)); }

Result<const Reviewer*> reviewer_of(const SignedAct& act, std::span<const Reviewer> reviewers) {
  const auto found = std::ranges::find(reviewers, act.act.by, &Reviewer::handle);
  if (found == reviewers.end()) return refused("nobody is enrolled as `" + act.act.by + "`");
  if (found->retired) return refused("the key of `" + act.act.by + "` is retired");
  if (found->verifier_key != act.signer) {
    return refused("the key that signed is not that of `" + act.act.by + "`");
  }
  if (auto holds = check_act_signature(act); !holds) return tl::unexpected(holds.error());
  return &*found;
}

/// A view of records by themselves is about no case, and says of how many.
Result<void> check_view(const EvidenceViewed& view) {
  if (view.records && view.findings == 0) return {};
  return fail(ErrorCode::kInvalidInput,
              "a view that is named `v-` is of records by themselves: it has their number, and no "
              "findings");
}

/// A lead makes its own case.
Result<void> check_lead(std::string_view id, const LeadReceived& lead) {
  if (!is_short_id(id, "l-")) {
    return fail(ErrorCode::kInvalidInput,
                "a lead's case is named `l-` and twelve hexadecimal digits");
  }
  if (tlp_marking(lead.handling) != nullptr) return {};
  return fail(ErrorCode::kInvalidInput, "a lead is marked by TLP 2.0, as in `TLP:AMBER`");
}

bool is_line_of_words(std::string_view text) {
  return std::ranges::none_of(text, is_control) && text.size() <= kMostLicenceText &&
         text.find_first_not_of(' ') != std::string_view::npos;
}

/// The rules of one kind of act about a case that is there and not merged.
class Judging {
 public:
  Judging(const Act& act, const Case& c, const ActBasis& basis)
      : act_(act), case_(c), basis_(basis) {}

  Result<void> operator()(const Assigned& assigned) const {
    const auto to = std::ranges::find(basis_.reviewers, assigned.to, &Reviewer::handle);
    if (to == basis_.reviewers.end()) return refused("nobody is enrolled as `" + assigned.to + "`");
    if (!to->retired && role_may(to->role, "case.decided")) return {};
    return refused("`" + assigned.to +
                   "` cannot work on a case: that takes an officer or approver");
  }

  Result<void> operator()(const Commented& commented) const {
    return privilege(commented.privileged);
  }
  Result<void> operator()(const Exhibit& exhibit) const { return privilege(exhibit.privileged); }

  Result<void> operator()(const ActionTaken& action) const {
    if (action.taken <= act_.at) return {};
    return fail(ErrorCode::kInvalidInput, "an action that was taken cannot lie in the future");
  }

  Result<void> operator()(const Decided& decided) const {
    if (case_.state == CaseState::kClosed && !case_.risk_has_ended(basis_.now)) {
      return refused("the case is closed: `tidewaiter case appeal` opens it again");
    }
    if (case_.state == CaseState::kProposed) {
      return refused("`" + case_.decision->act.act.by +
                     "` has decided, and another person has to "
                     "approve or reject that first");
    }
    const bool accepts = decided.outcome == Outcome::kAcceptedRisk;
    if (accepts != decided.until.has_value() || (accepts && *decided.until <= act_.at)) {
      return fail(ErrorCode::kInvalidInput,
                  "an accepted risk, and nothing else, needs a time to come until which it is");
    }
    return has_seen_all();
  }

  Result<void> operator()(const SecondOpinion& second) const {
    if (case_.state != CaseState::kProposed || case_.decision->index != second.decision) {
      return refused(
          "that decision does not wait for a second person: it was approved, rejected or "
          "taken back meanwhile");
    }
    if (case_.decision->act.act.by == act_.by ||
        same_signer(case_.decision->act.signer, signer())) {
      return refused("`" + act_.by + "` decided this: another person has to approve it");
    }
    return has_seen_all();
  }

  Result<void> operator()(const Appealed& /*act*/) const {
    if (case_.state == CaseState::kClosed) return {};
    return refused("the case is not closed: there is nothing to appeal against");
  }

  Result<void> operator()(const Merged& merged) const {
    const Case* const other = basis_.book->find(merged.into);
    if (other == nullptr) {
      return fail(ErrorCode::kNotFound, "there is no case `" + merged.into + "`");
    }
    if (other == &case_) return fail(ErrorCode::kInvalidInput, "a case does not merge into itself");
    if (other->state == CaseState::kMerged) {
      return refused("`" + merged.into + "` has itself become part of `" + other->merged_into +
                     "`");
    }
    if (case_.state == CaseState::kProposed || other->state == CaseState::kProposed) {
      return refused("a decision waits for a second person: approve or reject that first");
    }
    if (act_.seen >= other->entries_to()) return has_seen_all();
    return refused("`" + merged.into + "` has entries up to " +
                   std::to_string(other->entries_to() - 1) +
                   ", which were not all seen: look at it, too. `--seen` of a merge is the greater "
                   "of the numbers that `tidewaiter case show` gives for the two cases");
  }

  Result<void> operator()(const CaseSplit& split) const {
    if (basis_.book->find(split.into) != nullptr) {
      return refused("there is a case `" + split.into + "` already");
    }
    if (case_.state == CaseState::kProposed) {
      return refused("a decision waits for a second person: approve or reject that first");
    }
    if (case_.state == CaseState::kClosed) {
      return refused("the case is closed: `tidewaiter case appeal` opens it again");
    }
    for (const std::string& id : split.findings) {
      if (auto may = may_go(id); !may) return may;
    }
    const auto moved = static_cast<std::int64_t>(split.findings.size());
    // A lead is something without any finding.
    if (case_.standing_findings() > moved || case_.is_lead()) return has_seen_all();
    return refused("nothing that stands would stay in `" + case_.id + "`");
  }

  Result<void> operator()(const ClockStarted& clock) const {
    const Result<ClockRule> rule = clock_rule(clock.rule);
    if (!rule) return tl::unexpected(rule.error());
    if (clock.from > act_.at) {
      return fail(ErrorCode::kInvalidInput, "a clock starts from an event that has happened");
    }
    if (clock.due == due_day(*rule, clock.from)) return {};
    return fail(ErrorCode::kInvalidInput, "`" + clock.rule + "` from " + format_time(clock.from) +
                                              " ends on " +
                                              format_time(due_day(*rule, clock.from)));
  }

  Result<void> operator()(const LicenceRecorded& licence) const {
    for (const auto& [name, text] :
         {std::pair("authority", &licence.authority), std::pair("number", &licence.number)}) {
      if (is_line_of_words(*text)) continue;
      return fail(ErrorCode::kInvalidInput,
                  "expected as " + std::string(name) + " of a licence one line of 1 to " +
                      std::to_string(kMostLicenceText) + " bytes that is not blank");
    }
    const bool days = align_down(licence.from, kDay) == licence.from &&
                      (!licence.until || align_down(*licence.until, kDay) == *licence.until);
    if (days) return {};
    return fail(ErrorCode::kInvalidInput, "a licence holds from a day, and until one");
  }

  Result<void> operator()(const AttributionStated& stated) const {
    if (auto may = check_attribution(stated, case_); !may) return may;
    return has_seen_all();
  }
  Result<void> operator()(const AttributionApproved& opinion) const {
    if (auto may = check_attribution_opinion(opinion, case_, act_.by, signer()); !may) return may;
    return has_seen_all();
  }
  Result<void> operator()(const AttributionWithdrawn& withdrawn) const {
    return check_attribution_withdrawn(withdrawn, case_);
  }

  /// Counsel may conclude whatever the case is: the role was asked for.
  Result<void> operator()(const ConclusionStated& /*act*/) const { return has_seen_all(); }
  Result<void> operator()(const ConclusionReleased& released) const {
    return check_conclusion_released(released, case_);
  }

  Result<void> operator()(const LeadReceived& /*act*/) const {
    return refused("there is a case `" + case_.id + "` already");
  }

  Result<void> operator()(const EvidenceViewed& view) const {
    if (!view.records) return {};
    return fail(ErrorCode::kInvalidInput,
                "a view of records by themselves is named `v-` and twelve hexadecimal digits");
  }

  /// check_act() asks report_rules.h first.
  Result<void> operator()(const ReportDrafted& /*act*/) const { return no_report(); }
  Result<void> operator()(const ReportApproved& /*act*/) const { return no_report(); }
  Result<void> operator()(const ReportIssued& /*act*/) const { return no_report(); }
  Result<void> operator()(const ReportWithdrawn& /*act*/) const { return no_report(); }
  Result<void> operator()(const ReportHandedOver& /*act*/) const { return no_report(); }
  Result<void> operator()(const ReportReceived& /*act*/) const { return no_report(); }
  /// Nor these: request_rules.h.
  Result<void> operator()(const RequestReceived& /*act*/) const { return no_request(); }
  Result<void> operator()(const RequestClosed& /*act*/) const { return no_request(); }
  /// Nor these: erasure_rules.h.
  Result<void> operator()(const HoldPlaced& /*act*/) const { return no_hold(); }
  Result<void> operator()(const HoldReleased& /*act*/) const { return no_hold(); }
  Result<void> operator()(const HoldApproved& /*act*/) const { return no_hold(); }
  Result<void> operator()(const ErasureRequested& /*act*/) const { return no_hold(); }
  Result<void> operator()(const ErasureApproved& /*act*/) const { return no_hold(); }

  /// Nor these: silence_rules.h.
  Result<void> operator()(const NoticesSilenced& /*act*/) const { return no_notice(); }
  Result<void> operator()(const SilenceEnded& /*act*/) const { return no_notice(); }
  Result<void> operator()(const NoticesRetried& /*act*/) const { return no_notice(); }

  /// Nor these: clearance_rules.h.
  Result<void> operator()(const NameCleared& /*act*/) const { return no_clearance(); }
  Result<void> operator()(const ClearanceLifted& /*act*/) const { return no_clearance(); }
  Result<void> operator()(const ClearanceApproved& /*act*/) const { return no_clearance(); }

  /// Nor does it ask this of rulings: ruling_rules.h has them.
  Result<void> operator()(const LinkCut& /*act*/) const { return no_ruling(); }
  Result<void> operator()(const LinkJoined& /*act*/) const { return no_ruling(); }
  Result<void> operator()(const RulingLifted& /*act*/) const { return no_ruling(); }
  Result<void> operator()(const RulingApproved& /*act*/) const { return no_ruling(); }

 private:
  /// Whether a finding may go on in another case.
  [[nodiscard]] Result<void> may_go(const std::string& id) const {
    const FindingState* const found = case_.finding(id);
    if (found == nullptr) {
      return fail(ErrorCode::kNotFound, "there is no finding `" + id + "` in `" + case_.id + "`");
    }
    if (found->state == StepKind::kWithdrawn) {
      return refused("the finding `" + id + "` was withdrawn: it stays where it is");
    }
    if (!outcome_of(case_, *found)) return {};
    return refused("the finding `" + id +
                   "` was decided: it stays with its decision, and what came since may go");
  }

  [[nodiscard]] const Reviewer& reviewer() const {
    return *std::ranges::find(basis_.reviewers, act_.by, &Reviewer::handle);
  }
  [[nodiscard]] const std::string& signer() const { return reviewer().verifier_key; }

  [[nodiscard]] Result<void> no_report() const {
    return refused("`" + case_.id + "` is a case, and no report");
  }

  [[nodiscard]] Result<void> no_request() const {
    return refused("`" + case_.id + "` is a case, and no request");
  }

  [[nodiscard]] Result<void> no_ruling() const {
    return refused("`" + case_.id + "` is a case, and no ruling");
  }

  [[nodiscard]] Result<void> no_clearance() const {
    return refused("`" + case_.id + "` is a case, and no clearance");
  }

  [[nodiscard]] Result<void> no_hold() const {
    return refused("`" + case_.id + "` is a case, and no hold or erasure");
  }

  [[nodiscard]] Result<void> no_notice() const {
    return refused("`" + case_.id + "` is a case, and no silence");
  }

  [[nodiscard]] Result<void> privilege(bool claimed) const {
    if (!claimed || reviewer().role == "counsel") return {};
    return refused("only counsel marks material as privileged");
  }

  [[nodiscard]] Result<void> has_seen_all() const {
    if (act_.seen >= case_.entries_to()) return {};
    return refused("something was added to the case since it was looked at: look at it again");
  }

  const Act& act_;
  const Case& case_;
  const ActBasis& basis_;
};

}  // namespace

bool role_may(std::string_view role, std::string_view type) {
  const auto found = std::ranges::find(permissions(), type, &Permission::type);
  return found != permissions().end() &&
         std::ranges::find(found->roles, role) != found->roles.end();
}

Result<void> check_act(const SignedAct& act, const ActBasis& basis) {
  const Result<const Reviewer*> reviewer = reviewer_of(act, basis.reviewers);
  if (!reviewer) return tl::unexpected(reviewer.error());
  const std::string_view type = act_type(act.act);
  if (!role_may((*reviewer)->role, type)) {
    return refused("`" + act.act.by + "` is enrolled as " + (*reviewer)->role + ": `" +
                   std::string(type) + "` is for " + roles_for(type));
  }
  if (act.act.at > basis.now + kClockDifference) return refused("its time is in the future");
  if (act.act.at < basis.now - kMostActAge) return refused("it was signed more than 7 days ago");
  if (act.act.seen > basis.size) return refused("it names more entries than the ledger has");
  if (is_about_report(act.act)) return check_report_act(act, **reviewer, basis);
  if (is_about_request(act.act)) return check_request_act(act, basis);
  if (is_about_ruling(act.act)) return check_ruling_act(act, basis);
  if (is_about_clearance(act.act)) return check_clearance_act(act, basis);
  if (is_about_party(act.act)) return check_erasure_act(act, basis);
  if (is_about_notices(act.act)) return check_notice_act(act, basis);
  if (is_view_of_records(act.act)) return check_view(std::get<EvidenceViewed>(act.act.body));
  const Case* const c = basis.book->find(act.act.case_id);
  if (c == nullptr) {
    if (const auto* lead = std::get_if<LeadReceived>(&act.act.body)) {
      return check_lead(act.act.case_id, *lead);
    }
    return fail(ErrorCode::kNotFound, "there is no case `" + act.act.case_id + "`");
  }
  if (c->state == CaseState::kMerged && !std::holds_alternative<EvidenceViewed>(act.act.body)) {
    return refused("the case goes on in `" + c->merged_into + "`");
  }
  return std::visit(Judging(act.act, *c, basis), act.act.body);
}

std::optional<std::string> second_needed_for(const Case& c, const Decided& decided,
                                             const std::function<bool(const FindingState&)>& legal,
                                             const Digest& draw) {
  if (decided.outcome == Outcome::kNeedsInformation) return std::nullopt;  // it decides nothing
  if (decided.outcome == Outcome::kReferred) return "referred";
  const auto worst = c.worst();
  if (worst && *worst >= Severity::kHigh) {
    return "a finding of severity " + std::string(severity_name(*worst));
  }
  if (std::ranges::any_of(c.findings, legal)) return "a legal basis";
  if (std::to_integer<unsigned>(draw.bytes.front()) < kSampleBelow) return "a sample of one in ten";
  return std::nullopt;
}

}  // namespace tidewaiter
