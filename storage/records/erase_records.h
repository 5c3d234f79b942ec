#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>

#include "policies/model/error.h"
#include "policies/model/log.h"
#include "policies/model/subject_part.h"

namespace tidewaiter {

/// What a record log is asked to forget.
struct RecordErasure {
  SubjectPart part;
  std::int64_t request = 0;  ///< index of the ledger's entry that asks for it: it is done once
  LogOffset judged;          ///< where the ledger stands
};

/// What has become of the log.
struct ErasedRecords {
  std::string token;         ///< stands where the subject's id stood
  std::int64_t records = 0;  ///< entries that were changed
  std::string log_id;
  LogOffset judged_before;  ///< where the ledger stood
  LogOffset judged;         ///< the same place, with the running hash that the log has there now
};

/// Writes a subject's records anew, each under its sequence number: personal values that are the
/// subject's alone become opaque ones (personal_values.h), and so does the record's id, which is a
/// hash of some. Recomputes the running hash from the first of them on, and appends the note of it.
/// One transaction; asked again for the same request it answers as it did. The log is checked
/// before: what was changed by others is not made to fit. docs/records-format.md has what is on the
/// disk.
///
/// Nobody else may write the log. Takes time in proportion to it.
/// Errors: kNotFound without a log; kRefused if the ledger stands at no place of it; kCorruption;
/// kUnavailable.
[[nodiscard]] Result<ErasedRecords> erase_records(const std::filesystem::path& path,
                                                  const RecordErasure& erasure, UtcTime now);

/// Leaves nothing of what was there in the database or its WAL. Takes the room of the log again.
/// Errors: kUnavailable also while somebody reads.
[[nodiscard]] Result<void> compact_records(const std::filesystem::path& path);

/// Forgets what erase_records() keeps for being asked again, once the ledger has it.
[[nodiscard]] Result<void> end_erasure_of_records(const std::filesystem::path& path,
                                                  std::int64_t request);

/// How many records erase_records() would change. Changes nothing.
[[nodiscard]] Result<std::int64_t> count_records_of(const std::filesystem::path& path,
                                                    const SubjectPart& part);

/// What stands where ids of subjects stood that were erased; none without a log.
[[nodiscard]] Result<std::set<std::string>> erased_tokens(const std::filesystem::path& path);

}  // namespace tidewaiter
