#include "policies/engine/subject_windows.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <tuple>
#include <utility>

namespace tidewaiter {
namespace {

using Role = MeasureInput::Role;

/// The more extreme of two values of min or max; kNoKey gives way.
Int128 more_extreme(Aggregate aggregate, Int128 a, Int128 b) {
  if (a == kNoKey) return b;
  if (b == kNoKey) return a;
  return aggregate == Aggregate::kMin ? std::min(a, b) : std::max(a, b);
}

/// Keeps or forgets a record's place, and its size beside it.
void change_evidence(const Input& input, int sign, EvidenceKept kept, Pane& pane) {
  if (sign < 0) return pane.evidence.remove(input.time, input.seq);
  const std::int64_t size = kept == EvidenceKept::kPlacesAndSizes ? input.size : 0;
  pane.evidence.add({input.time, input.seq, 1, size, 0, 0});
}

bool is_extreme(Aggregate aggregate) {
  return aggregate == Aggregate::kMin || aggregate == Aggregate::kMax;
}

/// The `limit` largest records of some panes; of equal ones the earlier.
std::vector<std::int64_t> largest_of(std::span<const Pane> panes, std::size_t limit) {
  std::vector<Sample> all;
  for (const Pane& pane : panes) pane.evidence.append_to(all);
  const auto shown = all.begin() + static_cast<std::ptrdiff_t>(std::min(limit, all.size()));
  std::ranges::partial_sort(all, shown, [](const Sample& a, const Sample& b) {
    return a.key != b.key ? a.key > b.key : std::tie(a.time, a.seq) < std::tie(b.time, b.seq);
  });
  std::vector<std::int64_t> seqs;
  for (auto one = all.begin(); one != shown; ++one) seqs.push_back(one->seq);
  return seqs;
}

/// Appends the numbers of a pane's first records, up to so many in all.
void append_first(const Pane& pane, std::size_t limit, std::vector<std::int64_t>& seqs) {
  pane.evidence.each([&](const Sample& record) {
    seqs.push_back(record.seq);
    return seqs.size() < limit;
  });
}

/// … and of its last ones, the last first.
void append_last(const Pane& pane, std::size_t limit, std::vector<std::int64_t>& seqs) {
  pane.evidence.each_back([&](const Sample& record) {
    seqs.push_back(record.seq);
    return seqs.size() < limit;
  });
}

void forget_panes(DistinctTable& table, std::int64_t before) {
  for (auto value = table.begin(); value != table.end();) {
    value->second.forget_before(before);
    value = value->second.empty() ? table.erase(value) : std::next(value);
  }
}

bool stand_alike(const Span& a, const Span& b) {
  return a.session == nullptr && b.session == nullptr && a.stands_as(b) && a.certain == b.certain &&
         a.maybe == b.maybe;
}

auto offset(std::size_t i) { return static_cast<std::ptrdiff_t>(i); }

/// The cache lines of the last `count` items, and of where one more would stand.
template <class T>
void prefetch_last(const std::vector<T>& items, std::size_t count) {
  constexpr std::size_t kLine = 64;
  const auto* const end = reinterpret_cast<const std::byte*>(items.data() + items.size());
  const std::size_t bytes = std::min(count, items.size()) * sizeof(T);
  for (std::size_t back = 0; back <= bytes; back += kLine) __builtin_prefetch(end - back, 1);
}

}  // namespace

bool Span::in_doubt() const {
  return doubts != nullptr &&
         std::ranges::any_of(*doubts, [](const MeasureDoubt& doubt) { return doubt.any(); });
}

Span Span::split(std::int64_t k) {
  Span right;
  static_cast<SpanStanding&>(right) = *this;
  right.from = k;
  right.certain = certain;
  right.maybe = maybe;
  if (doubts != nullptr) right.doubts = std::make_unique<std::vector<MeasureDoubt>>(*doubts);
  to = k - 1;
  return right;
}

void Pane::clear() {
  certain_records = 0;
  maybe_records = 0;
  evidence.clear();
  for (SortedKeys& keys : certain) keys.clear();
  for (SortedKeys& keys : maybe) keys.clear();
  for (PackedSamples& list : samples) list.clear();
  for (auto& list : groups) list.clear();
}

void SubjectWindows::prefetch_ends(const MeasureLayout& layout) const {
  prefetch_last(spans_, 1);
  prefetch_last(cells_, layout.cells);
  prefetch_last(panes_, 1);
  __builtin_prefetch(distincts_.data());
}

void SubjectWindows::prefetch_last_pane() const {
  if (panes_.empty()) return;
  const Pane& pane = panes_.back();
  pane.evidence.prefetch();
  __builtin_prefetch(pane.certain.begin(), 1);
  __builtin_prefetch(pane.samples.begin(), 1);
}

std::size_t SubjectWindows::lower_bound(std::int64_t k) const {
  // Records come mostly in the order of time.
  if (spans_.empty() || spans_.back().to < k) return spans_.size();
  const auto it = std::ranges::lower_bound(spans_, k, {}, &Span::to);
  return static_cast<std::size_t>(it - spans_.begin());
}

const Span* SubjectWindows::find(std::int64_t k) const {
  const std::size_t at = lower_bound(k);
  return at < spans_.size() && spans_[at].from <= k ? &spans_[at] : nullptr;
}

void SubjectWindows::insert_span(const MeasureLayout& layout, std::size_t at, std::int64_t from,
                                 std::int64_t to, WindowStatus status) {
  Span span;
  span.from = from;
  span.to = to;
  span.status = status;
  spans_.insert(spans_.begin() + offset(at), std::move(span));
  cells_.insert(cells_.begin() + offset(at * layout.cells), layout.cells, Int128{0});
  exacts_.insert(exacts_.begin() + offset(at * layout.exacts), layout.exacts, ExactSum{});
  clear_figures(layout, at);
}

void SubjectWindows::clear_figures(const MeasureLayout& layout, std::size_t at) {
  std::fill_n(cells_.begin() + offset(at * layout.cells), layout.cells, Int128{0});
  for (const MeasurePlace& place : layout.places) {
    if (is_extreme(place.aggregate)) cells_[at * layout.cells + place.cell] = kNoKey;
  }
  std::fill_n(exacts_.begin() + offset(at * layout.exacts), layout.exacts, ExactSum{});
}

void SubjectWindows::split_before(const MeasureLayout& layout, std::size_t at, std::int64_t k) {
  Span right = spans_[at].split(k);
  spans_.insert(spans_.begin() + offset(at + 1), std::move(right));
  const std::size_t cell = at * layout.cells;
  const std::vector<Int128> cells(cells_.begin() + offset(cell),
                                  cells_.begin() + offset(cell + layout.cells));
  cells_.insert(cells_.begin() + offset(cell + layout.cells), cells.begin(), cells.end());
  const std::size_t exact = at * layout.exacts;
  const std::vector<ExactSum> exacts(exacts_.begin() + offset(exact),
                                     exacts_.begin() + offset(exact + layout.exacts));
  exacts_.insert(exacts_.begin() + offset(exact + layout.exacts), exacts.begin(), exacts.end());
}

SubjectWindows::Touched SubjectWindows::carve(const MeasureLayout& layout,
                                              const StatusMap& statuses, std::int64_t first,
                                              std::int64_t last) {
  std::size_t at = lower_bound(first);
  if (at < spans_.size() && spans_[at].from < first) split_before(layout, at++, first);
  const std::size_t begin = at;
  std::int64_t k = first;
  while (k <= last) {
    if (at == spans_.size() || spans_[at].from > k) {
      const std::int64_t free_until =
          at == spans_.size() ? last : std::min(last, spans_[at].from - 1);
      const std::int64_t alike = layout.has_history ? k : statuses.same_until(k);
      insert_span(layout, at, k, std::min(free_until, alike), statuses.at(k));
    } else if (spans_[at].to > last) {
      split_before(layout, at, last + 1);
    }
    k = spans_[at++].to + 1;
  }
  return {begin, at};
}

SubjectWindows::Touched SubjectWindows::cut(const MeasureLayout& layout, std::int64_t first,
                                            std::int64_t last) {
  std::size_t begin = lower_bound(first);
  if (begin < spans_.size() && spans_[begin].from < first) split_before(layout, begin++, first);
  std::size_t end = begin;
  while (end < spans_.size() && spans_[end].to <= last) ++end;
  if (end < spans_.size() && spans_[end].from <= last) split_before(layout, end++, last + 1);
  return {begin, end};
}

bool SubjectWindows::has_pane(std::int64_t index) const {
  return std::ranges::binary_search(panes_, index, {}, &Pane::index);
}

bool SubjectWindows::hold_the_same(std::size_t at, std::int64_t panes) const {
  const std::int64_t border = spans_[at].to;
  if (border + 1 != spans_[at + 1].from) return false;
  // From window to window one pane goes and one comes: neither has a record.
  return !has_pane(border) && !has_pane(border + panes);
}

void SubjectWindows::join_alike(const MeasureLayout& layout, std::int64_t panes, Touched touched) {
  if (layout.has_history) return;
  const std::size_t first = touched.first == 0 ? 0 : touched.first - 1;
  for (std::size_t at = std::min(touched.last, spans_.size() - 1); at-- > first;) {
    if (!stand_alike(spans_[at], spans_[at + 1]) || !hold_the_same(at, panes)) continue;
    spans_[at].to = spans_[at + 1].to;
    remove_spans(layout, {at + 1, at + 2}, [](const Span&) { return true; });
  }
}

void SubjectWindows::forget_before(const MeasureLayout& layout, const StatusMap& statuses,
                                   std::int64_t panes, std::int64_t pane) {
  panes_.erase(panes_.begin(), std::ranges::lower_bound(panes_, pane, {}, &Pane::index));
  for (DistinctTable& table : distincts_) forget_panes(table, pane);
  std::size_t before = lower_bound(pane);
  if (before < spans_.size() && spans_[before].from < pane) split_before(layout, before++, pane);
  for (std::size_t i = 0; i < before; ++i) {
    Span made_anew;
    made_anew.from = spans_[i].from;
    made_anew.to = spans_[i].to;
    made_anew.status = statuses.at(made_anew.from);
    made_anew.counted = spans_[i].counted;
    spans_[i] = std::move(made_anew);
    clear_figures(layout, i);
  }
  for (const Pane& left : panes_of(pane, panes - 1)) {
    // Not carved anew: windows of the pane that are not there are forgotten ones.
    const Touched touched = cut(layout, left.index - panes + 1, pane - 1);
    for (std::size_t i = touched.first; i < touched.last; ++i) {
      spans_[i].certain += left.certain_records;
      spans_[i].maybe += left.maybe_records;
    }
  }
}

template <class Goes>
void SubjectWindows::remove_spans(const MeasureLayout& layout, Touched touched, const Goes& goes) {
  std::size_t keep = touched.first;
  for (std::size_t i = touched.first; i < touched.last; ++i) {
    if (goes(spans_[i])) continue;
    if (keep != i) {
      spans_[keep] = std::move(spans_[i]);
      std::copy_n(cells_.begin() + offset(i * layout.cells), layout.cells,
                  cells_.begin() + offset(keep * layout.cells));
      std::copy_n(exacts_.begin() + offset(i * layout.exacts), layout.exacts,
                  exacts_.begin() + offset(keep * layout.exacts));
    }
    ++keep;
  }
  if (keep == touched.last) return;
  const auto erase = [&](auto& items, std::size_t stride) {
    items.erase(items.begin() + offset(keep * stride),
                items.begin() + offset(touched.last * stride));
  };
  erase(spans_, 1);
  erase(cells_, layout.cells);
  erase(exacts_, layout.exacts);
}

void SubjectWindows::sweep(const MeasureLayout& layout, Touched touched) {
  remove_spans(layout, touched, [](const Span& span) { return !span.exists(); });
}

std::vector<SubjectWindows::Done> SubjectWindows::forget_done(const MeasureLayout& layout,
                                                              std::int64_t panes,
                                                              std::int64_t last) {
  std::vector<Done> done;
  const Touched all{0, spans_up_to(last)};
  remove_spans(layout, all, [&](const Span& span) {
    const bool counts =
        span.counted == RangeAnswer::kFalse || span.counted == RangeAnswer::kUnknown;
    if (!counts || span.status != WindowStatus::kClosed) return false;
    const Pane& latest = panes_of(span.from, panes).back();
    done.push_back({span.from, span.to, latest.index, span.counted == RangeAnswer::kFalse});
    return true;
  });
  if (done.empty()) return done;
  const auto settled = std::ranges::upper_bound(panes_, last, {}, &Pane::index);
  const auto kept = std::remove_if(panes_.begin(), settled,
                                   [&](const Pane& pane) { return !is_needed(pane, panes); });
  panes_.erase(kept, settled);
  for (DistinctTable& table : distincts_) forget_panes(table, last + 1);
  give_back_room();
  return done;
}

/// Whether a window that is there holds the pane.
bool SubjectWindows::is_needed(const Pane& pane, std::int64_t panes) const {
  const std::size_t at = lower_bound(pane.index - panes + 1);
  return at < spans_.size() && spans_[at].from <= pane.index;
}

/// Of lists that have become far shorter than they were.
void SubjectWindows::give_back_room() {
  constexpr std::size_t kLeast = 8;
  const auto shrink = [](auto& items) {
    if (items.capacity() > kLeast + 2 * items.size()) items.shrink_to_fit();
  };
  shrink(spans_);
  shrink(cells_);
  shrink(exacts_);
  shrink(panes_);
  for (DistinctTable& table : distincts_) {
    if (table.bucket_count() > kLeast + 4 * table.size()) table.rehash(0);
  }
}

Pane& SubjectWindows::pane_at(const MeasureLayout& layout, std::int64_t index) {
  auto it = panes_.end();
  if (!panes_.empty() && panes_.back().index >= index) {
    it = std::ranges::lower_bound(panes_, index, {}, &Pane::index);
    if (it->index == index) return *it;
  }
  Pane pane;
  if (!spare_.empty()) {
    pane = std::move(spare_.back());
    spare_.pop_back();
  }
  pane.index = index;
  pane.certain.make(layout.value_lists);
  pane.samples.make(layout.sample_lists);
  pane.groups.make(layout.group_lists);
  return *panes_.insert(it, std::move(pane));
}

void SubjectWindows::change_pane(const MeasureLayout& layout, const Input& input, int sign,
                                 EvidenceKept kept) {
  Pane& pane = pane_at(layout, input.pane);
  (input.certain ? pane.certain_records : pane.maybe_records) += sign;
  if (pane.certain_records == 0 && pane.maybe_records == 0) {
    panes_.erase(panes_.begin() + (&pane - panes_.data()));
    return;
  }
  if (input.certain && kept != EvidenceKept::kNothing) change_evidence(input, sign, kept, pane);
  if (layout.value_lists + layout.sample_lists > 0) change_values(layout, input, sign, pane);
  if (layout.group_lists > 0) change_groups(layout, input, sign, pane);
}

void SubjectWindows::change_groups(const MeasureLayout& layout, const Input& input, int sign,
                                   Pane& pane) {
  const auto place_in_order = [](const GroupMark& mark) { return std::pair(mark.time, mark.seq); };
  const std::pair own_place(input.time, input.seq);
  for (std::size_t m = 0; m < layout.places.size(); ++m) {
    const MeasurePlace& place = layout.places[m];
    if (!place.compares_peers || place.by_size_band) continue;
    const MeasureInput& measure = input.measures[m];
    auto& marks = pane.groups[place.groups];
    const auto it = std::ranges::lower_bound(marks, own_place, {}, place_in_order);
    if (sign > 0) {
      marks.insert(it, {input.time, input.seq, input.certain && measure.known, measure.group});
    } else if (it != marks.end() && place_in_order(*it) == own_place) {
      marks.erase(it);
    }
  }
}

void SubjectWindows::change_values(const MeasureLayout& layout, const Input& input, int sign,
                                   Pane& pane) {
  for (std::size_t m = 0; m < layout.places.size(); ++m) {
    const MeasurePlace& place = layout.places[m];
    const MeasureInput& measure = input.measures[m];
    if (measure.role == Role::kNone || !measure.known) continue;
    if (keeps_samples(place.aggregate)) {
      if (measure.role != Role::kCertain && !counts_patterns(place)) continue;
      PackedSamples& samples = pane.samples[place.samples];
      if (sign > 0) {
        samples.add(
            {input.time, input.seq, input.weight, measure.key, measure.number, measure.group});
      } else {
        samples.remove(input.time, input.seq);
      }
      continue;
    }
    if (!is_extreme(place.aggregate) && place.aggregate != Aggregate::kQuantile) continue;
    auto& lists = measure.role == Role::kCertain ? pane.certain : pane.maybe;
    lists.make(layout.value_lists);
    if (sign > 0) {
      lists[place.values].add(measure.key);
    } else {
      lists[place.values].remove(measure.key);
    }
  }
}

SubjectWindows::Touched SubjectWindows::change(const MeasureLayout& layout,
                                               const StatusMap& statuses, std::int64_t panes,
                                               const Input& input, int sign, EvidenceKept kept) {
  const Touched touched = carve(layout, statuses, input.pane - panes + 1, input.pane);
  change_figures(layout, panes, input, sign, kept, touched);
  return touched;
}

void SubjectWindows::change_figures(const MeasureLayout& layout, std::int64_t panes,
                                    const Input& input, int sign, EvidenceKept kept,
                                    Touched touched) {
  distincts_.resize(layout.distincts);
  change_pane(layout, input, sign, kept);
  for (std::size_t i = touched.first; i < touched.last; ++i) {
    (input.certain ? spans_[i].certain : spans_[i].maybe) += sign;
  }
  for (std::size_t m = 0; m < layout.places.size(); ++m) {
    if (input.measures[m].role != Role::kNone) {
      change_measure(layout, m, input, sign, touched, panes);
    }
  }
}

void SubjectWindows::change_measure(const MeasureLayout& layout, std::size_t measure,
                                    const Input& input, int sign, Touched touched,
                                    std::int64_t panes) {
  const MeasureInput& value = input.measures[measure];
  if (layout.places[measure].aggregate == Aggregate::kDistinct && value.known) {
    change_distinct(layout, measure, input, sign, touched, panes);
  } else if (value.role == Role::kCertain && value.known) {
    change_certain(layout, measure, input, sign, touched, panes);
  }
  if (value.role == Role::kMaybe || !value.known) {
    change_doubt(layout, measure, input, sign, touched, panes);
  }
}

void SubjectWindows::change_certain(const MeasureLayout& layout, std::size_t measure,
                                    const Input& input, int sign, Touched touched,
                                    std::int64_t panes) {
  const MeasurePlace& place = layout.places[measure];
  const MeasureInput& value = input.measures[measure];
  if (adds_doubles(place)) {
    for (std::size_t i = touched.first; i < touched.last; ++i) {
      exacts_[i * layout.exacts + place.exact].add(sign * value.number);
      if (place.aggregate == Aggregate::kAvg) cells_[i * layout.cells + place.cell] += sign;
    }
    return;
  }
  Int128* cell = cells_.data() + touched.first * layout.cells + place.cell;
  if (is_extreme(place.aggregate)) {
    std::vector<Int128> without;  // of the spans, once one has lost its extreme
    for (std::size_t i = touched.first; i < touched.last; ++i, cell += layout.cells) {
      if (sign > 0) {
        *cell = more_extreme(place.aggregate, *cell, value.key);
      } else if (*cell == value.key) {
        if (without.empty()) without = extremes_of(place, touched, input.pane, panes, true);
        *cell = without[i - touched.first];
      }
    }
    return;
  }
  Int128 amount = 1;
  if (adds_weights(place)) amount = input.weight;
  if (adds_values(place)) amount = value.key;
  amount *= sign;
  for (std::size_t i = touched.first; i < touched.last; ++i, cell += layout.cells) {
    *cell += amount;
    if (place.aggregate == Aggregate::kAvg) *(cell + 1) += static_cast<Int128>(value.key) * sign;
  }
}

void SubjectWindows::change_doubt(const MeasureLayout& layout, std::size_t measure,
                                  const Input& input, int sign, Touched touched,
                                  std::int64_t panes) {
  const MeasurePlace& place = layout.places[measure];
  const MeasureInput& value = input.measures[measure];
  const bool maybe = value.role == Role::kMaybe;
  std::vector<Int128> without;
  if (sign < 0 && maybe && value.known && is_extreme(place.aggregate)) {
    without = extremes_of(place, touched, input.pane, panes, false);
  }
  for (std::size_t i = touched.first; i < touched.last; ++i) {
    auto& doubts = spans_[i].doubts;
    if (doubts == nullptr) {
      doubts = std::make_unique<std::vector<MeasureDoubt>>(layout.places.size());
    }
    MeasureDoubt& doubt = (*doubts)[measure];
    if (maybe) doubt.maybe += sign;
    if (!value.known) doubt.unknown_value += sign;
    if (!maybe || !value.known) continue;
    if (adds_weights(place)) {
      doubt.positive += static_cast<Int128>(input.weight) * sign;
    } else if (adds_doubles(place)) {
      (value.number >= 0 ? doubt.real_positive : doubt.real_negative).add(sign * value.number);
    } else if (adds_values(place)) {
      (value.key >= 0 ? doubt.positive : doubt.negative) += static_cast<Int128>(value.key) * sign;
    } else if (is_extreme(place.aggregate)) {
      doubt.extreme = sign > 0 ? more_extreme(place.aggregate, doubt.extreme, value.key)
                               : without[i - touched.first];
    }
  }
}

void SubjectWindows::change_distinct(const MeasureLayout& layout, std::size_t measure,
                                     const Input& input, int sign, Touched touched,
                                     std::int64_t panes) {
  const MeasurePlace& place = layout.places[measure];
  const MeasureInput& value = input.measures[measure];
  const bool certain = value.role == Role::kCertain;
  DistinctTable& table = distincts_[place.distinct];
  const auto entry = sign > 0 ? table.try_emplace(value.key).first : table.find(value.key);
  if (entry == table.end()) return;
  SeenPanes& seen = entry->second;
  // Taken out first, so that the neighbours are those without this record.
  if (sign < 0) seen.change(input.pane, certain, sign);
  const auto count = [&](bool maybe_too) {
    const SeenPanes::Neighbours near = seen.neighbours(input.pane, maybe_too);
    if (near.here) return;
    // The value is new to the windows that hold neither neighbour.
    for (std::size_t i = touched.first; i < touched.last; ++i) {
      if (spans_[i].from <= near.before) continue;
      if (near.after - panes < spans_[i].from) break;
      cells_[i * layout.cells + place.cell + (maybe_too ? 1 : 0)] += sign;
    }
  };
  if (certain) count(false);
  count(true);
  if (sign > 0) seen.change(input.pane, certain, sign);
  if (seen.empty()) table.erase(entry);
}

std::vector<Int128> SubjectWindows::extremes_of(const MeasurePlace& place, Touched touched,
                                                std::int64_t pane, std::int64_t panes,
                                                bool certain) {
  const auto join = [&](Int128 extreme, Pane& one) {
    auto& lists = certain ? one.certain : one.maybe;
    if (lists.empty() || lists[place.values].sorted().empty()) return extreme;
    const auto& keys = lists[place.values].sorted();
    const std::int64_t key = place.aggregate == Aggregate::kMin ? keys.front() : keys.back();
    return more_extreme(place.aggregate, extreme, key);
  };
  std::vector<Int128> extremes(touched.last - touched.first, kNoKey);
  if (extremes.empty()) return extremes;
  // A window's panes up to `pane` grow from the last window to the first, those after it from the
  // first to the last.
  const std::int64_t first = spans_[touched.first].from;
  const std::span<Pane> before = panes_of(first, pane - first + 1);
  Int128 extreme = kNoKey;
  std::size_t next = before.size();
  for (std::size_t i = touched.last; i-- > touched.first;) {
    for (; next > 0 && before[next - 1].index >= spans_[i].from; --next) {
      extreme = join(extreme, before[next - 1]);
    }
    extremes[i - touched.first] = extreme;
  }
  const std::span<Pane> after = panes_of(pane + 1, panes - 1);
  extreme = kNoKey;
  next = 0;
  for (std::size_t i = touched.first; i < touched.last; ++i) {
    for (; next < after.size() && after[next].index < spans_[i].from + panes; ++next) {
      extreme = join(extreme, after[next]);
    }
    Int128& both = extremes[i - touched.first];
    both = more_extreme(place.aggregate, both, extreme);
  }
  return extremes;
}

std::span<Pane> SubjectWindows::panes_of(std::int64_t k, std::int64_t panes) {
  const auto first = std::ranges::lower_bound(panes_, k, {}, &Pane::index);
  const auto last = std::ranges::lower_bound(first, panes_.end(), k + panes, {}, &Pane::index);
  return {first, last};
}

std::vector<Sample> SubjectWindows::samples(std::int64_t k, std::int64_t panes, std::size_t list) {
  std::vector<Sample> all;
  for (const Pane& pane : panes_of(k, panes)) pane.samples[list].append_to(all);
  return all;
}

EvidenceKept kept_for(const EvidenceRequest& request) {
  if (request.records == 0) return EvidenceKept::kNothing;
  return request.choose == EvidenceChoice::kLargest ? EvidenceKept::kPlacesAndSizes
                                                    : EvidenceKept::kPlaces;
}

std::vector<std::int64_t> SubjectWindows::evidence(std::int64_t k, std::int64_t panes,
                                                   const EvidenceRequest& request) {
  const auto limit = static_cast<std::size_t>(request.records);
  const std::span<const Pane> held = panes_of(k, panes);
  if (request.choose == EvidenceChoice::kLargest) return largest_of(held, limit);
  std::vector<std::int64_t> shown;
  if (request.choose == EvidenceChoice::kFirst) {
    for (auto pane = held.begin(); pane != held.end() && shown.size() < limit; ++pane) {
      append_first(*pane, limit, shown);
    }
  } else {
    for (auto pane = held.rbegin(); pane != held.rend() && shown.size() < limit; ++pane) {
      append_last(*pane, limit, shown);
    }
  }
  return shown;
}

}  // namespace tidewaiter
