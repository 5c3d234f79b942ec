#include "daemon/report/plots.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "daemon/report/html_writer.h"

namespace tidewaiter {
namespace {

// Whole numbers: a plot is the same on every machine. Colours stand at the shapes, too: what prints
// takes a plot for a picture, which the style of the page does not reach.
constexpr std::int64_t kWide = 760;
constexpr std::int64_t kBarsTop = 32;
constexpr std::int64_t kBarsHigh = 120;
constexpr std::int64_t kSeriesHigh = 196;
constexpr std::int64_t kPolicyRow = 40;
constexpr std::int64_t kLegendTip = 530;  // left of the legend, whose text is about 215 wide
constexpr std::int64_t kBarsRight = 660;  // the count stands behind a bar
constexpr std::size_t kMostPolicies = 20;
constexpr std::size_t kDateDigits = 16;  // "2026-10-05T10:00"

std::string whole(std::int64_t value) { return std::to_string(value); }

std::string moment(UtcTime time) { return format_time(time).substr(0, kDateDigits) + "Z"; }

std::string svg_text(std::int64_t x, std::int64_t y, const char* anchor, const std::string& text) {
  return "<text x=\"" + whole(x) + "\" y=\"" + whole(y) + "\" text-anchor=\"" + anchor +
         "\" font-size=\"12\" font-family=\"Noto Sans, sans-serif\">" + html_text(text) +
         "</text>\n";
}

std::string bar(std::int64_t x, std::int64_t y, std::int64_t wide, std::int64_t high,
                const std::string& title) {
  return "<rect class=\"bar\" fill=\"#0b5cad\" x=\"" + whole(x) + "\" y=\"" + whole(y) +
         "\" width=\"" + whole(wide) + "\" height=\"" + whole(high) + "\"><title>" +
         html_text(title) + "</title></rect>\n";
}

std::string svg_head(std::int64_t high, const std::string& id, const std::string& title,
                     const std::string& description) {
  return "<svg role=\"img\" viewBox=\"0 0 " + whole(kWide) + ' ' + whole(high) +
         "\" aria-labelledby=\"" + id + "t " + id + "d\">\n<title id=\"" + id + "t\">" +
         html_text(title) + "</title>\n<desc id=\"" + id + "d\">" + html_text(description) +
         "</desc>\n";
}

std::string mark_at(std::int64_t x, UtcTime time) {
  return "<g class=\"mark\"><title>a finding begins " + moment(time) +
         "</title><path stroke=\"#a3260d\" d=\"M" + whole(x) + ' ' + whole(kBarsTop) + "V" +
         whole(kBarsTop + kBarsHigh) + "\"/><path class=\"tip\" fill=\"#a3260d\" d=\"M" +
         whole(x - 5) + ' ' + whole(kBarsTop - 8) + "h10l-5 8z\"/></g>\n";
}

/// What the marks are, for print, which shows no titles: a tip as theirs before the words.
std::string legend_of_marks() {
  return "<g class=\"mark\"><path class=\"tip\" fill=\"#a3260d\" d=\"M" + whole(kLegendTip) +
         " 6h10l-5 8z\"/></g>\n" +
         svg_text(kWide, 14, "end", "a finding begins, with its first window");
}

UtcTime end_of(const ReportedSeries& series) {
  return series.from + Duration{series.slot.us * static_cast<std::int64_t>(series.values.size())};
}

std::string series_words(const ReportedSeries& series, std::int64_t most) {
  std::int64_t sum = 0;
  for (const std::int64_t value : series.values) sum += value;
  return series.title + ", from " + moment(series.from) + " to " + moment(end_of(series)) + ": " +
         whole(sum) + ' ' + series.unit + ", at most " + whole(most) + " in " +
         format_duration(series.slot) + "; " +
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
    const std::int64_t left = i * kWide / count;
    const std::int64_t wide = std::max<std::int64_t>((i + 1) * kWide / count - left - 1, 1);
    // Of values near 2^63 a double keeps enough for a height.
    const auto scaled = static_cast<std::int64_t>(static_cast<double>(value) /
                                                  static_cast<double>(most) * kBarsHigh);
    const std::int64_t high = std::clamp<std::int64_t>(scaled, 1, kBarsHigh);
    out += bar(left, kBarsTop + kBarsHigh - high, wide, high,
               moment(series.from + Duration{series.slot.us * i}) + ": " + whole(value) + ' ' +
                   series.unit);
  }
  out += "<path class=\"axis\" stroke=\"#808080\" fill=\"none\" d=\"M0 " +
         whole(kBarsTop + kBarsHigh) + "H" + whole(kWide) + "\"/>\n";
  const auto span = static_cast<double>((end_of(series) - series.from).us);
  bool marked = false;
  for (const UtcTime time : series.marks) {
    if (time < series.from || end_of(series) < time) continue;
    marked = true;
    const double part = static_cast<double>((time - series.from).us) / span;
    out += mark_at(static_cast<std::int64_t>(part * static_cast<double>(kWide)), time);
  }
  if (marked) out += legend_of_marks();
  out += svg_text(0, kBarsTop + kBarsHigh + 20, "start", moment(series.from));
  out += svg_text(kWide, kBarsTop + kBarsHigh + 20, "end", moment(end_of(series)));
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
    out += bar(0, top + 20, wide, 12, rows[i].first + ": " + whole(rows[i].second));
    out += svg_text(wide + 6, top + 31, "start", whole(rows[i].second));
  }
  return out + "</svg>\n";
}

}  // namespace tidewaiter
