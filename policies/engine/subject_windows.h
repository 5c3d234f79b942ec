#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "policies/engine/accumulators.h"
#include "policies/engine/few_items.h"
#include "policies/engine/kind_coverage.h"
#include "policies/engine/packed_inputs.h"
#include "policies/engine/packed_samples.h"
#include "policies/engine/ranges.h"
#include "policies/engine/windows_at_rest.h"

namespace tidewaiter {

/// How far a session reaches; see session_span.h.
struct SessionExtent {
  std::int64_t first = 0;  ///< time of its first input, µs
  std::int64_t last = 0;
  Interval interval;
  Interval cover;
  bool scattered = false;  ///< its certain inputs alone would be more than one session

  template <class Archive>
  void serialize(Archive& archive) {
    archive(first, last, interval, cover, scattered);
  }
};

/// Neighbouring windows of one subject that hold the same records and have the same status.
struct Span : SpanStanding {
  std::int64_t certain = 0;  ///< certain input records
  std::int64_t maybe = 0;
  std::unique_ptr<std::vector<MeasureDoubt>> doubts;  ///< one a measure; null: none
  std::unique_ptr<SessionExtent> session;             ///< of a policy over sessions

  [[nodiscard]] bool exists() const { return certain > 0 || maybe > 0; }
  [[nodiscard]] std::int64_t windows() const { return to - from + 1; }
  [[nodiscard]] bool in_doubt() const;
  /// The part of the span from window k on; this one keeps what is before.
  [[nodiscard]] Span split(std::int64_t k);

  template <class Archive>
  void serialize(Archive& archive) {
    serialize_standing(archive);
    archive(certain, maybe, doubts, session);
  }
};

/// What one input, certain or maybe, says about its subject's group.
struct GroupMark {
  std::int64_t time = 0;
  std::int64_t seq = 0;
  bool told = false;  ///< the input is certain and has the field
  std::int64_t key = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(time, seq, told, key);
  }
};

/// One stretch of `every` of one subject's records: what running totals cannot give.
/// INVARIANT: it has a record.
struct Pane {
  std::int64_t index = 0;
  std::int64_t certain_records = 0;
  std::int64_t maybe_records = 0;
  PackedSamples evidence;           ///< certain records; their key is their size, where it is kept
  FewItems<SortedKeys> certain;     ///< by MeasurePlace::values
  FewItems<SortedKeys> maybe;       ///< likewise; empty where no such record has come
  FewItems<PackedSamples> samples;  ///< by MeasurePlace::samples: certain ones, of patterns all
  FewItems<std::vector<GroupMark>> groups;  ///< by MeasurePlace::groups: of all inputs, in order

  /// Takes all records out, and leaves the room that they had.
  void clear();

  template <class Archive>
  void serialize(Archive& archive) {
    archive(index, certain_records, maybe_records, evidence, certain, maybe, samples, groups);
  }
};

/// What panes keep of their certain records so that evidence can be chosen among them.
enum class EvidenceKept : std::uint8_t { kNothing, kPlaces, kPlacesAndSizes };
[[nodiscard]] EvidenceKept kept_for(const EvidenceRequest& request);

/// All windows of one policy and subject.
///
/// A record in pane j belongs to the windows [j − panes + 1, j], `panes` being length / every. Its
/// figures are added to the running totals of the spans of these windows, and can be taken back
/// exactly; so no window is ever summed up from its panes. Spans keep sparse subjects small: a
/// lone record is one span however many windows hold it.
///
/// INVARIANT: spans are sorted and do not overlap; those without input are swept away by sweep().
class SubjectWindows {
 public:
  /// Adds an input (`sign` 1) or takes it back (−1): the places of the spans it belongs to.
  struct Touched {
    std::size_t first = 0;
    std::size_t last = 0;  ///< past the last
  };
  Touched change(const MeasureLayout& layout, const StatusMap& statuses, std::int64_t panes,
                 const Input& input, int sign, EvidenceKept kept);

  /// Cuts spans so that none reaches across the borders of [first, last].
  Touched cut(const MeasureLayout& layout, std::int64_t first, std::int64_t last);

  /// Makes one span again of neighbours, those of `touched` and beside them, that hold the same
  /// records and stand alike: windows settle one by one, and would else remain one by one.
  void join_alike(const MeasureLayout& layout, std::int64_t panes, Touched touched);

  /// Forgets all inputs of panes before `pane`. What is left of a window before it is how many
  /// records it holds, be it none, and under which answer it counts: such a window is not judged
  /// any more. Spans that hold nothing now are left for sweep().
  void forget_before(const MeasureLayout& layout, const StatusMap& statuses, std::int64_t panes,
                     std::int64_t pane);

  /// Windows that are forgotten, the pane of their latest record, and whether they are false; else
  /// they are unknown.
  struct Done {
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::int64_t pane = 0;
    bool told = false;
  };
  /// Forgets the windows up to `last` that are closed and do not hold, and the panes that no other
  /// window needs. No input of a window up to `last` may be changed any more, nor of a pane up to
  /// it: of these the tables of distinct values know no more. Gives what is forgotten.
  [[nodiscard]] std::vector<Done> forget_done(const MeasureLayout& layout, std::int64_t panes,
                                              std::int64_t last);
  /// How many spans lie in windows up to `last`.
  [[nodiscard]] std::size_t spans_up_to(std::int64_t last) const { return lower_bound(last + 1); }

