#include "storage/verify/act_check.h"

#include <variant>

#include "storage/ledger/act.h"

namespace tidewaiter {
void ActCheck::add(std::int64_t index, const ReadEntry& entry, const std::string& origin) {
  if (!is_act_type(entry.type)) return;
  const std::string name = "entry " + std::to_string(index);
  const Result<SignedAct> act = read_act(entry.type, entry.document, origin);
  if (!act) {
    problems_.add(VerifyFailure::kEntry, index, name + ": " + act.error().message);
    return;
  }
  if (auto holds = check_act_signature(*act); !holds) {
    problems_.add(VerifyFailure::kSignature, index, name + ": " + holds.error().message);
  }
  if (std::holds_alternative<Decided>(act->act.body)) deciders_[index] = act->signer;
  const auto* const second = std::get_if<SecondOpinion>(&act->act.body);
  if (second == nullptr) return;
  const auto decider = deciders_.find(second->decision);
  if (decider == deciders_.end()) {
    problems_.add(VerifyFailure::kEntry, index,
                  name + ": entry " + std::to_string(second->decision) +
                      ", about which it is, is no decision before it");
  } else if (same_signer(decider->second, act->signer)) {
    problems_.add(VerifyFailure::kEntry, index,
                  name + ": its signer made the decision about which it is");
  }
}

}  // namespace tidewaiter
