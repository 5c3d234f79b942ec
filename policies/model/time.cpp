#include "policies/model/time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <limits>
#include <optional>

#include "policies/model/calendar_date.h"
#include "policies/model/digit_block.h"
#include "policies/model/input_text.h"
#include "policies/model/whole_division.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> bad_time(std::string_view text) {
  return fail(ErrorCode::kInvalidInput,
              "expected an RFC 3339 time such as "
              "`2026-11-23T20:45:00Z`, got " +
                  in_backticks(text));
}

/// Walks a text from the left; every step says whether it matched.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  /// Exactly `count` decimal digits.
  std::optional<int> digits(std::size_t count) {
    int value = 0;
    if (rest_.size() < count) return std::nullopt;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

  bool one_of(std::string_view choices) {
    if (rest_.empty() || choices.find(rest_.front()) == std::string_view::npos) return false;
    last_ = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }

  /// One or more digits after a decimal point, cut to microseconds.
  std::optional<std::int64_t> fraction_us() {
    std::int64_t us = 0;
    std::size_t count = 0;
    for (; count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9'; ++count) {
      if (count < 6) us = us * 10 + (rest_[count] - '0');
    }
    if (count == 0) return std::nullopt;
    for (std::size_t i = count; i < 6; ++i) us *= 10;
    rest_.remove_prefix(count);
    return us;
  }

  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] char last() const { return last_; }

 private:
  // The text outlives the cursor, which lives inside one function.
  std::string_view rest_;
  char last_ = '\0';
};

/// The Gregorian calendar repeats after 400 years. Reckoning in these leaves std::chrono, whose
/// years end at 32767, only the years 1970 to 2369.
constexpr std::int64_t kCycleYears = 400;
constexpr std::int64_t kCycleDays = 146'097;
constexpr std::int64_t kEpochYear = 1970;
constexpr std::int64_t kLastPlainYear = 9999;

/// Four digits, or a sign and six where four would not do.
std::optional<std::int64_t> read_year(Cursor& cursor) {
  if (!cursor.one_of("+-")) return cursor.digits(4);
  const bool negative = cursor.last() == '-';
  const auto year = cursor.digits(6);
  const bool needs_sign = year && (negative ? *year > 0 : *year > kLastPlainYear);
  if (!needs_sign) return std::nullopt;
  return negative ? -*year : *year;
}

