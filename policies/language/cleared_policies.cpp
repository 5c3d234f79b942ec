#include "policies/language/cleared_policies.h"

#include <utility>
#include <vector>

#include "policies/language/party_shape.h"
#include "policies/language/policy_hash.h"
#include "policies/language/value_list.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kWhyCleared =
    "people have said that the account's names are not those of the listed parties that they hit";

/// The check of parties that a policy asks about its records; it has one at most.
std::shared_ptr<const PartyCheck> party_check_in(const Expr& expr) {
  if (expr.op == ExprOp::kPartyCheck) return expr.check;
  for (const Expr& arg : expr.args) {
    if (auto found = party_check_in(arg)) return found;
  }
  return nullptr;
}

void clear(Policy& policy, std::vector<NameClearance> clearances) {
  std::shared_ptr<const Screening> screening = screening_of(policy);
  if (screening == nullptr) return;
  const auto cleared =
      std::make_shared<const ClearedNames>(std::move(screening), std::move(clearances));
  Exemption exemption;
  exemption.where = party_shape(whether_cleared(cleared), {}, policy.condition.span).check;
  exemption.until = kAlways.to;
  exemption.approved_by = "clearances in the ledger";
  exemption.reason = kWhyCleared;
  exemption.id = kClearances;
  policy.exempt.push_back(std::move(exemption));
  for (Measure& measure : policy.measures) {
    if (!measure.argument || measure.argument->op != ExprOp::kPartyFigure) continue;
    measure.argument =
        party_shape(screening_of_rest(cleared), measure.name, measure.span).figure.argument;
  }
  policy.hash = policy_hash(policy);
}

}  // namespace

std::shared_ptr<const Screening> screening_of(const Policy& policy) {
  return std::dynamic_pointer_cast<const Screening>(party_check_in(policy.condition));
}

std::shared_ptr<const ClearedNames> cleared_names_of(const Policy& policy) {
  for (const Exemption& exemption : policy.exempt) {
    if (exemption.where.op != ExprOp::kPartyCheck) continue;
    if (auto cleared = asked_about(*exemption.where.check)) return cleared;
  }
  return nullptr;
}

void apply_clearances(PolicySet& set, std::span<const ListDocument> lists,
                      std::span<const PolicyClearance> clearances) {
  bool changed = false;
  for (Policy& policy : set.policies) {
    std::vector<NameClearance> here;
    for (const PolicyClearance& one : clearances) {
      if (one.policy == policy.id && one.version == policy.version) here.push_back(one.cleared);
    }
    if (here.empty()) continue;
    clear(policy, std::move(here));
    changed = true;
  }
  if (changed) set.hash = set_hash(set, lists);
}

}  // namespace tidewaiter
