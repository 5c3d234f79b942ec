#include "policies/language/value_list.h"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <variant>

#include "policies/language/interval_set.h"

namespace tidewaiter {
namespace {

constexpr std::uint32_t kNoDates = UINT32_MAX;

bool is_textual(ValueType type) { return type == ValueType::kString || type == ValueType::kIp; }

/// The key of a value that is not a text. Zero has one sign here, as it has in comparisons.
std::optional<std::int64_t> number_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
  if (const auto* real = std::get_if<double>(&value)) {
    return std::bit_cast<std::int64_t>(*real == 0.0 ? 0.0 : *real);
  }
  return std::nullopt;
}

/// The value of a key.
Value value_of(std::int64_t number, ValueType type) {
  if (type == ValueType::kBool) return number != 0;
  if (type == ValueType::kDouble) return std::bit_cast<double>(number);
  return number;
}

}  // namespace

ValueList::ValueList(std::string name, ValueType type, std::span<const Item> items)
    : name_(std::move(name)), type_(type), last_until_(kAlways.from) {
  const bool textual = is_textual(type);
  if (textual) texts_.reserve(items.size());
  const auto slot = [&](const Value& value) -> std::pair<Dates*, bool> {
    if (textual) {
      const auto [place, fresh] = texts_.try_emplace(std::get<std::string>(value), kNoDates);
      return {&place->second, fresh};
    }
    const auto [place, fresh] = numbers_.try_emplace(*number_of(value), kNoDates);
    return {&place->second, fresh};
  };
  for (const Item& item : items) {
    if (item.during.from >= item.during.to) continue;
    last_until_ = std::max(last_until_, item.during.to);
    const auto [dates, fresh] = slot(item.value);
    if (fresh && item.during == kAlways) continue;
    if (!fresh && *dates == kNoDates) continue;  // always there already
    if (fresh) {
      *dates = static_cast<Dates>(intervals_.size());
      intervals_.emplace_back();
    }
    intervals_[*dates].push_back(item.during);
  }
  for (std::vector<Interval>& intervals : intervals_) {
    intervals = joined_intervals(std::move(intervals));
    dated_ = dated_ || intervals.front() != kAlways;
  }
  seal();
}

void ValueList::seal() {
  Sha256 hash;
  hash.update_framed("tidewaiter-list 1");
  hash.update_framed(type_name(type_));
  const auto add = [&](std::string_view text, std::span<const Interval> intervals) {
    hash.update_framed(text);
    const bool always = intervals.front() == kAlways;
    hash.update_framed(std::to_string(always ? 0 : intervals.size()));
    for (const Interval& interval : intervals) {
      if (always) break;
      hash.update_framed(std::to_string(interval.from.us));
      hash.update_framed(std::to_string(interval.to.us));
    }
  };
  for (const auto& [text, times] : texts()) add(text, times);
  const std::map<std::int64_t, Dates> numbers(numbers_.begin(), numbers_.end());
  for (const auto& [number, dates] : numbers) add(std::to_string(number), times_at(dates));
  digest_ = hash.finish();
}

std::span<const Interval> ValueList::times_at(Dates dates) const {
  if (dates == kNoDates) return {&kAlways, 1};
  return intervals_[dates];
}

std::vector<ValueList::DatedText> ValueList::texts() const {
  std::vector<DatedText> all;
  all.reserve(texts_.size());
  for (const auto& [text, dates] : texts_) all.push_back({text, times_at(dates)});
  std::ranges::sort(all, {}, &DatedText::text);
  return all;
}

std::vector<ValueList::DatedValue> ValueList::numbers() const {
  std::vector<DatedValue> all;
  for (const auto& [number, dates] :
       std::map<std::int64_t, Dates>(numbers_.begin(), numbers_.end())) {
    all.push_back({value_of(number, type_), times_at(dates)});
  }
  return all;
}

std::span<const Interval> ValueList::times_of_text(std::string_view text) const {
  const auto found = texts_.find(text);
  return found == texts_.end() ? std::span<const Interval>() : times_at(found->second);
}

std::span<const Interval> ValueList::times_of(const Value& value) const {
  if (const auto* text = std::get_if<std::string>(&value)) return times_of_text(*text);
  const std::optional<std::int64_t> number = number_of(value);
  if (!number) return {};
  const auto found = numbers_.find(*number);
  return found == numbers_.end() ? std::span<const Interval>() : times_at(found->second);
}

bool holds_at(std::span<const Interval> intervals, UtcTime time) {
  return std::ranges::any_of(intervals, [time](const Interval& interval) {
    return interval.from <= time && time < interval.to;
  });
}

}  // namespace tidewaiter
