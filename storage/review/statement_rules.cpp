#include "storage/review/statement_rules.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "storage/review/case_statements.h"
#include "storage/review/report_kinds.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> refuse_statement(std::string why) {
  return fail(ErrorCode::kRefused, std::move(why));
}

std::string entry_text(std::int64_t entry) { return "entry " + std::to_string(entry); }

Result<void> check_finding(const std::string& id, const Case& c) {
  const FindingState* const found = c.finding(id);
  if (found == nullptr) {
    return fail(ErrorCode::kNotFound, "there is no finding `" + id + "` in `" + c.id + "`");
  }
  if (found->state != StepKind::kWithdrawn) return {};
  return refuse_statement("the finding `" + id + "` was withdrawn: nothing rests on it");
}

Result<void> check_exhibit_of(std::int64_t entry, const Case& c) {
  const auto act = std::ranges::find(c.acts, entry, &RecordedAct::index);
  if (act != c.acts.end() && std::holds_alternative<Exhibit>(act->act.act.body)) return {};
  return fail(ErrorCode::kNotFound, entry_text(entry) + " is no exhibit of `" + c.id + "`");
}

/// The statement, if it is there and waits, or holds and `may_hold`.
Result<Attribution> standing_statement(std::int64_t entry, const Case& c, bool may_hold) {
  const std::vector<Attribution> all = attributions_of(c);
  const auto found = std::ranges::find_if(
      all, [entry](const Attribution& one) { return one.stated.index == entry; });
  if (found == all.end() && entry == 0) {
    return fail(ErrorCode::kNotFound,
                "no statement of who is behind `" + c.id +
                    "` stands so: `tidewaiter case show` has those that there "
                    "are, and `case attribute` states one");
  }
  if (found == all.end()) {
    return fail(ErrorCode::kNotFound,
                entry_text(entry) + " does not state who is behind `" + c.id + "`");
  }
  const bool waits = found->state == AttributionState::kProposed;
  if (waits || (may_hold && found->state == AttributionState::kHolds)) return *found;
  if (found->state == AttributionState::kLapsed) {
    return refuse_statement(
        "the statement of " + entry_text(entry) + " is about `" + found->about() +
        "` as it was: state it anew where it is true of what `" + c.id + "` is now");
  }
  return refuse_statement("the statement of " + entry_text(entry) + " is " +
                          std::string(attribution_state_name(found->state)) + " already");
}

}  // namespace

Result<void> check_attribution(const AttributionStated& stated, const Case& c) {
  for (const Attribution& other : attributions_of(c)) {
    if (other.state != AttributionState::kProposed) continue;
    return refuse_statement("`" + other.stated.act.act.by +
                            "` has stated who is behind it, and another person has to approve or "
                            "reject that first");
  }
  for (const std::string& finding : stated.findings) {
    if (auto may = check_finding(finding, c); !may) return may;
  }
  for (const std::int64_t entry : stated.exhibits) {
    if (auto may = check_exhibit_of(entry, c); !may) return may;
  }
  return {};
}

Result<void> check_attribution_opinion(const AttributionApproved& opinion, const Case& c,
                                       std::string_view by, const std::string& signer) {
  const Result<Attribution> waits = standing_statement(opinion.statement, c, false);
  if (!waits) return tl::unexpected(waits.error());
  const SignedAct& stated = waits->stated.act;
  if (stated.act.by == by || same_signer(stated.signer, signer)) {
    return refuse_statement("`" + std::string(by) +
                            "` stated this: another person has to approve it");
  }
  if (!opinion.approves || rests_on_something(waits->said(), c)) return {};
  return refuse_statement("the findings that the statement of " + entry_text(opinion.statement) +
                          " rests on were withdrawn, or are in another case: reject it");
}

Result<void> check_attribution_withdrawn(const AttributionWithdrawn& withdrawn, const Case& c) {
  const Result<Attribution> standing = standing_statement(withdrawn.statement, c, true);
  return standing ? Result<void>() : tl::unexpected(standing.error());
}

Result<void> check_conclusion_released(const ConclusionReleased& released, const Case& c) {
  const std::optional<Conclusion> last = conclusion_of(c);
  if (last && last->lapsed && last->stated.index == released.conclusion) {
    return refuse_statement("the conclusion of " + entry_text(released.conclusion) + " is about `" +
                            last->stated.act.act.case_id +
                            "` as it was: state it anew about what `" + c.id + "` is now");
  }
  if (!last || last->stated.index != released.conclusion) {
    return fail(ErrorCode::kNotFound, entry_text(released.conclusion) +
                                          " is not the last legal conclusion about `" + c.id + "`");
  }
  const ReportKind* const kind = report_kind(released.kind);
  if (kind == nullptr || kind->scope != ReportScope::kCase) {
    return fail(ErrorCode::kInvalidInput,
                "there is no kind of report about a case called `" + released.kind + "`");
  }
  if (last->released_to(released.kind) == nullptr) return {};
  return refuse_statement("it is released to reports of the kind `" + released.kind + "` already");
}

}  // namespace tidewaiter
