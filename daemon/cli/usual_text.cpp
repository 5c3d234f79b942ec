#include "daemon/cli/usual_text.h"

#include <algorithm>
#include <ostream>
#include <span>
#include <string>

#include "daemon/cli/prose.h"
#include "daemon/cli/volume_chart.h"
#include "policies/model/day_text.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostDaysShown = 72;
/// Of the days before the window, where there are many of both.
constexpr std::size_t kFewestBefore = 24;

/// The days that there is room for.
std::span<const UsageDay> shown_days(const UsualUsage& usual, const UsualFigure& figure) {
  const std::span<const UsageDay> all(figure.days);
  if (all.size() <= kMostDaysShown) return all;
  const auto before = static_cast<std::size_t>(
      std::ranges::count_if(all, [&usual](const UsageDay& one) { return one.day < usual.window; }));
  const std::size_t within = all.size() - before;
  const std::size_t kept =
      std::min(before, std::max(kFewestBefore, kMostDaysShown - std::min(within, kMostDaysShown)));
  return all.subspan(before - kept).first(std::min(kept + within, kMostDaysShown));
}

std::string bars_of(std::span<const UsageDay> days, std::int64_t most, const Terminal& terminal) {
  std::string out;
  for (const UsageDay& one : days) {
    const std::int64_t value = one.amount.value_or(0);
    out += one.amount ? sparkline({&value, 1}, terminal.unicode, most) : "?";
  }
  return out;
}

std::string peers_of(std::span<const UsageDay> days, std::int64_t most, const Terminal& terminal) {
  std::string out;
  for (const UsageDay& one : days) {
    const std::int64_t value = one.peers.value_or(0);
    out += sparkline({&value, 1}, terminal.unicode, most);
  }
  return out;
}

std::string beside(std::span<const UsageDay> days, UtcTime window) {
  std::string out;
  for (const UsageDay& one : days) {
    const BesideUsual how = one.day < window ? BesideUsual::kUntold : beside_usual(one);
    out += how == BesideUsual::kAbove    ? '+'
           : how == BesideUsual::kBelow  ? '-'
           : how == BesideUsual::kWithin ? '='
                                         : ' ';
  }
  return out;
}

std::string begins(const UsualUsage& usual, std::span<const UsageDay> days) {
  std::string out;
  for (const UsageDay& one : days) out += has_mark(usual, one.day) ? '^' : ' ';
  return out;
}

/// A line below the bars; none where it has nothing.
void print_line(Invocation& run, std::string line, Tone tone) {
  line.erase(line.find_last_not_of(' ') + 1);
  if (!line.empty()) run.out << "   " << painted(line, tone, run.terminal) << '\n';
}

void print_bands(Invocation& run, const UsualFigure& figure) {
  static constexpr const char* kNames[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  std::string text;
  const std::size_t bands = figure.by_weekday ? std::size(kNames) : 1;
  // The first days of a figure that has bands by weekday are seven different weekdays.
  for (std::size_t i = 0; i < bands && i < figure.days.size(); ++i) {
    const UsageDay& one = figure.days[i];
    if (!one.usual) return;
    text += text.empty() ? "" : "; ";
    if (figure.by_weekday) {
      text += std::string(kNames[weekday_of(one.day)]) + ' ';
    }
    text += grouped(one.usual->low) + " to " + grouped(one.usual->high) + ", median " +
            grouped(one.usual->median);
  }
  print_prose(run, "  usual " + figure.unit + " a day: ", text, 4);
}

std::string legend(const UsualFigure& figure, std::span<const UsageDay> days, std::int64_t most) {
  std::string text = day_text(days.front().day) + " to " + day_text(days.back().day) +
                     ", a mark a day, UTC, at most " + grouped(most) + ' ' + figure.unit +
                     "; ^ a finding begins";
  if (figure.untold.empty()) text += "; + above what is usual, - below, = within";
  if (std::ranges::any_of(days, [](const UsageDay& one) { return !one.amount; })) {
    text += "; ? not known";
  }
  if (days.size() < figure.days.size()) {
    text += "; " +
            counted(static_cast<std::int64_t>(figure.days.size() - days.size()), "more day") +
            " in --json";
  }
  return text;
}

void print_figure(Invocation& run, const UsualUsage& usual, const UsualFigure& figure) {
  const std::span<const UsageDay> days = shown_days(usual, figure);
  std::int64_t most = 0;
  for (const UsageDay& one : days) {
    most = std::max({most, one.amount.value_or(0), one.peers.value_or(0)});
  }
  run.out << "  |" << bars_of(days, most, run.terminal) << "|\n";
  print_line(run, beside(days, usual.window), Tone::kPlain);
  print_line(run, begins(usual, days), Tone::kWarning);
  if (std::ranges::any_of(days, [](const UsageDay& one) { return one.peers.has_value(); })) {
    run.out << "  |" << peers_of(days, most, run.terminal) << "| median of peers\n";
  }
  print_prose(run, "  ", legend(figure, days, most), 2);
  print_prose(run, "  ", usual_words(usual, figure), 2);
  if (figure.untold.empty()) print_bands(run, figure);
}

}  // namespace

void print_usual(Invocation& run, const UsualUsage& usual) {
  for (const UsualFigure& figure : usual.figures) {
    run.out << "\nThe subject's " << figure.unit << " by day, beside what is usual for it\n";
    print_figure(run, usual, figure);
  }
  if (usual.peers > 0) print_prose(run, "  ", peers_words(usual), 2);
  if (usual.days_cut > 0) {
    run.out << "  " << counted(usual.days_cut, "later day") << " not told of\n";
  }
}

}  // namespace tidewaiter
