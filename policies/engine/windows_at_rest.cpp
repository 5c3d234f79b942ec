#include "policies/engine/windows_at_rest.h"

#include <algorithm>

#include "policies/engine/subject_windows.h"

namespace tidewaiter {
namespace {

// What is said of a span besides where it lies: status, answer, what it counts as, and these.
constexpr unsigned kTwoBits = 3;
constexpr unsigned kAnswerShift = 2;
constexpr unsigned kCountedShift = 4;  // 0: it does not count
constexpr unsigned kIsJudged = 64;
constexpr unsigned kFalls = 128;
constexpr unsigned kJoinsPrevious = 256;

unsigned standing_of(const SpanOutline& span) {
  unsigned bits = static_cast<unsigned>(span.status) | static_cast<unsigned>(span.answer)
                                                           << kAnswerShift;
  if (span.counted) bits |= (static_cast<unsigned>(*span.counted) + 1) << kCountedShift;
  if (span.judged) bits |= kIsJudged;
  if (span.falls) bits |= kFalls;
  if (span.joins_previous) bits |= kJoinsPrevious;
  return bits;
}

void take_standing(unsigned bits, SpanOutline& span) {
  span.status = static_cast<WindowStatus>(bits & kTwoBits);
  span.answer = static_cast<RangeAnswer>(bits >> kAnswerShift & kTwoBits);
  const unsigned counted = bits >> kCountedShift & kTwoBits;
  span.counted = counted == 0 ? std::nullopt : std::optional(static_cast<RangeAnswer>(counted - 1));
  span.judged = (bits & kIsJudged) != 0;
  span.falls = (bits & kFalls) != 0;
  span.joins_previous = (bits & kJoinsPrevious) != 0;
}

}  // namespace

void append_outline(std::span<const SpanOutline> spans, std::vector<std::uint8_t>& bytes) {
  const std::size_t most = (1 + 4 * spans.size()) * VarintWriter::kMost;
  append_varints(bytes, most, [spans](VarintWriter& writer) {
    writer.whole(spans.size());
    std::int64_t before = 0;
    for (const SpanOutline& span : spans) {
      writer.difference(span.from, before);
      writer.difference(span.to, span.from);
      writer.whole(standing_of(span));
      if (span.judged) writer.whole(span.passed);
      before = span.to;
    }
  });
}

void read_outline(VarintReader& reader, std::vector<SpanOutline>& spans) {
  spans.resize(static_cast<std::size_t>(reader.whole()));
  std::int64_t before = 0;
  for (SpanOutline& span : spans) {
    span.from = reader.difference(before);
    span.to = reader.difference(span.from);
    take_standing(static_cast<unsigned>(reader.whole()), span);
    span.passed = span.judged ? reader.whole() : 0;
    before = span.to;
  }
}

std::size_t cut_outline(std::vector<SpanOutline>& spans, std::int64_t first, std::int64_t last) {
  const auto split_before = [&spans](std::size_t at, std::int64_t k) {
    SpanOutline rest = spans[at];
    rest.from = k;
    rest.joins_previous = true;
    spans[at].to = k - 1;
    spans.insert(spans.begin() + static_cast<std::ptrdiff_t>(at + 1), rest);
  };
  std::size_t begin = 0;
  while (begin < spans.size() && spans[begin].to < first) ++begin;
  if (begin < spans.size() && spans[begin].from < first) split_before(begin++, first);
  std::size_t end = begin;
  while (end < spans.size() && spans[end].to <= last) ++end;
  if (end < spans.size() && spans[end].from <= last) split_before(end, last + 1);
  return begin;
}

void join_outline(std::vector<SpanOutline>& spans) {
  std::size_t kept = 0;
  for (std::size_t i = 1; i < spans.size(); ++i) {
    if (spans[i].joins_previous && spans[i].falls == spans[kept].falls &&
        spans[i].stands_as(spans[kept])) {
      spans[kept].to = spans[i].to;
    } else {
      spans[++kept] = spans[i];
    }
  }
  if (!spans.empty()) spans.resize(kept + 1);
}

void SubjectWindows::outline(const MeasureLayout& layout, std::int64_t panes,
                             std::vector<SpanOutline>& outlines) const {
  outlines.clear();
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    SpanOutline& outline = outlines.emplace_back();
    static_cast<SpanStanding&>(outline) = spans_[i];
    outline.joins_previous = !layout.has_history && i > 0 && hold_the_same(i - 1, panes);
  }
}

void SubjectWindows::take_outline(const MeasureLayout& layout,
                                  std::span<const SpanOutline> outlines) {
  spans_.clear();
  spans_.reserve(outlines.size());
  cells_.assign(outlines.size() * layout.cells, Int128{0});
  exacts_.assign(outlines.size() * layout.exacts, ExactSum{});
  constexpr std::size_t kMostSparePanes = 8;
  for (Pane& pane : panes_) {
    if (spare_.size() == kMostSparePanes) break;
    pane.clear();
    spare_.push_back(std::move(pane));
  }
  panes_.clear();
  for (DistinctTable& table : distincts_) table.clear();
  for (std::size_t i = 0; i < outlines.size(); ++i) {
    static_cast<SpanStanding&>(spans_.emplace_back()) = outlines[i];
    clear_figures(layout, i);
  }
}

void SubjectWindows::fill(const MeasureLayout& layout, std::int64_t panes, EvidenceKept kept,
                          const PackedInputs& inputs) {
  inputs.each([&](const Input& input) {
    Touched touched{lower_bound(input.pane - panes + 1), 0};
    touched.last = touched.first;
    while (touched.last < spans_.size() && spans_[touched.last].to <= input.pane) ++touched.last;
    change_figures(layout, panes, input, 1, kept, touched);
  });
}

}  // namespace tidewaiter
