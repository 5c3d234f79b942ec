#include "daemon/report/consequence_json.h"

#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "policies/model/day_text.h"

namespace tidewaiter {
namespace {

using Ordered = nlohmann::ordered_json;

Ordered text_or_null(const std::string& text) {
  return text.empty() ? Ordered(nullptr) : Ordered(text);
}

/// The day that an instant is of; of the end of an interval the last one that it holds.
Ordered day_json(UtcTime time, UtcTime open, std::int64_t back_us) {
  if (time == open) return nullptr;
  return day_text(UtcTime{time.us - back_us});
}

Ordered days_json(std::span<const Interval> in_force) {
  Ordered all = Ordered::array();
  for (const Interval& one : in_force) {
    all.push_back({{"from", day_json(one.from, UtcTime{INT64_MIN}, 0)},
                   {"until", day_json(one.to, UtcTime{INT64_MAX}, 1)}});
  }
  return all;
}

Ordered told_json(const Consequence& one, UtcTime at) {
  Ordered owned = nullptr;
  if (one.owned) {
    owned = {{"share", one.owned->share},
             {"citation", one.owned->citation},
             {"in_force", days_json(one.owned->in_force)},
             {"holds", is_in_force(one.owned->in_force, at)}};
  }
  return {{"obligation", obligation_name(one.obligation)},
          {"programs", one.programs},
          {"citation", one.citation},
          {"note", text_or_null(one.note)},
          {"in_force", days_json(one.in_force)},
          {"owned", std::move(owned)},
          {"text", consequence_text(one, at)}};
}

}  // namespace

Ordered follows_json(const Follows& follows) {
  Ordered told = Ordered::array();
  for (const Consequence& one : follows.told) told.push_back(told_json(one, follows.at));
  return {{"on", day_text(follows.at)}, {"told", std::move(told)}, {"untold", follows.untold}};
}

Ordered licence_json(const LicenceTerms& terms) {
  return {{"requirement", text_or_null(terms.requirement)}, {"review", text_or_null(terms.review)}};
}

}  // namespace tidewaiter
