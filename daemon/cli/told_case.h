#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/app/acts.h"
#include "daemon/cli/case_links.h"
#include "daemon/cli/case_text.h"
#include "daemon/cli/finding_hits.h"
#include "daemon/cli/report_standing.h"
#include "daemon/cli/stated_policy.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/subject_peers.h"
#include "daemon/cli/subject_volume.h"
#include "daemon/pipeline/coverage_json.h"
#include "daemon/report/usual_usage.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

/// So many entries of the record log are read for the subject's usage.
inline constexpr std::int64_t kCaseChartEntries = 500'000;

/// A policy that a case has findings of.
struct PolicyHere {
  std::string id;
  FindingState last;  ///< its last finding, under whose version it is told
  StatedPolicy stated;
  std::optional<PolicyCoverage> coverage;
  FindingHits hits;  ///< of that finding
};

/// An act with what no outsider reads of it.
struct ToldAct {
  RecordedAct act;
  std::optional<Confidential> content;
  bool sealed = false;    ///< it has confidential parts, which are not here any more
  bool withheld = false;  ///< counsel's, and nobody has said who looks
};

/// A case with all that explains it.
struct ToldCase {
  const Case* standing = nullptr;
  std::vector<PolicyHere> policies;
  std::vector<ToldAct> acts;
  std::vector<std::string> words;    ///< of a lead: whom it names, as it does
  std::vector<const Case*> named;    ///< of a lead: cases of subjects that it names
  std::vector<std::string> unknown;  ///< of a lead: subjects that have no case
  std::optional<SubjectVolume> volume;
  std::optional<SubjectPeers> peers;  ///< by the same policy as `volume`
  std::optional<UsualUsage> usual;    ///< by the same
  std::optional<CaseLinks> links;     ///< of a cluster; never what viewers are shown
  std::vector<LogEntry> evidence;
  std::int64_t evidence_gone = 0;
  std::optional<Error> damage;  ///< why stored records could not be read
  const CaseBook* book = nullptr;
  std::optional<ReportsAtHand> reports;
  std::optional<Case> masked;       ///< in the place of the book's: personal fields are withheld
  std::size_t unknown_unnamed = 0;  ///< subjects that a lead names, withheld

  [[nodiscard]] CaseClocks clocks() const { return {*book, reports->reports}; }
};

/// From the first of the case's findings to the end of the last. It has one.
[[nodiscard]] Interval span_of(const Case& c);

/// Reads all that is told of a case; with `evidence` the records that its findings name, and what
/// counsel has marked as privileged. `book`, which the case is of, outlives what is told. What of
/// stored records cannot be read is `damage` and hides nothing else. Errors: those of the ledger,
/// of the files of acts and of the policies' texts.
[[nodiscard]] Result<ToldCase> tell_case(const Stores& stores, const CaseBook& book, const Case& c,
                                         bool evidence);

/// Takes out what viewers are not shown. All that rests on it was read before.
void mask_case(ToldCase& told);

}  // namespace tidewaiter
