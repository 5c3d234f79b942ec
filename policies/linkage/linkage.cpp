#include "policies/linkage/linkage.h"

#include <algorithm>

namespace tidewaiter {

bool ExceptedValues::holds(std::string_view text, UtcTime time) const {
  const auto listed = times.find(text);
  return listed != times.end() && std::ranges::any_of(listed->second, [&](const Interval& during) {
           return during.from <= time && time < during.to;
         });
}

bool Link::operator==(const Link& other) const {
  const bool same_exceptions = except == nullptr || other.except == nullptr
                                   ? except == other.except
                                   : except->digest == other.except->digest;
  return field == other.field && at_most == other.at_most && weight == other.weight &&
         window == other.window && half_life == other.half_life && same_exceptions;
}

}  // namespace tidewaiter
