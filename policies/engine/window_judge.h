#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "policies/engine/accumulators.h"
#include "policies/engine/cluster_members.h"
#include "policies/engine/cumulative_sum.h"
#include "policies/engine/deviation.h"
#include "policies/engine/peer_pool.h"
#include "policies/engine/ranges.h"
#include "policies/engine/step_pattern.h"
#include "policies/engine/subject_windows.h"
#include "policies/engine/thresholds.h"
#include "policies/engine/window_grid.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// Answers `report_when` for spans of windows, and gives their figures.
class WindowJudge {
 public:
  /// All of them outlive the judge. `statuses` are those of now, whenever it is asked.
  WindowJudge(const Policy& policy, const MeasureLayout& layout, const StatusMap& statuses);

  /// How many windows after one that changed may have another answer by that: see Baseline.
  [[nodiscard]] std::int64_t reach() const { return reach_; }
  /// Whether these windows may be those of other subjects too.
  [[nodiscard]] bool compares_peers() const { return layout_.compares_peers; }

  /// What can be told of a window before it is closed.
  [[nodiscard]] const OpenOutlook& outlook() const { return outlook_; }

  /// To be told of the windows of every subject by its number; they stay where they are.
  void take_in(SubjectWindows& windows, std::uint32_t subject);
  /// Where the subjects are clusters: how many accounts they have. It outlives the judge.
  void set_members(const ClusterMembers& members) { members_ = &members; }

  /// Sets `passed`, `judged` and `answer` of the span.
  void judge(SubjectWindows& windows, std::size_t span);

  /// Whether an open span is false once it is closed, if no record comes to it or goes: true only
  /// if that shows from its thresholds.
  [[nodiscard]] bool falls(const SubjectWindows& windows, std::size_t span) const;

  /// The values over certain inputs of window k, null where there is no span.
  [[nodiscard]] std::vector<Value> values(SubjectWindows& windows, std::size_t span,
                                          std::int64_t k);

  /// False only where what the subject did in a pane changes nothing that others are compared with:
  /// that are its closed windows, and its group while it has any in their reach. `windows` are
  /// those after the change.
  [[nodiscard]] bool may_change_peers(const SubjectWindows& windows, std::int64_t pane) const;

  /// To be told of every input, before it is judged: large sums make thresholds useless, and
  /// sorted values that are kept from window to window are out of date.
  void note(const Input& input);
  /// To be told when windows have lost panes.
  void note_loss() { ++generation_; }
  /// To be told when `statuses` has changed.
  void note_statuses();
  /// All windows that it was told of are gone.
  void forget_subjects();

