#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "policies/engine/test_log.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// A policy that means something a little else than the one that was written.
struct Mutant {
  Policy policy;
  std::string what;    ///< "boundary moved", "part dropped", "longer window"
  SourceSpan span;     ///< where in the original
  std::string before;  ///< the changed part as canonical text
  std::string after;   ///< empty: dropped
};

struct MutantSet {
  std::vector<Mutant> mutants;  ///< each of another meaning, in the order of the policy's parts
  std::int64_t equivalent = 0;  ///< left out: they mean what the policy means (canonical_meaning())
};

/// Every single change of meaning by these rules, each apart:
///   literals      numbers, durations and money a tenth (at least one unit) more, and less
///   comparisons   boundary moved (`>` and `>=`, `<` and `<=`), turned round, `==` and `!=`
///   joints        `and` and `or`, a part dropped, `not` dropped, a condition negated
///   lists         a value dropped
///   measures      another aggregate, the `where` dropped
///   exemptions    one dropped, its end a day off
///   window        twice and half the length, another `every`
///   wait_for_late none and twice as long, where it is written
///   in_force      the policy's and each basis': a date a day off, one of several intervals dropped
///   for_each      a field dropped; a single one replaced by `source`; `cluster` by `account`
[[nodiscard]] MutantSet make_mutants(const Policy& policy);

/// What a policy's tests notice.
struct MutationReport {
  std::string policy;
  std::int64_t mutants = 0;
  std::int64_t noticed = 0;  ///< a test failed
  std::int64_t equivalent = 0;
  std::vector<Mutant> survivors;  ///< no test failed
  bool interrupted = false;       ///< stopped on request: counts are of what was run
};

/// Runs the policy's tests on each mutant; one that fails is enough. `logs` are those of the
/// policy's tests, in their order, and the tests pass on the policy itself. `go_on` is asked before
/// each mutant with how many are done and how many there are.
[[nodiscard]] MutationReport run_mutants(
    const Policy& policy, std::span<const TestLog> logs,
    const std::function<bool(std::int64_t, std::int64_t)>& go_on);

}  // namespace tidewaiter
