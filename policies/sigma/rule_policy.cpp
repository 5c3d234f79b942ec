#include "policies/sigma/rule_policy.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "policies/language/expression_types.h"
#include "policies/language/single_records.h"
#include "policies/sigma/detection_expression.h"
#include "policies/sigma/head_policy.h"
#include "policies/sigma/source_binding.h"

namespace tidewaiter {
namespace {

/// As for policies about single records: docs/policy-language.md.
constexpr Window kSingleRecords{kHour, kHour, Duration{7 * kDay.us}};

/// The sources of one kind of record that share a subject make one policy.
using Groups = std::map<std::pair<RecordKind, std::vector<FieldId>>, std::vector<std::size_t>>;

/// The rule's condition through any of the sources; false after an error.
bool add_condition(const SigmaRule& rule, std::span<const SigmaSource> sources,
                   const std::vector<std::size_t>& members, DocumentReader& reader,
                   Policy& policy) {
  std::vector<Expr> any;
  for (const std::size_t s : members) {
    std::optional<Expr> whole = rule_expression(rule, sources[s], reader);
    if (!whole) return false;
    any.push_back(*std::move(whole));
    if (members.size() > 1) continue;  // through each source a selection is another
    for (const SigmaSelection& one : rule.detection.selections) {
      policy.selections.emplace_back(one.name, selection_expression(one, sources[s], reader));
    }
  }
  policy.condition = *build_logical(ExprOp::kOr, std::move(any));
  return true;
}

}  // namespace

std::vector<Policy> policies_of(const SigmaRule& rule, std::span<const SigmaSource> sources,
                                DocumentReader& reader) {
  const SigmaBinding binding = bind_sigma(rule, sources);
  Groups groups;
  for (const std::size_t s : binding.sources) {
    if (sources[s].reads) groups[{*sources[s].reads, sources[s].for_each}].push_back(s);
  }
  if (groups.empty()) {
    tell_unbound(rule, binding.missing, "a `logsource_mapping` document of the set", reader);
    return {};
  }
  Policy common = policy_of(rule.head);
  common.window = kSingleRecords;
  report_any(common, count_of_records({}));
  std::vector<Policy> policies;
  for (const auto& [key, members] : groups) {
    Policy policy = common;
    policy.reads = key.first;
    policy.for_each = key.second;
    policy.kind = policy.reads == RecordKind::kAudit ? "control-failure" : "access";
    if (groups.size() > 1) {
      policy.id += "." + std::string(kind_name(policy.reads));
      for (const FieldId id : policy.for_each) policy.id += "." + std::string(field(id).name);
    }
    if (!is_policy_id(policy, rule.head, reader)) return {};
    if (!add_condition(rule, sources, members, reader, policy)) return {};
    policies.push_back(std::move(policy));
  }
  return policies;
}

}  // namespace tidewaiter
