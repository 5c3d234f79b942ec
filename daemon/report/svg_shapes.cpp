#include "daemon/report/svg_shapes.h"

#include "daemon/report/html_writer.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kLegendTip = 530;  // left of the legend, whose text is about 215 wide
constexpr std::size_t kDateDigits = 16;   // "2026-10-05T10:00"

std::string whole(std::int64_t value) { return std::to_string(value); }

}  // namespace

std::string plot_moment(UtcTime time) { return format_time(time).substr(0, kDateDigits) + "Z"; }

std::string svg_text(std::int64_t x, std::int64_t y, const char* anchor, const std::string& text) {
  return "<text x=\"" + whole(x) + "\" y=\"" + whole(y) + "\" text-anchor=\"" + anchor +
         "\" font-size=\"12\" font-family=\"Noto Sans, sans-serif\">" + html_text(text) +
         "</text>\n";
}

std::string svg_bar(std::int64_t x, std::int64_t y, std::int64_t wide, std::int64_t high,
                    const std::string& title) {
  return "<rect class=\"bar\" fill=\"#0b5cad\" x=\"" + whole(x) + "\" y=\"" + whole(y) +
         "\" width=\"" + whole(wide) + "\" height=\"" + whole(high) + "\"><title>" +
         html_text(title) + "</title></rect>\n";
}

std::string svg_head(std::int64_t high, const std::string& id, const std::string& title,
                     const std::string& description) {
  return "<svg role=\"img\" viewBox=\"0 0 " + whole(kPlotWide) + ' ' + whole(high) +
         "\" aria-labelledby=\"" + id + "t " + id + "d\">\n<title id=\"" + id + "t\">" +
         html_text(title) + "</title>\n<desc id=\"" + id + "d\">" + html_text(description) +
         "</desc>\n";
}

std::string svg_axis(std::int64_t y) {
  return "<path class=\"axis\" stroke=\"#808080\" fill=\"none\" d=\"M0 " + whole(y) + "H" +
         whole(kPlotWide) + "\"/>\n";
}

std::string svg_mark(std::int64_t x, std::int64_t top, std::int64_t bottom, UtcTime time) {
  return "<g class=\"mark\"><title>a finding begins " + plot_moment(time) +
         "</title><path stroke=\"#a3260d\" d=\"M" + whole(x) + ' ' + whole(top) + "V" +
         whole(bottom) + "\"/><path class=\"tip\" fill=\"#a3260d\" d=\"M" + whole(x - 5) + ' ' +
         whole(top - 8) + "h10l-5 8z\"/></g>\n";
}

std::string svg_legend_of_marks() {
  return "<g class=\"mark\"><path class=\"tip\" fill=\"#a3260d\" d=\"M" + whole(kLegendTip) +
         " 6h10l-5 8z\"/></g>\n" +
         svg_text(kPlotWide, 14, "end", "a finding begins, with its first window");
}

}  // namespace tidewaiter
