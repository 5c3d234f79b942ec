#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/ledger/act.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

// What the program does about cases when the clusters that they are about merge or split, as
// entries: docs/ledger-format.md §14. They are no acts: nobody has signed them.

inline constexpr std::string_view kClusterMerged = "cluster.merged";
inline constexpr std::string_view kClusterSplit = "cluster.split";

/// Two cases whose clusters have become one, or one whose cluster has become two.
struct Regrouping {
  bool splits = false;  ///< else it merges
  std::string from;     ///< id of the case that goes on in another one, or of which a part leaves
  std::string into;     ///< id of that other one, or of the part's
  std::string finding;  ///< that shows it: the one that was withdrawn, or that the part has opened
  std::string with;     ///< the one that took its place, or that had its records before
  /// Whether it was done. Else people are asked: somebody has decided about one of the cases,
  /// marked something of it as privileged, or stated who is behind it.
  bool done = false;
  std::string because;  ///< why it was not done; empty where it was
  bool operator==(const Regrouping&) const = default;
};

struct RecordedRegrouping {
  std::int64_t index = 0;
  UtcTime recorded;
  Regrouping what;
};

/// The entry as an event.
[[nodiscard]] LedgerEvent regrouping_event(const Regrouping& regrouping);

/// The inverse; nothing for an entry of another form. `type` is the entry's.
[[nodiscard]] std::optional<Regrouping> read_regrouping(std::string_view type,
                                                        const nlohmann::json& entry);

/// All that cases come from besides findings.
struct RecordedDeeds {
  std::vector<RecordedAct> acts;
  std::vector<RecordedRegrouping> regroupings;
};

/// Both of a ledger, in order. Reads every entry, once. Errors: as recorded_acts(), also for a
/// regrouping of another form.
[[nodiscard]] Result<RecordedDeeds> recorded_deeds(const Ledger& ledger);

}  // namespace tidewaiter
