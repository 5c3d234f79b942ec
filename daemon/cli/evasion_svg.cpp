#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>
#include <vector>

#include "daemon/cli/score_report.h"
#include "daemon/cli/xml_text.h"

namespace tidewaiter {
namespace {

constexpr double kWidth = 760;
constexpr double kHeight = 420;
constexpr double kLeft = 64;
constexpr double kTop = 64;
constexpr double kPlotWidth = 480;
constexpr double kPlotHeight = 280;

/// One line of the picture.
struct Curve {
  std::string name;
  std::vector<std::pair<double, double>> points;  ///< effort, share
};

std::string coordinate(double value) {
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

std::string effort_text(double effort) {
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), "%.2f", effort);
  return text.data();
}

std::string percentage(double share) {
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), "%.0f %%", share * 100);
  return text.data();
}

double x_of(double effort) { return kLeft + kPlotWidth * effort; }
double y_of(double share) { return kTop + kPlotHeight * (1 - share); }

std::string label(double x, double y, std::string_view anchor, const std::string& text) {
  return "<text x=\"" + coordinate(x) + "\" y=\"" + coordinate(y) + "\" text-anchor=\"" +
         std::string(anchor) + "\">" + xml_text(text) + "</text>\n";
}

/// Share of a campaign's accounts that alerts name, for those of extraction, and of all of them.
std::vector<Curve> curves_of(const ScoreReport& report) {
  std::vector<Curve> curves{{"all of extraction", {}}};
  for (const CampaignSummary& one : report.settings.front().summary.campaigns) {
    if (one.wrong == Wrong::kExtraction) curves.push_back({one.name, {}});
  }
  for (const ScoredSetting& setting : report.settings) {
    if (setting.without) continue;
    if (const auto recall = setting.summary.account_recall()) {
      curves.front().points.emplace_back(setting.effort, *recall);
    }
    for (const CampaignSummary& one : setting.summary.campaigns) {
      const auto curve = std::ranges::find(curves, one.name, &Curve::name);
      if (curve == curves.end()) continue;
      curve->points.emplace_back(setting.effort, one.account_recall());
    }
  }
  for (Curve& curve : curves) std::ranges::sort(curve.points);
  return curves;
}

std::string axes() {
  std::string out;
  for (int i = 0; i <= 4; ++i) {
    const double share = i / 4.0;
    out += "<path class=\"grid\" d=\"M" + coordinate(kLeft) + ' ' + coordinate(y_of(share)) + "H" +
           coordinate(kLeft + kPlotWidth) + "\"/>\n";
    out += label(kLeft - 8, y_of(share) + 4, "end", percentage(share));
    std::string effort = std::to_string(25 * i);
    effort = i == 4 ? "1" : "0." + std::string(i == 0 ? "00" : effort);
    out += label(x_of(share), kTop + kPlotHeight + 20, "middle", effort);
  }
  return out +
         label(kLeft + kPlotWidth / 2, kTop + kPlotHeight + 44, "middle", "effort of the operator");
}

std::string drawn(const Curve& curve, std::size_t number) {
  std::string path;
  std::string dots;
  const std::string style = "c" + std::to_string(number % 6);
  for (const auto& [effort, share] : curve.points) {
    path += (path.empty() ? "M" : "L") + coordinate(x_of(effort)) + ' ' + coordinate(y_of(share));
    dots += "<circle class=\"" + style + "\" cx=\"" + coordinate(x_of(effort)) + "\" cy=\"" +
            coordinate(y_of(share)) + "\" r=\"4\"><title>" + xml_text(curve.name) + ", effort " +
            effort_text(effort) + ": " + percentage(share) + "</title></circle>\n";
  }
  const double y = kTop + 20 * static_cast<double>(number);
  return "<path class=\"line " + style + "\" d=\"" + path + "\"/>\n" + dots +
         "<path class=\"line " + style + "\" d=\"M" + coordinate(kLeft + kPlotWidth + 24) + ' ' +
         coordinate(y) + "h24\"/>\n" + label(kLeft + kPlotWidth + 56, y + 4, "start", curve.name);
}

std::string description(const std::vector<Curve>& curves) {
  std::string text;
  for (const Curve& curve : curves) {
    text += curve.name + ':';
    for (const auto& [effort, share] : curve.points) {
      text += " effort " + effort_text(effort) + ' ' + percentage(share) + ';';
    }
    text += ' ';
  }
  return text;
}

}  // namespace

std::string evasion_svg(const ScoreReport& report) {
  const std::vector<Curve> curves = curves_of(report);
  const std::string title = "Accounts of campaigns that alerts name, by what their operators spend";
  std::string out =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + coordinate(kWidth) + ' ' +
      coordinate(kHeight) +
      "\" role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">" + xml_text(title) +
      "</title>\n<desc id=\"desc\">" + xml_text(description(curves)) +
      "</desc>\n<style>text{font:13px sans-serif;fill:#222}.grid{stroke:#ccc}"
      ".line{fill:none;stroke-width:2}.c0{stroke:#111;fill:#111}.c1{stroke:#0072b2;fill:#0072b2}"
      ".c2{stroke:#d55e00;fill:#d55e00}.c3{stroke:#009e73;fill:#009e73}"
      ".c4{stroke:#cc79a7;fill:#cc79a7}.c5{stroke:#e69f00;fill:#e69f00}path.line{fill:none}"
      ".back{fill:#fff}@media(prefers-color-scheme:dark){text{fill:#ddd}.back{fill:#161616}"
      ".grid{stroke:#444}.c0{stroke:#eee;fill:#eee}}</style>\n"
      "<rect class=\"back\" width=\"100%\" height=\"100%\"/>\n" +
      label(kLeft, 32, "start", title) + axes();
  for (std::size_t i = 0; i < curves.size(); ++i) out += drawn(curves[i], i);
  return out + "</svg>\n";
}

}  // namespace tidewaiter
