#include "storage/review/case_statements.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <variant>

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 4> kStates{"proposed", "approved", "rejected", "withdrawn"};

void take_opinion(Attribution& attribution, const RecordedAct& act) {
  if (attribution.state != AttributionState::kProposed) return;
  attribution.opinion = act;
  attribution.state = std::get<AttributionApproved>(act.act.act.body).approves
                          ? AttributionState::kHolds
                          : AttributionState::kRejected;
}

void take_withdrawal(Attribution& attribution, const RecordedAct& act) {
  if (attribution.state == AttributionState::kRejected || attribution.withdrawn) return;
  attribution.withdrawn = act;
  attribution.state = AttributionState::kWithdrawn;
}

}  // namespace

std::string_view attribution_state_name(AttributionState state) {
  return kStates[static_cast<std::size_t>(state)];
}

std::vector<Attribution> attributions_of(const Case& c) {
  std::vector<Attribution> all;
  const auto about = [&all](std::int64_t statement) -> Attribution* {
    const auto found = std::ranges::find_if(
        all, [statement](const Attribution& one) { return one.stated.index == statement; });
    return found == all.end() ? nullptr : &*found;
  };
  for (const RecordedAct& act : c.acts) {
    const ActBody& body = act.act.act.body;
    if (std::holds_alternative<AttributionStated>(body)) {
      all.push_back({act, std::nullopt, std::nullopt, AttributionState::kProposed});
    }
    if (const auto* const opinion = std::get_if<AttributionApproved>(&body)) {
      if (Attribution* const one = about(opinion->statement)) take_opinion(*one, act);
    }
    if (const auto* const withdrawn = std::get_if<AttributionWithdrawn>(&body)) {
      if (Attribution* const one = about(withdrawn->statement)) take_withdrawal(*one, act);
    }
  }
  return all;
}

const RecordedAct* Conclusion::released_to(std::string_view kind) const {
  const auto found = std::ranges::find_if(released, [kind](const RecordedAct& act) {
    return std::get<ConclusionReleased>(act.act.act.body).kind == kind;
  });
  return found == released.end() ? nullptr : &*found;
}

std::optional<Conclusion> conclusion_of(const Case& c) {
  std::optional<Conclusion> last;
  for (const RecordedAct& act : c.acts) {
    const ActBody& body = act.act.act.body;
    if (std::holds_alternative<ConclusionStated>(body)) last = Conclusion{act, {}};
    const auto* const released = std::get_if<ConclusionReleased>(&body);
    if (released == nullptr || !last || released->conclusion != last->stated.index) continue;
    if (last->released_to(released->kind) == nullptr) last->released.push_back(act);
  }
  return last;
}

bool is_privileged(const Act& act) {
  const auto* const comment = std::get_if<Commented>(&act.body);
  const auto* const exhibit = std::get_if<Exhibit>(&act.body);
  return (comment != nullptr && comment->privileged) ||
         (exhibit != nullptr && exhibit->privileged) ||
         std::holds_alternative<ConclusionStated>(act.body) ||
         std::holds_alternative<ConclusionReleased>(act.body);
}

}  // namespace tidewaiter