/// Days since the epoch.
std::optional<std::int64_t> read_date(Cursor& cursor) {
  const auto year = read_year(cursor);
  if (!year || !cursor.one_of("-")) return std::nullopt;
  const auto month = cursor.digits(2);
  if (!month || !cursor.one_of("-")) return std::nullopt;
  const auto day = cursor.digits(2);
  if (!day) return std::nullopt;
  const std::int64_t cycle = floor_divide(*year - kEpochYear, kCycleYears);
  const std::chrono::year_month_day date{
      std::chrono::year(static_cast<int>(*year - cycle * kCycleYears)),
      std::chrono::month(static_cast<unsigned>(*month)),
      std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() + cycle * kCycleDays;
}

std::optional<std::int64_t> read_clock(Cursor& cursor) {
  const auto hour = cursor.digits(2);
  if (!hour || *hour > 23 || !cursor.one_of(":")) return std::nullopt;
  const auto minute = cursor.digits(2);
  if (!minute || *minute > 59 || !cursor.one_of(":")) return std::nullopt;
  const auto second = cursor.digits(2);
  if (!second || *second > 59) return std::nullopt;
  std::int64_t us = *hour * kHour.us + *minute * kMinute.us + *second * kSecond.us;
  if (cursor.one_of(".")) {
    const auto fraction = cursor.fraction_us();
    if (!fraction) return std::nullopt;
    us += *fraction;
  }
  return us;
}

/// The offset to subtract, 0 for Z.
std::optional<std::int64_t> read_zone(Cursor& cursor, bool optional) {
  if (cursor.done()) return optional ? std::optional<std::int64_t>(0) : std::nullopt;
  if (cursor.one_of("Zz")) return 0;
  if (!cursor.one_of("+-")) return std::nullopt;
  const std::int64_t sign = cursor.last() == '-' ? -1 : 1;
  const auto hour = cursor.digits(2);
  if (!hour || *hour > 23 || !cursor.one_of(":")) return std::nullopt;
  const auto minute = cursor.digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  return sign * (*hour * kHour.us + *minute * kMinute.us);
}

/// The instant `us` after a day's midnight, if int64 holds it.
std::optional<UtcTime> instant_of(std::int64_t day, std::int64_t us) {
  // The midnight before the first instant lies outside: negative days count from their end.
  if (day < 0) {
    ++day;
    us -= kDay.us;
  }
  UtcTime time;
  if (__builtin_mul_overflow(day, kDay.us, &time.us) ||
      __builtin_add_overflow(time.us, us, &time.us)) {
    return std::nullopt;
  }
  return time;
}

/// What is left of eight characters when those of a form are taken away: the values of its digits,
/// and zero for what stands between them. Nothing else leaves that.
constexpr bool is_formed(std::uint64_t rest, std::uint64_t between) {
  return (rest & between) == 0 && are_digits(rest);
}

/// In every byte the pair of it and the next as a number. Those that are asked for are of digits.
class Pairs {
 public:
  explicit constexpr Pairs(std::uint64_t digits) : pairs_(digits * 10 + (digits >> 8U)) {}
  [[nodiscard]] constexpr unsigned at(unsigned byte) const {
    return static_cast<unsigned>((pairs_ >> (8 * byte)) & 0xFFU);
  }

 private:
  std::uint64_t pairs_;
};

/// Adds the microseconds of `.5Z`, with which `text` ends: up to six decimals by the last eight
/// characters of the text, which is longer than that.
bool add_decimals(std::string_view decimals, std::string_view text, UtcTime& time) {
  constexpr std::size_t kMost = 6;
  constexpr std::array<std::int64_t, kMost + 1> kSteps{0, 100'000, 10'000, 1'000, 100, 10, 1};
  if (decimals.front() != '.' || decimals.size() < 3) return false;
  const std::size_t count = decimals.size() - 2;
  if (count > kMost) {
    Cursor cursor(decimals.substr(1));
    const auto fraction = cursor.fraction_us();
    time.us += fraction.value_or(0);
    return fraction && cursor.one_of("Z") && cursor.done();
  }
  const std::uint64_t last = eight_characters(text.data() + text.size() - 8);
  const std::uint64_t values = digit_values(last >> (8 * (7 - count)), count);
  time.us += static_cast<std::int64_t>(combined_digits(values)) * kSteps[count];
  return are_digits(values);
}

/// The form in which nearly all times come, `2026-11-23T20:45:00Z` with or without decimals, read
/// eight characters at a time. Nothing for all others and wrong ones.
bool common_time(std::string_view text, UtcTime& time) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  constexpr std::uint64_t kAll = 0xFF;
  if (text.size() < kForm.size() || text.back() != 'Z') return false;
  const auto rest = [&](std::size_t at) {
    return eight_characters(text.data() + at) ^ eight_characters(kForm.data() + at);
  };
  const std::uint64_t front = rest(0);
  const std::uint64_t middle = rest(8);
  // The last eight of the form overlap the ones before; what is behind the seconds is judged below.
  const std::uint64_t back = rest(12) & ~(kAll << 56U);
  if (!is_formed(front, kAll << 32U | kAll << 56U) ||
      !is_formed(middle, kAll << 16U | kAll << 40U) || !is_formed(back, kAll << 8U | kAll << 32U)) {
    return false;
  }
  const Pairs years(front);   // 0000-00-
  const Pairs days(middle);   // 00T00:00
  const Pairs seconds(back);  // 0:00:00
  const std::chrono::year_month_day date{
      std::chrono::year(static_cast<int>(years.at(0) * 100 + years.at(2))),
      std::chrono::month(years.at(5)), std::chrono::day(days.at(0))};
  const unsigned hour = days.at(3);
  const unsigned minute = days.at(6);
  const unsigned second = seconds.at(5);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return false;
  time.us = std::chrono::sys_days(date).time_since_epoch().count() * kDay.us + hour * kHour.us +
            minute * kMinute.us + second * kSecond.us;
  return text.size() == kForm.size() || add_decimals(text.substr(kForm.size() - 1), text, time);
}

}  // namespace

Result<UtcTime> parse_time(std::string_view text, bool zone_optional) {
  if (UtcTime common; common_time(text, common)) return common;
  Cursor cursor(text);
  const auto date = read_date(cursor);
  if (!date) return bad_time(text);
  if (cursor.done()) {
    const auto midnight = instant_of(*date, 0);
    return midnight ? Result<UtcTime>(*midnight) : bad_time(text);
  }
  if (!cursor.one_of(zone_optional ? "Tt " : "Tt")) return bad_time(text);
  const auto clock = read_clock(cursor);
  if (!clock) return bad_time(text);
  const auto zone = read_zone(cursor, zone_optional);
  if (!zone || !cursor.done()) return bad_time(text);
  const auto time = instant_of(*date, *clock - *zone);
  return time ? Result<UtcTime>(*time) : bad_time(text);
}

