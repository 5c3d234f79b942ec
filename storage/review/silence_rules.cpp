#include "storage/review/silence_rules.h"

#include <string>
#include <utility>

#include "storage/ledger/short_id.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> refuse_notice(std::string why) {
  return fail(ErrorCode::kRefused, std::move(why));
}
tl::unexpected<Error> unfit_notice(std::string why) {
  return fail(ErrorCode::kInvalidInput, std::move(why));
}

Result<void> check_silenced(const NoticesSilenced& silenced, const Act& act,
                            const ActBasis& basis) {
  if (!is_silence_id(act.case_id)) {
    return unfit_notice("a silence is named `s-` and twelve hexadecimal digits");
  }
  if (basis.silences->find(act.case_id) != nullptr) {
    return refuse_notice("there is a silence `" + act.case_id + "` already");
  }
  if (silenced.until <= act.at) {
    return unfit_notice("a silence that ends on " + format_time(silenced.until) +
                        " is over before it begins");
  }
  if (silenced.until <= silenced.from) {
    return unfit_notice("a silence ends after it begins");
  }
  if (silenced.from - act.at > kLongestSilence) {
    return unfit_notice("a silence begins within " + format_duration(kLongestSilence) +
                        ": say so when the time has come nearer");
  }
  if (silenced.until - silenced.from <= kLongestSilence) return {};
  return unfit_notice("a silence lasts no longer than " + format_duration(kLongestSilence) +
                      ": give an earlier end, and another silence when that has come");
}

Result<void> check_unsilenced(const SilenceEnded& ended, const Act& act, const ActBasis& basis) {
  const Silence* const silence = basis.silences->find(act.case_id);
  if (silence == nullptr || silence->made.index != ended.silence) {
    return fail(ErrorCode::kNotFound, "entry " + std::to_string(ended.silence) +
                                          " began no silence `" + act.case_id + "`");
  }
  if (!silence->is_over(basis.now)) return {};
  return refuse_notice("the silence `" + act.case_id + "` is over already");
}

}  // namespace

Result<void> check_notice_act(const SignedAct& act, const ActBasis& basis) {
  if (const auto* silenced = std::get_if<NoticesSilenced>(&act.act.body)) {
    return check_silenced(*silenced, act.act, basis);
  }
  if (const auto* ended = std::get_if<SilenceEnded>(&act.act.body)) {
    return check_unsilenced(*ended, act.act, basis);
  }
  if (!is_short_id(act.act.case_id, "n-")) {
    return unfit_notice("to send again is named `n-` and twelve hexadecimal digits");
  }
  if (!basis.silences->is_retry(act.act.case_id)) return {};
  return refuse_notice("messages were sent again as `" + act.act.case_id +
                       "` already: give this a name of its own");
}

}  // namespace tidewaiter
