#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "storage/verify/entry_form.h"
#include "storage/verify/problem_list.h"

namespace tidewaiter {

/// Where a step stands among the entries.
struct StepPlace {
  std::int64_t seq = 0;
  std::int64_t ordinal = 0;
  std::string log;                     ///< the record log that was judged
  std::optional<std::int64_t> opener;  ///< the entry that opened its finding; none for a gap
};

/// What steps must be in their order (docs/ledger-format.md §3): each behind the one before it, and
/// a finding opened once, before anything else is said of it.
class StepOrder {
 public:
  explicit StepOrder(ProblemList& problems) : problems_(problems) {}

  /// Takes the entries in order. Gives the place of a step; nothing for an entry that is none, and
  /// for a step where none may be, which is reported.
  [[nodiscard]] std::optional<StepPlace> add(std::int64_t index, const ReadEntry& entry);

 private:
  [[nodiscard]] std::optional<std::int64_t> opener_of(std::int64_t index, const ReadEntry& entry);

  ProblemList& problems_;
  std::optional<std::pair<std::int64_t, std::int64_t>> last_;
  std::map<std::string, std::int64_t> opened_;  // a finding's id to the entry that opened it
};

}  // namespace tidewaiter
