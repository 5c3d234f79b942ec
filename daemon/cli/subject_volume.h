#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "daemon/cli/volume_chart.h"
#include "policies/language/policy.h"
#include "policies/model/finding.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// A subject's requests over time, counted from the record log.
struct SubjectVolume {
  VolumeChart chart;
  bool complete = true;  ///< false: the log is longer than what was read
};

/// The subject that a record would belong to, or nothing if it lacks one of the fields; the cluster
/// that its account would be if nothing linked it.
[[nodiscard]] std::optional<Subject> subject_of(const Record& record,
                                                const std::vector<FieldId>& for_each);

/// Reads up to `most_entries` entries from the log's start and gives each record: with 1, and the
/// version that it replaces with -1. Of one of `policy.reads` also whose it is, of a cluster by
/// what links its accounts at the end of what was read, and how many accounts that cluster has
/// then, also those without a record; 0 where it is of no cluster. Gives whether that was the whole
/// log. Errors: those of the log.
using TakeOfSubject =
    std::function<void(const Record& record, std::int64_t sign, const std::optional<Subject>& whose,
                       std::int64_t accounts)>;
[[nodiscard]] Result<bool> read_subjects(const RecordLog& records, const Policy& policy,
                                         std::int64_t most_entries, const TakeOfSubject& take);

/// Reads up to `most_entries` entries from the log's start and gives each record of `policy.reads`:
/// with 1, and the version that it replaces with -1; and whether its subject has the text
/// `subject`, of a cluster whether its account belongs to it at the end of what was read. Gives
/// whether that was the whole log. Errors: those of the log.
using TakeRecord = std::function<void(const Record& record, std::int64_t sign, bool belongs)>;
[[nodiscard]] Result<bool> read_subject(const RecordLog& records, const Policy& policy,
                                        const std::string& subject, std::int64_t most_entries,
                                        const TakeRecord& take);

/// Adds a record of `policy.reads` to the subject's volume, if it is whose text is `subject`.
void add_to_volume(SubjectVolume& volume, const Policy& policy, const std::string& subject,
                   const Record& record, std::int64_t sign, const std::optional<Subject>& whose);

/// Reads up to `most_entries` entries from the log's start and sums `requests` of the records of
/// `policy.reads` whose subject has the text `subject`, over `span` cut into at most `slots` slots.
/// The newest version of a revised record counts; of a cluster the records of all accounts that
/// belong to it at the end of what was read.
[[nodiscard]] Result<SubjectVolume> subject_volume(const RecordLog& records, const Policy& policy,
                                                   const std::string& subject, Interval span,
                                                   std::size_t slots, std::int64_t most_entries);

}  // namespace tidewaiter
