#include "policies/sigma/head_policy.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "policies/language/document_header.h"
#include "policies/language/expression_types.h"
#include "policies/language/text_match.h"
#include "policies/model/ascii.h"
#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

Severity severity_of(const std::string& level) {
  constexpr std::array<std::pair<std::string_view, Severity>, 3> kSeverities = {
      {{"critical", Severity::kCritical},
       {"high", Severity::kHigh},
       {"medium", Severity::kMedium}}};
  for (const auto& [word, severity] : kSeverities) {
    if (word == level) return severity;
  }
  return Severity::kLow;
}

bool is_given_up(const std::string& status) {
  return status == "deprecated" || status == "unsupported";
}

}  // namespace

std::string policy_id_of(const SigmaHead& head) {
  constexpr std::size_t kMost = 100;
  std::string name = ascii_lower(!head.id.empty()     ? head.id
                                 : !head.name.empty() ? head.name
                                                      : head.title);
  if (head.id.empty() && head.name.empty()) {
    std::ranges::replace_if(
        name, [](char c) { return !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'); }, '-');
    name.resize(std::min(name.size(), kMost));
  }
  return rule_policy_id(name);
}

std::string rule_policy_id(std::string_view rule) { return "sigma." + ascii_lower(rule); }

Policy policy_of(const SigmaHead& head) {
  Policy policy;
  policy.id = policy_id_of(head);
  policy.title = head.title;
  policy.status = is_given_up(head.status) ? PolicyStatus::kRetired : PolicyStatus::kActive;
  policy.basis.push_back({"control", "Sigma rule: " + head.title});
  policy.severity = severity_of(head.level);
  policy.description = head.description;
  policy.false_positives = head.false_positives;
  policy.references = head.references;
  policy.references.insert(policy.references.end(), head.tags.begin(), head.tags.end());
  policy.span = head.begin;
  return policy;
}

void report_any(Policy& policy, Measure measure) {
  measure.span = policy.span;
  Expr figure;
  figure.op = ExprOp::kMeasure;
  figure.type = measure.type;
  policy.report_when.op = ExprOp::kGe;
  policy.report_when.args = {std::move(figure), make_literal(measure.type, std::int64_t{1}, {})};
  policy.measures.push_back(std::move(measure));
}

bool is_policy_id(const Policy& policy, const SigmaHead& head, DocumentReader& reader) {
  if (is_document_id(policy.id)) return true;
  reader.error(head.span, kSigmaId, in_backticks(policy.id) + " cannot be the id of a policy",
               "give it an `id` of letters, digits, `.`, `-` and `_`, such as a UUID");
  return false;
}

}  // namespace tidewaiter
