#include "storage/review/case_statements.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <variant>

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 5> kStates{"proposed", "approved", "rejected", "withdrawn",
                                                  "lapsed"};

/// Whether an act states something about the case as it is now.
bool speaks_of(const Case& c, const RecordedAct& stated) {
  return stated.act.act.case_id == c.id && stated.index > c.united_at;
}

void lapse_unless_of(const Case& c, Attribution& attribution) {
  const bool stood = attribution.state == AttributionState::kProposed ||
                     attribution.state == AttributionState::kHolds;
  if (stood && !speaks_of(c, attribution.stated)) attribution.state = AttributionState::kLapsed;
}

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
  const auto about = [&all](std::int64_t statement, const RecordedAct& act) -> Attribution* {
    const auto found = std::ranges::find_if(all, [&](const Attribution& one) {
      return one.stated.index == statement && one.about() == act.act.act.case_id;
    });
    return found == all.end() ? nullptr : &*found;
  };
  for (const RecordedAct& act : c.acts) {
    const ActBody& body = act.act.act.body;
    if (std::holds_alternative<AttributionStated>(body)) {
      all.push_back({act, std::nullopt, std::nullopt, AttributionState::kProposed});
    }
    if (const auto* const opinion = std::get_if<AttributionApproved>(&body)) {
      if (Attribution* const one = about(opinion->statement, act)) take_opinion(*one, act);
    }
    if (const auto* const withdrawn = std::get_if<AttributionWithdrawn>(&body)) {
      if (Attribution* const one = about(withdrawn->statement, act)) take_withdrawal(*one, act);
    }
  }
  for (Attribution& one : all) lapse_unless_of(c, one);
  return all;
}

bool rests_on_something(const AttributionStated& stated, const Case& c) {
  return !stated.exhibits.empty() ||
         std::ranges::any_of(stated.findings, [&c](const std::string& id) {
           const FindingState* const found = c.finding(id);
           return found != nullptr && found->state != StepKind::kWithdrawn;
         });
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
    if (std::holds_alternative<ConclusionStated>(body)) {
      const bool speaks = speaks_of(c, act);
      if (speaks || !last || last->lapsed) last = Conclusion{act, {}, !speaks};
    }
    const auto* const released = std::get_if<ConclusionReleased>(&body);
    if (released == nullptr || !last || released->conclusion != last->stated.index) continue;
    if (last->lapsed || act.act.act.case_id != c.id) continue;
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
