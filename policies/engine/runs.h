#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "policies/model/value.h"

namespace tidewaiter {

/// Windows [first, last].
struct WindowRun {
  std::int64_t first = 0;
  std::int64_t last = 0;

  [[nodiscard]] bool meets(const WindowRun& other) const {
    return first <= other.last && other.first <= last;
  }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(first, last);
  }
};

/// Makes `run` reach over [first, last] too.
void widen(std::optional<WindowRun>& run, std::int64_t first, std::int64_t last);

/// A finding that has not been withdrawn, and its run of holding windows.
struct LiveFinding {
  static constexpr std::int64_t kUnopened = -1;

  WindowRun run;
  std::int64_t order = kUnopened;  ///< counts the findings of the policy in order of opening
  bool closed = false;
  bool historical = false;
  std::vector<Value> stated;  ///< the figures that the ledger has

  template <class Archive>
  void serialize(Archive& archive) {
    archive(run, order, closed, historical, stated);
  }
};

/// What became of a subject's findings where windows began or ceased to hold.
struct RunChange {
  std::size_t begin = 0;  ///< of the findings of the subject, those with runs made anew
  std::size_t end = 0;
  /// Their former runs, none for a run that takes no finding. By place from `begin`.
  std::vector<std::optional<WindowRun>> former;
  struct Withdrawn {
    LiveFinding finding;
    std::optional<std::int64_t> merged_into;  ///< order of the finding that took its windows
  };
  std::vector<Withdrawn> withdrawn;  ///< by order
};

/// How a run is cut into neighbouring pieces that are a finding each, in order. It is given runs
/// that begin where a piece did before, if any.
using RunCutter = std::function<std::vector<WindowRun>(WindowRun)>;

/// Makes the runs of one subject anew after the windows of `changed` were judged anew; `holding`
/// are its maximal stretches that hold, in order. A run reaches into `changed` from outside
/// where a finding's run did. `findings` is sorted by run before and after. New runs, in order,
/// each take the oldest finding whose former run they meet; one that takes none is kUnopened.
/// With `cut` the pieces are what is meant by runs; where a piece begins depends on nothing that
/// comes after it.
[[nodiscard]] RunChange change_runs(std::vector<LiveFinding>& findings, WindowRun changed,
                                    std::span<const WindowRun> holding, const RunCutter& cut = {});

}  // namespace tidewaiter
