#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "policies/engine/test_log.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// How often a part of a policy was decided each way while its tests ran: by record for what is
/// asked of records, by window for what is asked of windows.
struct CoveredPart {
  enum class Kind : std::uint8_t {
    kSelection,  ///< a named selection, by record
    kItem,       ///< one comparison in a selection, by record
    kBranch,     ///< what `condition` joins by and, or, not, by record
    kExemption,  ///< `where` of one, by record before its `until`
    kWhere,      ///< of a measure, by record
    kMeasure,    ///< `yes`: windows in which it has a certain input. It cannot be `no`
    kClause,     ///< of `report_when`: what it joins, and itself, by window
  };
  Kind kind = Kind::kSelection;
  std::string name;  ///< "selection bulk", "exempt[0]", "report_when"
  std::string text;  ///< canonical
  SourceSpan span;
  std::int64_t yes = 0;
  std::int64_t no = 0;
  std::int64_t unknown = 0;

  /// Outcomes that tests should show: true and false, of a measure a value. Unknown is counted, and
  /// not asked for: much cannot be unknown.
  [[nodiscard]] int wanted() const { return kind == Kind::kMeasure ? 1 : 2; }
  [[nodiscard]] int reached() const {
    const int no_reached = kind != Kind::kMeasure && no > 0 ? 1 : 0;
    return (yes > 0 ? 1 : 0) + no_reached;
  }
};

struct TestCoverage {
  std::string policy;
  std::vector<CoveredPart> parts;  ///< in the order of the policy's parts
  std::int64_t reached = 0;        ///< outcomes, of all parts
  std::int64_t wanted = 0;
};

/// Runs each log through the policy and counts. Windows are looked at as they stand at a log's end.
/// Pure.
[[nodiscard]] TestCoverage measure_test_coverage(const Policy& policy,
                                                 std::span<const TestLog> logs);

}  // namespace tidewaiter
