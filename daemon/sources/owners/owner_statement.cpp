#include "daemon/sources/owners/owner_statement.h"

#include <algorithm>

namespace tidewaiter {
namespace {

bool is_same(const StatedInterest& a, const StatedInterest& b) {
  return a.nature == b.nature && a.way == b.way && a.share == b.share &&
         a.held.from == b.held.from && a.held.until == b.held.until;
}

}  // namespace

bool StatedRelation::operator==(const StatedRelation& other) const {
  return id == other.id && statement == other.statement && date == other.date &&
         closed == other.closed && is_nobody == other.is_nobody && since == other.since &&
         subject == other.subject && owner == other.owner && components == other.components &&
         std::ranges::equal(interests, other.interests, is_same);
}

}  // namespace tidewaiter
