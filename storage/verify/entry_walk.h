#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/ledger/former_ledger.h"
#include "storage/verify/act_check.h"
#include "storage/verify/entry_form.h"
#include "storage/verify/problem_list.h"
#include "storage/verify/publication_check.h"
#include "storage/verify/step_order.h"

namespace tidewaiter {

/// What entries must be one by one and in their order, wherever they were read from
/// (docs/ledger-format.md §3, §9, §14): their form, their times, the order of steps, publications,
/// acts of people.
class EntryWalk {
 public:
  explicit EntryWalk(ProblemList& problems)
      : problems_(problems), publications_(problems), steps_(problems), acts_(problems, steps_) {}

  /// Takes the entries in order, each once. Gives the entry; nothing if it cannot be read, which is
  /// reported. What it gives lasts until the next entry is added, and no longer than `body`.
  [[nodiscard]] std::optional<ReadEntry> add(std::int64_t index, std::string_view body);

  /// Of the entry that was added last: nothing if it is no step, or one where none may be.
  [[nodiscard]] const std::optional<StepPlace>& place() const { return place_; }

  /// Origin, verifier key, time and former ledger as entry 0 has them; absent if it cannot be read.
  struct Creation {
    std::string origin;
    std::string verifier_key;
    UtcTime ts;
    std::optional<FormerLedger> former;
  };
  [[nodiscard]] const std::optional<Creation>& creation() const { return creation_; }

 private:
  ProblemList& problems_;
  CanonicalJson document_;  // of the entry that was added last
  PublicationCheck publications_;
  StepOrder steps_;
  ActCheck acts_;  // asks steps_
  std::optional<StepPlace> place_;
  std::optional<Creation> creation_;
  UtcTime last_ts_;
};

}  // namespace tidewaiter
