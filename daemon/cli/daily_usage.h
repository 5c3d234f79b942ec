#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/cli/subject_peers.h"
#include "daemon/report/usual_usage.h"
#include "policies/language/policy.h"
#include "policies/model/finding.h"
#include "policies/model/record.h"
#include "storage/records/record_log.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

/// Counts what each subject did by UTC day. Takes the records of the log in its order; one that
/// was replaced is taken back with the sign -1. Memory: a cell for each subject and day of which
/// a record is stored.
class DailyCounter {
 public:
  explicit DailyCounter(const Policy& policy) : reads_(policy.reads) {}

  /// `whose`: the subject that a record of the policy's kind belongs to.
  void take(const Record& record, std::int64_t sign, const std::optional<Subject>& whose);

  /// The subject's days, and those of its peers; nothing of them where there are fewer than
  /// kFewestPeers. `sources` says what each has told of.
  [[nodiscard]] CountedUsage counted(const std::string& subject, const PeerCounter::Alike& peers,
                                     const std::vector<SourceState>& sources) const;

 private:
  struct Counted {
    CountedSubject subject;
    std::set<std::string> sources;  ///< that its records are from
  };

  [[nodiscard]] CountedSubject told(const std::string& subject,
                                    const std::vector<SourceState>& sources) const;

  RecordKind reads_;
  std::map<std::string, Counted> counted_;  // by the subject's text
};

/// What is usual for the subject of a case, of the records that `policy` reads: of usage tokens,
/// too. Nothing for a case without findings, of an erased subject, or where no record of the
/// subject is stored. Reads up to `most_entries` entries from
/// the log's start. Errors: those of the log.
[[nodiscard]] Result<std::optional<UsualUsage>> usual_of_case(const RecordLog& records,
                                                              const Policy& policy, const Case& c,
                                                              std::int64_t most_entries);

/// The same of what has been counted, for the subject of the case and while its findings stand.
/// REQUIRES: the case has a subject, and findings.
[[nodiscard]] Result<std::optional<UsualUsage>> usual_of_counts(const RecordLog& records,
                                                                const Case& c,
                                                                const DailyCounter& days,
                                                                const PeerCounter& peers,
                                                                bool complete);

}  // namespace tidewaiter
