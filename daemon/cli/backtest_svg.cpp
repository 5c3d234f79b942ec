#include "daemon/cli/backtest_svg.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "daemon/cli/day_bars.h"
#include "daemon/cli/terminal.h"
#include "daemon/cli/xml_text.h"
#include "policies/model/day_text.h"

namespace tidewaiter {
namespace {

constexpr double kWidth = 760;
constexpr double kLeft = 16;
constexpr double kPlot = kWidth - 2 * kLeft;
constexpr double kTop = 56;
constexpr double kRow = 96;        // a policy: its name, bars, axis
constexpr double kBarHeight = 56;  // height of the tallest bar
constexpr std::size_t kMostDrawn = 366;

/// At most two decimals, none where they are zero.
std::string number(double value) {
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.2f", value);
  std::string out(text.data(), static_cast<std::size_t>(size));
  out.erase(out.find_last_not_of('0') + 1);
  if (out.ends_with('.')) out.pop_back();
  return out;
}

std::string text_at(double x, double y, std::string_view anchor, std::string_view style,
                    std::string_view text) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" +
         std::string(anchor) + "\" class=\"" + std::string(style) + "\">" + xml_text(text) +
         "</text>\n";
}

std::string row(const PolicyBacktest& tried, Interval span, double top) {
  const DayBars bars = day_bars(tried.findings, span, kMostDrawn);
  const std::int64_t most = *std::ranges::max_element(bars.values);
  std::string out = "<g>\n" + text_at(kLeft, top + 14, "start", "name", tried.policy->id);
  out += text_at(kWidth - kLeft, top + 14, "end", "faint",
                 counted(static_cast<std::int64_t>(tried.findings.size()), "finding") +
                     (most > 0 ? ", at most " + grouped(most) + " a bar" : ""));
  const double base = top + 20 + kBarHeight;
  const double step = kPlot / static_cast<double>(bars.values.size());
  const double gap = step > 4 ? 1 : 0;
  for (std::size_t i = 0; i < bars.values.size(); ++i) {
    if (bars.values[i] == 0) continue;
    const double height =
        kBarHeight * static_cast<double>(bars.values[i]) / static_cast<double>(most);
    const UtcTime day = bars.from + Duration{bars.slot.us * static_cast<std::int64_t>(i)};
    out += "<rect class=\"bar\" x=\"" + number(kLeft + step * static_cast<double>(i)) + "\" y=\"" +
           number(base - height) + "\" width=\"" + number(std::max(step - gap, 0.5)) +
           "\" height=\"" + number(height) + "\"><title>" + day_text(day) + ": " +
           counted(bars.values[i], "finding") + "</title></rect>\n";
  }
  out += "<path class=\"axis\" d=\"M" + number(kLeft) + ' ' + number(base) + "H" +
         number(kWidth - kLeft) + "\"/>\n";
  const UtcTime end =
      bars.from + Duration{bars.slot.us * static_cast<std::int64_t>(bars.values.size())};
  out += text_at(kLeft, base + 14, "start", "faint", day_text(bars.from));
  return out + text_at(kWidth - kLeft, base + 14, "end", "faint", day_text(end)) + "</g>\n";
}

constexpr std::string_view kStyle =
    "<style>\n"
    "svg{font-family:system-ui,sans-serif;color-scheme:light dark}\n"
    ".page{fill:#fff}.title{fill:#111;font-size:16px;font-weight:600}\n"
    ".name{fill:#111;font-size:13px}.faint{fill:#555;font-size:11px}\n"
    ".bar{fill:#0b5cad}.axis{stroke:#888;stroke-width:1;fill:none}\n"
    "@media (prefers-color-scheme:dark){.page{fill:#14171a}.title,.name{fill:#f2f2f2}"
    ".faint{fill:#b5b9bd}.bar{fill:#6db3f2}.axis{stroke:#777}}\n"
    "</style>\n";

std::string description(const BacktestReport& report, Interval span) {
  std::string out = "Findings by the UTC day on which they begin, from " + day_text(span.from) +
                    " to " + day_text(span.to) + ".";
  for (const PolicyBacktest& tried : report.policies) {
    const DayBars bars = day_bars(tried.findings, span, kMostDrawn);
    const auto most = std::ranges::max_element(bars.values);
    out += " " + tried.policy->id + ": " +
           counted(static_cast<std::int64_t>(tried.findings.size()), "finding");
    if (*most > 0) {
      const UtcTime day =
          bars.from +
          Duration{bars.slot.us * static_cast<std::int64_t>(most - bars.values.begin())};
      out += ", most from " + day_text(day) + " on (" + grouped(*most) + ")";
    }
    out += ".";
  }
  return out;
}

}  // namespace

std::string backtest_svg(const BacktestReport& report) {
  const Interval span = drawn_span(report);
  const double height = kTop + kRow * static_cast<double>(report.policies.size()) + 16;
  std::string out =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
      "aria-labelledby=\"title desc\" viewBox=\"0 0 " +
      number(kWidth) + ' ' + number(height) + "\">\n";
  out += "<title id=\"title\">Hits a day in a backtest of " +
         counted(static_cast<std::int64_t>(report.policies.size()), "policy", "policies") +
         "</title>\n<desc id=\"desc\">" + xml_text(description(report, span)) + "</desc>\n";
  out += kStyle;
  out +=
      "<rect class=\"page\" width=\"" + number(kWidth) + "\" height=\"" + number(height) + "\"/>\n";
  out += text_at(kLeft, 28, "start", "title", "Hits a day");
  out += text_at(kLeft, 44, "start", "faint",
                 "Potential violations, until a person decides. " + report.history);
  double top = kTop;
  for (const PolicyBacktest& tried : report.policies) {
    out += row(tried, span, top);
    top += kRow;
  }
  return out + "</svg>\n";
}

}  // namespace tidewaiter
