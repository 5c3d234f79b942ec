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

/// Where a ruling on what links accounts stands. It follows from its acts alone.
enum class RulingState : std::uint8_t {
  kProposed,  ///< waits for another person
  kHolds,
  kRejected,  ///< never held
  kLifted,    ///< held once
};

[[nodiscard]] std::string_view ruling_state_name(RulingState state);  // "proposed", "holds", …

/// A ruling and all that people did about it.
struct Ruling {
  std::string id;                 ///< "k-" and twelve hexadecimal digits
  RecordedAct made;               ///< LinkCut or LinkJoined
  std::vector<RecordedAct> acts;  ///< all, in the order of the ledger
  RulingState state = RulingState::kProposed;
  /// What waits for another person: the ruling, or that it be lifted.
  std::optional<RecordedAct> pending;

  [[nodiscard]] bool cuts() const { return std::holds_alternative<LinkCut>(made.act.act.body); }
  /// The index after the last entry about it.
  [[nodiscard]] std::int64_t entries_to() const { return acts.back().index + 1; }
};

/// A moment at which a ruling began to hold, or was lifted.
struct RulingTurn {
  std::int64_t index = 0;  ///< of the entry that did it
  std::size_t ruling = 0;  ///< place in RulingBook::rulings()
  bool lifts = false;
};

/// All rulings of a ledger, in the order in which they were made. One holds at once, or when
/// another person has approved it where it says so; the same goes for its lifting. A plain value.
class RulingBook {
 public:
  /// Takes what is about rulings of `acts`, and leaves the rest. Errors: kCorruption for an act
  /// about a ruling that is not there, or two of one id.
  [[nodiscard]] static Result<RulingBook> make(std::span<const RecordedAct> acts);
  [[nodiscard]] static Result<RulingBook> read(const Ledger& ledger);

  [[nodiscard]] const std::vector<Ruling>& rulings() const { return rulings_; }
  /// In the order of the ledger: what evaluation has to know.
  [[nodiscard]] const std::vector<RulingTurn>& turns() const { return turns_; }
  /// Null if there is none of exactly this id.
  [[nodiscard]] const Ruling* find(std::string_view id) const;
  /// The one ruling whose id begins with `prefix`, "k-" before its digits or not. Errors:
  /// kNotFound if there is none, or more than one.
  [[nodiscard]] Result<const Ruling*> lookup(std::string_view prefix) const;

 private:
  [[nodiscard]] Result<void> take(const RecordedAct& act);
  void take_effect(std::size_t place, std::int64_t index, bool lifts);

  std::vector<Ruling> rulings_;
  std::vector<RulingTurn> turns_;
  std::map<std::string, std::size_t, std::less<>> places_;
};

/// Says whether `id` has the form of a ruling's.
[[nodiscard]] bool is_ruling_id(std::string_view id);

}  // namespace tidewaiter
