#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "policies/model/error.h"
#include "storage/ledger/regrouping.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

// What becomes of cases when the clusters that they are about merge or split. It follows from what
// the ledger has, so that whoever looks again comes to the same. Pure; any thread.
//
// Two clusters have become one where a finding about the one was withdrawn because a finding about
// the other took its windows (`merged:<id>`). A part has left a cluster where a finding about
// another cluster, by the same policy, was opened on records that entries before it name as
// evidence about the first one. An entry may name a part of the evidence alone: then nothing is
// said of a part that has left, and people see two cases.

/// The sequence numbers of records that an entry of a finding names. Errors: those of the ledger.
using EvidenceOfEntry = std::function<Result<std::vector<std::int64_t>>(std::int64_t entry)>;

/// What is to be said next about the cases of `book`, which has `said` already: of each case one
/// thing at most, so that whoever has recorded these asks again until there is nothing. A case goes
/// on in another one only where nobody has decided about either, nothing of either is privileged,
/// and of neither it is stated who is behind it; else people are asked, once. The same is asked
/// before a part that had a case already gets what was done about the one that it was in; a case
/// that begins as the part leaves gets it whatever that is. What was parted is neither put together
/// again for a finding that was withdrawn before that, nor parted again. Errors: those of
/// `evidence`.
[[nodiscard]] Result<std::vector<Regrouping>> regroupings_due(
    const CaseBook& book, std::span<const RecordedRegrouping> said,
    const EvidenceOfEntry& evidence);

}  // namespace tidewaiter