namespace {

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  out.append(digits.size() < width ? width - digits.size() : 0, '0');
  out += digits;
}

void append_year(std::string& out, std::int64_t year) {
  if (year >= 0 && year <= kLastPlainYear) return append_padded(out, year, 4);
  out += year < 0 ? '-' : '+';
  append_padded(out, year < 0 ? -year : year, 6);
}

/// The last `count` digits of a number, with zeros in front.
void put_digits(char* place, std::size_t count, std::int64_t number) {
  for (std::size_t i = count; i-- > 0; number /= 10) {
    place[i] = static_cast<char>('0' + number % 10);
  }
}

}  // namespace

std::string format_time(UtcTime time) {
  const std::int64_t day = floor_divide(time.us, kDay.us);
  const CalendarDate date = calendar_date(day);
  std::int64_t rest = time.us % kDay.us;
  if (rest < 0) rest += kDay.us;
  std::string out;
  constexpr std::size_t kLongest = sizeof("+292277-01-09T04:00:54.775807Z");
  out.reserve(kLongest);
  append_year(out, date.year);
  std::array<char, sizeof("-00-00T00:00:00.000000") - 1> text;
  std::copy_n("-00-00T00:00:00.000000", text.size(), text.begin());
  put_digits(&text[1], 2, date.month);
  put_digits(&text[4], 2, date.day);
  put_digits(&text[7], 2, rest / kHour.us);
  put_digits(&text[10], 2, rest % kHour.us / kMinute.us);
  put_digits(&text[13], 2, rest % kMinute.us / kSecond.us);
  std::string_view shown(text.data(), text.size());
  rest %= kSecond.us;
  if (rest != 0) {
    put_digits(&text[16], 6, rest);
    shown = shown.substr(0, shown.find_last_not_of('0') + 1);
  } else {
    shown = shown.substr(0, shown.find('.'));
  }
  out += shown;
  out += 'Z';
  return out;
}

namespace {

struct DurationUnit {
  std::string_view name;
  std::int64_t us;
};

constexpr std::array<DurationUnit, 7> kUnits{{{"w", 7 * kDay.us},
                                              {"d", kDay.us},
                                              {"h", kHour.us},
                                              {"m", kMinute.us},
                                              {"s", kSecond.us},
                                              {"ms", 1000},
                                              {"us", 1}}};

tl::unexpected<Error> bad_duration(std::string_view text) {
  return fail(ErrorCode::kInvalidInput,
              "expected a duration such as `24h`, `15m` or `1h30m` (units w d h m s ms us), got " +
                  in_backticks(text));
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  std::string_view rest = text;
  std::int64_t total = 0;
  std::int64_t previous_unit = std::numeric_limits<std::int64_t>::max();
  if (rest.empty()) return bad_duration(text);
  while (!rest.empty()) {
    std::int64_t count = 0;
    const auto number = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (number.ec != std::errc() || count < 0 || rest.front() == '-') return bad_duration(text);
    rest.remove_prefix(static_cast<std::size_t>(number.ptr - rest.data()));
    const std::string_view name = rest.substr(0, rest.find_first_of("0123456789"));
    const DurationUnit* unit = nullptr;
    for (const DurationUnit& candidate : kUnits) {
      if (candidate.name == name) unit = &candidate;
    }
    std::int64_t part = 0;
    if (unit == nullptr || unit->us >= previous_unit ||
        __builtin_mul_overflow(count, unit->us, &part) ||
        __builtin_add_overflow(total, part, &total)) {
      return bad_duration(text);
    }
    previous_unit = unit->us;
    rest.remove_prefix(name.size());
  }
  return Duration{total};
}

std::string format_duration(Duration duration) {
  if (duration.us == 0) return "0s";
  std::string out = duration.us < 0 ? "-" : "";
  // Negation in unsigned arithmetic is right for the least int64 too.
  std::uint64_t rest = duration.us < 0 ? 0U - static_cast<std::uint64_t>(duration.us)
                                       : static_cast<std::uint64_t>(duration.us);
  for (const DurationUnit& unit : kUnits) {
    if (unit.name == "w") continue;  // "14d" reads better than "2w"
    const auto width = static_cast<std::uint64_t>(unit.us);
    if (rest >= width) {
      out += std::to_string(rest / width);
      out += unit.name;
      rest %= width;
    }
  }
  return out;
}

}  // namespace tidewaiter
