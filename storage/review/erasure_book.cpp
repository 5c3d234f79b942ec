#include "storage/review/erasure_book.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/json_member.h"
#include "storage/ledger/short_id.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 5> kHoldStates{"asked", "stands", "rejected",
                                                      "release-asked", "released"};
constexpr std::array<std::string_view, 4> kErasureStates{"asked", "approved", "rejected",
                                                         "executed"};

tl::unexpected<Error> out_of_place(std::int64_t index, const std::string& what) {
  return fail(ErrorCode::kCorruption, "entry " + std::to_string(index) + " of the ledger " + what);
}

tl::unexpected<Error> out_of_place(const RecordedAct& act, const std::string& what) {
  return out_of_place(act.index, "is about `" + act.act.act.case_id + "`, which " + what);
}

}  // namespace

std::string_view hold_state_name(HoldState state) {
  return kHoldStates[static_cast<std::size_t>(state)];
}

std::string_view erasure_state_name(ErasureState state) {
  return kErasureStates[static_cast<std::size_t>(state)];
}

bool is_hold_id(std::string_view id) { return is_short_id(id, "h-"); }
bool is_erasure_id(std::string_view id) { return is_short_id(id, "e-"); }

const RecordedAct* Hold::waits() const {
  if (state == HoldState::kAsked) return &placed;
  if (state != HoldState::kReleaseAsked) return nullptr;
  const auto last = std::find_if(acts.rbegin(), acts.rend(), [](const RecordedAct& act) {
    return std::holds_alternative<HoldReleased>(act.act.act.body);
  });
  return last == acts.rend() ? nullptr : &*last;
}

Result<std::vector<ExecutedErasure>> executed_erasures(const Ledger& ledger,
                                                       std::span<const RecordedAct> acts) {
  // Without a request nothing was executed, and the entries need not be read once more.
  if (std::ranges::none_of(acts, [](const RecordedAct& act) {
        return std::holds_alternative<ErasureRequested>(act.act.act.body);
      })) {
    return std::vector<ExecutedErasure>();
  }
  const auto head = ledger.head();
  if (!head) return tl::unexpected(head.error());
  const std::string type = R"("typ":")" + std::string(kErasedType) + '"';
  std::vector<ExecutedErasure> all;
  for (std::int64_t index = 0; index < head->size; ++index) {
    const Result<std::string> body = ledger.entry(index);
    if (!body) return tl::unexpected(body.error());
    if (body->find(type) == std::string::npos) continue;
    const auto document = nlohmann::json::parse(*body, nullptr, false);
    if (text_member(document, "typ").value_or("") != kErasedType) continue;
    const auto request = number_member(document, "request");
    if (!request) return out_of_place(index, "executes no request");
    all.push_back({index, *request});
  }
  return all;
}

Result<ErasureBook> ErasureBook::make(std::span<const RecordedAct> acts,
                                      std::span<const ExecutedErasure> executed) {
  ErasureBook book;
  for (const RecordedAct& act : acts) {
    if (!is_about_party(act.act.act)) continue;
    if (auto taken = book.take(act); !taken) return tl::unexpected(taken.error());
  }
  for (const ExecutedErasure& done : executed) {
    const auto found = std::ranges::find(book.erasures_, done.request,
                                         [](const Erasure& one) { return one.request.index; });
    if (found == book.erasures_.end()) {
      return out_of_place(done.index, "executes an erasure that nobody asked for");
    }
    found->executed = done.index;
    found->state = ErasureState::kExecuted;
  }
  return book;
}

Result<ErasureBook> ErasureBook::read(const Ledger& ledger) {
  const auto acts = recorded_acts(ledger);
  if (!acts) return tl::unexpected(acts.error());
  const auto executed = executed_erasures(ledger, *acts);
  if (!executed) return tl::unexpected(executed.error());
  return make(*acts, *executed);
}

Result<void> ErasureBook::take(const RecordedAct& act) {
  const ActBody& body = act.act.act.body;
  const std::string& id = act.act.act.case_id;
  const bool known = hold(id) != nullptr || erasure(id) != nullptr;
  if (names_party(body) && known) return out_of_place(act, "is there already");
  if (std::holds_alternative<HoldPlaced>(body)) {
    holds_.push_back({id, act.party, act, {}, HoldState::kAsked});
    return {};
  }
  if (std::holds_alternative<ErasureRequested>(body)) {
    erasures_.push_back({id, act.party, act, std::nullopt, std::nullopt, ErasureState::kAsked});
    return {};
  }
  return std::holds_alternative<ErasureApproved>(body) ? take_erasure(act) : take_hold(act);
}

Result<void> ErasureBook::take_hold(const RecordedAct& act) {
  const auto found = std::ranges::find(holds_, act.act.act.case_id, &Hold::id);
  if (found == holds_.end()) return out_of_place(act, "is not there");
  found->acts.push_back(act);
  const auto* const opinion = std::get_if<HoldApproved>(&act.act.act.body);
  if (opinion == nullptr) {
    found->state = HoldState::kReleaseAsked;
  } else if (found->state == HoldState::kReleaseAsked) {
    found->state = opinion->approves ? HoldState::kReleased : HoldState::kStands;
  } else {
    found->state = opinion->approves ? HoldState::kStands : HoldState::kRejected;
  }
  return {};
}

Result<void> ErasureBook::take_erasure(const RecordedAct& act) {
  const auto found = std::ranges::find(erasures_, act.act.act.case_id, &Erasure::id);
  if (found == erasures_.end()) return out_of_place(act, "is not there");
  found->second = act;
  found->state = std::get<ErasureApproved>(act.act.act.body).approves ? ErasureState::kApproved
                                                                      : ErasureState::kRejected;
  return {};
}

const Hold* ErasureBook::hold(std::string_view id) const {
  const auto found = std::ranges::find(holds_, id, &Hold::id);
  return found == holds_.end() ? nullptr : &*found;
}

const Erasure* ErasureBook::erasure(std::string_view id) const {
  const auto found = std::ranges::find(erasures_, id, &Erasure::id);
  return found == erasures_.end() ? nullptr : &*found;
}

const Hold* ErasureBook::hold_on(std::string_view party) const {
  const auto found = std::ranges::find_if(
      holds_, [party](const Hold& one) { return one.keeps() && one.party == party; });
  return found == holds_.end() ? nullptr : &*found;
}

std::vector<const Erasure*> ErasureBook::due() const {
  std::vector<const Erasure*> all;
  for (const Erasure& one : erasures_) {
    const bool kept = hold_on(one.party) != nullptr;
    if (one.state == ErasureState::kApproved && !kept) all.push_back(&one);
  }
  return all;
}

}  // namespace tidewaiter
