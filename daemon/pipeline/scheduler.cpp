#include "daemon/pipeline/scheduler.h"

#include <algorithm>
#include <utility>

#include "policies/model/digest.h"

namespace tidewaiter {

Duration Scheduler::offset_of(const PollPlan& plan) {
  if (plan.jitter.us <= 0) return Duration{0};
  const Digest digest = sha256(plan.source);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(number); ++i) {
    number = (number << 8U) | std::to_integer<std::uint64_t>(digest.bytes[i]);
  }
  return Duration{
      static_cast<std::int64_t>(number % static_cast<std::uint64_t>(plan.jitter.us + 1))};
}

Scheduler::Scheduler(std::vector<PollPlan> plans, UtcTime now) {
  entries_.reserve(plans.size());
  for (PollPlan& plan : plans) {
    const Duration offset = offset_of(plan);
    entries_.push_back({std::move(plan), offset, now});
  }
}

UtcTime Scheduler::slot_at(const Entry& entry, UtcTime now) {
  return align_down(now - entry.offset, entry.plan.every) + entry.offset;
}

std::vector<Scheduler::Due> Scheduler::take_due(UtcTime now) {
  std::vector<Due> due;
  for (Entry& entry : entries_) {
    // No slot is further away than one interval: the clock has been set back.
    if (entry.due - now > entry.plan.every) entry.due = slot_at(entry, now) + entry.plan.every;
    if (entry.due > now) continue;
    const UtcTime slot = slot_at(entry, now);
    // The first poll is not at a slot: then nothing was missed before it.
    const std::int64_t missed =
        slot > entry.due ? (slot.us - entry.due.us) / entry.plan.every.us : 0;
    due.push_back({entry.plan.source, std::max(slot, entry.due), missed});
    entry.due = slot + entry.plan.every;
  }
  return due;
}

std::optional<UtcTime> Scheduler::next() const {
  std::optional<UtcTime> next;
  for (const Entry& entry : entries_) {
    if (!next || entry.due < *next) next = entry.due;
  }
  return next;
}

}  // namespace tidewaiter
