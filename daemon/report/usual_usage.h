#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policies/model/time.h"

namespace tidewaiter {

/// Days before the window of the first finding that are looked back upon: eight of each weekday.
inline constexpr std::int64_t kUsualDays = 56;
/// With fewer whole days nothing is said to be usual: as many as `deviation` asks for.
inline constexpr std::int64_t kFewestUsualDays = 7;
/// With fewer days of any weekday all days are one.
inline constexpr std::int64_t kFewestOfWeekday = 4;
/// With fewer others on a day there is no median of them.
inline constexpr std::size_t kFewestPeersOfDay = 7;
/// Days that are told of at the most, from the first on.
inline constexpr std::int64_t kMostUsageDays = 366;

/// From 0, a Thursday as 1970-01-01 was, to 6; also of days before that.
[[nodiscard]] std::size_t weekday_of(UtcTime day);

/// What one subject did on a UTC day, as stored records have it: by the start of each record, of a
/// revised one by its newest version. Sums that do not fit stay at the end of what does.
struct CountedDay {
  std::int64_t records = 0;
  std::int64_t requests = 0;
  std::int64_t tokens = 0;     ///< input and output
  std::int64_t tokenless = 0;  ///< records that state neither
};

/// One subject's days, by their number from 1970-01-01.
struct CountedSubject {
  std::map<std::int64_t, CountedDay> days;
  /// The time of which all its sources have told that their records are complete; absent: none.
  std::optional<Interval> told;
};

/// What is counted for a case.
struct CountedUsage {
  CountedSubject own;
  std::vector<CountedSubject> peers;
  std::string peers_by;         ///< what these have alike with the subject: a field; empty: nothing
  Interval span;                ///< from the first of the case's findings to the end of the last
  std::vector<UtcTime> begins;  ///< moments at which findings begin
  bool has_tokens = false;      ///< the records are of a kind that has tokens
  bool complete = true;         ///< false: the log is longer than what was read
};

/// What is usual for a day: order statistics of the days that it is compared with.
struct UsualBand {
  std::int64_t low = 0;  ///< 10th percentile
  std::int64_t median = 0;
  std::int64_t high = 0;  ///< 90th percentile
  bool operator==(const UsualBand&) const = default;
};

/// One UTC day.
struct UsageDay {
  UtcTime day;                         ///< midnight
  std::optional<std::int64_t> amount;  ///< absent: not known
  bool whole = false;                  ///< false: there may be more than is stored
  std::optional<UsualBand> usual;      ///< absent: it cannot be told
  std::optional<std::int64_t> peers;   ///< median of others, two digits of it; absent: too few
};

/// One figure by day.
struct UsualFigure {
  std::string unit;  ///< "requests", "tokens"
  std::vector<UsageDay> days;
  std::int64_t compared = 0;  ///< whole days before the window, which the band is from
  bool by_weekday = false;    ///< each day has the band of its weekday
  std::string untold;         ///< why there is no band, in words; empty: there is one
};

/// What a subject did by day, beside what is usual for it and beside its peers.
struct UsualUsage {
  std::vector<UsualFigure> figures;  ///< requests first; tokens where a day has some
  UtcTime window;                    ///< midnight of the day on which the first finding begins
  std::vector<UtcTime> marks;        ///< moments at which findings begin
  std::string peers_by;
  std::int64_t peers = 0;  ///< others with a record while the findings stand; 0: none are told of
  std::int64_t days_cut = 0;  ///< days behind the last that is told of
  bool complete = true;
};

/// From kUsualDays days before the first finding's window, or the subject's first day where that
/// is later, to the day after the last finding.
///
/// An amount is known of a day that has a record; of one without, it is 0 where the day lies behind
/// the subject's first record and its sources have told of all of it, else nobody knows. Tokens are
/// known of a day each of whose records states some. A day is whole if the sources have told of all
/// of it.
///
/// The band is from the whole days among the kUsualDays before the day on which the first finding's
/// first window begins, n of them, in rising order: low is the ⌈0.1·n⌉th amount, the median the
/// ⌈0.5·n⌉th, high the ⌈0.9·n⌉th, as `quantile` of policies has it. Where there are
/// kFewestOfWeekday of each weekday, a day's band is from those of its weekday alone. Below
/// kFewestUsualDays, and where the log is longer than what was read, there is none.
///
/// The median of peers is the ⌈0.5·m⌉th of m others' amounts, of those that are known, in rising
/// order, rounded to the nearest with two digits. Of kFewestPeersOfDay or more it tells no reader
/// whose it is, and of a large amount not what it is; of fewer there is none.
///
/// Nothing where the subject has no record on the days that would be told of. Pure.
[[nodiscard]] std::optional<UsualUsage> usual_usage(const CountedUsage& counted);

/// Leaves the days that overlap `period`; gives how many it took out. The band stays what it was.
std::int64_t keep_days_within(UsualUsage& usual, const Interval& period);

/// Takes the peers out.
void leave_out_peers(UsualUsage& usual);

/// How an amount lies to the band.
enum class BesideUsual : std::uint8_t { kUntold, kBelow, kWithin, kAbove };
[[nodiscard]] BesideUsual beside_usual(const UsageDay& day);

/// Whether a finding begins on the day.
[[nodiscard]] bool has_mark(const UsualUsage& usual, UtcTime day);

/// What the band is from, in a sentence, or why there is none.
[[nodiscard]] std::string usual_words(const UsualUsage& usual, const UsualFigure& figure);
/// Whom the median is of, in a sentence; empty where there are no peers.
[[nodiscard]] std::string peers_words(const UsualUsage& usual);

}  // namespace tidewaiter
