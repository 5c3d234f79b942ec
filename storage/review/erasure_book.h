#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/ledger/act.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// Where a hold stands.
enum class HoldState : std::uint8_t {
  kAsked,         ///< one person has placed it: it keeps already, until another one rejects it
  kStands,        ///< another person has approved it
  kRejected,      ///< ends here
  kReleaseAsked,  ///< keeps, until another person has approved the release
  kReleased,
};
[[nodiscard]] std::string_view hold_state_name(HoldState state);  // "asked", "stands", …

/// A hold, and what people did about it. A plain value.
struct Hold {
  std::string id;     ///< "h-" and twelve hexadecimal digits
  std::string party;  ///< whom it keeps, by party_of()
  RecordedAct placed;
  std::vector<RecordedAct> acts;  ///< all others, in the order of the ledger
  HoldState state = HoldState::kAsked;

  [[nodiscard]] bool keeps() const {
    return state != HoldState::kRejected && state != HoldState::kReleased;
  }
  /// The act that another person has to approve; null if nothing waits.
  [[nodiscard]] const RecordedAct* waits() const;
};

/// Where an erasure stands.
enum class ErasureState : std::uint8_t {
  kAsked,     ///< waits for another person
  kApproved,  ///< whoever owns the ledger carries it out
  kRejected,  ///< ends here: another one may be asked for
  kExecuted,
};
[[nodiscard]] std::string_view erasure_state_name(ErasureState state);  // "asked", …

/// An erasure, and what people did about it. A plain value.
struct Erasure {
  std::string id;     ///< "e-" and twelve hexadecimal digits
  std::string party;  ///< whom it erases, by party_of()
  RecordedAct request;
  std::optional<RecordedAct> second;     ///< that approved or rejected it
  std::optional<std::int64_t> executed;  ///< index of the entry that says so
  ErasureState state = ErasureState::kAsked;
};

/// What an entry `erasure.executed` says.
struct ExecutedErasure {
  std::int64_t index = 0;
  std::int64_t request = 0;  ///< index of the entry that asked for it
};

/// All entries of that type, `acts` being those of the ledger. Reads every entry where there is a
/// request among them. Errors: kCorruption for one of another form; those of the ledger.
[[nodiscard]] Result<std::vector<ExecutedErasure>> executed_erasures(
    const Ledger& ledger, std::span<const RecordedAct> acts);

/// All holds and erasures of a ledger, in the order in which they were asked for. A plain value.
class ErasureBook {
 public:
  /// Takes what is about them of `acts`, and leaves the rest. Errors: kCorruption for what is about
  /// one that is not there, or two of one id.
  [[nodiscard]] static Result<ErasureBook> make(std::span<const RecordedAct> acts,
                                                std::span<const ExecutedErasure> executed);
  /// Reads both from a ledger. Errors: those of make() and of the ledger.
  [[nodiscard]] static Result<ErasureBook> read(const Ledger& ledger);

  [[nodiscard]] const std::vector<Hold>& holds() const { return holds_; }
  [[nodiscard]] const std::vector<Erasure>& erasures() const { return erasures_; }
  /// Null if there is none of exactly this id.
  [[nodiscard]] const Hold* hold(std::string_view id) const;
  [[nodiscard]] const Erasure* erasure(std::string_view id) const;
  /// The first hold that keeps this party; null if none does.
  [[nodiscard]] const Hold* hold_on(std::string_view party) const;
  /// Approved, not executed, and kept by no hold: to be carried out.
  [[nodiscard]] std::vector<const Erasure*> due() const;

 private:
  [[nodiscard]] Result<void> take(const RecordedAct& act);
  [[nodiscard]] Result<void> take_hold(const RecordedAct& act);
  [[nodiscard]] Result<void> take_erasure(const RecordedAct& act);

  std::vector<Hold> holds_;
  std::vector<Erasure> erasures_;
};

/// Says whether `id` has the form of a hold's, or of an erasure's.
[[nodiscard]] bool is_hold_id(std::string_view id);
[[nodiscard]] bool is_erasure_id(std::string_view id);

}  // namespace tidewaiter
