#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "storage/review/case_book.h"

namespace tidewaiter {

// What people have stated about a case as a whole: who is behind it, and what it is in law. Only
// people say either, and of neither has the ledger the words. Pure; any thread.

/// Where a statement of who is behind a case stands.
enum class AttributionState : std::uint8_t {
  kProposed,   ///< waits for another person
  kHolds,      ///< another person has approved it
  kRejected,   ///< by another person: it ends here
  kWithdrawn,  ///< somebody has taken it back
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
};

/// In the order of the ledger; of what merged into the case, too. What is said about a statement
/// that is not there, or not any more, says nothing.
[[nodiscard]] std::vector<Attribution> attributions_of(const Case& c);

/// Counsel's legal conclusion about a case, and what it was let into.
struct Conclusion {
  RecordedAct stated;
  std::vector<RecordedAct> released;  ///< a kind of report each, none twice

  /// Who let it into reports of this kind; null where it is privileged there.
  [[nodiscard]] const RecordedAct* released_to(std::string_view kind) const;
};

/// The last one, which has taken the place of those before it; nothing without any.
[[nodiscard]] std::optional<Conclusion> conclusion_of(const Case& c);

/// Whether an act has words of counsel's that nobody is shown who does not look at the evidence: an
/// exhibit or a comment that is marked so, a conclusion, and why one is released. A conclusion that
/// is released stays so: the reports of that kind have it, and not whoever reads the case.
[[nodiscard]] bool is_privileged(const Act& act);

}  // namespace tidewaiter
