#include "daemon/report/usual_plot.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/report/csv_text.h"
#include "daemon/report/html_table.h"
#include "daemon/report/svg_shapes.h"
#include "policies/model/day_text.h"

namespace tidewaiter {
namespace {

using Ordered = nlohmann::ordered_json;

constexpr std::int64_t kTop = 32;
constexpr std::int64_t kHigh = 120;
constexpr std::int64_t kFloor = kTop + kHigh;
constexpr std::int64_t kUsualHigh = 214;
/// Days of the table: a month.
constexpr std::size_t kMostRows = 31;

constexpr std::array<std::string_view, 4> kBeside{"", "below", "within", "above"};

std::string digits(std::int64_t value) { return std::to_string(value); }

std::string or_unknown(const std::optional<std::int64_t>& value) {
  return value ? digits(*value) : "not known";
}

std::string title_of(const UsualFigure& figure) {
  return (figure.unit == "tokens" ? "Tokens" : "Requests") +
         std::string(" by day, beside what is usual");
}

/// Of all that is drawn.
std::int64_t greatest(const UsualFigure& figure) {
  std::int64_t most = 1;
  for (const UsageDay& one : figure.days) {
    most = std::max({most, one.amount.value_or(0), one.peers.value_or(0),
                     one.usual ? one.usual->high : std::int64_t{0}});
  }
  return most;
}

/// How the days lie in a picture.
class Scale {
 public:
  explicit Scale(const UsualFigure& figure)
      : most_(greatest(figure)), count_(static_cast<std::int64_t>(figure.days.size())) {}

  [[nodiscard]] std::int64_t most() const { return most_; }
  [[nodiscard]] std::int64_t left(std::size_t day) const {
    return static_cast<std::int64_t>(day) * kPlotWide / count_;
  }
  /// Of values near 2^63 a double keeps enough for a height.
  [[nodiscard]] std::int64_t height(std::int64_t value) const {
    const double part = static_cast<double>(value) / static_cast<double>(most_);
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(part * kHigh), 0, kHigh);
  }
  [[nodiscard]] std::int64_t level(std::int64_t value) const { return kFloor - height(value); }

