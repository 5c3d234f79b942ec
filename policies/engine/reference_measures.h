#pragma once

#include <optional>
#include <vector>

#include "policies/engine/reference_truth.h"
#include "policies/language/policy.h"
#include "policies/model/finding.h"
#include "policies/model/record.h"

namespace tidewaiter::reference {

/// One record that a window holds, true or unknown by the policy's condition.
struct Input {
  Truth truth = Truth::kTrue;
  std::int64_t seq = 0;
  Record record;
  Subject subject;
};

/// What a window of one subject comes to: its measures over the certain inputs, and the answer of
/// report_when.
struct Judgement {
  std::vector<Figure> figures;
  bool certain = false;  ///< closed, and no measure has a maybe input or an unknown value
  Truth answer = Truth::kUnknown;
};

/// What has been known of earlier windows, for measures that compare with them.
struct Past {
  struct History {
    std::vector<double> values;  ///< known ones in the closed windows of the baseline
    bool settled = true;         ///< what an open window is compared with stays
    bool lost = false;           ///< some windows lie before what retention has left
  };
  bool scattered = false;  ///< a session whose certain inputs alone would be more than one
  UtcTime window_end{};    ///< of the window itself, whose time bounds what can be missing in it
  std::vector<History> histories;  ///< by measure
};

/// Judges one window by docs/evaluation.md, sections "Measures". `inputs` are all of the window's,
/// in any order; `length` is its own. Pure.
[[nodiscard]] Judgement judge(const Policy& policy, const std::vector<const Input*>& inputs,
                              Duration length, bool closed, const Past& past);

}  // namespace tidewaiter::reference
