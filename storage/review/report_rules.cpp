#include "storage/review/report_rules.h"

#include <algorithm>
#include <string>
#include <utility>

#include "policies/model/ascii.h"
#include "storage/review/policy_signers.h"
#include "storage/review/report_changes.h"
#include "storage/review/report_kinds.h"
#include "storage/review/tlp_marking.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> refuse_report(std::string why) {
  return fail(ErrorCode::kRefused, std::move(why));
}
tl::unexpected<Error> unfit(std::string why) {
  return fail(ErrorCode::kInvalidInput, std::move(why));
}

Result<void> check_case_of(const ReportDrafted& drafted, const Act& act, const ActBasis& basis) {
  const Case* const c = basis.book->find(drafted.about);
  if (c == nullptr) return fail(ErrorCode::kNotFound, "there is no case `" + drafted.about + "`");
  if (c->state == CaseState::kMerged) {
    return refuse_report("the case goes on in `" + c->merged_into + "`: report on that one");
  }
  if (act.seen >= c->entries_to()) return {};
  return refuse_report("something was added to the case since the report was drawn: draw it again");
}

/// Whether an issued report may be corrected or supplemented, when that is drawn and when it goes
/// out: another may have come first.
Result<void> check_followed(const ReportDrafted& drafted, const ActBasis& basis) {
  const ReportFollows& follows = *drafted.follows;
  const ReportFile* const old = basis.reports->find(follows.report);
  if (old == nullptr) {
    return fail(ErrorCode::kNotFound, "there is no report `" + follows.report + "` to follow");
  }
  if (old->state != ReportState::kIssued) {
    return refuse_report("`" + old->id + "` is " + std::string(report_state_name(old->state)) +
                         ": only what was issued, and not withdrawn, is corrected or supplemented");
  }
  if (const ReportFollower* const other = old->correction()) {
    return refuse_report("`" + other->id + "` corrects `" + old->id + "` already: follow that one");
  }
  const ReportDrafted& before = old->drafted();
  if (follows.manifest != before.manifest) {
    return unfit("the digest is not that of the manifest of `" + old->id + "`");
  }
  if (drafted.kind != before.kind ||
      goes_on_in(drafted.about, *basis.book) != goes_on_in(before.about, *basis.book)) {
    return unfit("a report that follows `" + old->id + "` is of its kind, and about its case");
  }
  // Nobody looks any more at what the first one cites once a correction stands for it.
  const bool covers = drafted.from <= before.from && before.to <= drafted.to;
  if (covers || follows.as != FollowingAs::kCorrects) return {};
  return refuse_report("`" + old->id + "` covers " + format_time(before.from) + " to " +
                       format_time(before.to) +
                       ": what takes its place covers no less; supplement it, or name no period");
}

/// A request that was refused or taken back is answered by nothing.
Result<void> check_answers(const ReportDrafted& drafted, const ActBasis& basis) {
  if (drafted.request.empty()) return {};
  const AuthorityRequest* const request =
      basis.requests == nullptr ? nullptr : basis.requests->find(drafted.request);
  if (request == nullptr) {
    return fail(ErrorCode::kNotFound, "there is no request `" + drafted.request + "`");
  }
  if (request->closed) {
    return refuse_report("the request `" + request->id + "` is " +
                         std::string(request_state_name(request->state)) + ", and closed");
  }
  if (may_answer(drafted, request->received(), *basis.book)) return {};
  return unfit("the request `" + request->id + "` is about the case `" + request->received().about +
               "`, and this report is about another one");
}

