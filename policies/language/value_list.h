#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/time.h"
#include "policies/model/value.h"

namespace tidewaiter {

/// All instants.
inline constexpr Interval kAlways{{INT64_MIN}, {INT64_MAX}};

/// The values of a named list, made ready for look-up: the time of one look-up does not depend on
/// how many values there are. Immutable, so that all policies of a set share one, from any thread.
class ValueList {
 public:
  /// A value and when it stands in the list: event time, half-open. An item whose interval is
  /// empty never stands in it.
  struct Item {
    Value value;
    Interval during = kAlways;
  };

  /// Values are of `type`, which is neither a list nor NaN. A value may occur several times: it
  /// stands in the list whenever one of its items says so.
  ValueList(std::string name, ValueType type, std::span<const Item> items);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] ValueType type() const { return type_; }
  /// How many different values there are at one time or another.
  [[nodiscard]] std::size_t size() const { return texts_.size() + numbers_.size(); }
  /// Whether the answer depends on the time for some value.
  [[nodiscard]] bool is_dated() const { return dated_; }
  /// The end of the last interval in which any value stands in the list; the end of kAlways if
  /// there is none. Of an empty list the beginning of kAlways.
  [[nodiscard]] UtcTime last_until() const { return last_until_; }

  /// When a value stands in the list: sorted, apart from each other; nothing if it never does.
  /// Valid as long as the list.
  [[nodiscard]] std::span<const Interval> times_of(const Value& value) const;
  /// The same for a text or an address.
  [[nodiscard]] std::span<const Interval> times_of_text(std::string_view text) const;

  /// A text of the list, and when it stands there. Both are valid as long as the list.
  struct DatedText {
    std::string_view text;
    std::span<const Interval> times;  ///< sorted, apart from each other; one at least
  };
  /// All texts or addresses, sorted; nothing of a list of other values.
  [[nodiscard]] std::vector<DatedText> texts() const;

  /// A value that is no text, and when it stands in the list; times as of DatedText.
  struct DatedValue {
    Value value;
    std::span<const Interval> times;
  };
  /// All values of a list of others than texts and addresses, by their keys; nothing of those.
  [[nodiscard]] std::vector<DatedValue> numbers() const;

  /// SHA-256 over the type and, in the order of their canonical texts, the values with their
  /// intervals: equal for two lists if and only if they mean the same, in whatever order written.
  [[nodiscard]] const Digest& digest() const { return digest_; }

 private:
  struct TextHash {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the library's name
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Dates = std::uint32_t;  ///< place in intervals_; kNoDates: always

  [[nodiscard]] std::span<const Interval> times_at(Dates dates) const;
  void seal();

  std::string name_;
  ValueType type_;
  std::unordered_map<std::string, Dates, TextHash, std::equal_to<>> texts_;
  std::unordered_map<std::int64_t, Dates> numbers_;  ///< doubles by their bits, bools as 0 and 1
  std::vector<std::vector<Interval>> intervals_;     ///< only of values with dates
  bool dated_ = false;
  UtcTime last_until_;
  Digest digest_;
};

/// Whether one of the intervals holds the instant.
[[nodiscard]] bool holds_at(std::span<const Interval> intervals, UtcTime time);

}  // namespace tidewaiter
