#include "policies/lint/set_checks.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "policies/language/expression_literal.h"
#include "policies/language/policy_hash.h"

namespace tidewaiter {
namespace {

/// The hash of what a policy looks for, whatever it is called and however it is told.
Digest search_of(Policy policy) {
  policy.id.clear();
  policy.kind.clear();
  policy.basis.clear();
  policy.severity = Severity::kLow;
  return meaning_hash(std::move(policy));
}

std::string place_of(const Policy& policy) {
  return policy.span.file + ":" + std::to_string(policy.span.line);
}

/// A field that findings have, whoever they are about.
bool is_of_every_finding(const Field& f) {
  return f.name.starts_with("finding.") || !can_be_subject(f.type) || f.name == "source" ||
         f.name == "requests";
}

/// The fields that name the subjects of a set's findings.
std::set<FieldId> subjects_of(const PolicySet& set) {
  std::set<FieldId> all;
  for (const Policy& policy : set.policies) {
    if (policy.status == PolicyStatus::kRetired || policy.reads == RecordKind::kFinding) continue;
    all.insert(policy.for_each.begin(), policy.for_each.end());
  }
  return all;
}

void tell_of_missing(const std::set<FieldId>& subjects, const Expr& expr, DocumentReader& report) {
  if (expr.op == ExprOp::kField && !is_of_every_finding(field(expr.index)) &&
      !subjects.contains(expr.index)) {
    report.warn(expr.span, kFieldOfNoSubject,
                "no policy has `" + std::string(field(expr.index).name) +
                    "` in its `for_each`: no finding has it",
                "a finding has the fields of its subject, and those that begin with `finding.`");
  }
  for (const Expr& arg : expr.args) tell_of_missing(subjects, arg, report);
}

void check_readers_of_findings(const PolicySet& set, const WithPolicy& with) {
  const std::set<FieldId> subjects = subjects_of(set);
  const bool any = std::ranges::any_of(set.policies, [](const Policy& policy) {
    return policy.status != PolicyStatus::kRetired && policy.reads != RecordKind::kFinding;
  });
  for (const Policy& policy : set.policies) {
    if (policy.reads != RecordKind::kFinding) continue;
    with(policy, [&](const LintedPolicy& linted, DocumentReader& report) {
      if (!any) {
        report.warn(linted.place("reads"), kNoFindingsToRead,
                    "no other policy here makes findings: this one has nothing to judge",
                    "check it together with the policies whose findings it reads");
        return;
      }
      for (const Expr* expr : record_expressions(policy)) tell_of_missing(subjects, *expr, report);
      for (const FieldId id : policy.for_each) {
        tell_of_missing(subjects, make_field(id, linted.place("for_each")), report);
      }
    });
  }
}

}  // namespace

void check_set(const PolicySet& set, const WithPolicy& with) {
  std::map<std::string, const Policy*> meanings;
  std::map<std::string, const Policy*> titles;
  for (const Policy& policy : set.policies) {
    if (policy.status == PolicyStatus::kRetired) continue;
    const auto [same, fresh] = meanings.emplace(to_hex(search_of(policy)), &policy);
    if (!fresh) {
      with(policy, [&first = *same->second](const LintedPolicy& linted, DocumentReader& report) {
        report.warn(linted.policy.span, kSameMeaning,
                    "the policy reports the same as `" + first.id + "` at " + place_of(first),
                    "keep one of them, with both bases");
      });
    }
    const auto [titled, fresh_title] = titles.emplace(policy.title, &policy);
    if (!fresh_title) {
      with(policy, [&first = *titled->second](const LintedPolicy& linted, DocumentReader& report) {
        report.warn(linted.place("title"), kSameTitle,
                    "policy `" + first.id + "` at " + place_of(first) + " has the same title",
                    "say in the title what is different: reviewers see it first");
      });
    }
  }
  check_readers_of_findings(set, with);
}

void check_versions(const PolicySet& set, const PolicySet& base, const WithPolicy& with) {
  for (const Policy& policy : set.policies) {
    const auto former = std::ranges::find(base.policies, policy.id, &Policy::id);
    if (former == base.policies.end()) continue;
    with(policy, [&](const LintedPolicy& linted, DocumentReader& report) {
      const std::string old_version = std::to_string(former->version);
      if (policy.version < former->version) {
        report.error(
            linted.place("version"), kVersionLowered,
            "version " + std::to_string(policy.version) + " comes after version " + old_version,
            "write `version: " + std::to_string(former->version + 1) + "`");
      } else if (needs_higher_version(policy, *former)) {
        report.error(linted.place("version"), kVersionNotRaised,
                     "the policy means something else than the former version " + old_version,
                     "write `version: " + std::to_string(former->version + 1) + "`");
      }
    });
  }
}

}  // namespace tidewaiter