/// A report is due by a clock of its case, by the rule of its kind.
Result<void> check_clock(const ReportDrafted& drafted, const ReportKind& kind,
                         const ActBasis& basis) {
  if (!drafted.clock) return {};
  const std::string entry = "entry " + std::to_string(*drafted.clock);
  const Case* const c = basis.book->find(drafted.about);
  if (kind.clock.empty() || c == nullptr) {
    return unfit("a report of kind `" + drafted.kind + "` is due by no clock of a case");
  }
  const auto act = std::ranges::find(c->acts, *drafted.clock, &RecordedAct::index);
  const auto* const clock =
      act == c->acts.end() ? nullptr : std::get_if<ClockStarted>(&act->act.act.body);
  if (clock == nullptr) return unfit(entry + " started no clock of `" + drafted.about + "`");
  if (clock->rule == kind.clock) return {};
  return unfit(entry + " started a clock by `" + clock->rule + "`, and a report of kind `" +
               drafted.kind + "` is due by `" + std::string(kind.clock) + "`");
}

Result<void> check_draft(const ReportDrafted& drafted, const Act& act, const ActBasis& basis) {
  if (!is_report_id(act.case_id)) {
    return unfit("a report is named `r-` and twelve hexadecimal digits");
  }
  if (basis.reports->find(act.case_id) != nullptr) {
    return refuse_report("there is a report `" + act.case_id + "` already");
  }
  const ReportKind* const kind = report_kind(drafted.kind);
  if (kind == nullptr) return unfit("there is no kind of report `" + drafted.kind + "`");
  if (!kind_allows(*kind, drafted.profile)) {
    return unfit("a report of kind `" + drafted.kind + "` does not have the redaction profile `" +
                 drafted.profile + "`");
  }
  if (tlp_marking(drafted.handling) == nullptr) {
    return unfit("a report is marked by TLP 2.0, as in `TLP:AMBER`");
  }
  if (drafted.counsel != kind->counsel) {
    return unfit("whether counsel approves a report is for its kind to say");
  }
  if (drafted.gaps > static_cast<std::int64_t>(kind->elements.size())) {
    return unfit("it has more gaps than its kind has elements");
  }
  const bool of_case = kind->scope == ReportScope::kCase;
  if (of_case == drafted.about.empty()) {
    return unfit("a report of kind `" + drafted.kind + "` is about " +
                 (of_case ? "a case" : "a period"));
  }
  if (auto may = check_answers(drafted, basis); !may) return may;
  if (auto may = check_clock(drafted, *kind, basis); !may) return may;
  if (drafted.follows) {
    if (auto may = check_followed(drafted, basis); !may) return may;
  }
  if (of_case) return check_case_of(drafted, act, basis);
  return {};
}

/// Whether whoever speaks is another person than `asked` is by, and speaks in their own role.
Result<void> check_other_person(const SignedAct& asked, const ReportApproved& opinion,
                                const SignedAct& act, const Reviewer& reviewer, const char* did) {
  if (asked.act.by == act.act.by || same_signer(asked.signer, act.signer)) {
    return refuse_report("`" + act.act.by + "` " + did + ": another person has to approve it");
  }
  if (opinion.counsel == (reviewer.role == "counsel")) return {};
  return refuse_report("`" + act.act.by + "` is enrolled as " + reviewer.role +
                       ", and speaks as nothing else");
}

Result<void> check_not_given(const ReportApproved& opinion, bool counsel, bool approver) {
  const bool given = opinion.counsel ? counsel : approver;
  if (given && opinion.approves) return refuse_report("that approval is there already");
  return {};
}

/// Without this one what it corrected would stand again, beside what corrects it.
Result<void> check_uncorrected(const ReportFile& report) {
  const ReportFollower* const other = report.correction();
  if (other == nullptr) return {};
  return refuse_report("`" + other->id + "` corrects `" + report.id + "`: withdraw that one first");
}

