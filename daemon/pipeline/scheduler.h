#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policies/model/time.h"

namespace tidewaiter {

/// When a source is to be polled.
struct PollPlan {
  std::string source;
  Duration every;   ///< > 0
  Duration jitter;  ///< in [0, every)
};

/// Says which sources are due. Slots lie at whole multiples of `every` from the epoch, each moved
/// by an amount in [0, jitter] that depends on the source's name only: the same on every start,
/// different between sources. A slot that could not be kept is counted and left out; the polls do
/// not run late in a burst. Time is an argument; nothing waits here.
class Scheduler {
 public:
  struct Due {
    std::string source;
    UtcTime slot;             ///< the latest one that has come
    std::int64_t missed = 0;  ///< slots before it that nobody polled
  };

  /// Each source is due at once, at `now`, and then at its slots.
  Scheduler(std::vector<PollPlan> plans, UtcTime now);

  /// The sources that are due at `now`, in the order of the plans; each is then due at its next
  /// slot. After a clock that was set back, slots are those of the new time.
  [[nodiscard]] std::vector<Due> take_due(UtcTime now);

  /// When the next one is due; nothing without sources.
  [[nodiscard]] std::optional<UtcTime> next() const;

  /// How far a source's slots are moved: SHA-256 of its name, as a number, modulo jitter + 1 µs.
  [[nodiscard]] static Duration offset_of(const PollPlan& plan);

 private:
  struct Entry {
    PollPlan plan;
    Duration offset;
    UtcTime due;
  };
  /// The latest slot that has come.
  [[nodiscard]] static UtcTime slot_at(const Entry& entry, UtcTime now);

  std::vector<Entry> entries_;
};

}  // namespace tidewaiter
