#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/review/case_book.h"
#include "storage/review/report_book.h"

namespace tidewaiter {

// What has become of the findings that a report cites. Pure; any thread.

/// What a finding of the case is, in a report's words: "potential violation" until a person has
/// confirmed it, "confirmed violation", "false positive", "withdrawn", …
[[nodiscard]] std::string finding_standing(const Case& c, const FindingState& finding);

/// The case in which the case `id` goes on: itself where it was not merged, or is not there.
[[nodiscard]] std::string goes_on_in(std::string_view id, const CaseBook& book);

/// Whether a report answers a request by its case: where both name one, it is the same one by now.
[[nodiscard]] bool may_answer(const ReportDrafted& drafted, const RequestReceived& received,
                              const CaseBook& book);

/// A finding as a report has it.
struct CitedFinding {
  std::string id;
  std::string standing;         ///< finding_standing() when the report was drawn
  bool erased = false;          ///< its subject was erased already
  std::int64_t last_entry = 0;  ///< of those that the report names
};

/// Why a report does not say any more what the ledger says of a finding.
enum class FindingChange : std::uint8_t {
  kErased,     ///< its subject was erased
  kWithdrawn,  ///< evaluation took it back
  kRestated,   ///< its figures or its time are others
  kDecided,    ///< what people decided about it is another thing
};
[[nodiscard]] std::string_view finding_change_name(FindingChange change);  // "erased", …

struct ChangedFinding {
  std::string id;
  FindingChange change = FindingChange::kRestated;
  std::string was;  ///< its standing in the report
  std::string is;   ///< now
  /// Of an entry at or before which it came to be as it is now, and after which nothing about it
  /// changed; -1 where nothing but its subject is gone: an erasure's entry does not say whom it was
  /// about.
  std::int64_t entry = 0;
};

/// The findings of a book by their ids, each with the case in which it is worked. Made once for
/// all reports that are held against it; keeps pointers into the book.
class FindingPlaces {
 public:
  struct Place {
    const Case* where = nullptr;
    const FindingState* finding = nullptr;
  };
  explicit FindingPlaces(const CaseBook& book);
  /// Null where the ledger has no such finding.
  [[nodiscard]] const Place* find(std::string_view id) const;

 private:
  std::map<std::string_view, Place> by_id_;
};

/// The findings of `cited` that are not as they were cited, in that order; of several changes the
/// one that comes first in FindingChange. That a finding's run has ended is none, nor is an entry
/// that tells nothing (tells_something()). One that the ledger does not have is left out.
[[nodiscard]] std::vector<ChangedFinding> changed_findings(std::span<const CitedFinding> cited,
                                                           const FindingPlaces& findings);

/// Those of `changed` that nobody has answered: none of a report that was not issued, was withdrawn
/// or corrected; of others those that no supplement saw when it was drawn. `erased_at` has the
/// indices of entries that executed an erasure, in order: since none says whom it was about, a
/// supplement answers for erased subjects only until the next one runs.
[[nodiscard]] std::vector<ChangedFinding> unanswered_changes(
    const ReportFile& report, std::vector<ChangedFinding> changed,
    std::span<const std::int64_t> erased_at);

}  // namespace tidewaiter
