#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daemon/cli/act_submission.h"

namespace tidewaiter {

/// Counts that are told with what has become of an act, by a name of JSON: what was read in a file,
/// and what was passed over.
struct DeedCounts {
  std::string name;
  std::map<std::string, std::int64_t> counts;
};
/// "3 malware, 1 note"; "nothing" where there is none.
[[nodiscard]] std::string deed_counts_text(const std::map<std::string, std::int64_t>& counts);

/// A deed that has counts to be told.
struct CountedDeed {
  Deed deed;
  std::vector<DeedCounts> counts;
};
using MakeCountedDeed = std::function<Result<CountedDeed>()>;

/// As submit_act() for an act that makes a case of its own, `new_case`; a line, or a member of the
/// document, for each of the counts.
int submit_counted_act(Invocation& run, const ActOptions& options, const MakeCountedDeed& make,
                       const std::string& new_case);

}  // namespace tidewaiter
