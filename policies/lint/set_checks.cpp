#include "policies/lint/set_checks.h"

#include <algorithm>
#include <map>
#include <string>

#include "policies/language/policy_hash.h"

namespace tidewaiter {
namespace {

/// The hash of what a policy means, whatever it is called and whichever version it is.
Digest meaning_of(Policy policy, bool with_name) {
  policy.version = 1;
  if (!with_name) {
    policy.id.clear();
    policy.status = PolicyStatus::kDraft;
    policy.kind.clear();
    policy.basis.clear();
    policy.severity = Severity::kLow;
  }
  return policy_hash(policy);
}

std::string place_of(const Policy& policy) {
  return policy.span.file + ":" + std::to_string(policy.span.line);
}

}  // namespace

void check_set(const PolicySet& set, const WithPolicy& with) {
  std::map<std::string, const Policy*> meanings;
  std::map<std::string, const Policy*> titles;
  for (const Policy& policy : set.policies) {
    if (policy.status == PolicyStatus::kRetired) continue;
    const auto [same, fresh] = meanings.emplace(to_hex(meaning_of(policy, false)), &policy);
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
      } else if (policy.version == former->version &&
                 meaning_of(policy, true) != meaning_of(*former, true)) {
        report.error(linted.place("version"), kVersionNotRaised,
                     "the policy means something else than the former version " + old_version,
                     "write `version: " + std::to_string(former->version + 1) + "`");
      }
    });
  }
}

}  // namespace tidewaiter
