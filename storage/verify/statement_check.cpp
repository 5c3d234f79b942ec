#include "storage/verify/statement_check.h"

#include <algorithm>
#include <variant>

#include "storage/verify/plain_text.h"

namespace tidewaiter {
namespace {

std::string entry_words(std::int64_t entry) { return "entry " + std::to_string(entry); }

}  // namespace

std::optional<std::string> StatementCheck::add(std::int64_t index, const SignedAct& act,
                                               const StepOrder& steps) {
  const std::string& id = act.act.case_id;
  const ActBody& body = act.act.body;
  if (std::holds_alternative<Exhibit>(body)) cases_[id][index] = {Kind::kExhibit, act.signer, {}};
  if (std::holds_alternative<ConclusionStated>(body)) {
    cases_[id][index] = {Kind::kConclusion, act.signer, {}};
  }
  if (const auto* const merged = std::get_if<Merged>(&body)) unite(id, merged->into);
  if (const auto* const split = std::get_if<CaseSplit>(&body)) give_exhibits(id, split->into);
  if (const auto* const stated = std::get_if<AttributionStated>(&body)) {
    auto why = judge_basis(id, *stated, steps);
    cases_[id][index] = {Kind::kAttribution, act.signer, Standing::kWaits};
    return why;
  }
  if (const auto* const opinion = std::get_if<AttributionApproved>(&body)) {
    return judge_opinion(act, *opinion);
  }
  if (const auto* const withdrawn = std::get_if<AttributionWithdrawn>(&body)) {
    return judge_withdrawal(id, *withdrawn);
  }
  const auto* const released = std::get_if<ConclusionReleased>(&body);
  if (released == nullptr || held(id, released->conclusion, Kind::kConclusion) != nullptr) {
    return std::nullopt;
  }
  return entry_words(released->conclusion) +
         ", which it releases, is no legal conclusion about this case before it";
}

void StatementCheck::give_exhibits(const std::string& from, const std::string& to) {
  const auto own = cases_.find(from);
  if (own == cases_.end() || from == to) return;
  std::map<std::int64_t, Held>& others = cases_[to];
  for (const auto& [entry, one] : own->second) {
    if (one.kind == Kind::kExhibit) others.emplace(entry, one);
  }
}

void StatementCheck::unite(const std::string& from, const std::string& to) {
  for (const std::string& id : {from, to}) {
    std::erase_if(cases_[id], [](const auto& one) { return one.second.kind != Kind::kExhibit; });
  }
  give_exhibits(from, to);
}

StatementCheck::Held* StatementCheck::held(const std::string& case_id, std::int64_t entry,
                                           Kind kind) {
  const auto its = cases_.find(case_id);
  if (its == cases_.end()) return nullptr;
  const auto found = its->second.find(entry);
  return found != its->second.end() && found->second.kind == kind ? &found->second : nullptr;
}

std::optional<std::string> StatementCheck::judge_basis(const std::string& case_id,
                                                       const AttributionStated& stated,
                                                       const StepOrder& steps) {
  for (const std::string& finding : stated.findings) {
    if (steps.has_opened(finding)) continue;
    return "no entry before it opened the finding `" + plain_text(finding) +
           "` on which it says that it rests";
  }
  for (const std::int64_t exhibit : stated.exhibits) {
    if (held(case_id, exhibit, Kind::kExhibit) != nullptr) continue;
    return entry_words(exhibit) +
           ", on which it says that it rests, is no exhibit of this case before it";
  }
  return std::nullopt;
}

std::optional<std::string> StatementCheck::judge_opinion(const SignedAct& act,
                                                         const AttributionApproved& opinion) {
  Held* const about = held(act.act.case_id, opinion.statement, Kind::kAttribution);
  if (about == nullptr) {
    return entry_words(opinion.statement) +
           ", about which it is, does not state who is behind this case";
  }
  if (same_signer(about->signer, act.signer)) return "its signer stated what it is about";
  if (about->standing != Standing::kWaits) {
    return "the statement about which it is was approved, rejected or withdrawn";
  }
  about->standing = opinion.approves ? Standing::kApproved : Standing::kEnded;
  return std::nullopt;
}

std::optional<std::string> StatementCheck::judge_withdrawal(const std::string& case_id,
                                                            const AttributionWithdrawn& withdrawn) {
  Held* const about = held(case_id, withdrawn.statement, Kind::kAttribution);
  if (about == nullptr || about->standing == Standing::kEnded) {
    return entry_words(withdrawn.statement) +
           ", which it withdraws, is no statement of who is behind this case that waits or holds";
  }
  about->standing = Standing::kEnded;
  return std::nullopt;
}

}  // namespace tidewaiter
