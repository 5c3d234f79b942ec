#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "policies/engine/packed_input.h"
#include "policies/engine/resting_flags.h"
#include "policies/engine/runs.h"
#include "policies/engine/thresholds.h"

namespace tidewaiter {

/// Neighbouring windows of one subject that hold the same records, the latest of which are in the
/// pane `latest`.
struct AlikeWindows {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t latest = 0;
};

/// The subjects of one policy of which no window can hold, told by the weight of their inputs
/// alone: each window falls short of something that `report_when` cannot do without. Such a subject
/// is its inputs and nothing else, in one piece of memory; its windows are where these lie, and
/// need not be made to be counted. Cost: an input is read when it leaves the latest
/// windows; windows() and forget() read all of them. One thread at a time.
class QuietSubjects {
 public:
  /// A quiet subject. Its first byte is that of the flags: kQuiet is set.
  using Bytes = RestingBytes;

  /// `panes`: how many windows hold an instant. A subject of more than `most_inputs` is none.
  QuietSubjects(const MeasureLayout& layout, const OpenOutlook& outlook, std::int64_t panes,
                std::size_t most_inputs);
  /// False: of every subject a window may hold, for all that can be told.
  [[nodiscard]] bool any() const { return !bars_.empty(); }

  [[nodiscard]] static bool is_one(const Bytes& subject) {
    return has_flag(subject, RestingFlag::kQuiet);
  }

  /// Adds an input to a subject, which begins with it where there is none. False, and nothing is
  /// added: a window may hold with it; or it lies in a pane before the latest one.
  [[nodiscard]] bool add(Bytes& subject, const Input& input);
  /// The windows that would hold a record in `pane`, and hold none now. Empty where the last is
  /// before the first.
  [[nodiscard]] WindowRun new_windows(const Bytes& subject, std::int64_t pane) const;

  /// Its windows but those that it has forgotten, in order. Replaces what is in `windows`.
  void windows(const Bytes& subject, std::vector<AlikeWindows>& windows);
  /// Calls `visit(const Input&)` for each input, in the order in which they came; it is valid until
  /// `visit` returns.
  template <class Visit>
  void each(const Bytes& subject, const Visit& visit);

  /// The windows that it has forgotten: no further input lies in one of them.
  [[nodiscard]] static WindowRun forgotten(const Bytes& subject);
  /// Forgets these windows, those that it has forgotten among them, and the inputs that no other
  /// window holds. Nothing is left of it where that are all.
  void forget(Bytes& subject, const WindowRun& windows);

  /// The pane in the middle between its first input and its latest. REQUIRES: there is a subject.
  [[nodiscard]] static std::int64_t middle_pane(const Bytes& subject);
  /// The pane of its latest input. REQUIRES: there is a subject.
  [[nodiscard]] static std::int64_t latest_pane(const Bytes& subject);
  /// All that makes it again, and the same of bytes that were copied.
  [[nodiscard]] static std::span<const std::uint8_t> bytes_of(const Bytes& subject);
  [[nodiscard]] static Bytes made_of(std::span<const std::uint8_t> bytes);

  /// What the cache is to have before add(): first the beginning, then, by that, the end.
  static void prefetch_begin(const Bytes& subject);
  static void prefetch_end(const Bytes& subject);

 private:
  /// What no window reaches: a figure, of which each input adds at most so much.
  struct Bar {
    std::size_t measure = 0;
    Aggregate aggregate = Aggregate::kCount;
    std::int64_t at_least = 0;
  };
  static constexpr std::size_t kMostBars = 2;
  struct Header {
    // Snapshots have its bytes: none of them is left to chance.
    std::uint8_t flags = static_cast<std::uint8_t>(RestingFlag::kQuiet);
    std::uint8_t unused[3] = {0, 0, 0};
    std::uint32_t count = 0;  ///< inputs
    std::uint32_t size = 0;   ///< bytes, the header among them
    std::uint32_t room = 0;   ///< bytes that there are
    std::uint32_t tail = 0;   ///< where the inputs of the windows of `latest` begin
    std::uint32_t unused_too = 0;
    std::int64_t latest = 0;    ///< pane of the last input
    WindowRun forgotten{1, 0};  ///< none
    InputPlace base;
    std::array<std::int64_t, kMostBars> reached = {};  ///< by the inputs from `tail` on
  };
  [[nodiscard]] static Header header_of(const Bytes& subject);
  [[nodiscard]] static std::int64_t amount(const Bar& bar, const Input& input);
  /// Moves the tail to the inputs of the windows that hold `pane`.
  void move_tail(const Bytes& subject, std::int64_t pane, Header& header);
  void append(Bytes& subject, const Input& input, Header& header);

  std::vector<Bar> bars_;  ///< at most kMostBars
  std::int64_t panes_;
  std::size_t most_inputs_;
  Input scratch_;
  std::vector<std::uint8_t> bytes_;   ///< of the input in hand
  std::vector<std::int64_t> places_;  ///< panes, where windows are made of them
};

template <class Visit>
void QuietSubjects::each(const Bytes& subject, const Visit& visit) {
  const Header header = header_of(subject);
  VarintReader reader(subject.get() + sizeof(Header));
  for (std::uint32_t left = header.count; left > 0; --left) {
    read_input(reader, header.base, scratch_);
    visit(static_cast<const Input&>(scratch_));
  }
}

}  // namespace tidewaiter
