#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <unordered_map>
#include <vector>

#include "policies/engine/exact_sum.h"
#include "policies/engine/samples.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// Stands for "no value" where an extreme is held: beyond every int64.
inline constexpr Int128 kNoKey = static_cast<Int128>(1) << 100U;

/// Doubles as int64 in the same order, so that extremes and ranks have one code path; −0 is 0.
[[nodiscard]] inline std::int64_t key_of(double value) {
  const auto bits = std::bit_cast<std::int64_t>(value + 0.0);
  return bits >= 0 ? bits : bits ^ std::numeric_limits<std::int64_t>::max();
}
[[nodiscard]] inline double value_of_key(std::int64_t key) {
  return std::bit_cast<double>(key >= 0 ? key : key ^ std::numeric_limits<std::int64_t>::max());
}

/// Where a measure's running figures stand.
struct MeasurePlace {
  Aggregate aggregate = Aggregate::kCount;
  bool real = false;  ///< its values are doubles
  bool nonnegative = false;
  /// First cell of a span. Distinct has two: certain, and certain or maybe; avg has two: how many
  /// values, and their sum.
  std::size_t cell = 0;
  std::size_t exact = 0;     ///< which exact sum of a span, for sums and means of doubles
  std::size_t values = 0;    ///< which value list of a pane, for min, max and quantile
  std::size_t distinct = 0;  ///< which value table of a subject
  std::size_t samples = 0;   ///< which sample list of a pane, where keeps_samples()
  std::size_t groups = 0;    ///< which group list of a pane, of peers that share a field
  ValueType result = ValueType::kInt64;  ///< the measure's type
  bool told_when_closed = false;         ///< a pattern that more records may undo
  bool weighs = false;                   ///< it adds up `requests`: count() and rate()
  bool compares_peers = false;           ///< its history is that of others
  bool by_size_band = false;             ///< of clusters; else it needs the group a record states
};

/// False of what is computed from other measures: no record is an input of it.
[[nodiscard]] inline bool sees_records(const MeasurePlace& place) {
  return place.aggregate != Aggregate::kFormula && place.aggregate != Aggregate::kDeviation &&
         place.aggregate != Aggregate::kCusum;
}

/// Whether its samples are StepMarks of all inputs, certain or not.
[[nodiscard]] inline bool counts_patterns(const MeasurePlace& place) {
  return place.aggregate == Aggregate::kCompleted || place.aggregate == Aggregate::kMissing ||
         place.aggregate == Aggregate::kMatched;
}

/// What a measure adds up in its first cell, or in its exact sum.
[[nodiscard]] inline bool adds_weights(const MeasurePlace& place) { return place.weighs; }
[[nodiscard]] inline bool adds_values(const MeasurePlace& place) {
  return place.aggregate == Aggregate::kSum ||
         (place.aggregate == Aggregate::kRate && !place.weighs);
}
[[nodiscard]] inline bool adds_doubles(const MeasurePlace& place) {
  return place.real && (adds_values(place) || place.aggregate == Aggregate::kAvg);
}

/// The places of all measures of one policy.
struct MeasureLayout {
  explicit MeasureLayout(const std::vector<Measure>& measures);

  std::vector<MeasurePlace> places;
  std::size_t cells = 0;
  std::size_t exacts = 0;
  std::size_t value_lists = 0;
  std::size_t distincts = 0;
  std::size_t sample_lists = 0;
  std::size_t group_lists = 0;
  bool compares_peers = false;  ///< a measure does
  /// Answers depend on earlier windows, or on where in a window its records lie: no two windows of
  /// a subject are alike.
  bool has_history = false;
};

/// What one record is to one measure.
struct MeasureInput {
  enum class Role : std::uint8_t { kNone, kCertain, kMaybe };
  Role role = Role::kNone;
  bool known = false;      ///< false: the argument is null
  std::int64_t key = 0;    ///< the argument; for doubles key_of()
  double number = 0.0;     ///< the argument, if a double
  std::int64_t group = 0;  ///< gini's group, or the peers', equal for equal values

  template <class Archive>
  void serialize(Archive& archive) {
    archive(role, known, key, number, group);
  }
};

/// The size of a record that has none: no larger one is there to be told apart from it.
inline constexpr std::int64_t kLeastSize = std::numeric_limits<std::int64_t>::min();

/// One record as an input of a policy's windows.
struct Input {
  std::int64_t pane = 0;  ///< floor(time / every)
  std::int64_t time = 0;
  std::int64_t seq = 0;
  std::int64_t weight = 0;
  std::int64_t size = kLeastSize;  ///< of what evidence may be chosen by; doubles as key_of()
  bool certain = false;
  std::vector<MeasureInput> measures;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(pane, time, seq, weight, size, certain, measures);
  }
};

/// What is in doubt about one measure of one span. All zero where nothing is.
struct MeasureDoubt {
  std::int64_t maybe = 0;          ///< maybe inputs
  std::int64_t unknown_value = 0;  ///< inputs, certain or maybe, whose argument is null
  Int128 positive = 0;             ///< sum of the maybe values >= 0, or of the maybe weights
  Int128 negative = 0;
  ExactSum real_positive;
  ExactSum real_negative;
  Int128 extreme = kNoKey;  ///< least or greatest maybe value

  [[nodiscard]] bool any() const { return maybe != 0 || unknown_value != 0; }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(maybe, unknown_value, positive, negative, real_positive, real_negative, extreme);
  }
};

/// The values of one measure in one pane, in any order until sorted.
class SortedKeys {
 public:
  void add(std::int64_t key) {
    sorted_ = sorted_ && (keys_.empty() || keys_.back() <= key);
    keys_.push_back(key);
  }
  void remove(std::int64_t key);
  void clear() {
    keys_.clear();
    sorted_ = true;
  }
  /// Ascending. Sorts where needed.
  [[nodiscard]] const std::vector<std::int64_t>& sorted();

  template <class Archive>
  void serialize(Archive& archive) {
    archive(keys_, sorted_);
  }

 private:
  std::vector<std::int64_t> keys_;
  bool sorted_ = true;
};

/// In which panes of one subject a value has been seen.
class SeenPanes {
 public:
  /// The nearest panes with the value before and after `pane`, and whether `pane` has it.
  struct Neighbours {
    std::int64_t before = std::numeric_limits<std::int64_t>::min();
    std::int64_t after = std::numeric_limits<std::int64_t>::max();
    bool here = false;
  };
  [[nodiscard]] Neighbours neighbours(std::int64_t pane, bool maybe_too) const;
  void change(std::int64_t pane, bool certain, int by);
  void forget_before(std::int64_t pane);
  [[nodiscard]] bool empty() const { return panes_.empty(); }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(panes_);
  }

 private:
  struct Seen {
    std::int64_t pane = 0;
    std::int32_t certain = 0;
    std::int32_t maybe = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(pane, certain, maybe);
    }
  };
  std::vector<Seen> panes_;  ///< by pane
};

using DistinctTable = std::unordered_map<std::int64_t, SeenPanes>;

}  // namespace tidewaiter