Result<void> check_withdrawal_opinion(const ReportApproved& opinion, const ReportFile& report,
                                      const SignedAct& act, const Reviewer& reviewer) {
  const Withdrawal* const waits = report.waiting_withdrawal();
  if (waits == nullptr || opinion.draft != waits->asked.index) {
    return refuse_report("the report is " + std::string(report_state_name(report.state)) +
                         ", and waits for nobody");
  }
  if (auto second =
          check_other_person(waits->asked.act, opinion, act, reviewer, "asked for this withdrawal");
      !second) {
    return second;
  }
  if (opinion.counsel && !report.drafted().counsel) {
    return refuse_report("a report of this kind does not wait for counsel");
  }
  // It may have gone out since somebody asked.
  if (opinion.approves) {
    if (auto may = check_uncorrected(report); !may) return may;
  }
  return check_not_given(opinion, waits->counsel_approved, waits->approved);
}

/// What the report follows or answers may have become another thing since it was drawn.
Result<void> check_still_fits(const ReportDrafted& drafted, const ActBasis& basis) {
  if (auto may = check_answers(drafted, basis); !may) return may;
  return drafted.follows ? check_followed(drafted, basis) : Result<void>();
}

Result<void> check_opinion(const ReportApproved& opinion, const ReportFile& report,
                           const SignedAct& act, const Reviewer& reviewer, const ActBasis& basis) {
  if (opinion.draft != report.draft.index) {
    return check_withdrawal_opinion(opinion, report, act, reviewer);
  }
  if (auto second =
          check_other_person(report.draft.act, opinion, act, reviewer, "drew this report");
      !second) {
    return second;
  }
  if (report.state != ReportState::kDraft) {
    return refuse_report("the report is " + std::string(report_state_name(report.state)) +
                         ", and waits for nobody");
  }
  if (opinion.counsel && !report.drafted().counsel) {
    return refuse_report("a report of this kind does not wait for counsel");
  }
  if (auto may = check_not_given(opinion, report.counsel_approved, report.approved); !may) {
    return may;
  }
  // What could not be issued any more would stand as approved for good: it is rejected instead.
  return opinion.approves ? check_still_fits(report.drafted(), basis) : Result<void>();
}

/// What is still to be done before the report goes out.
std::string missing_approvals(const ReportFile& report) {
  std::string missing = report.approved ? "" : "an approver";
  if (report.drafted().counsel && !report.counsel_approved) {
    missing += (missing.empty() ? "" : " and ") + std::string("counsel");
  }
  return missing;
}

/// Where one person alone makes the rules by which it is found nothing goes out.
Result<void> check_policy_mode(const ActBasis& basis) {
  std::vector<std::string> keys;
  for (const Reviewer& one : basis.reviewers) {
    if (!one.retired && role_signs_policies(one.role)) keys.push_back(one.verifier_key);
  }
  const std::int64_t signers = count_signers(keys);
  if (signers >= kPolicySigners) return {};
  return refuse_report(std::string("the site is in unsigned policy mode: ") +
                       (signers == 0 ? "nobody" : "one person alone") +
                       " may sign its policies, and no report is issued until two may, "
                       "approvers or policy writers");
}

Result<void> check_issue(const ReportIssued& issued, const ReportFile& report,
                         const ActBasis& basis) {
  if (auto may = check_policy_mode(basis); !may) return may;
  if (report.state == ReportState::kDraft) {
    return refuse_report("the report waits for " + missing_approvals(report));
  }
  if (report.state != ReportState::kApproved) {
    return refuse_report("the report is " + std::string(report_state_name(report.state)));
  }
  const ReportDrafted& drafted = report.drafted();
  if (issued.draft != report.draft.index || issued.manifest != drafted.manifest ||
      issued.gaps != drafted.gaps) {
    return unfit("what is issued is not the report that was approved");
  }
  if (auto may = check_still_fits(drafted, basis); !may) return may;
  // What was approved has to be what the case says on the day on which it goes out.
  return drafted.about.empty() ? Result<void>()
                               : check_case_of(drafted, report.draft.act.act, basis);
}

