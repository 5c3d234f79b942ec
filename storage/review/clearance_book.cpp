#include "storage/review/clearance_book.h"

#include <array>
#include <utility>

#include "storage/ledger/short_id.h"
#include "storage/review/id_lookup.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 4> kClearanceStates{"proposed", "holds", "rejected",
                                                           "lifted"};

tl::unexpected<Error> misplaced_act(const RecordedAct& act, const std::string& what) {
  return fail(ErrorCode::kCorruption, "entry " + std::to_string(act.index) +
                                          " of the ledger is about a clearance `" +
                                          act.act.act.case_id + "` that " + what);
}

}  // namespace

std::string_view clearance_state_name(ClearanceState state) {
  return kClearanceStates[static_cast<std::size_t>(state)];
}

bool is_clearance_id(std::string_view id) { return is_short_id(id, "m-"); }

Result<ClearanceBook> ClearanceBook::make(std::span<const RecordedAct> acts) {
  ClearanceBook book;
  for (const RecordedAct& act : acts) {
    if (!is_about_clearance(act.act.act)) continue;
    if (auto taken = book.take(act); !taken) return tl::unexpected(taken.error());
  }
  return book;
}

Result<ClearanceBook> ClearanceBook::read(const Ledger& ledger) {
  const auto acts = recorded_acts(ledger);
  if (!acts) return tl::unexpected(acts.error());
  return make(*acts);
}

Result<void> ClearanceBook::take(const RecordedAct& act) {
  const std::string& id = act.act.act.case_id;
  const ActBody& body = act.act.act.body;
  const auto known = places_.find(id);
  const bool gives = std::holds_alternative<NameCleared>(body);
  if (gives && known != places_.end()) return misplaced_act(act, "is there already");
  if (!gives && known == places_.end()) return misplaced_act(act, "is not there");
  if (gives) {
    places_.emplace(id, clearances_.size());
    const auto state = act.second_needed ? ClearanceState::kProposed : ClearanceState::kHolds;
    clearances_.push_back({id, act, {act}, state});
    return {};
  }
  Clearance& clearance = clearances_[known->second];
  clearance.acts.push_back(act);
  if (std::holds_alternative<ClearanceLifted>(body)) {
    if (clearance.state != ClearanceState::kRejected) clearance.state = ClearanceState::kLifted;
    return {};
  }
  const auto& opinion = std::get<ClearanceApproved>(body);
  if (clearance.state != ClearanceState::kProposed || opinion.about != clearance.given.index) {
    return {};
  }
  clearance.state = opinion.approves ? ClearanceState::kHolds : ClearanceState::kRejected;
  return {};
}

const Clearance* ClearanceBook::find(std::string_view id) const {
  const auto place = places_.find(id);
  return place == places_.end() ? nullptr : &clearances_[place->second];
}

Result<const Clearance*> ClearanceBook::lookup(std::string_view prefix) const {
  return find_by_short_id(clearances_, prefix, "clearance", "clearances", "clearance list");
}

}  // namespace tidewaiter