  /// What it knows besides what take_in() tells it.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(magnitude_);
  }

 private:
  /// Sets values_ to the values over certain inputs of window k.
  void compute(SubjectWindows& windows, std::size_t span, std::int64_t k);
  /// The known values of a measure in the windows before window k.
  struct History {
    std::vector<double> values;  ///< the latest first
    bool settled = true;         ///< no further value can come but by late data
    bool lost = false;           ///< retention has dropped a part of it
  };
  [[nodiscard]] History history(SubjectWindows& windows, std::int64_t k, std::size_t measure);
  /// A measure's value in a window that is closed and not in doubt; `span` null: without inputs.
  [[nodiscard]] Value settled_value(SubjectWindows& windows, const Span* span, std::int64_t k,
                                    std::size_t measure);
  /// What a history says about a figure, by the measure's aggregate.
  using Score = std::variant<Usual, CumulativeSum>;
  /// What a figure is held against.
  struct Standard {
    std::optional<Score> score;  ///< nothing where the history does not say what is usual
    bool settled = true;         ///< that of an open window stays as it is, but for late data
  };
  [[nodiscard]] Standard standard(SubjectWindows& windows, std::int64_t k, std::size_t measure);
  [[nodiscard]] Standard standard_of_peers(SubjectWindows& windows, std::int64_t k,
                                           std::size_t measure);
  [[nodiscard]] std::optional<Score> score_of(History history, std::size_t measure) const;
  /// What all subjects did in the history of window k. Valid until the next record or status.
  [[nodiscard]] PeerPool& pool(std::int64_t k, std::size_t measure);
  void add_to_pool(PeerPool& pool, SubjectWindows& windows, std::int64_t k, std::size_t measure);
  /// What the subject's peers share in the windows from `from` up to before `to`.
  [[nodiscard]] StatedGroup group_of(SubjectWindows& windows, std::int64_t from, std::int64_t to,
                                     std::size_t measure) const;
  [[nodiscard]] static Value scored(const Score& score, double x);
  [[nodiscard]] Value history_value(SubjectWindows& windows, std::int64_t k, std::size_t measure,
                                    const Value& value);
  [[nodiscard]] Range history_range(SubjectWindows& windows, std::int64_t k, std::size_t measure,
                                    const Range& value, bool open);
  [[nodiscard]] PatternCount pattern_count(SubjectWindows& windows, std::int64_t k,
                                           std::size_t measure) const;
  [[nodiscard]] Range pattern_range(SubjectWindows& windows, std::int64_t k, std::size_t measure,
                                    bool open) const;
  [[nodiscard]] Value mean(const SubjectWindows& windows, std::size_t span,
                           const MeasurePlace& place) const;
  [[nodiscard]] Value rate(const SubjectWindows& windows, std::size_t span, std::int64_t k,
                           const MeasurePlace& place) const;
  [[nodiscard]] bool has_passed(const SubjectWindows& windows, std::size_t span,
                                const Threshold& threshold) const;
  [[nodiscard]] std::uint64_t passed(const SubjectWindows& windows, std::size_t span) const;
  /// False of an open window that cannot hold yet, whatever its other figures are.
  [[nodiscard]] bool may_hold_open(const SubjectWindows& windows, std::size_t span) const;
  [[nodiscard]] Value value(SubjectWindows& windows, std::size_t span, std::int64_t k,
                            std::size_t measure);
  [[nodiscard]] Range range(SubjectWindows& windows, std::size_t span, std::size_t measure,
                            bool open);
  [[nodiscard]] Range sum_range(const SubjectWindows& windows, std::size_t span,
                                std::size_t measure, bool open) const;
  [[nodiscard]] std::int64_t ranked_key(SubjectWindows& windows, std::int64_t k,
                                        std::size_t measure, std::int64_t count);

  /// The sorted values of the last window asked for: its neighbour differs by two panes.
  struct SortedWindow {
    const SubjectWindows* windows = nullptr;
    std::int64_t generation = -1;
    std::int64_t k = 0;
    std::vector<std::int64_t> keys;
  };
  void slide(SortedWindow& sorted, SubjectWindows& windows, std::int64_t k, std::size_t list);

  const Policy& policy_;
  const MeasureLayout& layout_;
  const StatusMap& statuses_;
  WindowGrid grid_;
  std::int64_t panes_;
  std::int64_t reach_ = 0;
  OpenOutlook outlook_;
  std::vector<SortedWindow> sorted_;                                  ///< by MeasurePlace::values
  std::vector<SubjectWindows*> subjects_;                             ///< where peers are compared
  std::unordered_map<const SubjectWindows*, std::uint32_t> numbers_;  ///< of clusters
  const ClusterMembers* members_ = nullptr;                           ///< of clusters
  std::map<std::pair<std::int64_t, std::size_t>, PeerPool> pools_;    ///< by window and measure
  std::size_t pooled_ = 0;                                            ///< how many values they have
  std::vector<Value> values_;
  std::vector<Range> ranges_;
  std::int64_t generation_ = 0;
  std::int64_t magnitude_ = 0;  ///< sum of |x| over all inputs of all sums, up to kLargest
};

}  // namespace tidewaiter