 private:
  std::int64_t most_;
  std::int64_t count_;
};

std::string band_words(const std::optional<UsualBand>& band) {
  return band ? digits(band->low) + " to " + digits(band->high) + ", median " + digits(band->median)
              : "cannot be told";
}

std::string day_words(const UsualFigure& figure, const UsageDay& one) {
  std::string text = day_text(one.day) + ": " + or_unknown(one.amount);
  if (one.amount) text += ' ' + figure.unit;
  if (one.amount && !one.whole) text += ", as far as it is stored";
  text += "; usual: " + band_words(one.usual);
  if (one.peers) text += "; median of peers " + digits(*one.peers);
  return text;
}

std::string bars(const UsualFigure& figure, const Scale& scale) {
  std::string out;
  for (std::size_t i = 0; i < figure.days.size(); ++i) {
    const UsageDay& one = figure.days[i];
    const std::int64_t left = scale.left(i);
    const std::int64_t wide = std::max<std::int64_t>(scale.left(i + 1) - left - 1, 1);
    if (!one.amount) {
      out += "<path class=\"axis\" stroke=\"#808080\" fill=\"none\" d=\"M" + digits(left) + ' ' +
             digits(kFloor + 3) + "h" + digits(wide) + "\"/>\n";
    } else if (*one.amount > 0) {
      const std::int64_t high = std::max<std::int64_t>(scale.height(*one.amount), 1);
      out += svg_bar(left, kFloor - high, wide, high, day_words(figure, one));
    }
  }
  return out;
}

using Level = std::function<std::optional<std::int64_t>(const UsageDay&)>;

/// A line in steps, a day each, that breaks off where there is no level.
std::string steps(const UsualFigure& figure, const Scale& scale, const Level& level) {
  std::string path;
  bool open = false;
  for (std::size_t i = 0; i < figure.days.size(); ++i) {
    const auto value = level(figure.days[i]);
    if (!value) {
      open = false;
      continue;
    }
    const std::string y = digits(scale.level(*value));
    path += open ? "V" + y : "M" + digits(scale.left(i)) + ' ' + y;
    path += "H" + digits(scale.left(i + 1));
    open = true;
  }
  return path;
}

std::string band(const UsualFigure& figure, const Scale& scale) {
  std::string out;
  for (std::size_t i = 0; i < figure.days.size(); ++i) {
    const auto& usual = figure.days[i].usual;
    if (!usual) continue;
    const std::int64_t top = scale.level(usual->high);
    out += "<rect fill=\"#808080\" fill-opacity=\"0.35\" x=\"" + digits(scale.left(i)) + "\" y=\"" +
           digits(top) + "\" width=\"" + digits(scale.left(i + 1) - scale.left(i)) +
           "\" height=\"" + digits(std::max<std::int64_t>(scale.level(usual->low) - top, 1)) +
           "\"/>\n";
  }
  const std::string median = steps(figure, scale, [](const UsageDay& one) {
    return one.usual ? std::optional(one.usual->median) : std::nullopt;
  });
  if (median.empty()) return out;
  return out + "<path class=\"usual\" stroke=\"#111111\" fill=\"none\" d=\"" + median + "\"/>\n";
}

std::string peers(const UsualFigure& figure, const Scale& scale) {
  const std::string path = steps(figure, scale, [](const UsageDay& one) { return one.peers; });
  if (path.empty()) return {};
  return "<path class=\"peers\" stroke=\"#8a5a00\" stroke-width=\"2\" stroke-dasharray=\"6 3\" "
         "fill=\"none\" d=\"" +
         path + "\"/>\n";
}

std::string marks(const UsualUsage& usual, const UsualFigure& figure) {
  const UtcTime from = figure.days.front().day;
  const UtcTime to = figure.days.back().day + kDay;
  const auto span = static_cast<double>((to - from).us);
  std::string out;
  for (const UtcTime mark : usual.marks) {
    if (mark < from || !(mark < to)) continue;
    const double part = static_cast<double>((mark - from).us) / span;
    out += svg_mark(static_cast<std::int64_t>(part * static_cast<double>(kPlotWide)), kTop, kFloor,
                    mark);
  }
  return out.empty() ? out : out + svg_legend_of_marks();
}

bool any_day(const UsualFigure& figure, const std::function<bool(const UsageDay&)>& is) {
  return std::ranges::any_of(figure.days, is);
}

bool has_peers(const UsualFigure& figure) {
  return any_day(figure, [](const UsageDay& one) { return one.peers.has_value(); });
}

/// What is drawn in which way, for print and for who sees no colours.
std::string legend(const UsualFigure& figure) {
  std::string text;
  const auto add = [&text](const char* words) {
    text += (text.empty() ? "" : "; ") + std::string(words);
  };
  if (figure.untold.empty()) add("grey: what is usual, with its median as a line");
  if (has_peers(figure)) add("dashed: median of peers");
  if (any_day(figure, [](const UsageDay& one) { return !one.amount; })) {
    add("a tick below: not known");
  }
  return text.empty() ? text : svg_text(0, kFloor + 40, "start", text);
}

std::string description_of(const UsualUsage& usual, const UsualFigure& figure) {
  std::int64_t above = 0;
  std::int64_t below = 0;
  std::int64_t unknown = 0;
  for (const UsageDay& one : figure.days) {
    if (!one.amount) ++unknown;
    if (one.day < usual.window) continue;
    if (beside_usual(one) == BesideUsual::kAbove) ++above;
    if (beside_usual(one) == BesideUsual::kBelow) ++below;
  }
  return "From " + day_text(figure.days.front().day) + " to " + day_text(figure.days.back().day) +
         ", UTC. " + usual_words(usual, figure) + " From " + day_text(usual.window) +
         " on: days above what is usual " + digits(above) + ", below " + digits(below) +
         ". Days of which nothing is known: " + digits(unknown) + ". " + peers_words(usual);
}

/// The days of the findings.
std::vector<UsageDay> days_of_findings(const UsualUsage& usual, const UsualFigure& figure) {
  std::vector<UsageDay> days;
  std::ranges::copy_if(figure.days, std::back_inserter(days),
                       [&usual](const UsageDay& one) { return !(one.day < usual.window); });
  return days;
}

void write_days(HtmlWriter& page, const UsualUsage& usual, const UsualFigure& figure) {
  const std::vector<UsageDay> days = days_of_findings(usual, figure);
  const std::size_t shown = std::min(days.size(), kMostRows);
  std::string caption = figure.unit + " by day, from the window of the first finding on, UTC";
  if (shown < days.size()) {
    caption += "; " + digits(static_cast<std::int64_t>(days.size() - shown)) +
               " more days are in data/usual.csv";
  }
  HtmlTable table(
      page, caption,
      {{"Day"}, {figure.unit}, {"Usual"}, {"Beside it"}, {"Median of peers"}, {"Begins"}});
  for (std::size_t i = 0; i < shown; ++i) {
    const UsageDay& one = days[i];
    const std::string partly = one.amount && !one.whole ? ", as far as stored" : "";
    const BesideUsual beside = beside_usual(one);
    table.row({day_text(one.day), or_unknown(one.amount) + partly, band_words(one.usual),
               beside == BesideUsual::kUntold
                   ? "cannot be told"
                   : std::string(kBeside[static_cast<std::size_t>(beside)]),
               one.peers ? digits(*one.peers) : "none told",
               has_mark(usual, one.day) ? "a finding" : ""});
  }
  table.end();
}

Ordered or_null(const std::optional<std::int64_t>& value) {
  return value ? Ordered(*value) : Ordered(nullptr);
}

Ordered band_json(const std::optional<UsualBand>& band) {
  if (!band) return nullptr;
  return {{"low", band->low}, {"median", band->median}, {"high", band->high}};
}

Ordered figure_json(const UsualFigure& figure) {
  Ordered json = {{"unit", figure.unit},
                  {"compared_days", figure.compared},
                  {"by_weekday", figure.by_weekday},
                  {"untold", figure.untold.empty() ? Ordered(nullptr) : Ordered(figure.untold)}};
  json["days"] = Ordered::array();
  for (const UsageDay& one : figure.days) {
    json["days"].push_back({{"day", day_text(one.day)},
                            {"amount", or_null(one.amount)},
                            {"whole", one.whole},
                            {"usual", band_json(one.usual)},
                            {"peers", or_null(one.peers)}});
  }
  return json;
}

std::string cell(const std::optional<std::int64_t>& value) { return value ? digits(*value) : ""; }

}  // namespace

