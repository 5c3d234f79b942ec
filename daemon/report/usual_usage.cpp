#include "daemon/report/usual_usage.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policies/model/day_text.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kWeekdays = 7;

std::int64_t day_number(UtcTime time) { return align_down(time, kDay).us / kDay.us; }

UtcTime midnight(std::int64_t day) { return UtcTime{day * kDay.us}; }

bool is_whole(const CountedSubject& subject, std::int64_t day) {
  return subject.told && !(midnight(day) < subject.told->from) &&
         !(subject.told->to < midnight(day + 1));
}

enum class Unit : std::uint8_t { kRequests, kTokens };

/// What is known of a day. Of a log that was not read to its end, a day without a record may have
/// one.
std::optional<std::int64_t> amount_of(const CountedSubject& subject, std::int64_t day, Unit unit,
                                      bool complete) {
  const auto counted = subject.days.find(day);
  if (counted != subject.days.end() && counted->second.records > 0) {
    if (unit == Unit::kRequests) return counted->second.requests;
    return counted->second.tokenless == 0 ? std::optional(counted->second.tokens) : std::nullopt;
  }
  const auto first =
      std::ranges::find_if(subject.days, [](const auto& one) { return one.second.records > 0; });
  const bool is_later = first != subject.days.end() && first->first < day;
  return complete && is_later && is_whole(subject, day) ? std::optional<std::int64_t>(0)
                                                        : std::nullopt;
}

/// The ⌈tenths/10 · n⌉th of n amounts in rising order, of which there is one.
std::int64_t of_rank(const std::vector<std::int64_t>& rising, std::int64_t tenths) {
  const auto n = static_cast<std::int64_t>(rising.size());
  return rising[static_cast<std::size_t>((tenths * n + 9) / 10 - 1)];
}

UsualBand band_of(std::vector<std::int64_t> amounts) {
  std::ranges::sort(amounts);
  return {of_rank(amounts, 1), of_rank(amounts, 5), of_rank(amounts, 9)};
}

/// Two digits, rounded to the nearest.
std::int64_t two_digits(std::int64_t value) {
  constexpr std::int64_t kThreeDigits = 100;
  std::int64_t unit = 1;
  for (std::int64_t rest = value; rest >= kThreeDigits; rest /= 10) unit *= 10;
  const std::int64_t down = value / unit * unit;
  return value - down < unit - unit / 2 ? down : down + unit;
}

std::optional<std::int64_t> peers_on(const CountedUsage& counted, std::int64_t day, Unit unit) {
  std::vector<std::int64_t> amounts;
  for (const CountedSubject& peer : counted.peers) {
    if (const auto amount = amount_of(peer, day, unit, counted.complete)) {
      amounts.push_back(*amount);
    }
  }
  if (amounts.size() < kFewestPeersOfDay) return std::nullopt;
  std::ranges::sort(amounts);
  return two_digits(of_rank(amounts, 5));
}

/// By weekday: what the subject did on the whole days before the window.
using Compared = std::array<std::vector<std::int64_t>, kWeekdays>;

Compared compared_days(const UsualFigure& figure, UtcTime window) {
  Compared all;
  for (const UsageDay& one : figure.days) {
    if (one.day < window && one.whole && one.amount)
      all[weekday_of(one.day)].push_back(*one.amount);
  }
  return all;
}

void put_bands(UsualFigure& figure, UtcTime window, bool complete) {
  const Compared by_weekday = compared_days(figure, window);
  std::vector<std::int64_t> all;
  for (const auto& amounts : by_weekday) all.insert(all.end(), amounts.begin(), amounts.end());
  figure.compared = static_cast<std::int64_t>(all.size());
  if (!complete) {
    figure.untold = "the log is longer than what was read of it";
    return;
  }
  if (figure.compared < kFewestUsualDays) {
    figure.untold = "of the days before it, " + std::to_string(figure.compared) +
                    " are known whole, and it takes " + std::to_string(kFewestUsualDays);
    return;
  }
  figure.by_weekday = std::ranges::all_of(by_weekday, [](const auto& amounts) {
    return static_cast<std::int64_t>(amounts.size()) >= kFewestOfWeekday;
  });
  for (UsageDay& one : figure.days) {
    one.usual = band_of(figure.by_weekday ? by_weekday[weekday_of(one.day)] : all);
  }
}

UsualFigure figure_of(const CountedUsage& counted, Unit unit, std::int64_t from, std::int64_t to,
                      UtcTime window) {
  UsualFigure figure;
  figure.unit = unit == Unit::kRequests ? "requests" : "tokens";
  for (std::int64_t day = from; day < to; ++day) {
    UsageDay one;
    one.day = midnight(day);
    one.amount = amount_of(counted.own, day, unit, counted.complete);
    one.whole = counted.complete && is_whole(counted.own, day);
    one.peers = peers_on(counted, day, unit);
    figure.days.push_back(one);
  }
  put_bands(figure, window, counted.complete);
  return figure;
}

