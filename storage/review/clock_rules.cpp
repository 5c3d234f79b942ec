#include "storage/review/clock_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

namespace chrono = std::chrono;

constexpr std::int64_t kMostDays = 3'660;
constexpr std::string_view kDaysPrefix = "days:";
constexpr std::string_view kBusinessPrefix = "business-days:";

chrono::sys_days day_of(UtcTime time) {
  return chrono::sys_days(chrono::days(align_down(time, kDay).us / kDay.us));
}

UtcTime midnight(chrono::sys_days day) { return {day.time_since_epoch().count() * kDay.us}; }

/// Holidays that stand on a date: they are observed on the weekday beside it.
bool falls_on_date(chrono::year_month_day date) {
  using chrono::day, chrono::month_day, chrono::month;
  static constexpr std::array<month_day, 5> kDates{month(1) / day(1), month(6) / day(19),
                                                   month(7) / day(4), month(11) / day(11),
                                                   month(12) / day(25)};
  return std::ranges::find(kDates, date.month() / date.day()) != kDates.end();
}

/// Holidays that stand on a weekday of a month.
bool falls_on_weekday(chrono::sys_days day) {
  using chrono::Monday, chrono::Thursday;
  const chrono::year_month_day date(day);
  const chrono::weekday weekday(day);
  const unsigned week = (static_cast<unsigned>(date.day()) - 1) / 7 + 1;
  const bool last_week = chrono::year_month_day(day + chrono::days(7)).month() != date.month();
  const unsigned month = static_cast<unsigned>(date.month());
  if (weekday == Thursday) return month == 11 && week == 4;
  if (weekday != Monday) return false;
  return (month == 1 && week == 3) || (month == 2 && week == 3) || (month == 5 && last_week) ||
         (month == 9 && week == 1) || (month == 10 && week == 2);
}

bool is_holiday(chrono::sys_days day) {
  const chrono::weekday weekday(day);
  if (falls_on_date(chrono::year_month_day(day)) || falls_on_weekday(day)) return true;
  const chrono::days one(1);
  if (weekday == chrono::Friday) return falls_on_date(chrono::year_month_day(day + one));
  return weekday == chrono::Monday && falls_on_date(chrono::year_month_day(day - one));
}

bool counts(const ClockRule& rule, UtcTime day) { return !rule.business || is_business_day(day); }

std::optional<std::int64_t> days_in(std::string_view text) {
  std::int64_t days = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, days);
  if (failure != std::errc{} || stop != end || days < 1 || days > kMostDays) return std::nullopt;
  if (text.front() == '0') return std::nullopt;  // one rule has one name
  return days;
}

}  // namespace

const std::vector<ClockRule>& clock_rules() {
  static const std::vector<ClockRule> rules{
      {"ofac-report", "31 CFR 501.603, 501.604",
       "report of blocked property or a rejected transaction to OFAC", 10, true},
      {"vsd-narrative", "15 CFR 764.5",
       "narrative account after the initial notification of a voluntary self-disclosure", 180,
       false}};
  return rules;
}

Result<ClockRule> clock_rule(std::string_view name) {
  const auto found = std::ranges::find(clock_rules(), name, &ClockRule::name);
  if (found != clock_rules().end()) return *found;
  for (const std::string_view prefix : {kDaysPrefix, kBusinessPrefix}) {
    if (!name.starts_with(prefix)) continue;
    const auto days = days_in(name.substr(prefix.size()));
    if (!days) break;
    return ClockRule{name, "a rule of the house", "", *days, prefix == kBusinessPrefix};
  }
  std::vector<std::string_view> names;
  for (const ClockRule& rule : clock_rules()) names.push_back(rule.name);
  const auto near = did_you_mean(name, names);
  return fail(ErrorCode::kInvalidInput,
              "there is no rule `" + std::string(name) + "`" +
                  (near ? "; did you mean `" + *near + "`?"
                        : ": there are `ofac-report`, `vsd-narrative`, and those of the house, "
                          "`days:30` and `business-days:5`"));
}

bool is_business_day(UtcTime day) {
  const chrono::sys_days date = day_of(day);
  const chrono::weekday weekday(date);
  return weekday != chrono::Saturday && weekday != chrono::Sunday && !is_holiday(date);
}

UtcTime due_day(const ClockRule& rule, UtcTime event) {
  UtcTime day = midnight(day_of(event));
  for (std::int64_t counted = 0; counted < rule.days;) {
    day = day + kDay;
    if (counts(rule, day)) ++counted;
  }
  return day;
}

std::int64_t days_left(const ClockRule& rule, UtcTime due, UtcTime now) {
  const UtcTime last = midnight(day_of(due));
  const UtcTime today = midnight(day_of(now));
  std::int64_t days = 0;
  for (UtcTime day = std::min(last, today); day < std::max(last, today);) {
    day = day + kDay;
    if (counts(rule, day)) ++days;
  }
  return today <= last ? days : -days;
}

}  // namespace tidewaiter
