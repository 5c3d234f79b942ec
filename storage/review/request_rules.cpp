#include "storage/review/request_rules.h"

#include <string>
#include <utility>

#include "storage/review/clock_rules.h"
#include "storage/review/report_changes.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> refuse_request(std::string why) {
  return fail(ErrorCode::kRefused, std::move(why));
}
tl::unexpected<Error> senseless(std::string why) {
  return fail(ErrorCode::kInvalidInput, std::move(why));
}

bool is_midnight(UtcTime time) { return align_down(time, kDay) == time; }

/// The last day follows from its rule, but where the request itself states it.
Result<void> check_due(const RequestReceived& received) {
  if (received.rule.empty() || received.rule == kStatedRule) return {};
  const Result<ClockRule> rule = clock_rule(received.rule);
  if (!rule) return tl::unexpected(rule.error());
  const UtcTime due = due_day(*rule, received.received);
  if (received.due == due) return {};
  return senseless("`" + received.rule + "` from " + format_time(received.received) + " ends on " +
                   format_time(due));
}

Result<void> check_received(const RequestReceived& received, const Act& act,
                            const ActBasis& basis) {
  if (!is_request_id(act.case_id)) {
    return senseless("a request is named `q-` and twelve hexadecimal digits");
  }
  if (basis.requests->find(act.case_id) != nullptr) {
    return refuse_request("there is a request `" + act.case_id + "` already");
  }
  if (!is_midnight(received.received) || (received.due && !is_midnight(*received.due))) {
    return senseless(
        "a request has whole days: expected midnight, UTC, of the day on which it was "
        "received, and of the last one");
  }
  if (received.received > act.at) {
    return senseless("a request that was received cannot lie in the future");
  }
  if (!received.about.empty() && basis.book->find(received.about) == nullptr) {
    return fail(ErrorCode::kNotFound, "there is no case `" + received.about + "`");
  }
  return check_due(received);
}

Result<void> check_closed(const RequestClosed& closed, const AuthorityRequest& request,
                          const ActBasis& basis) {
  if (request.state != RequestState::kOpen) {
    return refuse_request("the request is " + std::string(request_state_name(request.state)) +
                          " already");
  }
  if (closed.end != RequestEnd::kAnswered) return {};
  const ReportFile* const report = basis.reports->find(closed.report);
  if (report == nullptr) {
    return fail(ErrorCode::kNotFound, "there is no report `" + closed.report + "`");
  }
  if (report->state == ReportState::kIssued) {
    if (may_answer(report->drafted(), request.received(), *basis.book)) return {};
    return senseless("`" + report->id + "` is about another case than the request, which names `" +
                     request.received().about + "`");
  }
  return senseless("`" + report->id + "` is " + std::string(report_state_name(report->state)) +
                   ": only what was issued, and not withdrawn, answers a request");
}

}  // namespace

Result<void> check_request_act(const SignedAct& act, const ActBasis& basis) {
  if (const auto* received = std::get_if<RequestReceived>(&act.act.body)) {
    return check_received(*received, act.act, basis);
  }
  const AuthorityRequest* const request = basis.requests->find(act.act.case_id);
  if (request == nullptr) {
    return fail(ErrorCode::kNotFound, "there is no request `" + act.act.case_id + "`");
  }
  return check_closed(std::get<RequestClosed>(act.act.body), *request, basis);
}

}  // namespace tidewaiter
