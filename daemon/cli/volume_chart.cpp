#include "daemon/cli/volume_chart.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 8> kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::string_view kAscii = ".:-=+*#@";

constexpr std::array<Duration, 10> kSlots = {kMinute,
                                             Duration{5 * kMinute.us},
                                             Duration{15 * kMinute.us},
                                             kHour,
                                             Duration{2 * kHour.us},
                                             Duration{3 * kHour.us},
                                             Duration{6 * kHour.us},
                                             Duration{12 * kHour.us},
                                             kDay,
                                             Duration{7 * kDay.us}};

}  // namespace

std::string sparkline(std::span<const std::int64_t> values, bool unicode) {
  std::int64_t most = 0;
  for (const std::int64_t value : values) most = std::max(most, value);
  return sparkline(values, unicode, most);
}

std::string sparkline(std::span<const std::int64_t> values, bool unicode, std::int64_t most) {
  std::string out;
  for (const std::int64_t value : values) {
    if (value <= 0) {
      out += ' ';
      continue;
    }
    const double share = static_cast<double>(value) / static_cast<double>(most);
    const auto level = std::min<std::size_t>(static_cast<std::size_t>(share * 8.0), 7);
    if (unicode) {
      out += kBlocks[level];
    } else {
      out += kAscii[level];
    }
  }
  return out;
}

VolumeChart empty_chart(Interval span, std::size_t most) {
  const auto slots_of = [&span](Duration slot) {
    const Duration length = span.to - align_down(span.from, slot);
    return static_cast<std::size_t>(std::max<std::int64_t>((length.us + slot.us - 1) / slot.us, 1));
  };
  const auto fits = [&](Duration slot) { return slots_of(slot) <= most; };
  const auto* const round = std::ranges::find_if(kSlots, fits);
  VolumeChart chart;
  chart.slot = round == kSlots.end() ? kSlots.back() : *round;
  while (!fits(chart.slot)) chart.slot = Duration{2 * chart.slot.us};
  chart.values.assign(slots_of(chart.slot), 0);
  chart.span.from = align_down(span.from, chart.slot);
  chart.span.to =
      chart.span.from + Duration{chart.slot.us * static_cast<std::int64_t>(chart.values.size())};
  return chart;
}

void add_volume(VolumeChart& chart, UtcTime time, std::int64_t amount) {
  if (time < chart.span.from || time >= chart.span.to) return;
  const Duration offset = time - chart.span.from;
  chart.values[static_cast<std::size_t>(offset.us / chart.slot.us)] += amount;
}

std::string render(const VolumeChart& chart, Interval marked, std::string_view unit,
                   const Terminal& terminal) {
  std::string rule;
  for (std::size_t i = 0; i < chart.values.size(); ++i) {
    const UtcTime from = chart.span.from + Duration{chart.slot.us * static_cast<std::int64_t>(i)};
    const bool touches = from < marked.to && from + chart.slot > marked.from;
    rule += touches ? '^' : ' ';
  }
  rule.erase(rule.find_last_not_of(' ') + 1);
  const std::int64_t most =
      chart.values.empty() ? 0 : *std::max_element(chart.values.begin(), chart.values.end());
  std::string out = "  |" + sparkline(chart.values, terminal.unicode) + "|\n";
  if (!rule.empty()) out += "   " + painted(rule, Tone::kWarning, terminal) + "\n";
  const std::string legend = format_time(chart.span.from) + " to " + format_time(chart.span.to) +
                             ", " + format_duration(chart.slot) + " a mark, at most " +
                             grouped(most) + ' ' + std::string(unit) + " in " +
                             format_duration(chart.slot) + "; ^ marks the finding";
  return out + "  " + wrapped(legend, terminal.width, 2, 2) + "\n";
}

}  // namespace tidewaiter
