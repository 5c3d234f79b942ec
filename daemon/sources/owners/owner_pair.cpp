#include "daemon/sources/owners/owner_pair.h"

#include <algorithm>

namespace tidewaiter {

void OwnerPair::take(const StatedRelation& relation, DayNumber day) {
  const std::size_t before = interests.size();
  for (const StatedInterest& one : relation.interests) {
    if (one.held.holds_on(day)) interests.push_back(one);
  }
  if (relation.interests.empty()) interests.emplace_back();
  if (interests.size() > before) statements.push_back(&relation);
}

bool OwnerPair::is_owner() const {
  return std::ranges::any_of(
      interests, [](const StatedInterest& one) { return one.nature != InterestNature::kControl; });
}

bool OwnerPair::is_direct() const {
  return std::ranges::any_of(interests, [](const StatedInterest& one) {
    return one.nature != InterestNature::kControl && one.way == InterestWay::kDirect;
  });
}

std::string OwnerPair::share_text(bool all_direct) const {
  std::string untold = all_direct ? std::string() : share_range_text(ShareRange{});
  if (chain == Chain::kInPart) return untold;
  ShareRange sum{0, 0};
  bool stated = false;
  bool known = true;
  for (const StatedInterest& one : interests) {
    const bool is_share = one.nature == InterestNature::kShare;
    if (!is_share && one.nature != InterestNature::kUnknown) continue;
    const bool told = is_share && one.share.has_value();
    stated = stated || is_share;
    known = known && told;
    sum.least = std::max(sum.least, told ? one.share->least : 0);
    sum.most = std::min(sum.most + (told ? one.share->most : kWholeShare), kWholeShare);
  }
  if (!stated || (!known && sum.least == 0)) return untold;
  return share_range_text(sum);
}

}  // namespace tidewaiter
