#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "policies/linkage/block_vector.h"
#include "policies/linkage/held_values.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// The time of the earliest record that states a holding.
using FirstStatements = std::unordered_map<HoldingNumber, UtcTime>;

/// When it was said who holds what, so that it can be taken back once the log begins later. Written
/// as differences from what was written before: a record costs 2 to 11 bytes, for its time and how
/// many things it says (5 where it is a minute from the one before and says up to 31, 6 where it is
/// an hour), and 1 to 5 for each thing that it says, 1 if that is new. What a revision takes back
/// is written down beside what was said, and both go when enough has gathered. What is left then,
/// or after a drop, is written anew by time: once for all that is of one time, and each thing by
/// its difference from the one before. Not thread-safe.
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

  /// How many bytes are written.
  [[nodiscard]] std::size_t bytes() const { return written_.size(); }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(written_, last_time_, last_holding_, facts_, taken_back_);
  }

 private:
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
  /// REQUIRES: they are in order of time, and all are stated.
  void write_anew(std::span<const Fact> facts);

  // Of each statement its time, twice how many facts it has (and one more, if it takes them back),
  // and the number of each holding.
  BlockVector<std::uint8_t> written_;
  std::int64_t last_time_ = 0;
  HoldingNumber last_holding_ = 0;
  std::size_t facts_ = 0;       ///< of all statements
  std::size_t taken_back_ = 0;  ///< of these
};

}  // namespace tidewaiter
