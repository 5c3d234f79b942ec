#include "storage/review/ruling_book.h"

#include <array>
#include <utility>

#include "storage/ledger/short_id.h"
#include "storage/review/id_lookup.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 4> kRulingStates{"proposed", "holds", "rejected", "lifted"};

tl::unexpected<Error> out_of_place(const RecordedAct& act, const std::string& what) {
  return fail(ErrorCode::kCorruption, "entry " + std::to_string(act.index) +
                                          " of the ledger is about a ruling `" +
                                          act.act.act.case_id + "` that " + what);
}

bool makes_ruling(const ActBody& body) {
  return std::holds_alternative<LinkCut>(body) || std::holds_alternative<LinkJoined>(body);
}

}  // namespace

std::string_view ruling_state_name(RulingState state) {
  return kRulingStates[static_cast<std::size_t>(state)];
}

bool is_ruling_id(std::string_view id) { return is_short_id(id, "k-"); }

Result<RulingBook> RulingBook::make(std::span<const RecordedAct> acts) {
  RulingBook book;
  for (const RecordedAct& act : acts) {
    if (!is_about_ruling(act.act.act)) continue;
    if (auto taken = book.take(act); !taken) return tl::unexpected(taken.error());
  }
  return book;
}

Result<RulingBook> RulingBook::read(const Ledger& ledger) {
  const auto acts = recorded_acts(ledger);
  if (!acts) return tl::unexpected(acts.error());
  return make(*acts);
}

void RulingBook::take_effect(std::size_t place, std::int64_t index, bool lifts) {
  rulings_[place].pending.reset();
  rulings_[place].state = lifts ? RulingState::kLifted : RulingState::kHolds;
  turns_.push_back({index, place, lifts});
}

Result<void> RulingBook::take(const RecordedAct& act) {
  const std::string& id = act.act.act.case_id;
  const ActBody& body = act.act.act.body;
  const auto known = places_.find(id);
  const bool makes = makes_ruling(body);
  if (makes && known != places_.end()) return out_of_place(act, "is there already");
  if (!makes && known == places_.end()) return out_of_place(act, "is not there");
  const std::size_t place = makes ? rulings_.size() : known->second;
  if (makes) {
    places_.emplace(id, place);
    rulings_.push_back({id, act, {}, RulingState::kProposed, std::nullopt});
  }
  Ruling& ruling = rulings_[place];
  ruling.acts.push_back(act);
  const auto* const opinion = std::get_if<RulingApproved>(&body);
  if (opinion == nullptr) {
    if (act.second_needed) {
      ruling.pending = act;
    } else {
      take_effect(place, act.index, !makes);
    }
    return {};
  }
  if (!ruling.pending || ruling.pending->index != opinion->about) return {};
  const bool lifts = !makes_ruling(ruling.pending->act.act.body);
  if (opinion->approves) {
    take_effect(place, act.index, lifts);
  } else {
    ruling.pending.reset();
    if (!lifts) ruling.state = RulingState::kRejected;
  }
  return {};
}

const Ruling* RulingBook::find(std::string_view id) const {
  const auto place = places_.find(id);
  return place == places_.end() ? nullptr : &rulings_[place->second];
}

Result<const Ruling*> RulingBook::lookup(std::string_view prefix) const {
  return find_by_short_id(rulings_, prefix, "ruling", "rulings", "cluster rulings");
}

}  // namespace tidewaiter