std::string usual_plot(const UsualUsage& usual, const UsualFigure& figure, const std::string& id) {
  if (figure.days.empty()) return {};
  const Scale scale(figure);
  std::string out = svg_head(kUsualHigh, id, title_of(figure), description_of(usual, figure));
  out += svg_text(0, 14, "start", "at most " + digits(scale.most()) + ' ' + figure.unit + " a day");
  out += bars(figure, scale) + band(figure, scale) + peers(figure, scale);
  out += svg_axis(kFloor) + marks(usual, figure);
  out += svg_text(0, kFloor + 20, "start", day_text(figure.days.front().day));
  out += svg_text(kPlotWide, kFloor + 20, "end", day_text(figure.days.back().day));
  return out + legend(figure) + "</svg>\n";
}

void write_usual(HtmlWriter& page, const std::optional<UsualUsage>& usual) {
  if (!usual) return;
  for (const UsualFigure& figure : usual->figures) {
    page.open("figure").element("figcaption", title_of(figure));
    page.markup(usual_plot(*usual, figure, "usual" + figure.unit)).close();
    page.element("p", usual_words(*usual, figure));
    write_days(page, *usual, figure);
  }
  if (usual->peers > 0) page.element("p", peers_words(*usual));
  if (usual->days_cut > 0) {
    page.element("p", digits(usual->days_cut) + " later days are not told of.");
  }
}

Ordered usual_json(const std::optional<UsualUsage>& usual) {
  if (!usual) return nullptr;
  Ordered json = {{"window", day_text(usual->window)}};
  json["marks"] = Ordered::array();
  for (const UtcTime mark : usual->marks) json["marks"].push_back(format_time(mark));
  json["peers"] = usual->peers;
  json["peers_by"] = usual->peers_by.empty() ? Ordered(nullptr) : Ordered(usual->peers_by);
  json["days_cut"] = usual->days_cut;
  json["complete"] = usual->complete;
  json["figures"] = Ordered::array();
  for (const UsualFigure& figure : usual->figures) json["figures"].push_back(figure_json(figure));
  return json;
}

std::string usual_csv(const UsualUsage& usual) {
  std::string out = csv_row({"day", "unit", "amount", "whole", "usual_low", "usual_median",
                             "usual_high", "beside_usual", "peers_median", "finding_begins"});
  for (const UsualFigure& figure : usual.figures) {
    for (const UsageDay& one : figure.days) {
      const auto& band = one.usual;
      out += csv_row({day_text(one.day), figure.unit, cell(one.amount), one.whole ? "yes" : "no",
                      band ? digits(band->low) : "", band ? digits(band->median) : "",
                      band ? digits(band->high) : "",
                      std::string(kBeside[static_cast<std::size_t>(beside_usual(one))]),
                      cell(one.peers), has_mark(usual, one.day) ? "yes" : "no"});
    }
  }
  return out;
}

}  // namespace tidewaiter
