#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "storage/review/case_book.h"

namespace tidewaiter {

// What people have stated about a case as a whole: who is behind it, and what it is in law. Only
// people say either, and of neither has the ledger the words. Pure; any thread.
//
// A statement speaks of the case in which it was made, as it was then. In a case to which another
// one's acts came by a merge or a split it does not hold, and once two cases have become one it
// holds in neither: else a name that two people have stood by for one account would be that of all
// that one person, or the program, brings together with it. Such a statement has lapsed: it is
// shown, with the case that it is about, and is stated anew where it is true of what the case is
// now (ADR 53).

/// Where a statement of who is behind a case stands.
enum class AttributionState : std::uint8_t {
  kProposed,   ///< waits for another person
  kHolds,      ///< another person has approved it
  kRejected,   ///< by another person: it ends here
  kWithdrawn,  ///< somebody has taken it back
  kLapsed,     ///< waited or held, of another case or of what this one was before a merge
};

[[nodiscard]] std::string_view attribution_state_name(AttributionState state);  // "proposed", …

struct Attribution {
  RecordedAct stated;
  std::optional<RecordedAct> opinion;    ///< the first one
  std::optional<RecordedAct> withdrawn;  ///< the act that took it back
  AttributionState state = AttributionState::kProposed;

  [[nodiscard]] const AttributionStated& said() const {
    return std::get<AttributionStated>(stated.act.act.body);
  }
  /// The id of the case that it is about.
  [[nodiscard]] const std::string& about() const { return stated.act.act.case_id; }
};

/// In the order of the ledger; those that came from other cases, too. What is said about a
/// statement that is not there, or not any more, says nothing.
[[nodiscard]] std::vector<Attribution> attributions_of(const Case& c);

/// Whether anything is left of what a statement rests on: an exhibit, or a finding that the case
/// has and that is not withdrawn.
[[nodiscard]] bool rests_on_something(const AttributionStated& stated, const Case& c);

/// Counsel's legal conclusion about a case, and what it was let into.
struct Conclusion {
  RecordedAct stated;
  std::vector<RecordedAct> released;  ///< a kind of report each, none twice
  bool lapsed = false;                ///< then released to nothing

  /// Who let it into reports of this kind; null where it is privileged there.
  [[nodiscard]] const RecordedAct* released_to(std::string_view kind) const;
};

/// The last one that was stated about the case as it is, which has taken the place of those before
/// it; without any the last one that has lapsed; nothing without either.
[[nodiscard]] std::optional<Conclusion> conclusion_of(const Case& c);

/// Whether an act has words of counsel's that nobody is shown who does not look at the evidence: an
/// exhibit or a comment that is marked so, a conclusion, and why one is released. A conclusion that
/// is released stays so: the reports of that kind have it, and not whoever reads the case.
[[nodiscard]] bool is_privileged(const Act& act);

}  // namespace tidewaiter
