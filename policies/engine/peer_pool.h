#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "policies/engine/deviation.h"
#include "policies/engine/subject_windows.h"

namespace tidewaiter {

/// Values of fewer peers than this do not say what is usual among them: of two, one may be half.
inline constexpr std::size_t kLeastPeers = 3;

/// The group that all latest inputs of some panes state, those of one time, or nothing: there is
/// no input, or they do not say for certain. See docs/evaluation.md, Peers.
struct StatedGroup {
  bool any_input = false;
  std::optional<std::int64_t> key;  ///< equal for equal values of the field
};
[[nodiscard]] StatedGroup group_in(std::span<const Pane> panes, std::size_t list);

/// What the subjects of each group did in the windows before one window.
///
/// Subjects are told apart by their windows, which outlive the pool. One thread at a time.
class PeerPool {
 public:
  void add(std::int64_t group, const SubjectWindows& subject, double value);

  /// What is usual in the group but for `subject`; nothing where its peers do not say. The first
  /// time sorts the group's values; then it takes as long as the subject has values, times the
  /// logarithm of the group's.
  [[nodiscard]] std::optional<Usual> usual_without(std::int64_t group,
                                                   const SubjectWindows& subject);

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Group {
    std::vector<double> values;
    bool sorted = true;
    std::unordered_map<const SubjectWindows*, std::vector<double>> of;
  };
  std::unordered_map<std::int64_t, Group> groups_;
  std::size_t size_ = 0;
};

}  // namespace tidewaiter
