#include "storage/review/report_rules.h"

#include <string>
#include <utility>

#include "storage/review/report_kinds.h"

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
  if (!is_tlp_marking(drafted.handling)) {
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
  if (of_case) return check_case_of(drafted, act, basis);
  return {};
}

Result<void> check_opinion(const ReportApproved& opinion, const ReportFile& report,
                           const SignedAct& act, const Reviewer& reviewer) {
  if (report.draft.act.act.by == act.act.by || same_signer(report.draft.act.signer, act.signer)) {
    return refuse_report("`" + act.act.by + "` drew this report: another person has to approve it");
  }
  if (opinion.counsel != (reviewer.role == "counsel")) {
    return refuse_report("`" + act.act.by + "` is enrolled as " + reviewer.role +
                         ", and speaks as nothing else");
  }
  if (report.state != ReportState::kDraft || opinion.draft != report.draft.index) {
    return refuse_report("the report is " + std::string(report_state_name(report.state)) +
                         ", and waits for nobody");
  }
  if (opinion.counsel && !report.drafted().counsel) {
    return refuse_report("a report of this kind does not wait for counsel");
  }
  const bool given = opinion.counsel ? report.counsel_approved : report.approved;
  if (given && opinion.approves) return refuse_report("that approval is there already");
  return {};
}

/// What is still to be done before the report goes out.
std::string missing_approvals(const ReportFile& report) {
  std::string missing = report.approved ? "" : "an approver";
  if (report.drafted().counsel && !report.counsel_approved) {
    missing += (missing.empty() ? "" : " and ") + std::string("counsel");
  }
  return missing;
}

Result<void> check_issue(const ReportIssued& issued, const ReportFile& report,
                         const ActBasis& basis) {
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
  // What was approved has to be what the case says on the day on which it goes out.
  return drafted.about.empty() ? Result<void>()
                               : check_case_of(drafted, report.draft.act.act, basis);
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
    return check_opinion(*opinion, *report, act, reviewer);
  }
  return check_issue(std::get<ReportIssued>(act.act.body), *report, basis);
}

}  // namespace tidewaiter
