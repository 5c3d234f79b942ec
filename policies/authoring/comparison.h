#pragma once

#include <span>
#include <string>
#include <vector>

#include "policies/authoring/policy_parts.h"
#include "policies/authoring/settled_set.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// A part of the meaning that two versions of a policy have differently. Empty where one lacks it.
struct PartChange {
  std::string name;
  std::string before;
  std::string after;
};

/// What changed in meaning, part by part, in the policy's order, then what changed in the lists
/// that it looks into, as parts "list NAME"; empty if the hashes are equal. A change that no part
/// shows is told as the part "meaning", with the hashes.
[[nodiscard]] std::vector<PartChange> compare_meaning(const Policy& before, const Policy& after);

/// What became of one subject between two versions over the same history.
struct SubjectChange {
  enum class Kind : std::uint8_t { kGained, kLost, kChanged };
  Kind kind = Kind::kGained;
  std::string subject;
  std::vector<SettledFinding> before;  ///< its findings that the other version has not just so
  std::vector<SettledFinding> after;
};

struct FindingsComparison {
  std::vector<SubjectChange> changes;  ///< gained, then lost, then changed; each by subject
  std::int64_t unchanged = 0;          ///< subjects with the same findings under both
};

/// Compares the findings that two versions of one policy left. Findings are the same if subject,
/// run and figures are; of findings whose runs go on, if subject and start of the run are.
[[nodiscard]] FindingsComparison compare_settled(std::span<const SettledFinding> before,
                                                 std::span<const SettledFinding> after);

}  // namespace tidewaiter
