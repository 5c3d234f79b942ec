#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "policies/model/log.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// The place of a record log whose running hash is another now, since records were written anew.
struct MovedPosition {
  std::string log_id;
  LogOffset before;
  LogOffset after;
};

/// What of a subject is in ledger.db and in the vault.
struct SubjectTraces {
  std::int64_t findings = 0;     ///< that name it
  std::int64_t disclosures = 0;  ///< rows, those about others that name it too
  std::int64_t keys = 0;
};

/// Removes what ledger.db discloses of the subject that `part` names
/// (policies/model/subject_part.h) and destroys its keys in the vault: all disclosures of entries
/// about it, alone or with others, and those about others whose figures name it. Follows in the
/// projection, puts `moved` in the place of the position that it is about. Entries, tree and
/// checkpoints stay. Asked again it finds nothing more to do.
///
/// No Ledger may be open for writing. Errors: kUnavailable, kCorruption; those of the vault.
[[nodiscard]] Result<SubjectTraces> erase_subject(const LedgerPaths& paths, std::string_view part,
                                                  const std::optional<MovedPosition>& moved);

/// Leaves nothing of what was removed in ledger.db or its WAL. Takes the room of the ledger again.
/// Errors: kUnavailable also while somebody reads.
[[nodiscard]] Result<void> compact_ledger(const LedgerPaths& paths);

/// What erase_subject() would remove, but for the keys. Changes nothing.
[[nodiscard]] Result<SubjectTraces> traces_of_subject(const LedgerPaths& paths,
                                                      std::string_view part);

}  // namespace tidewaiter
