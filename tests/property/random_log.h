#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "policies/language/policy.h"
#include "policies/model/log.h"
#include "tests/property/random.h"

namespace tidewaiter {

/// A log as it was written: with what retention drops later on.
struct RandomLog {
  std::vector<LogEntry> entries;  ///< by sequence number, from 1 without gaps
  std::map<std::int64_t, std::shared_ptr<const PolicySet>> activations;  ///< by sequence number

  /// The last RecordsDropped entry up to `head`: its sequence number, or 0.
  [[nodiscard]] std::int64_t last_drop(std::int64_t head) const;
  [[nodiscard]] std::optional<UtcTime> dropped_before(std::int64_t head) const;
  /// What is stored of the entries up to `last` when the log has grown to `head`.
  [[nodiscard]] std::vector<LogEntry> stored(std::int64_t head, std::int64_t last) const;
};

struct LogShape {
  std::int64_t least = 10;  ///< entries
  std::int64_t most = 90;
  bool rare = false;        ///< for PolicyShape::rare
  bool drops = false;       ///< with RecordsDropped entries
  bool extreme = false;     ///< with values near the ends of int64 and double
  bool statistics = false;  ///< for PolicyShape::statistics
  bool calendars = false;   ///< for PolicyShape::calendars
  bool steps = false;       ///< for PolicyShape::steps
  bool many = false;        ///< for PolicyShape::many
  bool repeats = false;     ///< for PolicyShape::repeats
  bool sessions = false;    ///< for PolicyShape::sessions
  bool parties = false;     ///< for PolicyShape::parties
  bool histories = false;   ///< for PolicyShape::histories, with more accounts
  bool clusters = false;    ///< for PolicyShape::clusters, with more that accounts have in common
  /// For PolicyShape::correlations.
  bool correlations = false;
  bool dated_bases = false;  ///< for PolicyShape::dated_bases
  bool findings = false;     ///< for PolicyShape::findings
};

[[nodiscard]] RandomLog random_log(Random& random, const LogShape& shape);

/// A log that begins with the activation of its one set.
struct OneSetLog {
  std::shared_ptr<const PolicySet> set;
  std::vector<LogEntry> entries;
};

[[nodiscard]] OneSetLog one_set_log(Random& random, const LogShape& shape);

}  // namespace tidewaiter
