#include "policies/engine/quiet_subjects.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

namespace tidewaiter {
namespace {

constexpr std::size_t kLine = 64;  // bytes of a cache line

bool is_within_run(const WindowRun& inner, const WindowRun& outer) {
  return outer.first <= inner.first && inner.last <= outer.last;
}

/// What of `windows` does not lie in `gone`.
void append_outside(const AlikeWindows& windows, const WindowRun& gone,
                    std::vector<AlikeWindows>& outside) {
  if (gone.first > gone.last || gone.last < windows.first || windows.last < gone.first) {
    outside.push_back(windows);
    return;
  }
  if (windows.first < gone.first) {
    outside.push_back({windows.first, gone.first - 1, windows.latest});
  }
  if (gone.last < windows.last) outside.push_back({gone.last + 1, windows.last, windows.latest});
}

}  // namespace

QuietSubjects::QuietSubjects(const MeasureLayout& layout, const OpenOutlook& outlook,
                             std::int64_t panes, std::size_t most_inputs)
    : panes_(panes), most_inputs_(most_inputs) {
  for (const Threshold& threshold : outlook.required) {
    const MeasurePlace& place = layout.places[threshold.measure];
    const bool adds_up = place.aggregate == Aggregate::kCount ||
                         place.aggregate == Aggregate::kSum ||
                         place.aggregate == Aggregate::kDistinct;
    if (!adds_up || threshold.at_least <= 0 || bars_.size() == kMostBars) continue;
    bars_.push_back(
        {threshold.measure, place.aggregate, static_cast<std::int64_t>(threshold.at_least)});
  }
}

/// The most that an input adds to a bar's figure in any window, certain or not: no more than what
/// reaches it by itself.
std::int64_t QuietSubjects::amount(const Bar& bar, const Input& input) {
  const MeasureInput& measure = input.measures[bar.measure];
  if (measure.role == MeasureInput::Role::kNone) return 0;
  std::int64_t most = 1;
  if (bar.aggregate == Aggregate::kCount) most = input.weight;
  if (bar.aggregate == Aggregate::kSum) most = measure.known ? measure.key : bar.at_least;
  return std::clamp<std::int64_t>(most, 0, bar.at_least);
}

QuietSubjects::Header QuietSubjects::header_of(const Bytes& subject) {
  static_assert(std::is_trivially_copyable_v<Header> && offsetof(Header, flags) == 0 &&
                std::has_unique_object_representations_v<Header>);
  Header header;
  std::memcpy(&header, subject.get(), sizeof(header));
  return header;
}

void QuietSubjects::move_tail(const Bytes& subject, std::int64_t pane, Header& header) {
  while (header.tail < header.size) {
    VarintReader reader(subject.get() + header.tail);
    read_input(reader, header.base, scratch_);
    if (scratch_.pane > pane - panes_) return;
    for (std::size_t i = 0; i < bars_.size(); ++i) {
      header.reached[i] -= amount(bars_[i], scratch_);
    }
    header.tail = static_cast<std::uint32_t>(reader.at() - subject.get());
  }
}

bool QuietSubjects::add(Bytes& subject, const Input& input) {
  Header header;
  if (subject == nullptr) {
    header.base = input_place(input);
    header.size = header.tail = sizeof(Header);
  } else {
    header = header_of(subject);
    if (input.pane < header.latest) return false;
    move_tail(subject, input.pane, header);
  }
  if (header.count >= most_inputs_) return false;
  // A window that holds the input holds at most what lies in the windows of its pane.
  bool falls_short = false;
  for (std::size_t i = 0; i < bars_.size(); ++i) {
    header.reached[i] += amount(bars_[i], input);
    falls_short = falls_short || header.reached[i] < bars_[i].at_least;
  }
  if (!falls_short) return false;
  append(subject, input, header);
  return true;
}

void QuietSubjects::append(Bytes& subject, const Input& input, Header& header) {
  bytes_.clear();
  append_input(input, header.base, bytes_);
  const std::size_t size = header.size + bytes_.size();
  if (size > header.room) {
    constexpr std::size_t kStep = 16;
    const std::size_t room = (size + size / 8 + kStep - 1) / kStep * kStep;
    auto larger = std::make_unique<std::uint8_t[]>(room);
    if (subject != nullptr) std::copy_n(subject.get(), header.size, larger.get());
    subject = std::move(larger);
    header.room = static_cast<std::uint32_t>(room);
  }
  std::ranges::copy(bytes_, subject.get() + header.size);
  header.size = static_cast<std::uint32_t>(size);
  header.latest = input.pane;
  ++header.count;
  std::memcpy(subject.get(), &header, sizeof(header));
}

WindowRun QuietSubjects::new_windows(const Bytes& subject, std::int64_t pane) const {
  WindowRun windows{pane - panes_ + 1, pane};
  if (subject != nullptr) windows.first = std::max(windows.first, latest_pane(subject) + 1);
  return windows;
}

void QuietSubjects::windows(const Bytes& subject, std::vector<AlikeWindows>& windows) {
  windows.clear();
  places_.clear();
  each(subject, [this](const Input& input) {
    if (places_.empty() || places_.back() != input.pane) places_.push_back(input.pane);
  });
  const WindowRun gone = forgotten(subject);
  const auto first_of = [this](std::size_t i) { return places_[i] - panes_ + 1; };
  // Panes before `left` are behind the window, and those before `entered` are in it or behind.
  std::size_t entered = 0;
  std::size_t left = 0;
  for (std::int64_t k = first_of(0); left < places_.size();) {
    while (entered < places_.size() && first_of(entered) <= k) ++entered;
    std::int64_t next = places_[left] + 1;
    if (entered < places_.size()) next = std::min(next, first_of(entered));
    if (entered > left) append_outside({k, next - 1, places_[entered - 1]}, gone, windows);
    k = next;
    while (left < places_.size() && places_[left] < k) ++left;
  }
}

WindowRun QuietSubjects::forgotten(const Bytes& subject) { return header_of(subject).forgotten; }

void QuietSubjects::forget(Bytes& subject, const WindowRun& windows) {
  const Header before = header_of(subject);
  Header header;
  header.flags = before.flags;
  header.base = before.base;
  header.forgotten = windows;
  header.size = header.tail = sizeof(Header);
  Bytes left;
  VarintReader reader(subject.get() + sizeof(Header));
  for (std::uint32_t i = 0; i < before.count; ++i) {
    read_input(reader, before.base, scratch_);
    if (is_within_run({scratch_.pane - panes_ + 1, scratch_.pane}, windows)) continue;
    for (std::size_t bar = 0; bar < bars_.size(); ++bar) {
      header.reached[bar] += amount(bars_[bar], scratch_);
    }
    append(left, scratch_, header);
  }
  if (left != nullptr) {
    move_tail(left, header.latest, header);
    std::memcpy(left.get(), &header, sizeof(header));
  }
  subject = std::move(left);
}

std::int64_t QuietSubjects::middle_pane(const Bytes& subject) {
  const Header header = header_of(subject);
  VarintReader reader(subject.get() + sizeof(Header));
  const std::int64_t first = read_place(reader, header.base).pane;
  return first + (header.latest - first) / 2;
}

std::int64_t QuietSubjects::latest_pane(const Bytes& subject) { return header_of(subject).latest; }

std::span<const std::uint8_t> QuietSubjects::bytes_of(const Bytes& subject) {
  return {subject.get(), header_of(subject).size};
}

QuietSubjects::Bytes QuietSubjects::made_of(std::span<const std::uint8_t> bytes) {
  auto subject = std::make_unique<std::uint8_t[]>(bytes.size());
  std::ranges::copy(bytes, subject.get());
  Header header = header_of(subject);
  header.room = header.size;
  std::memcpy(subject.get(), &header, sizeof(header));
  return subject;
}

void QuietSubjects::prefetch_begin(const Bytes& subject) {
  static_assert(sizeof(Header) > kLine);
  if (subject == nullptr) return;
  __builtin_prefetch(subject.get(), 1);
  // At rest it may be shorter: the next line is of somebody else then, and not touched.
  const auto next = reinterpret_cast<std::uintptr_t>(subject.get()) + kLine;
  __builtin_prefetch(reinterpret_cast<const void*>(next), 1);  // NOLINT(performance-no-int-to-ptr)
}

void QuietSubjects::prefetch_end(const Bytes& subject) {
  if (!is_one(subject)) return;
  const Header header = header_of(subject);
  __builtin_prefetch(subject.get() + header.tail);
  __builtin_prefetch(subject.get() + header.size, 1);
}

}  // namespace tidewaiter
