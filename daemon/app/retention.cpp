#include "daemon/app/retention.h"

#include <algorithm>

namespace tidewaiter {
namespace {

/// A finding's records are also those of the windows that it was compared with.
Duration longest_history(const PolicySet& set) {
  Duration longest;
  for (const Policy& policy : set.policies) longest = std::max(longest, history_of(policy));
  return longest;
}

}  // namespace

Result<std::optional<UtcTime>> droppable_before(const RecordLog& records, const Ledger& ledger,
                                                const Cycle& cycle, const PolicySet& policies,
                                                Duration keep, UtcTime now) {
  const std::optional<UtcTime> nothing;
  // What has not been judged yet may still open a finding that needs old records.
  const Result<LogOffset> head = records.head();
  if (!head) return tl::unexpected(head.error());
  const Result<Ledger::Position> position = ledger.position();
  if (!position) return tl::unexpected(position.error());
  if (position->offset != *head) return nothing;
  if (cycle.has_judged_clusters()) return nothing;

  // Event time as the sources state it, so that a clock that is wrong deletes nothing.
  const Result<std::vector<SourceState>> sources = records.sources();
  if (!sources) return tl::unexpected(sources.error());
  std::optional<UtcTime> drained;
  for (const SourceState& source : *sources) {
    if (!source.covered || cycle.is_idle(source.source)) continue;
    drained = drained ? std::min(*drained, source.covered->to) : source.covered->to;
  }
  if (!drained) return nothing;
  UtcTime before = std::min(now, *drained) - keep;
  // A finding's records stay as long as the ledger does.
  const Result<std::optional<UtcTime>> run = ledger.earliest_run();
  if (!run) return tl::unexpected(run.error());
  if (*run) before = std::min(before, **run - longest_history(policies));
  return std::optional(before);
}

}  // namespace tidewaiter