  /// How its windows stand, without what they hold; `falls` is left for who judges. INVARIANT:
  /// none is a session.
  void outline(const MeasureLayout& layout, std::int64_t panes,
               std::vector<SpanOutline>& outlines) const;
  /// Makes the windows again, as empty ones; what is there goes.
  void take_outline(const MeasureLayout& layout, std::span<const SpanOutline> outlines);
  /// Adds the inputs of the panes that are there to windows without inputs. Nothing is judged.
  void fill(const MeasureLayout& layout, std::int64_t panes, EvidenceKept kept,
            const PackedInputs& inputs);
  /// Whether a record lies in the pane that a window which is there may need.
  [[nodiscard]] bool has_pane(std::int64_t index) const;

  /// Removes the spans of `touched` that have no input left.
  void sweep(const MeasureLayout& layout, Touched touched);

  /// Brings the ends of what change() will touch into the cache, for a record at the end of time,
  /// as most are; and then, where that has come, what the last pane refers to.
  void prefetch_ends(const MeasureLayout& layout) const;
  void prefetch_last_pane() const;

  [[nodiscard]] std::span<Span> spans() { return spans_; }
  [[nodiscard]] std::span<const Span> spans() const { return spans_; }
  /// The span that holds window k, or null.
  [[nodiscard]] const Span* find(std::int64_t k) const;
  [[nodiscard]] std::size_t lower_bound(std::int64_t k) const;  ///< first span with to >= k

  [[nodiscard]] Int128 cell(const MeasureLayout& layout, std::size_t span, std::size_t cell) const {
    return cells_[span * layout.cells + cell];
  }
  [[nodiscard]] const ExactSum& exact(const MeasureLayout& layout, std::size_t span,
                                      std::size_t exact) const {
    return exacts_[span * layout.exacts + exact];
  }

  /// The panes of window k.
  [[nodiscard]] std::span<Pane> panes_of(std::int64_t k, std::int64_t panes);

  /// What one measure keeps of the certain records of window k, in order.
  [[nodiscard]] std::vector<Sample> samples(std::int64_t k, std::int64_t panes, std::size_t list);

  /// The certain records of window k that a finding shows, the first chosen first.
  [[nodiscard]] std::vector<std::int64_t> evidence(std::int64_t k, std::int64_t panes,
                                                   const EvidenceRequest& request);

  /// For snapshots: see state_archive.h.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(spans_, cells_, exacts_, panes_, distincts_);
  }

 private:
  Touched carve(const MeasureLayout& layout, const StatusMap& statuses, std::int64_t first,
                std::int64_t last);
  void insert_span(const MeasureLayout& layout, std::size_t at, std::int64_t from, std::int64_t to,
                   WindowStatus status);
  /// Of a span: as those of one without inputs.
  void clear_figures(const MeasureLayout& layout, std::size_t at);
  void split_before(const MeasureLayout& layout, std::size_t at, std::int64_t k);
  /// Of `touched`, those for which `goes(span)`.
  template <class Goes>
  void remove_spans(const MeasureLayout& layout, Touched touched, const Goes& goes);
  [[nodiscard]] bool is_needed(const Pane& pane, std::int64_t panes) const;
  /// Whether a span and the one after it hold the same records.
  [[nodiscard]] bool hold_the_same(std::size_t at, std::int64_t panes) const;
  void give_back_room();
  /// Of an input in a pane of `touched`, which are all windows that hold it.
  void change_figures(const MeasureLayout& layout, std::int64_t panes, const Input& input, int sign,
                      EvidenceKept kept, Touched touched);
  Pane& pane_at(const MeasureLayout& layout, std::int64_t index);
  void change_pane(const MeasureLayout& layout, const Input& input, int sign, EvidenceKept kept);
  void change_values(const MeasureLayout& layout, const Input& input, int sign, Pane& pane);
  static void change_groups(const MeasureLayout& layout, const Input& input, int sign, Pane& pane);
  void change_measure(const MeasureLayout& layout, std::size_t measure, const Input& input,
                      int sign, Touched touched, std::int64_t panes);
  void change_certain(const MeasureLayout& layout, std::size_t measure, const Input& input,
                      int sign, Touched touched, std::int64_t panes);
  void change_doubt(const MeasureLayout& layout, std::size_t measure, const Input& input, int sign,
                    Touched touched, std::int64_t panes);
  void change_distinct(const MeasureLayout& layout, std::size_t measure, const Input& input,
                       int sign, Touched touched, std::int64_t panes);
  /// The extreme values of the windows of `touched`, all of which hold `pane`: one a span, in
  /// one pass over the panes.
  [[nodiscard]] std::vector<Int128> extremes_of(const MeasurePlace& place, Touched touched,
                                                std::int64_t pane, std::int64_t panes,
                                                bool certain);

  std::vector<Span> spans_;
  std::vector<Int128> cells_;     ///< layout.cells a span
  std::vector<ExactSum> exacts_;  ///< layout.exacts a span
  std::vector<Pane> panes_;       ///< by index
  std::vector<Pane> spare_;       ///< cleared ones, of windows that were here before
  std::vector<DistinctTable> distincts_;
};

}  // namespace tidewaiter
