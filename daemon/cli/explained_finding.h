#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/finding_hits.h"
#include "daemon/cli/stated_policy.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/subject_volume.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

/// So many entries of the record log are read for the subject's usage.
inline constexpr std::int64_t kFindingChartEntries = 500'000;

/// A finding with what could be found to explain it.
struct ExplainedFinding {
  FindingState finding;
  StatedPolicy policy;
  std::vector<LogEntry> evidence;
  std::int64_t evidence_gone = 0;       ///< named, but no longer stored
  std::optional<SubjectVolume> volume;  ///< nothing where the policy's text is not known
  std::optional<Error> damage;          ///< why stored records could not be read
  std::vector<FindingState> findings;   ///< in the place of records
  FindingHits hits;
  std::vector<std::string> cleared;  ///< what clearances say of these, each once
  Case its_case;
  bool masked = false;  ///< personal fields are withheld
};

/// Reads all that is told of a finding. What of stored records cannot be read is `damage` and hides
/// nothing that the ledger says. Errors: those of the ledger, of the files of acts and of the
/// policy's text.
[[nodiscard]] Result<ExplainedFinding> explained_finding(const Stores& stores,
                                                         FindingState finding);

/// Takes out what viewers are not shown. All that rests on it was read before.
void mask_finding(ExplainedFinding& e);

}  // namespace tidewaiter
