#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "policies/language/load.h"
#include "policies/language/policy.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// What a configured source gives, as far as its configuration says.
struct SourceSupply {
  std::string name;
  RecordKind record = RecordKind::kUsage;
  std::optional<std::set<FieldId>> fields;  ///< absent: not known
  Duration settles;                         ///< how long its figures may still change
  std::optional<Duration> bucket;           ///< how long each record is; absent: not known
  std::string names_of = {};                ///< the source whose accounts it names; empty: its own
  bool counts_requests = true;              ///< no: `requests` is 0 in each of its records
  /// It has records for policies that compare `source` with its name, and nothing to say to others.
  bool by_name = false;
};

/// Gives the text of a fixture that a test in a file names, or why it cannot be had.
using FixtureText =
    std::function<Result<std::string>(const std::string& file, const std::string& fixture)>;

/// What is looked at, and what it is held against.
struct LintRequest {
  std::span<const PolicyText> texts;
  UtcTime as_of;                               ///< when an exemption counts as expired
  std::span<const SourceSupply> sources = {};  ///< empty: nothing is known of sources
  std::span<const PolicyText> base = {};       ///< the former version; empty: there is none
  /// The rest of their set: read with the texts, and neither looked at nor told of.
  std::span<const PolicyText> around = {};
  FixtureText fixtures = {};  ///< empty: fixtures are not looked at
};

/// Reads policies and looks for what is doubtful beyond what the reader refuses: the codes of
/// lint_codes(). All errors and warnings, in the order of the texts and then by place. Warnings
/// that a comment `# lint: allow CODE reason` above their line allows are left out. Policies with
/// an error of the reader are not looked at further. Pure but for `fixtures`. Time: about that of
/// reading the texts twice; the search for contradictions is bounded for each policy, and says
/// nothing where the bound is reached.
[[nodiscard]] LoadOutcome lint_policies(const LintRequest& request);

}  // namespace tidewaiter