bool knows_any(const UsualFigure& figure) {
  return std::ranges::any_of(figure.days,
                             [](const UsageDay& one) { return one.amount.has_value(); });
}

/// A day on which there was nothing says nothing of tokens that no record states.
bool has_any(const UsualFigure& figure) {
  return std::ranges::any_of(figure.days,
                             [](const UsageDay& one) { return one.amount.value_or(0) > 0; });
}

}  // namespace

std::size_t weekday_of(UtcTime day) {
  return static_cast<std::size_t>((day_number(day) % kWeekdays + kWeekdays) % kWeekdays);
}

std::optional<UsualUsage> usual_usage(const CountedUsage& counted) {
  const auto& days = counted.own.days;
  const auto first =
      std::ranges::find_if(days, [](const auto& one) { return one.second.records > 0; });
  if (first == days.end()) return std::nullopt;
  const std::int64_t window = day_number(counted.span.from);
  const std::int64_t from = std::max(window - kUsualDays, std::min(first->first, window));
  // An end is no moment of the span: one at midnight is of the day before.
  const std::int64_t end = day_number(counted.span.to - Duration{1}) + 2;
  const std::int64_t to = std::min(end, from + kMostUsageDays);
  UsualUsage usual;
  usual.window = midnight(window);
  usual.marks = counted.begins;
  usual.peers_by = counted.peers_by;
  usual.peers = static_cast<std::int64_t>(counted.peers.size());
  usual.days_cut = end - to;
  usual.complete = counted.complete;
  usual.figures.push_back(figure_of(counted, Unit::kRequests, from, to, usual.window));
  if (!knows_any(usual.figures.front())) return std::nullopt;
  if (counted.has_tokens) {
    UsualFigure tokens = figure_of(counted, Unit::kTokens, from, to, usual.window);
    if (has_any(tokens)) usual.figures.push_back(std::move(tokens));
  }
  return usual;
}

std::int64_t keep_days_within(UsualUsage& usual, const Interval& period) {
  std::int64_t taken = 0;
  for (UsualFigure& figure : usual.figures) {
    const auto count = std::erase_if(figure.days, [&period](const UsageDay& one) {
      return !(one.day < period.to && period.from < one.day + kDay);
    });
    taken = std::max(taken, static_cast<std::int64_t>(count));
  }
  return taken;
}

void leave_out_peers(UsualUsage& usual) {
  usual.peers = 0;
  usual.peers_by.clear();
  for (UsualFigure& figure : usual.figures) {
    for (UsageDay& one : figure.days) one.peers.reset();
  }
}

BesideUsual beside_usual(const UsageDay& day) {
  if (!day.amount || !day.usual) return BesideUsual::kUntold;
  if (*day.amount > day.usual->high) return BesideUsual::kAbove;
  // Of a day that is not over, or not told of whole, there may be more.
  if (*day.amount < day.usual->low) return day.whole ? BesideUsual::kBelow : BesideUsual::kUntold;
  return day.whole ? BesideUsual::kWithin : BesideUsual::kUntold;
}

bool has_mark(const UsualUsage& usual, UtcTime day) {
  return std::ranges::any_of(usual.marks,
                             [day](UtcTime mark) { return !(mark < day) && mark < day + kDay; });
}

std::string usual_words(const UsualUsage& usual, const UsualFigure& figure) {
  const std::string window = day_text(usual.window);
  if (!figure.untold.empty()) {
    return "What is usual before the window of the first finding, on " + window +
           ", cannot be told: " + figure.untold + ".";
  }
  return "Usual is what lies between the 10th and the 90th percentile of the " +
         std::to_string(figure.compared) + " days that are known whole of the " +
         std::to_string(kUsualDays) + " before " + window +
         ", on which the window of the first finding begins" +
         (figure.by_weekday ? ", each weekday by itself." : ", all days together.");
}

std::string peers_words(const UsualUsage& usual) {
  if (usual.peers == 0) return {};
  const std::string whose = usual.peers_by.empty() ? std::to_string(usual.peers) + " other subjects"
                                                   : std::to_string(usual.peers) +
                                                         " others with the same " + usual.peers_by;
  return "Peers are " + whose +
         " that have records of the time of the findings; of each day their "
         "median, two digits of it, where it is known of " +
         std::to_string(kFewestPeersOfDay) + " or more.";
}

}  // namespace tidewaiter
