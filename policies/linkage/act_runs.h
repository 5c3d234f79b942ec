#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace tidewaiter {

/// The slots of a stretch in which an account acts, by its *runs*: slots that follow each other
/// without a gap. Slots are counted from the stretch's beginning.
///
/// Memory: 8 bytes a run, and up to twice that while it grows. Costs: a look-up by bisection for
/// each slot that comes or goes; where a run comes or goes with it, the runs after it move up. Not
/// thread-safe.
class ActRuns {
 public:
  struct Run {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    bool operator==(const Run&) const = default;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(first, last);
    }
  };

  /// True if it makes one run of two. REQUIRES: the slot is in none.
  bool add(std::uint32_t slot);
  /// True if it makes two runs of one. REQUIRES: the slot is in one.
  bool remove(std::uint32_t slot);

  /// The run of the slots in which both act that this slot is of; nothing, if one does not act in
  /// it. Costs a bisection of each.
  [[nodiscard]] static std::optional<Run> common(const ActRuns& a, const ActRuns& b,
                                                 std::uint32_t slot);
  /// Whether the slots in which both act are of two runs or more. Costs the runs of both, up to the
  /// second that they have in common.
  [[nodiscard]] static bool meet_twice(const ActRuns& a, const ActRuns& b);

  template <class Archive>
  void serialize(Archive& archive) {
    archive(runs_);
  }

 private:
  /// Null, if the slot is in none.
  [[nodiscard]] const Run* run_of(std::uint32_t slot) const;

  std::vector<Run> runs_;  // INVARIANT: in order, and a slot at least is between each two
};

}  // namespace tidewaiter
