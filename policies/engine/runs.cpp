#include "policies/engine/runs.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tidewaiter {
namespace {

/// The runs that result: what lies outside `changed` stays, what lies inside is `holding`.
std::vector<WindowRun> joined_runs(std::span<const LiveFinding> affected, WindowRun changed,
                                   std::span<const WindowRun> holding) {
  std::vector<WindowRun> pieces(holding.begin(), holding.end());
  for (const LiveFinding& finding : affected) {
    const WindowRun& run = finding.run;
    if (run.first < changed.first) {
      pieces.push_back({run.first, std::min(run.last, changed.first - 1)});
    }
    if (run.last > changed.last)
      pieces.push_back({std::max(run.first, changed.last + 1), run.last});
  }
  std::ranges::sort(pieces, {}, &WindowRun::first);
  std::vector<WindowRun> runs;
  for (const WindowRun& piece : pieces) {
    if (!runs.empty() && runs.back().last + 1 >= piece.first) {
      runs.back().last = std::max(runs.back().last, piece.last);
    } else {
      runs.push_back(piece);
    }
  }
  return runs;
}

}  // namespace

void widen(std::optional<WindowRun>& run, std::int64_t first, std::int64_t last) {
  if (!run) {
    run = WindowRun{first, last};
  } else {
    run = WindowRun{std::min(run->first, first), std::max(run->last, last)};
  }
}

RunChange change_runs(std::vector<LiveFinding>& findings, WindowRun changed,
                      std::span<const WindowRun> holding, const RunCutter& cut) {
  // A run beside `changed` counts: it may have grown into it.
  const auto begin = std::ranges::lower_bound(
      findings, changed.first - 1, {}, [](const LiveFinding& finding) { return finding.run.last; });
  auto end = std::ranges::upper_bound(begin, findings.end(), changed.last + 1, {},
                                      [](const LiveFinding& finding) { return finding.run.first; });
  // The pieces that follow in the same run begin where those before them say.
  while (end != begin && end != findings.end() && std::prev(end)->run.last + 1 == end->run.first) {
    ++end;
  }
  std::vector<LiveFinding> former(std::make_move_iterator(begin), std::make_move_iterator(end));

  RunChange change;
  std::vector<bool> taken(former.size(), false);
  std::vector<LiveFinding> made;
  std::vector<WindowRun> runs = joined_runs(former, changed, holding);
  if (cut) {
    std::vector<WindowRun> pieces;
    for (const WindowRun& run : runs) std::ranges::move(cut(run), std::back_inserter(pieces));
    runs = std::move(pieces);
  }
  for (const WindowRun& run : runs) {
    std::size_t oldest = former.size();
    for (std::size_t i = 0; i < former.size(); ++i) {
      if (taken[i] || !former[i].run.meets(run)) continue;
      if (oldest == former.size() || former[i].order < former[oldest].order) oldest = i;
    }
    LiveFinding finding;
    if (oldest < former.size()) {
      taken[oldest] = true;
      change.former.emplace_back(former[oldest].run);
      const WindowRun former_run = former[oldest].run;
      finding = std::move(former[oldest]);
      former[oldest].run = former_run;
    } else {
      change.former.emplace_back(std::nullopt);
    }
    finding.run = run;
    made.push_back(std::move(finding));
  }
  for (std::size_t i = 0; i < former.size(); ++i) {
    if (taken[i]) continue;
    RunChange::Withdrawn withdrawn{std::move(former[i]), std::nullopt};
    const auto taker = std::ranges::find_if(
        made, [&](const LiveFinding& finding) { return finding.run.meets(withdrawn.finding.run); });
    if (taker != made.end()) withdrawn.merged_into = taker->order;
    change.withdrawn.push_back(std::move(withdrawn));
  }
  std::ranges::sort(change.withdrawn, {},
                    [](const RunChange::Withdrawn& withdrawn) { return withdrawn.finding.order; });
  change.begin = static_cast<std::size_t>(begin - findings.begin());
  change.end = change.begin + made.size();
  const auto at = findings.erase(begin, end);
  findings.insert(at, std::make_move_iterator(made.begin()), std::make_move_iterator(made.end()));
  return change;
}

}  // namespace tidewaiter
