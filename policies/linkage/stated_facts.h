#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

#include "policies/linkage/held_values.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// The time of the earliest record that states a holding.
using FirstStatements = std::unordered_map<HoldingNumber, UtcTime>;

/// When it was said who holds what, so that it can be taken back once the log begins later. A
/// record costs 12 bytes, and 4 for each thing that it says. What a revision takes back is written
/// down beside what was said, and both go when enough has gathered. Not thread-safe.
class StatedFacts {
 public:
  void state(UtcTime time, std::span<const HoldingNumber> holdings) { write(time, holdings, true); }
  /// REQUIRES: records of this time have stated them as often as they are taken back.
  void take_back(UtcTime time, std::span<const HoldingNumber> holdings);
  /// Forgets what records before this time have stated, and says what: a holding as often as it has
  /// been stated and not taken back. Costs all that is written.
  [[nodiscard]] std::vector<HoldingNumber> drop(UtcTime before);
  /// Fills in those that are keys of `first`, from what is stated and not taken back. Costs all
  /// that is written.
  void tell_first(FirstStatements& first) const;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(statements_, holdings_, taken_back_);
  }

 private:
  struct Statement {
    std::uint32_t low = 0;  ///< of the time
    std::uint32_t high = 0;
    std::uint32_t facts_and_sign = 0;  ///< twice how many; one more, if it takes them back

    template <class Archive>
    void serialize(Archive& archive) {
      archive(low, high, facts_and_sign);
    }
    [[nodiscard]] UtcTime time() const {
      return UtcTime{static_cast<std::int64_t>(std::uint64_t{high} << 32 | low)};
    }
  };
  /// One thing that was said, or taken back.
  struct Fact {
    UtcTime time;
    HoldingNumber holding = 0;
    int by = 0;  ///< 1 or -1
  };

  void write(UtcTime time, std::span<const HoldingNumber> holdings, bool states);
  /// All that is written, with what cancels out removed.
  [[nodiscard]] std::vector<Fact> all() const;
  /// The same, and nothing is written any more.
  [[nodiscard]] std::vector<Fact> take_all();

  std::deque<Statement> statements_;
  std::deque<HoldingNumber> holdings_;  ///< those of each statement, in turn
  std::size_t taken_back_ = 0;          ///< of holdings_
};

}  // namespace tidewaiter