Result<void> check_withdrawn(const ReportWithdrawn& withdrawn, const ReportFile& report) {
  if (report.state != ReportState::kIssued) {
    return refuse_report("the report is " + std::string(report_state_name(report.state)) +
                         ": only what was issued is withdrawn");
  }
  if (auto may = check_uncorrected(report); !may) return may;
  if (const Withdrawal* const waits = report.waiting_withdrawal()) {
    return refuse_report("`" + waits->asked.act.act.by +
                         "` has asked for that, and another person has to approve or reject it");
  }
  if (withdrawn.issued == report.issued->index && withdrawn.manifest == report.drafted().manifest) {
    return {};
  }
  return unfit("what is withdrawn is not the report that was issued");
}

/// Bytes of a channel's name, which is open.
constexpr std::size_t kMostChannel = 100;

/// Of a withdrawn report, too: the folder is in somebody's hands all the same.
Result<void> check_handed_over(const ReportHandedOver& handed, const Act& act,
                               const ReportFile& report) {
  if (!report.issued) {
    return refuse_report("the report is " + std::string(report_state_name(report.state)) +
                         ": only what was issued is handed over");
  }
  if (handed.issued != report.issued->index) {
    return unfit("entry " + std::to_string(handed.issued) + " did not issue this report");
  }
  const bool line = std::ranges::none_of(handed.channel, is_control) &&
                    handed.channel.size() <= kMostChannel &&
                    handed.channel.find_first_not_of(' ') != std::string::npos;
  if (!line) {
    return unfit("expected as channel one line of 1 to " + std::to_string(kMostChannel) +
                 " bytes that is not blank");
  }
  if (handed.handed > act.at) return unfit("it cannot be handed over in the future");
  if (handed.handed >= report.issued->act.act.at) return {};
  return unfit("the report was issued at " + format_time(report.issued->act.act.at) +
               ": it cannot be handed over before that");
}

Result<void> check_received(const ReportReceived& received, const Act& act,
                            const ReportFile& report) {
  const auto given = std::ranges::find_if(report.hand_overs, [&received](const HandOver& one) {
    return one.given.index == received.handover;
  });
  if (given == report.hand_overs.end()) {
    if (received.handover == 0) {
      return fail(ErrorCode::kNotFound, "no hand-over of `" + report.id +
                                            "` waits to be confirmed: `tidewaiter report show` has "
                                            "those that there are");
    }
    return fail(ErrorCode::kNotFound, "entry " + std::to_string(received.handover) +
                                          " did not hand over `" + report.id + "`");
  }
  if (given->received) {
    return refuse_report("entry " + std::to_string(given->received->index) +
                         " says already that it was received");
  }
  if (received.received > act.at) return unfit("it cannot be received in the future");
  if (received.received >= given->handed().handed) return {};
  return unfit("it was handed over at " + format_time(given->handed().handed) +
               ": it cannot be received before that");
}

}  // namespace

Result<void> check_report_act(const SignedAct& act, const Reviewer& reviewer,
                              const ActBasis& basis) {
  if (const auto* drafted = std::get_if<ReportDrafted>(&act.act.body)) {
    return check_draft(*drafted, act.act, basis);
  }
  const ReportFile* const report = basis.reports->find(act.act.case_id);
  if (report == nullptr) {
    return fail(ErrorCode::kNotFound, "there is no report `" + act.act.case_id + "`");
  }
  if (const auto* opinion = std::get_if<ReportApproved>(&act.act.body)) {
    return check_opinion(*opinion, *report, act, reviewer, basis);
  }
  if (const auto* withdrawn = std::get_if<ReportWithdrawn>(&act.act.body)) {
    return check_withdrawn(*withdrawn, *report);
  }
  if (const auto* handed = std::get_if<ReportHandedOver>(&act.act.body)) {
    return check_handed_over(*handed, act.act, *report);
  }
  if (const auto* received = std::get_if<ReportReceived>(&act.act.body)) {
    return check_received(*received, act.act, *report);
  }
  return check_issue(std::get<ReportIssued>(act.act.body), *report, basis);
}

}  // namespace tidewaiter
