#include "daemon/report/plots.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "daemon/report/svg_shapes.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kBarsTop = 32;
constexpr std::int64_t kBarsHigh = 120;
constexpr std::int64_t kSeriesHigh = 196;
constexpr std::int64_t kPolicyRow = 40;
constexpr std::int64_t kBarsRight = 660;  // the count stands behind a bar
constexpr std::size_t kMostPolicies = 20;

std::string whole(std::int64_t value) { return std::to_string(value); }

UtcTime end_of(const ReportedSeries& series) {
  return series.from + Duration{series.slot.us * static_cast<std::int64_t>(series.values.size())};
}

std::string series_words(const ReportedSeries& series, std::int64_t most) {
  std::int64_t sum = 0;
  for (const std::int64_t value : series.values) sum += value;
  return series.title + ", from " + plot_moment(series.from) + " to " +
         plot_moment(end_of(series)) + ": " + whole(sum) + ' ' + series.unit + ", at most " +
         whole(most) + " in " + format_duration(series.slot) + "; " +
         whole(static_cast<std::int64_t>(series.marks.size())) + " marked moments.";
}

}  // namespace

std::string series_plot(const ReportedSeries& series, const std::string& id) {
  if (series.values.empty() || series.slot.us <= 0) return {};
  const std::int64_t most = std::max<std::int64_t>(*std::ranges::max_element(series.values), 1);
  const auto count = static_cast<std::int64_t>(series.values.size());
  std::string out = svg_head(kSeriesHigh, id, series.title, series_words(series, most));
  out += svg_text(
      0, 14, "start",
      "at most " + whole(most) + ' ' + series.unit + " in " + format_duration(series.slot));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t value = series.values[static_cast<std::size_t>(i)];
    if (value <= 0) continue;
    const std::int64_t left = i * kPlotWide / count;
    const std::int64_t wide = std::max<std::int64_t>((i + 1) * kPlotWide / count - left - 1, 1);
    // Of values near 2^63 a double keeps enough for a height.
    const auto scaled = static_cast<std::int64_t>(static_cast<double>(value) /
                                                  static_cast<double>(most) * kBarsHigh);
    const std::int64_t high = std::clamp<std::int64_t>(scaled, 1, kBarsHigh);
    out += svg_bar(left, kBarsTop + kBarsHigh - high, wide, high,
                   plot_moment(series.from + Duration{series.slot.us * i}) + ": " + whole(value) +
                       ' ' + series.unit);
  }
  out += svg_axis(kBarsTop + kBarsHigh);
  const auto span = static_cast<double>((end_of(series) - series.from).us);
  bool marked = false;
  for (const UtcTime time : series.marks) {
    if (time < series.from || end_of(series) < time) continue;
    marked = true;
    const double part = static_cast<double>((time - series.from).us) / span;
    out += svg_mark(static_cast<std::int64_t>(part * static_cast<double>(kPlotWide)), kBarsTop,
                    kBarsTop + kBarsHigh, time);
  }
  if (marked) out += svg_legend_of_marks();
  out += svg_text(0, kBarsTop + kBarsHigh + 20, "start", plot_moment(series.from));
  out += svg_text(kPlotWide, kBarsTop + kBarsHigh + 20, "end", plot_moment(end_of(series)));
  return out + "</svg>\n";
}

std::string policies_plot(const Report& report, const std::string& id) {
  std::map<std::string, std::int64_t> counts;
  for (const ReportedFinding& finding : report.findings) ++counts[finding.policy];
  std::vector<std::pair<std::string, std::int64_t>> rows(counts.begin(), counts.end());
  if (rows.empty()) return {};
  std::ranges::stable_sort(rows, std::ranges::greater{},
                           &std::pair<std::string, std::int64_t>::second);
  std::string words = "Findings by policy:";
  for (const auto& [policy, count] : rows) words += ' ' + policy + ' ' + whole(count) + ';';
  const std::size_t shown = std::min(rows.size(), kMostPolicies);
  const std::int64_t most = rows.front().second;
  std::string out =
      svg_head(static_cast<std::int64_t>(shown) * kPolicyRow + 8, id, "Findings by policy", words);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::int64_t top = static_cast<std::int64_t>(i) * kPolicyRow;
    const std::int64_t wide = std::max<std::int64_t>(rows[i].second * kBarsRight / most, 1);
    out += svg_text(0, top + 14, "start", rows[i].first);
    out += svg_bar(0, top + 20, wide, 12, rows[i].first + ": " + whole(rows[i].second));
    out += svg_text(wide + 6, top + 31, "start", whole(rows[i].second));
  }
  return out + "</svg>\n";
}

}  // namespace tidewaiter
