#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/authoring/settled_set.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// What a reviewer decided about a finding. It names the finding by its id, or by policy and
/// subject and, where the subject has several, a time within its run.
struct ReviewLabel {
  std::string finding;  ///< empty: by policy and subject
  std::string policy;
  std::string subject;
  std::optional<UtcTime> time;
  bool is_true = false;
  std::int64_t line = 0;  ///< where it stands in its file, from 1
};

/// Reads labels: JSON Lines, an object a line, or CSV with a header; which of the two, the first
/// character says (`{` or not). Members, or columns: `label` (`true_positive` or `false_positive`)
/// and either `finding` or `policy`, `subject` and perhaps `time`. An empty cell is absent. `path`
/// is for messages.
/// Errors: kInvalidInput at "path:line" for the first line that is not so, and of an empty text.
[[nodiscard]] Result<std::vector<ReviewLabel>> read_review_labels(std::string_view text,
                                                                  const std::string& path);

/// Findings of one policy against the labels.
struct LabelledFindings {
  std::int64_t confirmed = 0;  ///< true positives
  std::int64_t refuted = 0;    ///< false positives
  std::int64_t undecided = 0;  ///< findings without a label
  std::int64_t missed = 0;     ///< labels of true positives that no finding answers to

  [[nodiscard]] std::int64_t decided() const { return confirmed + refuted; }
};

/// Where several labels speak of one finding, the last counts. A label by id is only of a policy
/// whose finding has the id, so that it can never be missed.
[[nodiscard]] LabelledFindings match_labels(const std::string& policy,
                                            std::span<const SettledFinding> findings,
                                            std::span<const ReviewLabel> labels);

/// One line for each policy that labels name and that is none of `tried`, as it may be misspelt:
/// such labels answer to nothing. In the order of the file.
[[nodiscard]] std::vector<std::string> labels_of_no_policy(std::span<const ReviewLabel> labels,
                                                           std::span<const std::string_view> tried,
                                                           const std::string& path);

}  // namespace tidewaiter
