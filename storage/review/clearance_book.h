#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/ledger/act.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// Where a clearance of a name stands by what people did. Whether the name, the entry and the
/// policy are still those that it was given for is another question.
enum class ClearanceState : std::uint8_t {
  kProposed,  ///< waits for another person
  kHolds,
  kRejected,  ///< never held
  kLifted,    ///< by a person; of a proposal by whoever made it
};

[[nodiscard]] std::string_view clearance_state_name(
    ClearanceState state);  // "proposed", "holds", …

/// A clearance and all that people did about it.
struct Clearance {
  std::string id;                 ///< "m-" and twelve hexadecimal digits
  RecordedAct given;              ///< NameCleared
  std::vector<RecordedAct> acts;  ///< all, in the order of the ledger
  ClearanceState state = ClearanceState::kProposed;

  [[nodiscard]] const NameCleared& cleared() const {
    return std::get<NameCleared>(given.act.act.body);
  }
  /// The index after the last entry about it.
  [[nodiscard]] std::int64_t entries_to() const { return acts.back().index + 1; }
};

/// All clearances of a ledger, in the order in which they were given. One holds at once, or when
/// another person has approved it where it says so; one person lifts it: what is found again is
/// looked at again. A plain value.
class ClearanceBook {
 public:
  /// Takes what is about clearances of `acts`, and leaves the rest. Errors: kCorruption for an act
  /// about a clearance that is not there, or two of one id.
  [[nodiscard]] static Result<ClearanceBook> make(std::span<const RecordedAct> acts);
  [[nodiscard]] static Result<ClearanceBook> read(const Ledger& ledger);

  [[nodiscard]] const std::vector<Clearance>& clearances() const { return clearances_; }
  /// Null if there is none of exactly this id.
  [[nodiscard]] const Clearance* find(std::string_view id) const;
  /// The one clearance whose id begins with `prefix`, "m-" before its digits or not. Errors:
  /// kNotFound if there is none, or more than one.
  [[nodiscard]] Result<const Clearance*> lookup(std::string_view prefix) const;

 private:
  [[nodiscard]] Result<void> take(const RecordedAct& act);

  std::vector<Clearance> clearances_;
  std::map<std::string, std::size_t, std::less<>> places_;
};

/// Says whether `id` has the form of a clearance's.
[[nodiscard]] bool is_clearance_id(std::string_view id);

}  // namespace tidewaiter
